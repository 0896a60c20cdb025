//! A key on a token: a device, or a program that acts as one, that is spoken to through its maker's
//! library (PKCS#11). The secret stays there; what comes back is checked ([`Signer::sign`]).
//!
//! Keys are Ed25519 (`CKK_EC_EDWARDS`, signing by `CKM_EDDSA` without parameters). The token is
//! found by label and serial number, the key on it by its id. The PIN is asked for as a passphrase
//! is, at the token itself where that has keys of its own for it, and kept no longer than logging
//! in takes.
//!
//! What this doesn't protect: the library runs within this program. It is what its file was when
//! the key was taken, by no more than its path ([`super`]).

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use probity_keys::{PublicKey, SignError, Signature, Signer};

use super::{Ask, Secret, TokenKey};
use crate::work::{WorkError, World, home};

/// id-Ed25519 (RFC 8410, section 3), in DER.
const OID: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// The curve's name as a `PrintableString`, in DER: the other way to say it (PKCS#11 3.0, 2.3.10).
const NAME: &[u8] = b"\x13\x0cedwards25519";

/// Which key of which token is meant.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The library.
    pub module: PathBuf,
    /// The token's label, if there are several.
    pub token: Option<String>,
    /// The key's id, hexadecimal.
    pub key_id: Option<String>,
    /// The key's label.
    pub key_label: Option<String>,
    /// Whether the token is to make a new key.
    pub generate: bool,
}

/// A token that answers.
struct Token {
    library: Pkcs11,
    slot: Slot,
    info: TokenInfo,
}

fn failed(doing: &str, error: &Error) -> WorkError {
    WorkError::refused(
        format!("{doing}: {}", told(error)),
        "look whether the token is plugged in and its maker's own program can use it",
    )
}

/// What the library says, without the sentences that explain its codes to programmers.
fn told(error: &Error) -> String {
    match error {
        Error::Pkcs11(code, _) => format!("it says {code:?}"),
        Error::LibraryLoading(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// Loads the library of a token, unless it may have come with the record book or be anybody's.
fn load(module: &Path, home: &Path) -> Result<Pkcs11, WorkError> {
    let shown = module.display();
    let remedy = "name the PKCS#11 library that was installed with the token, by its whole path";
    let refuse = |why: &str| Err(WorkError::refused(format!("the library {shown} {why}"), remedy));
    if !module.is_absolute() {
        return refuse("is not named by its whole path");
    }
    let Ok(real) = module.canonicalize() else {
        return refuse("is not on this machine");
    };
    if !real.is_file() {
        return refuse("is no file");
    }
    if home::settled(&real).starts_with(home::settled(home)) {
        return refuse("lies in the record book's own folder, and could have come with it");
    }
    #[cfg(unix)]
    for path in [Some(real.as_path()), real.parent()].into_iter().flatten() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(WorkError::file("reading", path))?;
        if mode.permissions().mode() & 0o002 != 0 {
            return refuse("can be changed by every user of this machine");
        }
    }
    let library = Pkcs11::new(&real).map_err(|error| {
        WorkError::refused(format!("the library {shown} can't be loaded: {}", told(&error)), remedy)
    })?;
    match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(library),
        Err(error) => Err(failed(&format!("the library {shown} doesn't start"), &error)),
    }
}

impl Token {
    /// The one token that fits.
    fn find(
        library: Pkcs11,
        fits: impl Fn(&TokenInfo) -> bool,
        wanted: &str,
    ) -> Result<Self, WorkError> {
        let reading = |error: Error| failed("the tokens can't be listed", &error);
        let mut found = Vec::new();
        for slot in library.get_slots_with_initialized_token().map_err(reading)? {
            let info = library.get_token_info(slot).map_err(reading)?;
            if fits(&info) {
                found.push((slot, info));
            }
        }
        if found.len() > 1 {
            let labels: Vec<&str> = found.iter().map(|(_, info)| info.label().trim()).collect();
            return Err(WorkError::refused(
                format!("there are {} tokens: {}", found.len(), labels.join(", ")),
                "say which with --token LABEL; two of one label can't be told apart here",
            ));
        }
        let (slot, info) = found.pop().ok_or_else(|| {
            WorkError::refused(
                format!("{wanted} is not plugged in"),
                "plug it in, and try again; a new token is set up with its maker's program first",
            )
        })?;
        Ok(Self { library, slot, info })
    }

    fn label(&self) -> &str {
        self.info.label().trim()
    }

    /// Logs in with the PIN. Writing is needed to make a key, and for nothing else.
    fn log_in(&self, name: &str, writing: bool, ask: Ask<'_>) -> Result<Session, WorkError> {
        let opened = if writing {
            self.library.open_rw_session(self.slot)
        } else {
            self.library.open_ro_session(self.slot)
        };
        let session = opened.map_err(|error| failed("the token can't be used", &error))?;
        let token = self.label();
        let pin = if self.info.protected_authentication_path() {
            None
        } else {
            let pin = ask(&Secret::Pin { name, token })?;
            Some(AuthPin::from(pin.as_str()))
        };
        match session.login(UserType::User, pin.as_ref()) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(error) => Err(self.refused_pin(&error)),
        }
    }

    fn refused_pin(&self, error: &Error) -> WorkError {
        let token = self.label();
        let info = self.library.get_token_info(self.slot).ok();
        let locked = info.as_ref().is_some_and(TokenInfo::user_pin_locked);
        let last = info.as_ref().is_some_and(TokenInfo::user_pin_final_try);
        let Error::Pkcs11(code, _) = error else {
            return failed("the token can't be used", error);
        };
        match code {
            RvError::PinLocked => locked_token(token),
            RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange if locked => {
                locked_token(token)
            }
            RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => {
                WorkError::refused(
                    format!("wrong PIN for the token {token}"),
                    if last {
                        "only one try is left: after another wrong PIN the token locks itself"
                    } else {
                        "try again with care: many tokens lock themselves after three wrong PINs, some \
                         after ten, and count across programs"
                    },
                )
            }
            RvError::UserPinNotInitialized => WorkError::refused(
                format!("the token {token} has no PIN yet"),
                "set one with its maker's program",
            ),
            _ => failed(&format!("the token {token} lets nobody in"), error),
        }
    }
}

