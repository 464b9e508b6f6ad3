//! The pictures of the README are frames of a recorded log, drawn by this very program. A stale one fails;
//! `UPDATE_GOLDEN=1` draws them anew.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::pedantic,
    clippy::type_complexity,
    reason = "tests"
)]

mod support;

#[path = "screenshots/pictures.rs"]
mod pictures;
#[path = "screenshots/record.rs"]
mod record;
#[path = "support/svg.rs"]
mod svg;

use std::collections::BTreeSet;
use std::path::Path;
use taut::domain::{Event, Seq};
use taut::state::State;

#[test]
fn the_pictures_show_what_the_program_draws() {
    if std::env::var_os("UPDATE_DEMO").is_some() {
        record::renew();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    let mut known = BTreeSet::new();
    for (name, picture) in pictures::all(&record::read()) {
        let file = folder.join(format!("{name}.svg"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &picture).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == picture, "{name}.svg is not what is drawn now: UPDATE_GOLDEN=1, and look at it");
        assert!(picture.len() < 120_000, "{name}.svg: {} bytes", picture.len());
        known.insert(file);
    }
    let kept: BTreeSet<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(kept, known, "pictures that nothing draws");
}

#[test]
fn the_log_of_the_pictures_is_whole_and_of_no_machine() {
    let records = record::read();
    let mut state = State::default();
    for (pos, record) in (1..).zip(&records) {
        assert_eq!(record.pos.0, pos);
        let before = state.session(record.session).map_or(Seq(0), |session| session.seq);
        assert_eq!(record.seq.0, before.0 + 1, "{record:?}");
        state.apply(record);
        assert!(!matches!(record.event, Event::Unrecognised { .. } | Event::Unknown(_)), "{record:?}");
    }
    assert!(records.is_sorted_by_key(|record| record.at));
    assert_eq!(state.sessions.len(), 5);
    let text = std::fs::read_to_string(record::file()).unwrap();
    for place in ["/tmp", "/target", "/usr", "/var"] {
        assert!(!text.contains(place), "{place} in the log");
    }
    let folders: BTreeSet<_> = state.sessions.values().map(|session| session.cwd.as_str()).collect();
    assert!(folders.iter().all(|folder| folder.starts_with("/home/demo/src/")), "{folders:?}");
}
