//! The command `probity`.

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

/// Wipes memory when it is given back, so that no library has to remember it: text that grew
/// while a passphrase was typed, what scrypt computed from it, bodies that were opened.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> std::process::ExitCode {
    if let Err(error) = probity::cli::dumps::forbid() {
        eprintln!("warning: core dumps can't be switched off: {error}");
    }
    std::process::ExitCode::from(probity::cli::run(std::env::args_os()))
}
