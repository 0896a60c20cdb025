//! Certificates (RFC 5280), as far as section 15 looks at them.

use super::algorithms::{Algorithm, Key};
use super::der::{
    BIT_STRING, Element, Elements, GENERALIZED_TIME, IA5_STRING, INTEGER, OCTET_STRING, OID,
    PRINTABLE_STRING, SEQUENCE, UTC_TIME, UTF8_STRING, constructed, primitive,
};
use super::time;

const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x0e];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const CERTIFICATE_POLICIES: &[u8] = &[0x55, 0x1d, 0x20];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const TIME_STAMPING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// A certificate that could be read. Nothing about it is believed yet.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub whole: Vec<u8>,
    signed: Vec<u8>,
    pub issuer: Vec<u8>,
    pub subject: Vec<u8>,
    pub serial: Vec<u8>,
    not_before: i64,
    not_after: i64,
    key: Key,
    algorithm: Option<Algorithm>,
    signature: Vec<u8>,
    extensions: Extensions,
}

#[derive(Clone, Debug, Default)]
struct Extensions {
    key_identifier: Option<Vec<u8>>,
    /// The first octet of its bits.
    key_usage: Option<u8>,
    /// Whether it is a CA, and how many may stand between it and the last.
    authority: Option<(bool, Option<u64>)>,
    only_time_stamping: bool,
    unknown_critical: bool,
}

impl Certificate {
    /// Reads one certificate and nothing behind it.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut outer = Element::only(bytes, SEQUENCE)?.inside();
        let signed = outer.take(SEQUENCE)?;
        let algorithm = outer.take(SEQUENCE)?;
        let signature = outer.take(BIT_STRING)?.bytes_of_bits()?;
        outer.end()?;
        let mut inside = signed.inside();
        inside.optional(constructed(0))?;
        let serial = inside.take(INTEGER)?;
        if inside.take(SEQUENCE)?.whole != algorithm.whole {
            return None;
        }
        let issuer = inside.take(SEQUENCE)?;
        let mut validity = inside.take(SEQUENCE)?.inside();
        let (not_before, not_after) = (moment(&mut validity)?, moment(&mut validity)?);
        validity.end()?;
        let subject = inside.take(SEQUENCE)?;
        let key = Key::read(&inside.take(SEQUENCE)?)?;
        inside.optional(primitive(1))?;
        inside.optional(primitive(2))?;
        let extensions = match inside.optional(constructed(3))? {
            Some(explicit) => Extensions::read(&Element::only(explicit.content, SEQUENCE)?)?,
            None => Extensions::default(),
        };
        inside.end()?;
        Some(Self {
            whole: bytes.to_vec(),
            signed: signed.whole.to_vec(),
            issuer: issuer.whole.to_vec(),
            subject: subject.whole.to_vec(),
            serial: serial.whole.to_vec(),
            not_before,
            not_after,
            key,
            algorithm: Algorithm::named(&algorithm),
            signature: signature.to_vec(),
            extensions,
        })
    }

    pub fn key(&self) -> &Key {
        &self.key
    }

    pub fn has_key_identifier(&self, identifier: &[u8]) -> bool {
        self.extensions.key_identifier.as_deref() == Some(identifier)
    }

    /// Whether its extended key usage is critical and names time stamping and nothing else.
    pub fn only_for_time_stamping(&self) -> bool {
        self.extensions.only_time_stamping
    }

    /// Whether it may sign what isn't a certificate: digitalSignature or nonRepudiation.
    pub fn may_sign(&self) -> bool {
        self.extensions.key_usage.is_none_or(|bits| bits & 0xc0 != 0)
    }

    /// Whether it may sign a certificate that so many others stand below.
    pub fn may_certify(&self, between: u64) -> bool {
        let Some((true, longest)) = self.extensions.authority else { return false };
        longest.is_none_or(|longest| between <= longest)
            && self.extensions.key_usage.is_none_or(|bits| bits & 0x04 != 0)
    }

    pub fn valid_at(&self, time: i64) -> bool {
        (self.not_before..=self.not_after).contains(&time)
    }

    pub fn has_unknown_critical_extension(&self) -> bool {
        self.extensions.unknown_critical
    }

    /// Whether `issuer`'s key signed it.
    pub fn signed_by(&self, issuer: &Self) -> bool {
        let Some(algorithm) = self.algorithm else { return false };
        let Some(hash) = algorithm.hash else { return false };
        issuer.key.verifies(algorithm, hash, &self.signed, &self.signature)
    }

    /// The last common name in its subject, or nothing.
    pub fn common_name(&self) -> String {
        self.last_common_name().unwrap_or_default()
    }

    fn last_common_name(&self) -> Option<String> {
        let mut last = None;
        for set in Element::only(&self.subject, SEQUENCE)?.inside().all()? {
            for pair in set.inside().all()? {
                let mut inside = pair.inside();
                let (name, value) = (inside.take(OID)?, inside.any()?);
                if name.content == COMMON_NAME {
                    last = Some(value);
                }
            }
        }
        last.filter(|text| [UTF8_STRING, PRINTABLE_STRING, IA5_STRING].contains(&text.tag))
            .and_then(|text| String::from_utf8(text.content.to_vec()).ok())
    }
}

