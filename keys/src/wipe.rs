//! Wiping what a computation with secrets leaves behind on the stack.
//!
//! A value that is moved leaves a copy where it was, and libraries keep keys in local
//! variables that they don't wipe (the key that a passphrase derives, in `pkcs5`; a signer's
//! expanded key while it is handed on, in `ed25519-dalek`). Both lie beneath the caller's own
//! frame, in memory that is used again but not cleared. So secrets are handled in a function
//! of its own, and afterwards another one overwrites the place where its frames were.
//!
//! What this does not protect: registers (`pkcs8` sees to those after a key file), what the
//! system has written elsewhere (swap, hibernation), and frames deeper than [`DEPTH`] bytes. The
//! language promises nothing about where frames lie; a test of the program therefore searches
//! its memory (`tests/residues.rs`).

use zeroize::Zeroize as _;

/// How many bytes of stack are overwritten: more than scrypt, AES and Ed25519 take, which keep
/// what is large on the heap.
const DEPTH: usize = 32 * 1024;

/// Does some work with secrets, and wipes the stack that it used.
///
/// What the work returns must hold no secret by value, since it is moved: box it.
pub fn wiping_stack<T>(work: impl FnOnce() -> T) -> T {
    let result = apart(work);
    overwrite();
    result
}

#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "it is the stack that is to be overwritten")]
fn overwrite() {
    let mut room = [0_u64; DEPTH / size_of::<u64>()];
    room.zeroize();
}
