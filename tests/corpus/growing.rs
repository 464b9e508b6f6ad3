//! A session that grew while somebody kept snapshots of it, grown again: written piece by piece, cut back, rotated and replaced
//! while it is followed. Whatever happened to the file, what is known at its end is what reading it whole tells.

use super::corpus;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use taut::domain::{Answer, PageNo, Query, Record, SessionId};
use taut::state::{Session, page};
use taut::transcript::claude::ClaudeCode;
use taut::transcript::{Ends, Follow, Format as _, Lines, More, Out, Stamp, read_as};
use taut::tui::recording::Recording;

const ID: SessionId = SessionId(77);
/// Longer than what stays in a reader's buffer, shorter than most lines, and everything between.
const PIECES: [usize; 7] = [1, 13, 4_099, 900, 65_536, 7, 30_011];

/// The session as it was kept twice, the first time in the middle of a line.
fn snapshots() -> Option<[Vec<u8>; 2]> {
    let folder = corpus()?.join("growing/entireio__cli__3a782158");
    Some(["03_e3-67e53d89ee-0.jsonl", "07_7d-66f047ac98-0.jsonl"].map(|name| fs::read(folder.join(name)).unwrap()))
}

/// The first snapshot without the line that it ends in.
fn whole_lines(bytes: &[u8]) -> &[u8] {
    &bytes[..=bytes.iter().rposition(|byte| *byte == b'\n').unwrap()]
}

fn whole(path: &Path) -> Vec<Record> {
    let mut all = Vec::new();
    read_as(path, &ClaudeCode, (Stamp::for_session(ID), Ends::Open), &mut |record| all.push(record)).unwrap();
    all
}

/// A file that somebody writes.
struct Written {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Written {
    fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.jsonl");
        fs::write(&path, bytes).unwrap();
        Self { _folder: folder, path }
    }

    /// Adds these bytes in pieces; after each somebody looks.
    fn grow(&self, mut bytes: &[u8], look: &mut dyn FnMut()) {
        let mut file = fs::OpenOptions::new().append(true).open(&self.path).unwrap();
        for size in PIECES.into_iter().cycle() {
            let (piece, rest) = bytes.split_at(size.min(bytes.len()));
            if piece.is_empty() {
                return;
            }
            file.write_all(piece).unwrap();
            bytes = rest;
            look();
        }
    }
}

#[test]
fn one_that_grows_tells_what_it_tells_whole() {
    let Some([early, late]) = snapshots() else { return };
    let begun = whole_lines(&early);
    assert!(late.starts_with(begun));
    let told = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut reader = ClaudeCode.reader("session", &[]);
        let (mut lines, mut out) = (Lines::default(), Out::default());
        pieces.for_each(|piece| lines.take(piece, &mut |line| reader.line(0, line, &mut out)));
        out.told
    };
    let all = told(&mut std::iter::once(&late[..]));
    let [first, then] = [&late[..begun.len()], &late[begun.len()..]];
    assert_eq!(all, told(&mut [first, then].into_iter()));
    assert_eq!(all, told(&mut late.chunks(4_099)));
    assert!(all.starts_with(&told(&mut std::iter::once(first))));
}

#[test]
fn one_that_is_followed_to_its_end_tells_every_record_once() {
    let Some([early, late]) = snapshots() else { return };
    // It is met while its first line is written.
    let file = Written::new(&late[..100]);
    let mut records = Vec::new();
    let mut follow = Follow::begin(&file.path, &ClaudeCode, ID, &mut |record| records.push(record)).unwrap();
    assert_eq!(records, []);
    let mut looks = 0;
    file.grow(&late[100..], &mut || {
        looks += 1;
        assert_eq!(follow.more(&mut |record| records.push(record)), More::Added);
    });
    assert!(looks > 100 && records.len() > 500, "{looks} looks, {} records", records.len());
    assert_eq!(records, whole(&file.path));
    // Up to the first snapshot it was what that snapshot tells.
    let before = whole(&Written::new(whole_lines(&early)).path);
    assert!(before.len() < records.len() && records.starts_with(&before));
}

/// A console's recording of a file, and what it must know.
fn knows_what_is_there(recording: &mut Recording, path: &Path, when: &str) {
    while recording.more().unwrap().is_some() {}
    let all = whole(path);
    let last = all.last().unwrap().seq;
    let mut session = Session::new(ID);
    all.iter().for_each(|record| session.apply(record));
    let known = recording.at(last).unwrap();
    assert_eq!((known.seq, known.turns, known.steps), (session.seq, session.turns, session.steps), "{when}");
    assert_eq!(page::known(&known), page::known(&session), "{when}");
    let pages = (0..=page::page_of(last).0).flat_map(|number| {
        match recording.answer(&Query::Page { session: ID, page: PageNo(number) }) {
            Answer::Page { records, .. } => records,
            other => panic!("{when}: {other:?}"),
        }
    });
    assert!(pages.eq(all), "{when}: its pages hold other records");
}

#[test]
fn one_that_is_cut_rotated_and_replaced_is_known_as_it_is_then() {
    let Some([early, late]) = snapshots() else { return };
    let file = Written::new(&early);
    let aside = file.path.with_extension("1");
    // Clocks of files tick slowly.
    let pause = || std::thread::sleep(Duration::from_millis(12));
    let mut recording = Recording::following(&file.path, ID).unwrap();
    recording.begin(None).unwrap();
    knows_what_is_there(&mut recording, &file.path, "as it was met, in the middle of a line");

    // What stands behind the cut is written over: the torn line becomes the one that was meant.
    pause();
    fs::OpenOptions::new().write(true).open(&file.path).unwrap().set_len(whole_lines(&early).len() as u64).unwrap();
    knows_what_is_there(&mut recording, &file.path, "cut back to its last whole line");
    file.grow(&late[whole_lines(&early).len()..], &mut || drop(recording.more().unwrap()));
    knows_what_is_there(&mut recording, &file.path, "grown from there to its end");

    // Cut back in the middle of a line between two looks, and written on with something else.
    pause();
    let cut = late.len() / 3;
    fs::write(&file.path, &late[..cut]).unwrap();
    drop(recording.more().unwrap());
    file.grow(&late[cut..cut * 2], &mut || {});
    knows_what_is_there(&mut recording, &file.path, "cut back, and written on");

    // Rotated: the old one goes aside, and one of the same name begins anew, at first shorter.
    pause();
    fs::rename(&file.path, &aside).unwrap();
    assert_eq!(recording.more().unwrap(), None, "one that is gone for now is as it was");
    fs::write(&file.path, &late[..5_000]).unwrap();
    file.grow(&late[5_000..cut], &mut || drop(recording.more().unwrap()));
    knows_what_is_there(&mut recording, &file.path, "rotated");

    // Replaced by a longer one that begins in the same way.
    pause();
    fs::write(&aside, &late).unwrap();
    fs::rename(&aside, &file.path).unwrap();
    knows_what_is_there(&mut recording, &file.path, "replaced");

    // Rewritten in place to the same length: only its clock and its bytes tell.
    pause();
    let other = String::from_utf8_lossy(&late).replacen("\"user\"", "\"uzer\"", 1).into_bytes();
    assert!(other.len() == late.len() && other != late);
    fs::write(&file.path, &other).unwrap();
    knows_what_is_there(&mut recording, &file.path, "rewritten to the same length");
}