fn locked_token(token: &str) -> WorkError {
    WorkError::refused(
        format!("the token {token} has locked itself after too many wrong PINs"),
        "unlock it with its maker's program and its unlocking code (PUK or SO PIN); a representative can \
         give its holder a new key meanwhile",
    )
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn reading(error: Error) -> WorkError {
    failed("the token's keys can't be read", &error)
}

/// The private half of the key of that id.
fn private_half(session: &Session, id: &[u8], words: &str) -> Result<ObjectHandle, WorkError> {
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::EC_EDWARDS),
        Attribute::Id(id.to_vec()),
    ];
    let found = session.find_objects(&template).map_err(reading)?;
    let [handle] = found.as_slice() else {
        return Err(WorkError::refused(
            format!("{words}: found {} private keys of the id {}", found.len(), hex::encode(id)),
            "see what it holds with its maker's program; a key that is gone from its token is lost",
        ));
    };
    let asks = session.get_attributes(*handle, &[AttributeType::AlwaysAuthenticate]);
    if asks.unwrap_or_default().contains(&Attribute::AlwaysAuthenticate(true)) {
        return Err(WorkError::refused(
            "the token wants its PIN anew for each signature of this key",
            "use a key on it that doesn't, or one that is held elsewhere",
        ));
    }
    Ok(*handle)
}

/// The 32 bytes of a point: as they are, or in an OCTET STRING or BIT STRING.
fn point(bytes: &[u8]) -> Option<PublicKey> {
    let key = match bytes {
        [0x04, 0x20, key @ ..] | [0x03, 0x21, 0x00, key @ ..] | key => key,
    };
    PublicKey::from_bytes(key.try_into().ok()?).ok()
}

/// An Ed25519 key on a token.
struct Found {
    id: Vec<u8>,
    label: String,
    key: PublicKey,
}

fn found_keys(session: &Session) -> Result<Vec<Found>, WorkError> {
    let template =
        [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::KeyType(KeyType::EC_EDWARDS)];
    let mut all = Vec::new();
    for handle in session.find_objects(&template).map_err(reading)? {
        let wanted = [AttributeType::Id, AttributeType::Label, AttributeType::EcPoint];
        let (mut id, mut label, mut key) = (Vec::new(), String::new(), None);
        for attribute in session.get_attributes(handle, &wanted).map_err(reading)? {
            match attribute {
                Attribute::Id(bytes) => id = bytes,
                Attribute::Label(bytes) => label = String::from_utf8_lossy(&bytes).into_owned(),
                Attribute::EcPoint(bytes) => key = point(&bytes),
                _ => {}
            }
        }
        // Of another curve, or without a name by which it could be found again.
        if let Some(key) = key.filter(|_| !id.is_empty()) {
            all.push(Found { id, label, key });
        }
    }
    Ok(all)
}

