//! Timestamps: those of openssl are taken, and every altered or faulty one is refused.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests run openssl and write files"
)]

mod common;
#[path = "../../tests/support/tsa.rs"]
mod tsa;

use std::path::PathBuf;

use common::tsa as made;
use probity_ledger::format::timestamp::{
    ChainFault, Request, Roots, RootsFault, Token, TokenFault,
};
use tempfile::TempDir;
use tsa::{Authority, Plan};

const TEXT: &[u8] = b"example.org/school\n8\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
/// 21 November 2026, 14:02 GMT.
const TIME: &str = "20261121140200Z";
const SECONDS: i64 = 1_795_269_720;

fn authority(plan: &Plan) -> (TempDir, Authority) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let authority = Authority::make(folder.path(), plan);
    (folder, authority)
}

fn openssl_takes(folder: &TempDir, authority: &Authority, response: &[u8]) -> bool {
    let (data, answer) = (folder.path().join("text"), folder.path().join("answer"));
    std::fs::write(&data, TEXT).expect("it can be written");
    std::fs::write(&answer, response).expect("it can be written");
    tsa::openssl_verifies(&data, &answer, &authority.roots())
}

#[test]
fn tokens_by_openssl_hold() {
    let plans = [
        ("rsa:2048", "rsa:2048", "sha256", "sha256", false),
        ("rsa:4096", "rsa:2048", "sha512", "sha1", true),
        ("rsa:2048", "ec:P-256", "sha384", "sha512", true),
        ("ec:P-384", "ec:P-384", "sha512", "sha384", false),
        ("ec:P-256", "rsa:4096", "sha256", "sha1", true),
        ("ec:P-256", "ec:P-384", "sha256", "sha256", true),
    ];
    for (authority_key, signer, digest, named_by, between) in plans {
        let plan =
            Plan { authority: authority_key, signer, digest, named_by, between, ..Plan::default() };
        let (folder, authority) = authority(&plan);
        let request = Request::new(TEXT, [0xff; 8]);
        let response = authority.reply(&request.to_bytes());
        let token =
            request.answered_by(&response, TEXT).unwrap_or_else(|f| panic!("{plan:?}: {f}"));
        assert_eq!(token.authority, "Test TSA");
        let roots = Roots::parse(&authority.certificate("root")).expect("a root");
        token.leads_to(&roots).unwrap_or_else(|fault| panic!("{plan:?}: {fault}"));
        keep(&response, TEXT, &authority.certificate("root"));
        assert!(openssl_takes(&folder, &authority, &response), "{plan:?}");
        // The signer itself, and the authority between, may be what the reader trusts.
        for name in ["tsa", "between"].into_iter().take(if between { 2 } else { 1 }) {
            let roots = Roots::parse(&authority.certificate(name)).expect("a certificate");
            assert_eq!(token.leads_to(&roots), Ok(()), "{name}");
        }
        for digest in ["sha256", "sha384", "sha512"] {
            let response = authority.reply(&authority.query(TEXT, digest));
            let token = Token::read(&response, TEXT).unwrap_or_else(|f| panic!("{digest}: {f}"));
            assert_eq!(token.leads_to(&roots), Ok(()), "{digest}");
            assert_eq!(Token::read(&response, b"other").err(), Some(TokenFault::OtherBytes));
        }
    }
}

