//! The index itself: damaged, of another version, of what was deleted; and recordings in it.

use super::made::{caught_up, found, parsed, read, started};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use taut::domain::{At, Draft, Event, SessionId, Speaker};
use taut::recordings::{Recordings, places};
use taut::search::Index;
use taut::store::{Durability, Opened, Store};

const ID: SessionId = SessionId(7);

fn said(text: &str) -> Draft {
    Draft::new(ID, Event::Said { who: Speaker::Agent, message: Some(text.to_owned()), text: text.into() })
}

fn store(state: &Path) -> Box<Store> {
    let Opened::Writer(store) = Store::open(state).unwrap() else { panic!("free") };
    store
}

fn hits(state: &Path, query: &str) -> (usize, u32) {
    let query = parsed(&[query.to_owned()]).unwrap();
    let (all, looked) = found(state, &query, 99);
    assert_eq!(all, read(state, &query, 99).0);
    (all.0.len(), looked.scanned)
}

/// Whether some bytes stand in a file of the index.
fn stands(state: &Path, text: &str) -> bool {
    let files = ["index.db", "index.db-wal"].map(|name| fs::read(state.join(name)).unwrap_or_default());
    files.iter().any(|bytes| bytes.windows(text.len()).any(|piece| piece == text.as_bytes()))
}

/// A session of Claude Code, kept.
fn keep(state: &Path, folder: &Path, (name, now): (&str, i64), text: &str) -> SessionId {
    fs::create_dir_all(folder).unwrap();
    let path = folder.join(format!("{name}.jsonl"));
    let line = format!(
        "{{\"type\":\"user\",\"uuid\":\"u1\",\"sessionId\":\"{name}\",\"cwd\":\"/w/other\",\"timestamp\":\
         \"2026-03-01T03:04:05Z\",\"message\":{{\"role\":\"user\",\"content\":\"{text}\"}}}}\n"
    );
    fs::write(&path, line).unwrap();
    let format = places::format_of(&path).unwrap();
    Recordings::open(state).unwrap().keep(&path, format, true, At(now)).unwrap().id
}

#[test]
fn what_is_not_indexed_yet_is_read_and_it_is_said_how_much_that_was() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let mut store = store(state);
    store.append(&[started(ID, "one", "x"), said("a heron stands")], At(1), Durability::Stream).unwrap();
    assert_eq!(hits(state, "heron"), (1, 1), "there is no index");
    caught_up(state);
    assert_eq!(hits(state, "heron"), (1, 0));
    assert_eq!(hits(state, "\"eron a\""), (0, 0), "a phrase stands as it is");
    store.append(&[said("another heron")], At(2), Durability::Stream).unwrap();
    assert_eq!(hits(state, "heron"), (2, 1));
    caught_up(state);
    assert_eq!(hits(state, "heron"), (2, 0));
    assert_eq!(hits(state, "he"), (2, 0), "two letters are no piece: all entries are looked at");
    let mode = fs::metadata(state.join("index.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_damaged_index_is_made_anew_and_meanwhile_everything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let mut store = store(state);
    let many: Vec<Draft> = (0..400).map(|n| said(&format!("a heron, the {n}th"))).collect();
    store.append(&[started(ID, "one", "x")], At(1), Durability::Stream).unwrap();
    store.append(&many, At(1), Durability::Stream).unwrap();
    caught_up(state);
    let path = state.join("index.db");
    let whole = fs::read(&path).unwrap();
    for at in [0, 5000, whole.len() / 2, whole.len() - 9000] {
        let mut bytes = whole.clone();
        bytes[at..at + 900].fill(0x5a);
        drop(fs::remove_file(state.join("index.db-wal")));
        fs::write(&path, &bytes).unwrap();
        let query = parsed(&["heron".to_owned()]).unwrap();
        let (mut all, mut by_reading) = (found(state, &query, 999).0.0, read(state, &query, 999).0.0);
        all.sort_by_key(|(_, hit)| hit.entry);
        by_reading.sort_by_key(|(_, hit)| hit.entry);
        assert!(all == by_reading, "byte {at}: {} and {}", all.len(), by_reading.len());
    }
    fs::write(&path, vec![7; 9000]).unwrap();
    let index = Index::open(state).unwrap();
    assert!(index.holds().unwrap().anew.unwrap().starts_with("it was damaged"));
    drop(index);
    assert_eq!(hits(state, "399th"), (1, 1));
    caught_up(state);
    assert_eq!(hits(state, "399th"), (1, 0));
}

#[test]
fn a_recording_is_indexed_as_it_is_kept_and_gone_once_it_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (state, theirs) = (folder.path().join("state"), folder.path().join("theirs"));
    let one = keep(&state, &theirs, ("aaaa", 1), "xyzzyplugh the first");
    keep(&state, &theirs, ("bbbb", 2), "the second quux");
    caught_up(&state);
    assert_eq!((hits(&state, "xyzzy"), hits(&state, "second")), ((1, 0), (1, 0)));
    keep(&state, &theirs, ("aaaa", 3), "something else about xyzzyplugh");
    assert_eq!(hits(&state, "something"), (1, 1), "kept anew, and not indexed anew");
    assert_eq!(hits(&state, "first"), (0, 1));
    caught_up(&state);
    assert_eq!((hits(&state, "first"), hits(&state, "something")), ((0, 0), (1, 0)));
    assert!(stands(&state, "xyzzyplugh"));

    Recordings::open(&state).unwrap().forget(one).unwrap();
    assert_eq!(hits(&state, "xyzzy"), (0, 0), "what is no more is not found");
    assert!(Index::forget_in(&state, one, true).unwrap());
    assert!(!stands(&state, "xyzzyplugh"));
    assert_eq!(hits(&state, "second"), (1, 0));

    // Pruned by somebody who knew of no index: the next pass takes it out.
    let two = Recordings::open(&state).unwrap().native("bbbb").unwrap()[0].id;
    Recordings::open(&state).unwrap().forget(two).unwrap();
    caught_up(&state);
    assert!(!stands(&state, "quux"));
    assert_eq!(Index::open(&state).unwrap().holds().unwrap().sessions, 0);
}
