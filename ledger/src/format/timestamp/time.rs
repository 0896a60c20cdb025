//! The two spellings of a moment, as POSIX seconds. A leap second is none.

use jiff::civil::DateTime;

/// `YYMMDDhhmmssZ`: 1950 to 2049.
pub fn utc(text: &[u8]) -> Option<i64> {
    let (digits, rest) = text.split_at_checked(12)?;
    let short = i16::from(pair(digits)?);
    if rest != b"Z" {
        return None;
    }
    moment(if short < 50 { 2000 + short } else { 1900 + short }, &digits[2..])
}

/// `YYYYMMDDhhmmssZ`, for a token with or without a fraction, which is dropped.
pub fn generalized(text: &[u8], fraction: bool) -> Option<i64> {
    let (digits, rest) = text.split_at_checked(14)?;
    let good = match rest {
        b"Z" => true,
        [b'.', digits @ .., b'Z'] if fraction => {
            !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    if !good {
        return None;
    }
    let year = i16::from(pair(digits)?) * 100 + i16::from(pair(&digits[2..])?);
    moment(year, &digits[4..])
}

fn moment(year: i16, digits: &[u8]) -> Option<i64> {
    let at = |place: usize| pair(digits.get(place..)?);
    let moment = DateTime::new(year, at(0)?, at(2)?, at(4)?, at(6)?, at(8)?, 0).ok()?;
    // Not by way of a timestamp: those of jiff end before 99991231235959Z, "for ever".
    Some(moment.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs())
}

fn pair(digits: &[u8]) -> Option<i8> {
    match digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => {
            i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{generalized, utc};

    #[test]
    fn moments_have_one_spelling() {
        assert_eq!(utc(b"700101000000Z"), Some(0));
        assert_eq!(utc(b"491231235959Z"), Some(2_524_607_999));
        assert_eq!(utc(b"500101000000Z"), Some(-631_152_000));
        assert_eq!(generalized(b"20261121140200Z", false), Some(1_795_269_720));
        assert_eq!(generalized(b"20261121140200.123Z", true), Some(1_795_269_720));
        assert_eq!(generalized(b"20240229000000Z", false), Some(1_709_164_800));
        assert_eq!(generalized(b"99991231235959Z", false), Some(253_402_300_799));
        for other in [
            &b"20261121140200.123Z"[..],
            b"20261121140200",
            b"20261121140200+0000",
            b"20261121140260Z",
            b"20261321140200Z",
            b"20230229000000Z",
            b"2026112114020Z",
            b"",
        ] {
            assert_eq!(generalized(other, false), None, "{}", String::from_utf8_lossy(other));
        }
        for other in [&b"20261121140200.Z"[..], b"20261121140200.1a2Z", b"20261121140200,1Z"] {
            assert_eq!(generalized(other, true), None, "{}", String::from_utf8_lossy(other));
        }
    }
}
