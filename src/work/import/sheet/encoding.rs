//! From the bytes of a register to its text: UTF-8, or Windows-1252 where the mapping says so. What
//! is neither is refused with what to do about it.

use super::Layout;
use crate::work::WorkError;

/// The text of a register, decoded.
///
/// # Errors
/// A workbook, another encoding, or nothing at all; what to do about it.
pub fn decode(bytes: Vec<u8>, layout: &Layout) -> Result<String, WorkError> {
    let save = "save it in the spreadsheet program as `CSV UTF-8`";
    let begins = |mark: &[u8]| bytes.starts_with(mark);
    if begins(b"PK\x03\x04") || begins(b"\xd0\xcf\x11\xe0") {
        return Err(WorkError::refused("this is a workbook or a zip file, and no CSV", save));
    }
    if begins(b"\xff\xfe") || begins(b"\xfe\xff") || bytes.contains(&0) {
        return Err(WorkError::refused("this is text in UTF-16, or no text at all", save));
    }
    let text = if layout.windows_1252 {
        if begins(b"\xef\xbb\xbf") {
            return Err(WorkError::refused(
                "this is UTF-8, and the mapping says windows-1252",
                "take `encoding` out of the mapping",
            ));
        }
        windows_1252(&bytes)?
    } else {
        String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..good].split(|byte| *byte == b'\n').count();
            WorkError::refused(
                format!("line {line} is not UTF-8 text"),
                format!("{save}, or say encoding = \"windows-1252\" in the mapping"),
            )
        })?
    };
    let mut text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    if !text.contains('\n') {
        // Old systems end lines so; then all would be one.
        text = text.replace('\r', "\n");
    }
    if text.trim().is_empty() {
        return Err(WorkError::refused("the register is empty", "name the file that you mean"));
    }
    Ok(text)
}

/// The code points of 0x80 to 0x9f; five of them mean nothing.
const HIGH: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

fn windows_1252(bytes: &[u8]) -> Result<String, WorkError> {
    let decoded = bytes.iter().map(|byte| match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        // The rest stands at its place in Unicode.
        other => Some(char::from(*other)),
    });
    decoded.collect::<Option<String>>().ok_or_else(|| {
        WorkError::refused(
            "this is not windows-1252, as the mapping says",
            "save it in the spreadsheet program as `CSV UTF-8`, and take `encoding` out",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8], layout: &Layout) -> String {
        let error = decode(bytes.to_vec(), layout).expect_err("no register");
        format!("{error}; {}", error.hint().unwrap_or_default())
    }

    #[test]
    fn windows_1252_is_taken_where_it_is_said() {
        let bytes = b"Caf\xe9 \x80 \x93x\x94";
        let layout = Layout { windows_1252: true, ..Layout::default() };
        assert_eq!(decode(bytes.to_vec(), &layout).expect("it is"), "Café € “x”");
        let said = refused(bytes, &Layout::default());
        assert!(said.starts_with("line 1 is not UTF-8 text; save it"), "{said}");
        assert!(said.contains("encoding = \"windows-1252\""), "{said}");
        assert!(refused(b"a\x81", &layout).starts_with("this is not windows-1252"));
        assert!(refused("\u{feff}é".as_bytes(), &layout).starts_with("this is UTF-8, and"));
        assert!(refused(b"a\nb\nc\xff", &Layout::default()).starts_with("line 3 is not"));
    }

    #[test]
    fn what_is_no_csv_is_refused_with_what_to_do() {
        for (bytes, fact) in [
            (&b"PK\x03\x04rest"[..], "this is a workbook or a zip file, and no CSV"),
            (b"\xd0\xcf\x11\xe0rest", "this is a workbook"),
            (b"\xff\xfeN\0o\0", "this is text in UTF-16"),
            (b"N\0o\0", "this is text in UTF-16, or no text"),
            (b"\xef\xbb\xbf \r\n", "the register is empty"),
        ] {
            let said = refused(bytes, &Layout::default());
            assert!(said.starts_with(fact), "{said}");
        }
    }
}
