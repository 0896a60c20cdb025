//! Signing, thumbprints and what `Debug` shows.

use probity_keys::{BadSignature, Kid, PublicKey, Signature, SigningKey};
use sha2::{Digest, Sha256, Sha512};

/// RFC 8032 §7.1: secret, public key, message, signature.
fn rfc8032() -> [[String; 4]; 4] {
    let abc = hex::encode(Sha512::digest("abc"));
    [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
        [
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            &abc,
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589\
             09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ],
    ]
    .map(|fields| fields.map(str::to_owned))
}

fn bytes(text: &str) -> [u8; 32] {
    hex::decode(text).expect("hex").try_into().expect("32 bytes")
}

#[test]
fn signatures_and_keys_are_those_of_rfc_8032() {
    for [seed, public, message, signature] in rfc8032() {
        let key = SigningKey::from_seed(bytes(&seed));
        let message = hex::decode(message).expect("hex");
        assert_eq!(hex::encode(key.public().to_bytes()), public);
        assert_eq!(hex::encode(key.sign(&message).0), signature);
    }
}

#[test]
fn every_key_made_from_a_seed_is_admitted_and_verifies() {
    for number in 0_u32..200 {
        let seed: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
        let key = SigningKey::from_seed(seed);
        let public = PublicKey::from_bytes(&key.public().to_bytes()).expect("admitted");
        assert_eq!(public, key.public());
        let signature = key.sign(&seed);
        assert_eq!(public.verify(&seed, &signature), Ok(()));
    }
}

#[test]
fn no_single_flipped_bit_of_a_signature_is_accepted() {
    let key = SigningKey::from_seed([7; 32]);
    let good = key.sign(b"message");
    for bit in 0..512 {
        let mut bad = good.0;
        bad[bit / 8] ^= 1 << (bit % 8);
        let verdict = key.public().verify(b"message", &Signature(bad));
        assert!(verdict.is_err(), "bit {bit}");
        if bit < 256 {
            assert_eq!(verdict, Err(BadSignature::RDiffers), "bit {bit}");
        }
    }
}

#[test]
fn the_thumbprint_is_that_of_the_cose_key() {
    let [_, public, _, _] = &rfc8032()[0];
    let key = PublicKey::from_bytes(&bytes(public)).expect("admitted");
    let cose_key = [hex::decode("a301012006215820").expect("hex"), bytes(public).to_vec()].concat();
    let expected = hex::encode(Sha256::digest(cose_key));
    assert_eq!(key.kid().to_string(), expected);
    assert_eq!(key.kid().short(), expected[..8]);
    assert_eq!(Kid::from_hex(&expected), Ok(key.kid()));
    assert_eq!(expected, "866eefbd6718c8846cd7ddfe43fc74ab1daac4538ff8514ea2ec2d410a415743");
}

#[test]
fn a_thumbprint_has_one_spelling() {
    let good = "0a".repeat(32);
    assert_eq!(Kid::from_hex(&good), Ok(Kid([0x0a; 32])));
    for bad in [good.to_uppercase(), good[2..].into(), format!("{good}0a"), good.replace('a', "g")]
    {
        let fault = Kid::from_hex(&bad).expect_err("another spelling");
        assert_eq!(fault.found, bad);
    }
}

#[test]
fn debug_shows_no_secret() {
    let seed = [0x5e; 32];
    let shown = format!("{:?}", SigningKey::from_seed(seed));
    assert!(shown.contains(&hex::encode(SigningKey::from_seed(seed).public().to_bytes())));
    assert!(!shown.contains("5e5e") && !shown.contains("94, 94"), "{shown}");
}

#[test]
fn a_generated_key_is_that_of_the_seed_that_was_written() {
    let key = SigningKey::generate(|seed| {
        assert_eq!(*seed, [0; 32], "nothing else passes for a seed");
        seed.fill(7);
        Ok::<(), &str>(())
    });
    assert_eq!(key.expect("a seed").public(), SigningKey::from_seed([7; 32]).public());
    let refused = SigningKey::generate(|_| Err("no randomness"));
    assert_eq!(refused.expect_err("no key without a seed"), "no randomness");
}

/// Registers of keys are sorted and looked up by these.
#[test]
fn keys_are_ordered_and_told_apart_by_their_bytes() {
    let hash = |key: &PublicKey| std::hash::BuildHasher::hash_one(&FixedState::default(), key);
    let keys: Vec<PublicKey> =
        (1..9).map(|seed| SigningKey::from_seed([seed; 32]).public()).collect();
    for a in &keys {
        for b in &keys {
            assert_eq!(a.partial_cmp(b), Some(a.to_bytes().cmp(&b.to_bytes())));
            assert_eq!(a.cmp(b), a.to_bytes().cmp(&b.to_bytes()));
            assert_eq!(a == b, a.to_bytes() == b.to_bytes());
            assert_eq!(hash(a) == hash(b), a == b);
        }
    }
}

/// A hasher without a random start, so that the test gives the same answer every time.
type FixedState = std::hash::BuildHasherDefault<std::collections::hash_map::DefaultHasher>;

/// What a developer's message about a key or signature shows, is which one it is.
#[test]
fn debug_shows_what_is_public() {
    let key = SigningKey::from_seed([9; 32]);
    let signature = key.sign(b"message");
    let public = key.public();
    assert_eq!(format!("{signature:?}"), format!("Signature({})", hex::encode(signature.0)));
    assert_eq!(format!("{public:?}"), format!("PublicKey({})", hex::encode(public.to_bytes())));
    assert_eq!(format!("{:?}", public.kid()), format!("Kid({})", public.kid()));
}
