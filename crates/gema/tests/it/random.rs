//! Reproducible random numbers: a failing test prints the seed.

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    /// A generator with a new seed, which is returned too.
    pub(crate) fn new() -> (Self, u64) {
        let seed = std::env::var("GEMA_SEED")
            .ok()
            .map_or_else(|| getrandom::u64().unwrap(), |seed| seed.parse().unwrap());
        (Self(seed), seed)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
