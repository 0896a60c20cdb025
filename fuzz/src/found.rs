//! Findings whose inputs are long and regular: they are made here, and the others lie in `found/`.

/// What was found with a target: what was wrong, and the input.
pub fn made(target: &str) -> Vec<(&'static str, Vec<u8>)> {
    match target {
        // A refusal repeated in full what it had found, and so filled screen and log.
        "record_json" => vec![
            ("name-repeated-in-full", format!("{{\"{}\":1}}", "a".repeat(20_000)).into_bytes()),
            ("every-faulty-answer-named", {
                let faulty: Vec<String> =
                    (0..1000).map(|number| format!("\"unknown-answer-{number}\":1")).collect();
                format!("{{{}}}", faulty.join(",")).into_bytes()
            }),
        ],
        "words" => vec![
            ("day-repeated-in-full", b"2026-11-2".repeat(2000)),
            ("case-repeated-in-full", [&b"breach-"[..], &b"9".repeat(20_000)].concat()),
            ("path-repeated-in-full", [&b"data/"[..], &b"a".repeat(20_000)].concat()),
        ],
        // Each value became dozens of bytes before anybody looked at what the file was.
        "request" => vec![("millions-of-values", {
            let nulls = 200_000_u32;
            [&b"\xa1\x64form\x9a"[..], &nulls.to_be_bytes(), &[0xf6; 200_000]].concat()
        })],
        // A dozen bytes named millions of slots, which were held one by one.
        "medium" => vec![("slots-held-one-by-one", {
            let note = crate::travelling::media().swap_remove(1);
            let note = String::from_utf8(note).expect("a note is text");
            note.replace("3-17,20", "0-67108863").into_bytes()
        })],
        _ => Vec::new(),
    }
}
