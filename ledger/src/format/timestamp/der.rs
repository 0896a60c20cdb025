//! DER, as far as a timestamp token is looked at: one-byte tags, definite lengths in their
//! shortest form. It reads from a slice and holds nothing, so that a promised length costs
//! nothing.
//!
//! A reader of our own, because section 15 says which structures are looked at and which are
//! passed over, and three implementations have to agree on it to the byte. General libraries
//! differ in what they refuse within parts that nobody looks at.

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const UTF8_STRING: u8 = 0x0c;
pub const PRINTABLE_STRING: u8 = 0x13;
pub const IA5_STRING: u8 = 0x16;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// The tag `[number]`, primitive.
pub const fn primitive(number: u8) -> u8 {
    0x80 | number
}

/// The tag `[number]`, constructed.
pub const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// One element: tag, length, content.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    pub tag: u8,
    /// Tag, length and content, as they stand.
    pub whole: &'a [u8],
    pub content: &'a [u8],
}

impl<'a> Element<'a> {
    /// Bytes that are exactly one element of that tag.
    pub fn only(bytes: &'a [u8], tag: u8) -> Option<Self> {
        let mut all = Elements(bytes);
        let element = all.take(tag)?;
        all.end()?;
        Some(element)
    }

    pub fn inside(&self) -> Elements<'a> {
        Elements(self.content)
    }

    /// An INTEGER that isn't negative, in its shortest form: its bytes without the sign's.
    pub fn unsigned(&self) -> Option<&'a [u8]> {
        match self.content {
            [0, rest @ ..] if rest.first().is_some_and(|next| *next >= 0x80) => Some(rest),
            [first, ..] if self.content == [0] || (1..0x80).contains(first) => Some(self.content),
            _ => None,
        }
    }

    /// A BOOLEAN, `00` or `ff`.
    pub fn truth(&self) -> Option<bool> {
        match (self.tag, self.content) {
            (BOOLEAN, [0]) => Some(false),
            (BOOLEAN, [0xff]) => Some(true),
            _ => None,
        }
    }

    /// The whole bytes of a BIT STRING.
    pub fn bytes_of_bits(&self) -> Option<&'a [u8]> {
        match self.content {
            [0, bytes @ ..] if self.tag == BIT_STRING => Some(bytes),
            _ => None,
        }
    }
}

/// Elements one after another.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a>(pub &'a [u8]);

impl<'a> Elements<'a> {
    /// The next element, whatever it is.
    pub fn any(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = octets.iter().fold(0_u64, |sum, octet| sum << 8 | u64::from(*octet));
                if octets.first() == Some(&0) || length < 0x80 {
                    return None;
                }
                (usize::try_from(length).ok()?, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let (whole, _) = self.0.split_at(self.0.len() - rest.len());
        self.0 = rest;
        Some(Element { tag, whole, content })
    }

    /// The next element, which has that tag.
    pub fn take(&mut self, tag: u8) -> Option<Element<'a>> {
        self.any().filter(|element| element.tag == tag)
    }

    /// The next element if it has that tag; `None` within if it has another, or there is none.
    #[allow(clippy::option_option, reason = "unreadable, absent and there are three answers")]
    pub fn optional(&mut self, tag: u8) -> Option<Option<Element<'a>>> {
        if self.0.first() == Some(&tag) { self.any().map(Some) } else { Some(None) }
    }

    /// Nothing is left.
    pub fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }

    /// All of them.
    pub fn all(mut self) -> Option<Vec<Element<'a>>> {
        let mut all = Vec::new();
        while !self.0.is_empty() {
            all.push(self.any()?);
        }
        Some(all)
    }
}

/// Puts an element together. Only for what is short.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut all = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => all.push(short),
        Ok(short) => all.extend([0x81, short]),
        Err(_) => {
            all.push(0x82);
            all.extend(u16::try_from(length).expect("what is written is short").to_be_bytes());
        }
    }
    all.extend_from_slice(content);
    all
}

#[cfg(test)]
mod tests {
    use super::{BIT_STRING, BOOLEAN, Element, Elements, INTEGER, OCTET_STRING, element};

    #[test]
    fn one_spelling_of_a_length() {
        for length in [0, 1, 127, 128, 255, 256, 65_535] {
            let bytes = element(OCTET_STRING, &vec![7; length]);
            let read = Element::only(&bytes, OCTET_STRING).expect("what was put together");
            assert_eq!((read.content.len(), read.whole), (length, bytes.as_slice()));
            assert!(Element::only(&bytes[..bytes.len() - 1], OCTET_STRING).is_none(), "cut");
            assert!(Element::only(&[&bytes[..], &[0]].concat(), OCTET_STRING).is_none(), "more");
        }
        for other in [
            &[0x04, 0x81, 0x01, 0x07][..],
            &[0x04, 0x82, 0x00, 0x01, 0x07],
            &[0x04, 0x80, 0x07, 0x00, 0x00],
            &[0x04, 0xff],
            &[0x1f, 0x04, 0x00],
            &[0x04, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x04, 0x85, 0x01, 0, 0, 0, 0],
            &[0x04],
            &[],
        ] {
            assert!(Elements(other).any().is_none(), "{other:02x?}");
        }
    }

    #[test]
    fn numbers_have_one_spelling_and_no_sign() {
        let number = |content: &[u8]| {
            let bytes = element(INTEGER, content);
            let read = Element::only(&bytes, INTEGER).expect("an element");
            read.unsigned().map(<[u8]>::to_vec)
        };
        assert_eq!(number(&[0]), Some(vec![0]));
        assert_eq!(number(&[0x7f]), Some(vec![0x7f]));
        assert_eq!(number(&[0, 0x80]), Some(vec![0x80]));
        for refused in [&[][..], &[0x80], &[0, 0x7f], &[0, 0]] {
            assert_eq!(number(refused), None, "{refused:02x?}");
        }
    }

    #[test]
    fn a_tag_has_one_byte() {
        for tag in [0x1f, 0x3f, 0xbf, 0xff] {
            assert!(Elements(&[tag, 0x00]).any().is_none(), "{tag:02x}");
        }
        assert_eq!(Elements(&[0x00, 0x00]).any().map(|element| element.tag), Some(0));
    }

    #[test]
    fn a_truth_has_two_spellings_and_bits_come_in_whole_bytes() {
        let read = |tag, content| Element { tag, whole: &[], content };
        let truth = |tag, content| read(tag, content).truth();
        assert_eq!(truth(BOOLEAN, &[0]), Some(false));
        assert_eq!(truth(BOOLEAN, &[0xff]), Some(true));
        for (tag, content) in
            [(BOOLEAN, &[1][..]), (BOOLEAN, &[]), (BOOLEAN, &[0, 0]), (INTEGER, &[0xff])]
        {
            assert_eq!(truth(tag, content), None, "{content:02x?}");
        }
        let bits = |tag, content| read(tag, content).bytes_of_bits();
        assert_eq!(bits(BIT_STRING, &[0, 5]), Some(&[5][..]));
        assert_eq!(bits(BIT_STRING, &[1, 4]), None, "a bit is left over");
        assert_eq!(bits(OCTET_STRING, &[0, 5]), None);
    }
}
