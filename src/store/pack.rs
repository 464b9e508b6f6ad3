//! Compressed bytes: lz4 with their length before them.

/// Packs some bytes.
pub(super) fn pack(bytes: &[u8]) -> Vec<u8> {
    lz4_flex::compress_prepend_size(bytes)
}

/// Unpacks; `None` for bytes that were not packed by [`pack`]. A damaged length never asks for more memory than lz4
/// could have packed into so few bytes.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    const BEST_RATIO: usize = 255;
    let (length, _) = packed.split_first_chunk::<4>()?;
    let claimed = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if claimed > packed.len().saturating_mul(BEST_RATIO) {
        return None;
    }
    lz4_flex::decompress_size_prepended(packed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn unpacks_what_it_packed_and_survives_anything(bytes: Vec<u8>, garbage: Vec<u8>) {
            prop_assert_eq!(unpack(&pack(&bytes)), Some(bytes));
            let _ = unpack(&garbage);
        }
    }

    #[test]
    fn the_best_case_of_lz4_still_unpacks() {
        let zeros = vec![0u8; 10_000_000];
        assert_eq!(unpack(&pack(&zeros)), Some(zeros));
        assert_eq!(unpack(&[255, 255, 255, 255, 0, 0]), None);
    }
}