#[test]
fn tokens_by_openssl_that_nobody_takes() {
    for (usage, plan) in [
        ("timeStamping", Plan { usage: "timeStamping", ..Plan::default() }),
        ("code signing", Plan { usage: "critical,codeSigning", ..Plan::default() }),
        ("two uses", Plan { usage: "critical,timeStamping,codeSigning", ..Plan::default() }),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let made = std::panic::catch_unwind(|| {
            let authority = Authority::make(folder.path(), &plan);
            authority.reply(&Request::new(TEXT, [1; 8]).to_bytes())
        });
        // openssl itself refuses to sign by most of these; the tokens made below have them all.
        if let Ok(response) = made {
            let found = Token::read(&response, TEXT).err();
            assert!(matches!(found, Some(TokenFault::Signer(_))), "{usage}: {found:?}");
        }
    }
    let (_folder, expired) = authority(&Plan { days: -1, ..Plan::default() });
    let response = expired.reply(&Request::new(TEXT, [1; 8]).to_bytes());
    let token = Token::read(&response, TEXT).expect("it holds in itself");
    let roots = Roots::parse(&expired.certificate("root")).expect("a root");
    assert_eq!(token.leads_to(&roots), Err(ChainFault::NotValidThen));
    keep(&response, TEXT, &expired.certificate("root"));

    let (_other_folder, other) = authority(&Plan { between: true, ..Plan::default() });
    let foreign = Roots::parse(&other.certificate("root")).expect("a root");
    let (_third_folder, third) = authority(&Plan::default());
    let response = third.reply(&Request::new(TEXT, [1; 8]).to_bytes());
    let token = Token::read(&response, TEXT).expect("it holds in itself");
    assert_eq!(token.leads_to(&foreign), Err(ChainFault::NoRoot));
    let wrong = Request::new(TEXT, [2; 8]).answered_by(&response, TEXT).err();
    assert_eq!(wrong, Some(TokenFault::Nonce));
}

#[test]
fn a_request_is_what_openssl_reads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let request = Request::new(TEXT, [0xab; 8]);
    let path = folder.path().join("request.tsq");
    std::fs::write(&path, request.to_bytes()).expect("it can be written");
    let output = std::process::Command::new("openssl")
        .args(["ts", "-query", "-text", "-in"])
        .arg(&path)
        .output()
        .expect("openssl can be run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Hash Algorithm: sha256"), "{text}");
    assert!(text.contains("Certificate required: yes"), "{text}");
    assert!(text.contains("Nonce: 0x6BABABABABABABAB"), "{text}");
    assert_eq!(Request::parse(&request.to_bytes()), Some(request.clone()));
    assert!(request.is_over(TEXT) && !request.is_over(b"other"));
    for cut in 0..request.to_bytes().len() {
        assert_eq!(Request::parse(&request.to_bytes()[..cut]), None);
    }
    // Its number has eight bytes, and only what is asked here is asked.
    assert_eq!(request.nonce(), [0x6b, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab]);
    for other in [made::element(2, &[0x6b; 7]), made::element(2, &[0x6b; 9])] {
        let asked = request.to_bytes();
        let (before, after) = (&asked[2..asked.len() - 13], &asked[asked.len() - 3..]);
        assert_eq!(asked[..2], [0x30, u8::try_from(asked.len() - 2).expect("short")]);
        let other = made::element(0x30, &[before, &other, after].concat());
        assert_eq!(Request::parse(&other), None, "{}", other.len());
    }
    let mut other = request.to_bytes();
    *other.last_mut().expect("bytes") = 0;
    assert_eq!(Request::parse(&other), None, "without certificates");
}

#[test]
fn an_answer_of_a_mebibyte_is_looked_at_and_no_longer_one() {
    let long = TokenFault::Form("it is longer than 1 MiB");
    let fault = |length| Token::read(&vec![0; length], TEXT).err();
    assert_eq!(fault((1 << 20) + 1), Some(long.clone()));
    assert_ne!(fault(1 << 20), Some(long));
}

fn stamp(change: impl FnOnce(&mut made::Stamp)) -> Result<Token, TokenFault> {
    let mut stamp = made::Stamp::new(TEXT, TIME);
    change(&mut stamp);
    read(&stamp.make(), TEXT)
}

fn read(response: &[u8], over: &[u8]) -> Result<Token, TokenFault> {
    keep(response, over, &[]);
    Token::read(response, over)
}

fn leads(change: impl FnOnce(&mut made::Stamp), to: &[&[u8]]) -> Result<(), ChainFault> {
    let mut stamp = made::Stamp::new(TEXT, TIME);
    change(&mut stamp);
    to_roots(&stamp.make(), to)
}

fn to_roots(response: &[u8], to: &[&[u8]]) -> Result<(), ChainFault> {
    let pem = made::pem(to);
    keep(response, TEXT, &pem);
    let token = Token::read(response, TEXT).expect("it holds in itself");
    token.leads_to(&Roots::parse(&pem).expect("roots"))
}

