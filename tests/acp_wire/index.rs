//! `tests/wire/INDEX.tsv` and the logs: each point has one, each log has a line, none names the machine it was made on.

use crate::play::{all, log};
use std::collections::BTreeSet;

fn rows() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/INDEX.tsv")).unwrap();
    text.lines().skip(1).map(|row| row.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn each_point_has_a_log_and_a_test() {
    let tests = [
        include_str!("framing.rs"),
        include_str!("calls.rs"),
        include_str!("asks.rs"),
        include_str!("turns.rs"),
        include_str!("sessions.rs"),
    ]
    .concat();
    for point in 1..=34 {
        assert!(rows().iter().any(|row| row[0] == point.to_string()), "point {point} is not in the index");
        assert!(tests.contains(&format!("fn p{point:02}_")), "point {point} has no test");
    }
    for row in rows() {
        assert_eq!(row.len(), 5, "{row:?}");
        assert!(tests.contains(&format!("fn {}_", row[3])) || tests.contains(&format!("fn {}", row[3])), "{row:?}");
        assert!(tests.contains(&format!("\"{}\"", row[1])), "no test plays {}", row[1]);
    }
}

#[test]
fn each_log_is_in_the_index() {
    let listed: BTreeSet<_> = rows().into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(listed, all().into_iter().collect());
}

#[test]
fn no_log_names_the_machine_it_was_made_on() {
    for name in all() {
        for line in log(&name) {
            for trace in ["/root", "/work/", "/tmp/w", "scratch", "sk-ant-"] {
                assert!(!line.text.contains(trace), "{name}: {trace}");
            }
        }
    }
}
