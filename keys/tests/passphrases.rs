//! The passphrase rule, from both sides.

use probity_keys::MissingFromPassphrase::{Capital, Characters, Number, Symbol, Words};
use probity_keys::check_passphrase;

#[test]
fn strong_passphrases_pass() {
    for good in [
        "Tr0ubador&3-horse",
        "Fourteen chars 1!",
        "ABCdefghijk12!",
        "correct horse battery staple tower",
        "correct-horse-battery-staple-tower",
        "École du 1er mai !",
        "one two three four five",
    ] {
        assert_eq!(check_passphrase(good), Ok(()), "{good}");
    }
}

#[test]
fn a_weak_passphrase_is_told_all_that_it_lacks() {
    for (weak, missing) in [
        ("", vec![Characters { found: 0 }, Capital, Number, Symbol, Words { found: 0 }]),
        ("ABCdefghijk1!", vec![Characters { found: 13 }]),
        ("abcdefghijkl12!", vec![Capital, Words { found: 1 }]),
        ("ABCdefghijklmn!", vec![Number, Words { found: 1 }]),
        ("ABCdefghijklm12", vec![Symbol, Words { found: 1 }]),
        ("Spaces are no symbol1", vec![Symbol, Words { found: 4 }]),
        ("four words are few", vec![Capital, Number, Symbol, Words { found: 4 }]),
        ("the The THE the the the", vec![Number, Symbol, Words { found: 1 }]),
        ("horse 1 2 3 4 5 6 7 8", vec![Capital, Symbol, Words { found: 1 }]),
        ("a b c d e", vec![Characters { found: 9 }]),
    ] {
        let fault = check_passphrase(weak).expect_err("weak");
        assert_eq!(fault.missing, missing, "{weak}");
    }
}

#[test]
fn the_message_says_what_was_found_and_expected() {
    let fault = check_passphrase("secret").expect_err("weak");
    assert_eq!(
        fault.to_string(),
        "the passphrase is too weak: 6 characters, expected at least 14, no capital letter, \
         no number, no symbol, nor 5 different words instead (found 1)"
    );
}
