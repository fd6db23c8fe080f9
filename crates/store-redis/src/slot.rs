/// A hash slot of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot(pub(super) u16);

/// Number of slots.
pub(super) const SLOTS: u16 = 16_384;

impl Slot {
    /// The slot of every key with this hash tag: CRC-16/XMODEM, as the cluster specification requires.
    pub(super) fn of(tag: &str) -> Self {
        let crc = tag.bytes().fold(0_u16, |crc, byte| {
            (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
                (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 }
            })
        });
        Self(crc % SLOTS)
    }

    /// A hash tag in this slot.
    pub(super) fn tag(self) -> String {
        (0_u32..)
            .map(|number| number.to_string())
            .find(|tag| Self::of(tag) == self)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slot_hash_matches_the_specification() {
        assert_eq!(Slot::of("123456789"), Slot(0x31c3));
        assert_eq!(Slot::of(""), Slot(0));
    }
}
