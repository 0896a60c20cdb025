//! Names as they are read aloud: `still-occurring` is "still occurring".

/// A name of a field, a kind or a choice without its hyphens; abbreviations in capitals.
#[must_use]
pub fn spoken(name: &str) -> String {
    let words: Vec<String> = name
        .split('-')
        .map(|word| match word {
            "cctv" | "dpia" | "dpo" | "gdpr" | "urn" => word.to_uppercase(),
            _ => word.to_owned(),
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn hyphens_go_and_abbreviations_are_written_large() {
        assert_eq!(spoken("approved-with-conditions"), "approved with conditions");
        assert_eq!(spoken("dpo-view"), "DPO view");
        assert_eq!(spoken(""), "");
    }
}
