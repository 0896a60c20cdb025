//! Checking many signatures of few keys, several times faster, by the same rule.
//!
//! A ledger has a few signers and up to a million signatures. What the rule of
//! [`PublicKey::verify`] asks for, the encoding of \[S\]B − \[k\]A, is computed here from
//! tables:
//!
//! ```text
//! scalar     32 signed digits d_i from −128 to 127, s = Σ d_i · 256^i
//! table      of a point P: row i holds 256^i · P, times 1 … 128; 640 KiB in all
//! point      Σ ± entry d_i of row i, for S and B and for k and −A: 64 additions, no doubling
//! encoding   of all points of a batch at once: they share one inversion
//! ```
//!
//! A batch goes through the tables row by row, key by key, so that a row (20 KiB) is met
//! while it is still in the processor's cache. Wider digits need fewer additions and more
//! memory: tried with eight keys, what they save is lost waiting for it.
//!
//! Every point is in the group of order L, the additions are complete, and what is compared
//! is the canonical encoding; so the accept set is that of `verify`, signature by signature.
//! Nothing is summed over several signatures, so no forged one can hide behind another.
//! `tests/many.rs` holds the two against each other.
//!
//! What this doesn't protect: how long it takes depends on the numbers. All of them are
//! public; it must never be used with a secret.

use core::fmt;
use std::sync::LazyLock;

use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity as _;
use sha2::{Digest as _, Sha512};

use crate::ed25519::{BadSignature, IDENTITY, PublicKey, Signature};

/// How many signatures of a key it takes until its table has paid for itself.
pub const WORTH_A_TABLE: u64 = 64;

/// Bits of a digit: those of a byte.
const WIDTH: usize = 8;
/// Multiples of a point in a row.
const ROW: usize = 1 << (WIDTH - 1);
/// Rows of a table: a scalar below L has 253 bits, and the last digit takes a carry.
const ROWS: usize = 254_usize.div_ceil(WIDTH);

/// A scalar below L as signed digits.
type Digits = [i16; ROWS];

/// The multiples of one public point.
struct Table(Vec<EdwardsPoint>);

impl Table {
    fn of(point: EdwardsPoint) -> Self {
        let mut multiples = Vec::with_capacity(ROWS * ROW);
        let mut first = point;
        for _ in 0..ROWS {
            let mut multiple = first;
            for _ in 1..ROW {
                multiples.push(multiple);
                multiple += first;
            }
            multiples.push(multiple);
            first = multiple + multiple;
        }
        Self(multiples)
    }

    /// Adds the entry for a digit of row `row` to `sum`.
    fn add(&self, row: usize, digit: i16, sum: &mut EdwardsPoint) {
        let Some(at) = usize::from(digit.unsigned_abs()).checked_sub(1) else { return };
        let multiple = &self.0[row * ROW + at];
        if digit > 0 { *sum += multiple } else { *sum -= multiple }
    }
}

fn digits(scalar: &Scalar) -> Digits {
    let mut carry = 0;
    core::array::from_fn(|row| {
        let digit = i16::from(scalar.as_bytes()[row]) + carry;
        carry = i16::from(digit >= 1 << (WIDTH - 1));
        digit - (carry << WIDTH)
    })
}

static BASE: LazyLock<Table> = LazyLock::new(|| Table::of(ED25519_BASEPOINT_POINT));

/// A public key with its table: 640 KiB, and as long to make as checking some 25 signatures.
pub struct PreparedKey {
    key: PublicKey,
    minus_a: Table,
}

impl PreparedKey {
    /// Computes the table.
    #[must_use]
    pub fn new(key: PublicKey) -> Self {
        Self { key, minus_a: Table::of(-key.point()) }
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// S and k.
    fn scalars(
        &self,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(Digits, Digits), BadSignature> {
        let (r, s) = (signature.r(), signature.s());
        let s: Option<Scalar> = Scalar::from_canonical_bytes(s).into();
        let s = s.ok_or(BadSignature::SNotBelowL)?;
        if r == IDENTITY {
            return Err(BadSignature::IdentityR);
        }
        let hash = Sha512::new().chain_update(r).chain_update(self.key.to_bytes());
        let hash = hash.chain_update(message).finalize();
        Ok((digits(&s), digits(&Scalar::from_bytes_mod_order_wide(&hash.into()))))
    }
}

impl fmt::Debug for PreparedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A signature to be checked: the key, the message, the signature.
pub type Signed<'a> = (&'a PreparedKey, &'a [u8], &'a Signature);

/// Checks signatures, each by itself: the answers are those of [`PublicKey::verify`], in the
/// order of `batch`. Some 500 at once are best.
#[must_use]
pub fn verify_many(batch: &[Signed<'_>]) -> Vec<Result<(), BadSignature>> {
    let scalars: Vec<Result<(Digits, Digits), BadSignature>> =
        batch.iter().map(|(key, message, signature)| key.scalars(message, signature)).collect();
    let mut points = vec![EdwardsPoint::identity(); batch.len()];
    // Signatures by one key one after another, so that they meet its row while it is at hand.
    let mut order: Vec<usize> = (0..batch.len()).filter(|at| scalars[*at].is_ok()).collect();
    order.sort_by_key(|at| std::ptr::from_ref(batch[*at].0).addr());
    for row in 0..ROWS {
        for at in &order {
            if let Ok((s, _)) = &scalars[*at] {
                BASE.add(row, s[row], &mut points[*at]);
            }
        }
        for at in &order {
            if let Ok((_, k)) = &scalars[*at] {
                batch[*at].0.minus_a.add(row, k[row], &mut points[*at]);
            }
        }
    }
    let encoded = EdwardsPoint::compress_batch_alloc(&points);
    let answers = scalars.into_iter().zip(encoded).zip(batch);
    answers
        .map(|((scalars, found), (_, _, signature))| {
            scalars?;
            if found.to_bytes() == signature.r() { Ok(()) } else { Err(BadSignature::RDiffers) }
        })
        .collect()
}