/// What a verifier reports of a token: the first line of a vector.
fn expectation(response: &[u8], over: &[u8], pem: &[u8]) -> String {
    let Ok(token) = Token::read(response, over) else { return "expect: invalid".to_owned() };
    let trusted = Roots::parse(pem).is_ok_and(|roots| token.leads_to(&roots).is_ok());
    let state = if trusted { "trusted" } else { "claimed" };
    format!("expect: {state} {} {}", token.time, token.authority)
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/timestamp")
}

/// Keeps a token as a vector, with `PROBITY_WRITE_VECTORS`, under the name of the running test.
fn keep(response: &[u8], over: &[u8], pem: &[u8]) {
    if std::env::var_os("PROBITY_WRITE_VECTORS").is_none() || response.len() > 8000 {
        return;
    }
    let expected = expectation(response, over, pem);
    let thread = std::thread::current();
    let source = thread.name().unwrap_or("main").replace('_', "-");
    let text = format!(
        "{expected}\nover: {}\nroots: {}\nbytes: {}\n",
        hex::encode(over),
        hex::encode(pem),
        hex::encode(response)
    );
    std::fs::create_dir_all(folder()).expect("the folder of vectors");
    let paths = (1..=30).map(|number| folder().join(format!("{source}-{number}.txt")));
    for path in paths {
        match std::fs::read_to_string(&path) {
            Ok(there) if there == text => return,
            Ok(_) => {}
            Err(_) => return std::fs::write(path, text).expect("a vector"),
        }
    }
}

/// Vectors of a released format stay for ever. Each begins with what a verifier reports, then
/// says what the token should be over and which roots the reader brings, all in hexadecimal.
#[test]
fn every_kept_token_is_what_it_begins_with() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).expect("the folder of vectors") {
        let path = entry.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("a vector");
        let field = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name)).expect("a field");
            hex::decode(value.trim()).expect("hexadecimal")
        };
        let found = expectation(&field("bytes:"), &field("over:"), &field("roots:"));
        assert_eq!(Some(found.as_str()), text.lines().next(), "{}", path.display());
        count += 1;
    }
    assert!(count >= 60, "only {count} vectors are there");
}

#[test]
fn an_honest_token_holds() {
    let token = stamp(|_| ()).expect("it holds");
    assert_eq!((token.time, token.authority.as_str()), (SECONDS, "Example TSA"));
    assert_eq!(
        token.leads_to(&Roots::parse(&made::pem(&[&made::root()])).expect("a root")),
        Ok(())
    );
    let token = stamp(|stamp| stamp.time = "20261121140200.999Z".to_owned()).expect("a fraction");
    assert_eq!(token.time, SECONDS);
    assert!(stamp(|stamp| stamp.status = 1).is_ok(), "granted with changes");
}

/// Whichever attribute, or value of one, isn't as it should be.
#[test]
fn attributes() {
    type Attributes = Vec<(Vec<u8>, Vec<u8>)>;
    let refused = |change: &dyn Fn(&mut Attributes)| {
        let found = stamp(|stamp| {
            stamp.attributes = stamp.usual();
            change(&mut stamp.attributes);
        });
        assert!(matches!(found, Err(TokenFault::Attributes(_))), "{:?}", found.err());
    };
    for at in 0..3 {
        refused(&|all| drop(all.remove(at)));
        refused(&|all| all.push(all[at].clone()));
        refused(&|all| all[at].1 = [all[at].1.clone(), all[at].1.clone()].concat());
        refused(&|all| all[at].1.clear());
    }
    refused(&|all| all[0].1 = made::oid(made::SIGNED_DATA));
    refused(&|all| *all[1].1.last_mut().expect("a digest") ^= 1);
    refused(&|all| *all[2].1.last_mut().expect("a hash") ^= 1);
    let older = |right: bool| {
        stamp(|stamp| {
            use sha1::Digest as _;
            stamp.attributes = stamp.usual();
            let mut hash = sha1::Sha1::digest(&stamp.certificates[0]).to_vec();
            hash[0] ^= u8::from(!right);
            let list = made::sequence(&[&made::sequence(&[&made::element(4, &hash)])]);
            let older = (made::oid(made::SIGNING_CERTIFICATE), made::sequence(&[&list]));
            stamp.attributes.push(older);
        })
    };
    assert!(older(true).is_ok(), "both forms");
    assert!(matches!(older(false), Err(TokenFault::Attributes(_))), "one of two forms is wrong");
    // What nobody asks for is passed over.
    let more = stamp(|stamp| {
        stamp.attributes = stamp.usual();
        stamp.attributes.push((made::oid(&[1, 2, 840, 113_549, 1, 9, 5]), made::element(23, b"x")));
    });
    assert!(more.is_ok());
}

