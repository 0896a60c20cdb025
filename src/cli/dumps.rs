//! Core dumps: switched off for this process before it reads anything secret, so that a crash
//! writes neither key nor passphrase to the disk.
//!
//! On every Unix the limit on the size of core files becomes zero, which can't be raised again.
//! On Linux and Android the process is marked not dumpable, too: the limit doesn't hold where
//! the kernel hands dumps to a program such as systemd-coredump, and other programs of the
//! same user can then neither attach to this one nor read its memory or environment.
//!
//! What this does not protect: the administrator can still read the memory of any process, and
//! on macOS and Windows a debugger of the same user can. Windows makes no dumps of crashed
//! programs unless Windows Error Reporting was told to keep them; nothing is switched off there.

/// Switches core dumps off.
///
/// # Errors
/// What the system says.
#[cfg(unix)]
pub fn forbid() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}

/// Does nothing: there is no such switch here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn forbid() -> std::io::Result<()> {
    Ok(())
}