/// Takes a key of a token, or has the token make one.
///
/// # Errors
/// No such library, token or key; several that fit; a wrong PIN.
pub fn take(
    world: &World,
    home: &Path,
    name: &str,
    choice: &Choice,
    ask: Ask<'_>,
) -> Result<(TokenKey, PublicKey), WorkError> {
    let module = std::path::absolute(&choice.module).unwrap_or_else(|_| choice.module.clone());
    let id = choice
        .key_id
        .as_deref()
        .map(hex::decode)
        .transpose()
        .ok()
        .filter(|id| id.as_ref().is_none_or(|id| !id.is_empty()));
    let id = id.ok_or_else(|| {
        WorkError::refused(
            format!("`{}` is no key id", choice.key_id.as_deref().unwrap_or_default()),
            "write it in hexadecimal, as the token's own program shows it, such as a1b2",
        )
    })?;
    let wanted = choice.token.as_deref();
    let words = wanted.map_or_else(|| "a token".to_owned(), |label| format!("the token {label}"));
    let fits = |info: &TokenInfo| wanted.is_none_or(|label| info.label().trim() == label);
    let token = Token::find(load(&module, home)?, fits, &words)?;
    let session = token.log_in(name, choice.generate, ask)?;
    let id = match id {
        _ if !choice.generate => id,
        Some(id) => Some(id),
        None => Some(world.random::<8>()?.to_vec()),
    };
    if let Some(id) = id.as_ref().filter(|_| choice.generate) {
        generate(&session, id, choice.key_label.as_deref().unwrap_or(name))?;
    }
    let mut found = found_keys(&session)?;
    let all = found.len();
    found.retain(|one| {
        id.as_ref().is_none_or(|id| one.id == *id)
            && choice.key_label.as_ref().is_none_or(|label| one.label == *label)
    });
    if found.len() > 1 {
        let list: Vec<String> =
            found.iter().map(|one| format!("{} ({})", hex::encode(&one.id), one.label)).collect();
        return Err(WorkError::refused(
            format!("the token {} holds several keys that fit: {}", token.label(), list.join(", ")),
            "say which with --key-id HEX or --key-label TEXT",
        ));
    }
    let one = found.pop().ok_or_else(|| {
        WorkError::refused(
            format!(
                "the token {} holds {all} Ed25519 keys, and none that fits",
                token.label()
            ),
            "name one that it holds, or have it make one with --generate; keys of other types don't \
             sign here",
        )
    })?;
    private_half(&session, &one.id, &format!("the token {} can't sign", token.label()))?;
    let serial = token.info.serial_number().trim().to_owned();
    let key = hex::encode(&one.id);
    Ok((TokenKey { module, token: token.label().to_owned(), serial, key }, one.key))
}

/// Has the token make a key that never leaves it.
fn generate(session: &Session, id: &[u8], label: &str) -> Result<(), WorkError> {
    let same = [Attribute::Id(id.to_vec()), Attribute::Label(label.as_bytes().to_vec())];
    if !session.find_objects(&same[..1]).map_err(reading)?.is_empty() {
        return Err(WorkError::refused(
            format!("the token holds something of the id {} already", hex::encode(id)),
            "choose another --key-id; nothing is overwritten",
        ));
    }
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
    ];
    let make = |curve: &[u8]| {
        let public = [
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(curve.to_vec()),
        ];
        session.generate_key_pair(
            &Mechanism::EccEdwardsKeyPairGen,
            &[&public[..], &same].concat(),
            &[&private[..], &same].concat(),
        )
    };
    make(OID).or_else(|_| make(NAME)).map(drop).map_err(|error| {
        WorkError::refused(
            format!("the token can't make an Ed25519 key: {}", told(&error)),
            "use a token that can, or a key that is held elsewhere",
        )
    })
}

/// A key on a token that was logged in to.
pub struct OnToken {
    session: Mutex<Session>,
    key: ObjectHandle,
    public: PublicKey,
    token: String,
}

impl OnToken {
    /// Finds the token and the key, and logs in.
    ///
    /// # Errors
    /// As [`take`].
    pub fn open(
        (name, public): (&str, &PublicKey),
        held: &TokenKey,
        home: &Path,
        ask: Ask<'_>,
    ) -> Result<Self, WorkError> {
        let fits = |info: &TokenInfo| {
            info.label().trim() == held.token && info.serial_number().trim() == held.serial
        };
        let words = format!("the token {} (serial number {})", held.token, held.serial);
        let token = Token::find(load(&held.module, home)?, fits, &words)?;
        let id = hex::decode(&held.key).unwrap_or_default();
        let session = token.log_in(name, false, ask)?;
        let words = format!("the token {} doesn't hold the key of `{name}`", held.token);
        let key = private_half(&session, &id, &words)?;
        Ok(Self { session: Mutex::new(session), key, public: *public, token: held.token.clone() })
    }
}

impl Signer for OnToken {
    fn public(&self) -> PublicKey {
        self.public
    }

    fn ask(&self, message: &[u8]) -> Result<Signature, SignError> {
        let failed = |fault: String| {
            SignError::new(
                format!("the token {} gave no signature: {fault}", self.token),
                "look whether it is still plugged in, and try again; nothing was signed",
            )
        };
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
        let signature =
            session.sign(&mechanism, self.key, message).map_err(|error| failed(told(&error)))?;
        let length = signature.len();
        let signature = signature.try_into().map(Signature);
        signature.map_err(|_| failed(format!("it is {length} bytes long, expected 64")))
    }
}

#[cfg(test)]
mod tests {
    use probity_keys::SigningKey;

    use super::*;

    #[test]
    fn a_point_is_read_in_each_form_that_tokens_give_it() {
        let key = SigningKey::from_seed([1; 32]).public();
        let bytes = key.to_bytes();
        for form in [&[][..], &[0x04, 0x20], &[0x03, 0x21, 0x00]] {
            assert_eq!(point(&[form, &bytes].concat()), Some(key), "{form:?}");
            assert_eq!(point(&[form, &bytes[..31]].concat()), None, "{form:?}");
        }
        assert_eq!(point(&[0; 57]), None, "another curve");
        assert_eq!(point(&[0; 32]), None, "small order");
    }
}
