//! The same chance on every run: a ledger made twice is of the same shape, and lookups ask
//! the same questions. `SplitMix64`, which is no source of secrets; keys and salts come from
//! the operating system as always.

/// A row of numbers that looks random.
pub struct Chance(u64);

impl Chance {
    /// The row that begins there.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`, which is above zero.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(mixed % end).unwrap_or(0)
    }

    /// One of them.
    pub fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// One of them, each as often as its weight says.
    pub fn weighted<'a, T>(&mut self, all: &'a [(usize, T)]) -> &'a T {
        let mut at = self.below(all.iter().map(|(weight, _)| weight).sum());
        for (weight, one) in all {
            if at < *weight {
                return one;
            }
            at -= weight;
        }
        &all[0].1
    }
}