#[test]
fn other_forms() {
    let form = |found: Result<Token, TokenFault>| {
        assert!(matches!(found, Err(TokenFault::Form(_))), "{:?}", found.err());
    };
    form(stamp(|stamp| stamp.version = 2));
    form(stamp(|stamp| stamp.signers = 2));
    form(stamp(|stamp| stamp.signers = 0));
    form(stamp(|stamp| stamp.content_type = made::oid(made::SIGNED_DATA)));
    form(stamp(|stamp| stamp.time = "20261121140260Z".to_owned()));
    form(stamp(|stamp| stamp.time = "19691231235959Z".to_owned()));
    form(stamp(|stamp| stamp.time = "20261121140200+01".to_owned()));
    assert_eq!(stamp(|stamp| stamp.status = 2).err(), Some(TokenFault::Refused(String::new())));
    let honest = made::Stamp::new(TEXT, TIME).make();
    form(read(&[&honest[..], &[0]].concat(), TEXT));
    form(read(&honest[..honest.len() - 1], TEXT));
    form(read(&[], TEXT));
    form(read(&vec![0x30; (1 << 20) + 1], TEXT));
    assert_eq!(read(&honest, b"other").err(), Some(TokenFault::OtherBytes));
    let unknown = made::sequence(&[
        &made::sequence(&[&made::oid(&[1, 3, 14, 3, 2, 26])]),
        &made::element(4, &[7; 20]),
    ]);
    assert_eq!(stamp(|stamp| stamp.imprint = Some(unknown)).err(), Some(TokenFault::OtherBytes));
}

fn signed_by(certificate: Vec<u8>) -> Result<Token, TokenFault> {
    stamp(|stamp| stamp.certificates = vec![certificate])
}

fn signer(change: impl FnOnce(&mut made::Cert)) -> Vec<u8> {
    let mut cert = made::Cert::new("Example TSA", "Example Root", 2);
    change(&mut cert);
    cert.make(&made::key(made::SIGNER_KEY), &made::key(made::ROOT_KEY))
}

#[test]
fn signers() {
    let refused = |found: Result<Token, TokenFault>| {
        assert!(matches!(found, Err(TokenFault::Signer(_))), "{:?}", found.err());
    };
    let usage = |critical, uses: &[&[u32]]| {
        let uses: Vec<u8> = uses.iter().flat_map(|one| made::oid(one)).collect();
        made::extension(made::EXTENDED_KEY_USAGE, critical, &made::sequence(&[&uses]))
    };
    refused(signed_by(signer(|cert| cert.extensions.clear())));
    for (critical, uses) in [
        (false, &[made::TIME_STAMPING][..]),
        (true, &[made::CODE_SIGNING]),
        (true, &[made::TIME_STAMPING, made::CODE_SIGNING]),
        (true, &[made::TIME_STAMPING, made::TIME_STAMPING]),
        (true, &[]),
    ] {
        refused(signed_by(signer(|cert| cert.extensions[1] = usage(critical, uses))));
    }
    // Only keyEncipherment.
    let only = made::extension(made::KEY_USAGE, true, &made::element(3, &[5, 0x20]));
    refused(signed_by(signer(|cert| cert.extensions[0] = only)));
    assert!(signed_by(signer(|cert| drop(cert.extensions.remove(0)))).is_ok(), "no key usage");
    // The same extension twice: a certificate that can't be read.
    refused(signed_by(signer(|cert| cert.extensions.push(cert.extensions[0].clone()))));
    refused(stamp(|stamp| stamp.certificates.extend(vec![made::signer(); 16])));
    assert!(stamp(|stamp| stamp.certificates.extend(vec![made::root(); 15])).is_ok(), "16");
    refused(stamp(|stamp| {
        stamp.identifier = made::sequence(&[&made::name("Example Root"), &made::element(2, &[3])]);
    }));
    let named = made::extension(made::KEY_IDENTIFIER, false, &made::element(4, &[7; 20]));
    for (identifier, good) in [([7; 20], true), ([8; 20], false)] {
        let found = stamp(|stamp| {
            stamp.identifier = made::element(0x80, &identifier);
            stamp.certificates = vec![signer(|cert| cert.extensions.push(named.clone()))];
        });
        if good { assert!(found.is_ok()) } else { refused(found) }
    }
    // The same bytes under another tag name nobody.
    refused(stamp(|stamp| {
        stamp.identifier = made::element(0x81, &[7; 20]);
        stamp.certificates = vec![signer(|cert| cert.extensions.push(named.clone()))];
    }));
    let other_key = stamp(|stamp| stamp.signer = made::key(23));
    assert_eq!(other_key.err(), Some(TokenFault::Signature));
}

