//! Whatever of the sessions is in the index: a search finds what reading all of them finds.

use super::made::{All, Growing, caught_up, found, parsed, read};
use proptest::prelude::*;
use std::path::Path;
use taut::search::Index;
use taut::store::{Opened, Store};

/// Both find the same, in the same order, all of it and the first few.
fn same(state: &Path, query: &[String]) -> Result<usize, TestCaseError> {
    let Some(parsed) = parsed(query) else { return Ok(0) };
    let (read_all, looked) = read(state, &parsed, usize::MAX);
    let (found_all, by_index) = found(state, &parsed, usize::MAX);
    prop_assert_eq!(&found_all, &read_all, "{:?}", query);
    prop_assert_eq!((by_index.found, by_index.blind), (looked.found, looked.blind), "{:?}", query);
    prop_assert_eq!(by_index.why, None);
    let (first, _) = found(state, &parsed, 3);
    prop_assert_eq!(&first, &All(read_all.0.iter().take(3).cloned().collect()), "{:?}", query);
    Ok(read_all.0.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5))]

    #[test]
    fn the_index_and_reading_find_the_same(seed in any::<u64>()) {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        let Opened::Writer(mut store) = Store::open(state).unwrap() else { panic!("free") };
        let mut growing = Growing::new(seed);
        let mut hits = 0;
        for round in 0..4u64 {
            for _ in 0..3 {
                growing.grow(&mut store, 40);
            }
            if round == 1 {
                // Beyond a page: what settled there stays as it is.
                growing.grow(&mut store, 1100);
            }
            match growing.dice.below(3) {
                // Nothing new is indexed, or a part of it, or all.
                0 => {}
                1 => {
                    let mut batches = growing.dice.below(4);
                    let mut goes_on = || {
                        batches = batches.saturating_sub(1);
                        batches > 0
                    };
                    Index::open(state).unwrap().catch_up(state, &mut goes_on).unwrap();
                }
                _ => caught_up(state),
            }
            for _ in 0..6 {
                let query = growing.query();
                hits += same(state, &query)?;
            }
        }
        prop_assert!(hits > 0, "the queries found nothing at all");
        caught_up(state);
        for _ in 0..8 {
            let query = growing.query();
            if let Some(parsed) = parsed(&query) {
                prop_assert_eq!(found(state, &parsed, 9).1.scanned, 0, "all of it is in the index");
            }
            same(state, &query)?;
        }
    }
}
