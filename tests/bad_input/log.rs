//! A log that is damaged, of another version or program, or held by somebody else.

use super::support::cli::taut;
use super::support::pty::Terminal;
use super::{leave, logged, refuses};
use rusqlite::Connection;
use std::fs;
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// A way in which a log can be wrong, and what is said of it.
struct Harm {
    what: &'static str,
    does: fn(&Path),
    cause: &'static str,
    mend: &'static str,
}

const HARMS: [Harm; 7] = [
    damaged("garbage", |path| fs::write(path, vec![7u8; 50_000]).unwrap()),
    damaged("its beginning", |path| overwrite(path, 0..40)),
    damaged("its end cut off", |path| fs::File::options().write(true).open(path).unwrap().set_len(20_000).unwrap()),
    damaged("all but its beginning", |path| overwrite(path, 4096..usize::MAX)),
    Harm {
        what: "newer",
        does: |path| sql(path, "PRAGMA user_version = 9"),
        cause: "a newer taut (schema 9",
        mend: "use that version",
    },
    Harm {
        what: "another program's",
        does: |path| {
            fs::remove_file(path).unwrap();
            sql(path, "CREATE TABLE bookmarks (x)");
        },
        cause: "another program",
        mend: "move it away",
    },
    Harm {
        what: "a folder",
        does: |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        },
        cause: "is a folder",
        mend: "move it away",
    },
];

const fn damaged(what: &'static str, does: fn(&Path)) -> Harm {
    Harm { what, does, cause: "is damaged", mend: "restore it" }
}

fn overwrite(path: &Path, range: Range<usize>) {
    let mut bytes = fs::read(path).unwrap();
    let end = range.end.min(bytes.len());
    bytes[range.start..end].fill(0xa5);
    fs::write(path, bytes).unwrap();
}

fn sql(path: &Path, text: &str) {
    Connection::open(path).unwrap().execute_batch(text).unwrap();
}

#[test]
fn a_damaged_log_is_said_by_every_command_and_left_as_it_is() {
    let (folder, id) = logged();
    let (state, id) = (folder.path().join("state"), id.to_string());
    let database = state.join("taut.db");
    // Out of the WAL, and into the file that is harmed.
    let connection = Connection::open(&database).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    let good = fs::read(&database).unwrap();
    for Harm { what, does, cause, mend } in HARMS {
        does(&database);
        let before = fs::read(&database).ok();
        let names = [database.to_str().unwrap(), cause, mend];
        for args in [vec!["ls"], vec!["ls", "--json"], vec!["show", &id], vec!["replay", &id, "--print"]] {
            assert_eq!(taut(folder.path(), &args).fails(&names), "", "{what} {args:?}");
        }
        let verified = taut(folder.path(), &["verify"]);
        assert!(verified.code == Some(1) && verified.err.lines().count() == 1, "{what}: {verified:?}");
        taut(folder.path(), &["doctor"]).fails(&["broken", "log"]);
        refuses(folder.path(), &[], &names);
        assert_eq!(fs::read(&database).ok(), before, "{what}: not a byte was changed");
        if database.is_dir() {
            fs::remove_dir(&database).unwrap();
        }
        for file in ["taut.db-wal", "taut.db-shm"] {
            drop(fs::remove_file(state.join(file)));
        }
        fs::write(&database, &good).unwrap();
        fs::set_permissions(&database, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(taut(folder.path(), &["verify"]).well().contains("as it was written"), "{what}");
    }
}

#[test]
fn two_consoles_one_writes_and_the_other_looks_and_commands_read_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let first = Terminal::new(folder.path(), &["demo", "--pace", "0", "ask 1"]);
    first.shows("1 waiting");
    let second = Terminal::new(folder.path(), &[]);
    second.shows("READ ONLY").shows(&format!("process {}", first.child.id())).shows("1 waiting");
    let list = taut(folder.path(), &["ls"]).well();
    assert!(list.contains("waiting") && list.contains("1 request waits"), "{list}");
    let doctor = taut(folder.path(), &["doctor"]).well();
    assert!(doctor.contains("note    state folder   another taut (process "), "{doctor}");
    taut(folder.path(), &["verify"]).well();
    leave(second);
    leave(first);
}

#[test]
fn a_database_that_another_program_holds_is_said_and_waited_for_only_a_little() {
    let (folder, _) = logged();
    let database = folder.path().join("state/taut.db");
    let holder = Connection::open(&database).unwrap();
    holder
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE record SET at = at WHERE pos = 1")
        .unwrap();
    let began = Instant::now();
    let names = [database.to_str().unwrap(), "another program holds it locked", "close that program"];
    taut(folder.path(), &["ls"]).fails(&names);
    refuses(folder.path(), &[], &names);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    holder.execute_batch("ROLLBACK").unwrap();
    drop(holder);
    taut(folder.path(), &["ls"]).well();
}