#[test]
fn chains() {
    let root = made::root();
    let no_root = Err(ChainFault::NoRoot);
    let expired = Err(ChainFault::NotValidThen);
    assert_eq!(leads(|_| (), &[&root]), Ok(()));
    assert_eq!(leads(|_| (), &[&made::signer()]), Ok(()), "the signer's is itself a root");
    let other = made::Cert::authority("Example Root", "Example Root", 1)
        .make(&made::key(24), &made::key(24));
    assert_eq!(leads(|_| (), &[&other]), no_root, "the same name, another key");
    assert_eq!(leads(|_| (), &[&other, &root]), Ok(()));
    // Valid just then, and not.
    for (from, until, sound) in [
        ("261121140200Z", "261121140200Z", true),
        ("261121140201Z", "360101000000Z", false),
        ("260101000000Z", "261121140159Z", false),
        ("260101000000Z", "99991231235959Z", true),
    ] {
        let cert = signer(|cert| (cert.from, cert.until) = (from, until));
        let found = leads(|stamp| stamp.certificates = vec![cert], &[&root]);
        assert_eq!(found, if sound { Ok(()) } else { expired }, "{from} {until}");
        let mut authority = made::Cert::authority("Example Root", "Example Root", 1);
        (authority.from, authority.until) = (from, until);
        let authority = authority.make(&made::key(made::ROOT_KEY), &made::key(made::ROOT_KEY));
        let found = leads(|_| (), &[&authority]);
        assert_eq!(found, if sound { Ok(()) } else { expired }, "root {from} {until}");
    }
    let critical = made::extension(made::NAME_CONSTRAINTS, true, &made::sequence(&[]));
    let cert = signer(|cert| cert.extensions.push(critical.clone()));
    assert_eq!(leads(|stamp| stamp.certificates = vec![cert], &[&root]), no_root);
}

