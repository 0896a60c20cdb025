//! Found text in a refusal: only its beginning, so that nobody who hands over a file can fill
//! a screen or a log with it. What this does not do: make control characters harmless; whoever
//! prints does that.

/// The first `most` characters of a text, and `…` when there are more.
#[must_use]
pub fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::clipped;

    #[test]
    fn only_what_is_longer_is_clipped() {
        assert_eq!(clipped("äöü", 3), "äöü");
        assert_eq!(clipped("äöüß", 3), "äöü…");
        assert_eq!(clipped("", 0), "");
    }
}
