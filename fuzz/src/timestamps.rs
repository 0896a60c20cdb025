//! Timestamps and the roots that stand behind them.

use std::sync::LazyLock;

use probity_ledger::format::timestamp::{Request, Roots, Token, TokenFault};

use super::{seeds, short};

/// What the tokens among the vectors are over, the roots of the honest ones, and what is said of
/// those that are trusted.
type Honest = (Vec<u8>, Roots, Vec<(i64, String)>);

/// The same, read once.
static HONEST: LazyLock<Honest> = LazyLock::new(|| {
    let vectors = seeds::fields("timestamp");
    let trusted: Vec<&seeds::Fields> =
        vectors.iter().filter(|fields| fields["expect"].starts_with(b"trusted")).collect();
    let over = trusted[0]["over"].clone();
    let pem: Vec<u8> = trusted.iter().flat_map(|fields| fields["roots"].clone()).collect();
    let roots = Roots::parse(&pem).expect("the vectors' roots can be read");
    let said = trusted.iter().map(|fields| {
        let token = Token::read(&fields["bytes"], &over).expect("it holds");
        (token.time, token.authority)
    });
    let said = said.collect();
    (over, roots, said)
});

/// A response of a timestamp authority, over a text that is known.
pub fn timestamp(data: &[u8]) {
    let (over, roots, said) = &*HONEST;
    match Token::read(data, over) {
        Ok(token) => {
            assert!(Token::read(data, b"another text").is_err(), "over two texts");
            assert!(token.authority.len() <= data.len() && token.time >= 0);
            match token.leads_to(roots) {
                // Nobody but the vectors' authorities has their keys.
                Ok(()) => assert!(said.contains(&(token.time, token.authority)), "forged"),
                Err(fault) => short(&fault),
            }
        }
        Err(fault) => {
            short(&fault);
            assert_ne!(fault, TokenFault::Nonce, "nobody asked");
        }
    }
    if let Some(request) = Request::parse(data) {
        assert_eq!(request.to_bytes(), data, "one spelling");
    }
}

/// Tokens, honest and faulty, and a request.
pub fn tokens() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = seeds::fields("timestamp")
        .into_iter()
        .map(|mut fields| fields.remove("bytes").expect("bytes"))
        .collect();
    all.push(Request::new(b"a text", [7; 8]).to_bytes());
    all
}

/// A file of root certificates.
pub fn tsa_roots(data: &[u8]) {
    match Roots::parse(data) {
        Ok(roots) => assert!((1..=1000).contains(&roots.count())),
        Err(fault) => short(&fault),
    }
}

/// Files of roots.
pub fn roots() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = seeds::fields("timestamp")
        .into_iter()
        .map(|mut fields| fields.remove("roots").expect("roots"))
        .collect();
    all.sort();
    all.dedup();
    all
}