/// Authorities between signer and root.
#[test]
fn authorities_between() {
    const NAMES: [&str; 9] = ["A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"];
    // A chain of so many certificates, signer and root included.
    let chain = |length: usize, change: &dyn Fn(usize, &mut made::Cert)| {
        let of = |at: usize| made::key(u8::try_from(40 + at).expect("small"));
        let mut all: Vec<Vec<u8>> = (0..length)
            .map(|at| {
                let above = (at + 1).min(length - 1);
                let mut cert = if at == 0 {
                    made::Cert::new(NAMES[at], NAMES[above], 2)
                } else {
                    made::Cert::authority(NAMES[at], NAMES[above], 2)
                };
                change(at, &mut cert);
                cert.make(&of(at), &of(above))
            })
            .collect();
        let root = all.pop().expect("a root");
        leads(
            |stamp| {
                stamp.signer = of(0);
                stamp.identifier =
                    made::sequence(&[&made::name(NAMES[1]), &made::element(2, &[2])]);
                stamp.certificates = all;
            },
            &[&root],
        )
    };
    for length in 2..=8 {
        assert_eq!(chain(length, &|_, _| ()), Ok(()), "{length}");
    }
    let no_root = Err(ChainFault::NoRoot);
    assert_eq!(chain(9, &|_, _| ()), no_root);
    let at_two = |extensions: Vec<Vec<u8>>| {
        chain(4, &move |at, cert| {
            if at == 2 {
                cert.extensions.clone_from(&extensions);
            }
        })
    };
    assert_eq!(at_two(made::for_certifying(Some(1))), Ok(()), "one stands between");
    assert_eq!(at_two(made::for_certifying(Some(0))), no_root);
    assert_eq!(at_two(made::for_certifying(None)[..1].to_vec()), Ok(()), "no key usage");
    assert_eq!(at_two(made::for_certifying(None)[1..].to_vec()), no_root, "no constraints");
    assert_eq!(at_two(made::for_time_stamping()), no_root, "not a CA");
    let mut other_use = made::for_certifying(None);
    other_use[1] = made::extension(made::KEY_USAGE, true, &made::element(3, &[7, 0x80]));
    assert_eq!(at_two(other_use), no_root, "may not sign certificates");
    assert_eq!(
        chain(4, &|at, cert| if at == 1 {
            cert.until = "261121140159Z";
        }),
        Err(ChainFault::NotValidThen)
    );
}

#[test]
fn files_of_roots() {
    let root = made::root();
    let pem = made::pem(&[&root, &made::signer()]);
    assert_eq!(Roots::parse(&pem).map(|roots| roots.count()), Ok(2));
    let words = [b"subject: CN = Example Root\r\n\r\n", &pem[..], b"\nmore"].concat();
    assert_eq!(Roots::parse(&words).map(|roots| roots.count()), Ok(2));
    let windows = String::from_utf8(pem.clone()).expect("text").replace('\n', "\r\n");
    assert_eq!(Roots::parse(windows.as_bytes()).map(|roots| roots.count()), Ok(2));
    let fault = |bytes: &[u8]| Roots::parse(bytes).err();
    assert_eq!(fault(b""), Some(RootsFault::None));
    assert_eq!(fault(&root), Some(RootsFault::Text));
    assert_eq!(fault(&pem[..pem.len() - 30]), Some(RootsFault::Cut));
    assert_eq!(fault(&made::pem(&[&root, b"none"])), Some(RootsFault::Certificate(2)));
    let broken = String::from_utf8(pem).expect("text").replacen("MII", "M!!", 1);
    assert_eq!(fault(broken.as_bytes()), Some(RootsFault::Base64(1)));
    assert_eq!(fault(&vec![b'a'; (4 << 20) + 1]), Some(RootsFault::Long));
    assert_eq!(fault(&vec![b'a'; 4 << 20]), Some(RootsFault::None));
    let many = |number| made::pem(&vec![root.as_slice(); number]);
    assert_eq!(Roots::parse(&many(1000)).map(|roots| roots.count()), Ok(1000));
    assert_eq!(fault(&many(1001)), Some(RootsFault::Many));
}

/// No byte of a token can be changed, cut or added so that it says another time, or stands on
/// another signature; and none makes the reader panic.
#[test]
fn every_byte_counts() {
    let honest = made::Stamp::new(TEXT, TIME).make();
    let roots = Roots::parse(&made::pem(&[&made::root()])).expect("a root");
    let trusted = |bytes: &[u8]| {
        let token = Token::read(bytes, TEXT).ok()?;
        token.leads_to(&roots).ok().map(|()| (token.time, token.authority))
    };
    let expected = trusted(&honest).expect("it holds");
    let mut left = 0;
    for at in 0..honest.len() {
        for flip in [1, 0x80, 0xff] {
            let mut changed = honest.clone();
            changed[at] ^= flip;
            if let Some(found) = trusted(&changed) {
                // What nobody signed: versions, the digests' list, parameters.
                assert_eq!(found, expected, "byte {at}");
                left += 1;
            }
        }
        assert!(Token::read(&honest[..at], TEXT).is_err(), "cut at {at}");
    }
    assert!(left < 3 * 40, "{left} of {} changes are not noticed", 3 * honest.len());
}
