//! Sealing: `COSE_Encrypt0` (RFC 9052 section 5.2, untagged) with A256GCM, under keys that
//! derive from a slot by HKDF-SHA256 (RFC 5869).
//!
//! ```text
//! [ h'a10103', {5: nonce of 12 random bytes}, ciphertext ‖ tag ]
//! AAD  ["Encrypt0", h'a10103', external_aad]
//!
//!              info of the key                      external_aad
//! body         "probity/v1/body"                    entry hash ‖ slot number, 8 bytes
//! document     "probity/v1/document" ‖ file id      file id
//! ```
//!
//! A sealed body holds `[body bytes, [[sha256, file id, size]…]]`. It opens only beside its
//! own entry and with its own slot. Every key seals one object only, so that no nonce can
//! meet its key again.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use hkdf::Hkdf;
use probity_keys::wiping_stack;
use probity_ledger::format::cbor::{self, Reader, Value};
use probity_ledger::format::hash::{EntryHash, Sha256Hash};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::bodykeys::Slot;
use super::{DocumentRef, FileId, MAX_BODY, Opened, StoreError, fill_random};

/// A key that seals one object, wiped when dropped. Whoever derives one does so on a stack that is
/// wiped, where the copies lie that moving it leaves behind.
type Key = Zeroizing<[u8; 32]>;

/// `{1: 3}`: alg, A256GCM.
const PROTECTED: [u8; 3] = [0xa1, 0x01, 0x03];
const TAG: usize = 16;

/// Longest sealed body: a body, and the list of the documents that it can name.
const MAX_SEALED_BODY: usize = 2 * MAX_BODY;

/// Seals a body and the list of its documents. Whoever seals one, or many, wipes the stack
/// afterwards; so for opening.
pub(super) fn seal_body(
    slot: &Slot,
    number: u64,
    entry: EntryHash,
    body: &[u8],
    documents: &[DocumentRef],
) -> Result<Vec<u8>, StoreError> {
    let documents = documents.iter().map(|document| {
        Value::Array(vec![
            Value::bytes(document.sha256.0),
            Value::bytes(document.file.0),
            Value::Int(i64::try_from(document.size).expect("a document's size is bounded")),
        ])
    });
    let mut plain = Zeroizing::new(Vec::with_capacity(body.len() + 64));
    cbor::write_head(&mut plain, 4, 2);
    cbor::write_bytes(&mut plain, body);
    Value::Array(documents.collect()).write(&mut plain);
    seal(&body_key(slot), &body_aad(entry, number), &mut plain)
}

/// Opens a sealed body; on failure, what is wrong with it.
pub(super) fn open_body(
    slot: &Slot,
    number: u64,
    entry: EntryHash,
    sealed: &[u8],
) -> Result<Opened, &'static str> {
    if sealed.len() > MAX_SEALED_BODY {
        return Err("a sealed body of more than 2 MiB");
    }
    let plain = open(&body_key(slot), &body_aad(entry, number), sealed)?;
    parse_body(&plain, number).ok_or("a sealed body of another shape")
}

fn parse_body(plain: &[u8], slot: u64) -> Option<Opened> {
    let mut reader = Reader::new(plain);
    if reader.array().ok()? != 2 {
        return None;
    }
    let body = reader.byte_string().ok()?.to_vec();
    let list = reader.value().ok()?;
    reader.end().ok()?;
    let mut documents = Vec::new();
    for item in list.as_array()? {
        let [sha256, file, size] = item.as_array()? else { return None };
        documents.push(DocumentRef {
            sha256: Sha256Hash::try_from(sha256.as_bytes()?).ok()?,
            file: FileId(file.as_bytes()?.try_into().ok()?),
            size: u64::try_from(size.as_int()?).ok()?,
        });
    }
    Some(Opened { body, documents, slot })
}

/// Seals a document; `plain` is overwritten.
pub(super) fn seal_document(
    slot: &Slot,
    file: FileId,
    plain: &mut Zeroizing<Vec<u8>>,
) -> Result<Vec<u8>, StoreError> {
    wiping_stack(|| seal(&document_key(slot, file), &file.0, plain))
}

/// Opens a sealed document; on failure, what is wrong with it.
pub(super) fn open_document(
    slot: &Slot,
    file: FileId,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    wiping_stack(|| open(&document_key(slot, file), &file.0, sealed))
}

fn body_aad(entry: EntryHash, number: u64) -> Vec<u8> {
    [&entry.0[..], &number.to_be_bytes()].concat()
}

fn body_key(slot: &Slot) -> Key {
    derive(slot, &[b"probity/v1/body"])
}

fn document_key(slot: &Slot, file: FileId) -> Key {
    derive(slot, &[b"probity/v1/document", &file.0])
}

fn derive(slot: &Slot, info: &[&[u8]]) -> Key {
    let mut key = Key::default();
    Hkdf::<Sha256>::new(None, &slot[..])
        .expand_multi_info(info, &mut key[..])
        .expect("32 bytes are a length that HKDF-SHA256 gives");
    key
}

/// `Enc_structure`, RFC 9052 section 5.3.
fn enc_structure(external_aad: &[u8]) -> Vec<u8> {
    Value::Array(vec![Value::text("Encrypt0"), Value::bytes(PROTECTED), Value::bytes(external_aad)])
        .to_bytes()
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new_from_slice(&key[..]).expect("the key has 32 bytes")
}

fn seal(
    key: &Key,
    external_aad: &[u8],
    plain: &mut Zeroizing<Vec<u8>>,
) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; 12];
    fill_random(&mut nonce)?;
    let aad = enc_structure(external_aad);
    let tag = cipher(key)
        .encrypt_inout_detached(&nonce.into(), &aad, plain.as_mut_slice().into())
        .expect("the length is far below the limit of AES-GCM");
    let mut sealed = Vec::with_capacity(plain.len() + 48);
    cbor::write_head(&mut sealed, 4, 3);
    cbor::write_bytes(&mut sealed, &PROTECTED);
    Value::map([(5, Value::bytes(nonce))]).write(&mut sealed);
    cbor::write_head(&mut sealed, 2, (plain.len() + TAG) as u64);
    sealed.extend_from_slice(plain);
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

fn open(key: &Key, external_aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let (nonce, ciphertext) = parse(sealed).ok_or("something that is no sealed object")?;
    let (ciphertext, tag) =
        ciphertext.split_last_chunk::<TAG>().ok_or("a ciphertext without a tag")?;
    let mut plain = Zeroizing::new(ciphertext.to_vec());
    let nonce: Nonce<Aes256Gcm> = nonce.into();
    let tag: Tag<Aes256Gcm> = (*tag).into();
    cipher(key)
        .decrypt_inout_detached(
            &nonce,
            &enc_structure(external_aad),
            plain.as_mut_slice().into(),
            &tag,
        )
        .map_err(|_| "a sealed object that another key, entry or slot belongs to")?;
    Ok(plain)
}

fn parse(sealed: &[u8]) -> Option<([u8; 12], &[u8])> {
    let mut reader = Reader::new(sealed);
    if reader.array().ok()? != 3 || reader.byte_string().ok()? != PROTECTED {
        return None;
    }
    if reader.map().ok()? != 1 {
        return None;
    }
    reader.literal(&[5], "label 5").ok()?;
    let nonce = reader.byte_string().ok()?;
    let ciphertext = reader.byte_string().ok()?;
    reader.end().ok()?;
    Some((nonce.try_into().ok()?, ciphertext))
}
