//! Durations, and what is said of many of them: median, quartiles, 99th percentile.
//!
//! A ratio is never made of two figures that were measured at different times: work and
//! yardstick take turns within each round ([`duel`]), the ratio is taken within the round,
//! and the median over the rounds is what the table shows.

use std::time::{Duration, Instant};

use super::Outcome;

/// Figures of one sort, in the order in which they were measured; durations are in seconds.
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Adds a figure.
    pub fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The figure below which that share of them lies, between neighbours in proportion.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let place = share * sorted.len().saturating_sub(1) as f64;
        let below = sorted.get(index(place)).copied().unwrap_or_default();
        let above = sorted.get(index(place) + 1).copied().unwrap_or(below);
        below + (above - below) * place.fract()
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The 99th percentile.
    pub fn p99(&self) -> f64 {
        self.quantile(0.99)
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<T: IntoIterator<Item = f64>>(figures: T) -> Self {
        Self(figures.into_iter().collect())
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list: neither negative nor large"
)]
fn index(place: f64) -> usize {
    place as usize
}

/// Runs the work; its result, and how long it took in seconds.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed().as_secs_f64())
}

/// A clock that is stopped and goes on, for work with preparations between.
#[derive(Default)]
pub struct Stopwatch(Duration);

impl Stopwatch {
    /// Runs the work on the clock.
    pub fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = work();
        self.0 += began.elapsed();
        result
    }

    /// What is on the clock, in seconds.
    pub fn seconds(&self) -> f64 {
        self.0.as_secs_f64()
    }
}

/// Work and yardstick over the same rounds.
#[derive(Clone, Debug, Default)]
pub struct Duel {
    /// Seconds of the work in each round.
    pub work: Sample,
    /// Seconds of the yardstick in each round.
    pub yardstick: Sample,
    /// Work divided by yardstick in each round.
    pub ratio: Sample,
}

impl Duel {
    /// Adds a round.
    pub fn push(&mut self, work: f64, yardstick: f64) {
        self.work.push(work);
        self.yardstick.push(yardstick);
        self.ratio.push(work / yardstick);
    }
}

/// Runs both in every round, each first in turn. Both say how many seconds they took.
///
/// # Errors
/// What either fails with.
pub fn duel(
    rounds: usize,
    mut work: impl FnMut() -> Outcome<f64>,
    mut yardstick: impl FnMut() -> Outcome<f64>,
) -> Outcome<Duel> {
    let mut duel = Duel::default();
    for round in 0..rounds {
        if round % 2 == 0 {
            let one = work()?;
            duel.push(one, yardstick()?);
        } else {
            let other = yardstick()?;
            duel.push(work()?, other);
        }
    }
    Ok(duel)
}

/// A duration as people read it: three digits and a unit.
pub fn words(seconds: f64) -> String {
    let (figure, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    format!("{} {unit}", digits(figure))
}

/// A figure with three digits, whole from 100 on.
pub fn digits(figure: f64) -> String {
    match figure.abs() {
        f if f >= 99.95 => format!("{figure:.0}"),
        f if f >= 9.995 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}