fn moment(elements: &mut Elements) -> Option<i64> {
    let element = elements.any()?;
    match element.tag {
        UTC_TIME => time::utc(element.content),
        GENERALIZED_TIME => time::generalized(element.content, false),
        _ => None,
    }
}

impl Extensions {
    fn read(list: &Element) -> Option<Self> {
        let mut found = Self::default();
        let mut seen: Vec<&[u8]> = Vec::new();
        for extension in list.inside().all()? {
            if extension.tag != SEQUENCE {
                return None;
            }
            let mut inside = extension.inside();
            let name = inside.take(OID)?.content;
            let critical = match inside.optional(super::der::BOOLEAN)? {
                Some(truth) => truth.truth()?,
                None => false,
            };
            let value = inside.take(OCTET_STRING)?.content;
            inside.end()?;
            if seen.contains(&name) {
                return None;
            }
            seen.push(name);
            found.note(name, critical, value)?;
        }
        Some(found)
    }

    fn note(&mut self, name: &[u8], critical: bool, value: &[u8]) -> Option<()> {
        match name {
            SUBJECT_KEY_IDENTIFIER => {
                self.key_identifier = Some(Element::only(value, OCTET_STRING)?.content.to_vec());
                self.unknown_critical |= critical;
            }
            KEY_USAGE => self.key_usage = Some(key_usage(value)?),
            BASIC_CONSTRAINTS => self.authority = Some(basic_constraints(value)?),
            EXTENDED_KEY_USAGE => {
                let purposes = Element::only(value, SEQUENCE)?.inside().all()?;
                let only = matches!(purposes.as_slice(), [one] if one.tag == OID && one.content == TIME_STAMPING);
                self.only_time_stamping = critical && only;
            }
            SUBJECT_ALTERNATIVE_NAME | CERTIFICATE_POLICIES => {}
            _ => self.unknown_critical |= critical,
        }
        Some(())
    }
}

fn key_usage(value: &[u8]) -> Option<u8> {
    match Element::only(value, BIT_STRING)?.content {
        [unused, bits @ ..] if *unused < 8 && !(bits.is_empty() && *unused > 0) => {
            Some(bits.first().copied().unwrap_or(0))
        }
        _ => None,
    }
}

fn basic_constraints(value: &[u8]) -> Option<(bool, Option<u64>)> {
    let mut inside = Element::only(value, SEQUENCE)?.inside();
    let authority = match inside.optional(super::der::BOOLEAN)? {
        Some(truth) => truth.truth()?,
        None => false,
    };
    let longest = match inside.optional(INTEGER)? {
        Some(number) => {
            let digits = number.unsigned()?;
            // More than any chain is long.
            Some(if digits.len() > 4 {
                u64::from(u32::MAX)
            } else {
                digits.iter().fold(0, |sum, digit| sum << 8 | u64::from(*digit))
            })
        }
        None => None,
    };
    inside.end()?;
    Some((authority, longest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::timestamp::der::{BOOLEAN, element};

    #[test]
    fn the_uses_of_a_key_are_its_first_eight_bits() {
        for (content, uses) in [
            (&[6, 0xc0][..], Some(0xc0)),
            (&[7, 0x80], Some(0x80)),
            (&[7, 0x86, 0x80], Some(0x86)),
            (&[0], Some(0)),
            // More bits are left over than there are.
            (&[1], None),
            (&[7], None),
            (&[8, 0xc0], None),
            (&[255, 0xc0], None),
            (&[], None),
        ] {
            assert_eq!(key_usage(&element(BIT_STRING, content)), uses, "{content:02x?}");
        }
    }

    #[test]
    fn how_many_may_stand_between_is_a_number() {
        for (digits, longest) in [
            (&[0][..], 0),
            (&[5], 5),
            (&[1, 2], 258),
            (&[1, 2, 3, 4], 0x0102_0304),
            (&[0x7f, 0xff, 0xff, 0xff, 0xff], u64::from(u32::MAX)),
        ] {
            let parts = [element(BOOLEAN, &[0xff]), element(INTEGER, digits)].concat();
            let found = basic_constraints(&element(SEQUENCE, &parts));
            assert_eq!(found, Some((true, Some(longest))), "{digits:02x?}");
        }
        assert_eq!(basic_constraints(&element(SEQUENCE, &[])), Some((false, None)));
    }

    /// Nobody may pass over an extension that is critical and isn't understood.
    #[test]
    fn which_critical_extensions_are_understood() {
        let noted = |name: &[u8], critical, value: &[u8]| {
            let mut found = Extensions::default();
            found.note(name, critical, value)?;
            Some(found.unknown_critical)
        };
        let identifier = element(OCTET_STRING, &[7; 20]);
        let names = element(SEQUENCE, &[]);
        for (name, value, understood) in [
            (SUBJECT_ALTERNATIVE_NAME, &names, true),
            (CERTIFICATE_POLICIES, &names, true),
            (SUBJECT_KEY_IDENTIFIER, &identifier, false),
            (&[0x55, 0x1d, 0x1e], &names, false),
        ] {
            assert_eq!(noted(name, true, value), Some(!understood), "{name:02x?}");
            assert_eq!(noted(name, false, value), Some(false), "{name:02x?}");
        }
        // What was found stays found.
        let mut found = Extensions::default();
        for critical in [true, false] {
            assert!(found.note(SUBJECT_KEY_IDENTIFIER, critical, &identifier).is_some());
        }
        assert!(found.unknown_critical);
    }
}
