//! Compressed bytes: a checksum, their length, and lz4.

/// Bytes of the checksum: lz4 has none, and a turned byte can unpack to something else that looks as good.
const CHECK: usize = 8;

/// Packs some bytes.
#[must_use]
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::compress_prepend_size(bytes);
    let mut out = Vec::with_capacity(CHECK + packed.len());
    out.extend_from_slice(&blake3::hash(&packed).as_bytes()[..CHECK]);
    out.extend_from_slice(&packed);
    out
}

/// Unpacks; `None` for bytes that are not as [`pack`] made them. A length that lies never asks for more memory than lz4
/// could have packed into so few bytes.
#[must_use]
pub fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    const BEST_RATIO: usize = 255;
    let (check, packed) = bytes.split_at_checked(CHECK)?;
    if blake3::hash(packed).as_bytes()[..CHECK] != *check {
        return None;
    }
    let (length, _) = packed.split_first_chunk::<4>()?;
    let claimed = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if claimed > packed.len().saturating_mul(BEST_RATIO) {
        return None;
    }
    lz4_flex::decompress_size_prepended(packed).ok().filter(|bytes| bytes.len() == claimed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn unpacks_what_it_packed_and_nothing_else(bytes: Vec<u8>, at: prop::sample::Index, bit in 0..8_u8) {
            let mut packed = pack(&bytes);
            prop_assert_eq!(unpack(&packed), Some(bytes.clone()));
            *at.get_mut(&mut packed) ^= 1 << bit;
            prop_assert_eq!(unpack(&packed), None);
            prop_assert_eq!(unpack(&bytes), None);
        }
    }

    #[test]
    fn the_best_case_of_lz4_still_unpacks() {
        let zeros = vec![0u8; 10_000_000];
        assert_eq!(unpack(&pack(&zeros)), Some(zeros));
        let lie = [255, 255, 255, 255, 0, 0];
        let check = blake3::hash(&lie);
        assert_eq!(unpack(&[&check.as_bytes()[..CHECK], &lie].concat()), None);
    }
}
