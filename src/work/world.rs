//! Clock and randomness, which every action takes as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use super::WorkError;

/// Where time and random bytes come from.
#[derive(Clone, Copy, Debug)]
pub struct World {
    now: fn() -> i64,
    fill: fn(&mut [u8]) -> Result<(), String>,
}

impl World {
    /// This machine's clock and its operating system's random source.
    #[must_use]
    pub fn real() -> Self {
        Self { now: system_clock, fill: system_random }
    }

    /// Another clock, for trials.
    #[must_use]
    pub fn with_clock(mut self, now: fn() -> i64) -> Self {
        self.now = now;
        self
    }

    /// POSIX seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        (self.now)()
    }

    /// Fresh random bytes.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], WorkError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Fresh random bytes for something secret, written where they are to stay.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), WorkError> {
        (self.fill)(bytes).map_err(|error| {
            WorkError::refused(
                format!("the system gives no random bytes: {error}"),
                "start the machine anew and try again",
            )
        })
    }
}

fn system_clock() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}

fn system_random(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| error.to_string())
}
