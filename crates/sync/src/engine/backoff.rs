//! How long to wait after failures, and between looks for news.

/// Waits that grow with each failure in a row, with jitter so that devices do not come back all at once.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    failures: u32,
    random: u64,
}

const FIRST_MS: u64 = 1_000;
pub(super) const LONGEST_MS: u64 = 5 * 60 * 1_000;

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        Self { failures: 0, random: seed }
    }

    /// All is well again.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after one more failure: 1 s, 2 s, 4 s … 5 min, of which the upper half is left to chance.
    pub(super) fn wait_ms(&mut self) -> u64 {
        let full = FIRST_MS.saturating_mul(1 << self.failures.min(20)).min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        full / 2 + self.below(full / 2 + 1)
    }

    /// How long until the next look for news: 30 to 60 s.
    pub(super) fn poll_ms(&mut self) -> u64 {
        30_000 + self.below(30_001)
    }

    /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    fn below(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes_and_differ() {
        let (mut one, mut other) = (Backoff::new(1), Backoff::new(2));
        let waits: Vec<_> = (0..12).map(|_| one.wait_ms()).collect();
        for (i, wait) in waits.iter().enumerate() {
            let full = (1_000 << i).min(LONGEST_MS);
            assert!((full / 2..=full).contains(wait), "wait {i} is {wait} ms");
        }
        assert_ne!(waits, (0..12).map(|_| other.wait_ms()).collect::<Vec<_>>());
        one.reset();
        assert!(one.wait_ms() <= 1_000);
    }
}
