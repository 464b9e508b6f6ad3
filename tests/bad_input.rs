//! Bad input: each is one sentence that names the thing, the cause and what to do; nothing is lost; the console lives on.
//!
//! What an agent does wrongly once it talks is in `hub` and `acp_wire`; here is what it does before, and everything
//! around it: the folder, the log, the settings, the terminal.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::cli::{command, is_plain, json, ran, taut};
use support::hub::{Bench, program};
use support::pty::Terminal;
use taut::agent::process::tree;
use taut::cli::demo_repo;
use taut::domain::{Cause, OfferKind, Reply, SessionId};
use taut::state::Life;

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    demo_repo::make(&folder.path().join("repo")).unwrap();
    let repo = folder.path().join("repo").canonicalize().unwrap();
    (folder, repo)
}

/// A folder with a log of one session.
fn logged() -> (tempfile::TempDir, SessionId) {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo, Some("work 3"));
    bench.until("the turn to end", |bench| bench.state.session(id).is_some_and(|session| session.stopped.is_some()));
    bench.leave();
    (folder, id)
}

fn leave(mut terminal: Terminal) {
    terminal.keys("q");
    // A question where something still lives; a key right behind it does not answer it.
    let end = Instant::now() + Duration::from_secs(20);
    while terminal.child.try_wait().unwrap().is_none() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(100));
        if terminal.screen().contains("Leave taut?") {
            std::thread::sleep(Duration::from_millis(400));
            terminal.keys("y");
        }
    }
    assert!(terminal.ends().success());
    terminal.is_restored();
}

/// The console did not open, or closed at once, and said why behind the restored terminal.
fn refuses(folder: &Path, args: &[&str], names: &[&str]) {
    let mut terminal = Terminal::new(folder, args);
    assert_eq!(terminal.ends().code(), Some(1));
    let bytes = terminal.bytes();
    let text = String::from_utf8_lossy(&bytes);
    if text.contains("\x1b[?1049h") {
        terminal.is_restored();
    }
    let (_, said) = text.rsplit_once("taut: ").unwrap_or_else(|| panic!("nothing was said: {text:?}"));
    assert_eq!(said.trim_end().lines().count(), 1, "{said:?}");
    for name in names {
        assert!(said.contains(name), "{name:?} is not in {said:?}");
    }
}

// --- agents

/// Starts a command line as an agent, waits until its session has ended, and gives the cause in words.
fn start_failed(command: &[&str]) -> (String, String) {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.start(&repo, command, Some("hello"));
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    // The hub lives on, and so does the next agent.
    let next = bench.demo(&repo, Some("ask 1"));
    let request = bench.waiting();
    assert_eq!((request.session, bench.answer(request, OfferKind::RejectOnce)), (next, Reply::Done));
    let shown = taut(folder.path(), &["show", &id.to_string()]).well();
    assert_eq!(tree::alive(&id.to_string()), []);
    let Life::Ended { cause, .. } = bench.state.session(id).unwrap().life.clone() else { panic!("it lives") };
    bench.leave();
    let why = match cause {
        Cause::Failed(why) => why,
        other => format!("{other:?}"),
    };
    (why, shown)
}

#[test]
fn an_agent_that_is_no_agent_ends_with_a_sentence_and_the_next_one_works() {
    for (command, names) in [
        (vec!["/no/such/agent", "--acp"], vec!["/no/such/agent"]),
        (vec!["/etc/passwd"], vec!["/etc/passwd"]),
        (vec!["true"], vec!["ended during initialize"]),
        (vec!["sh", "-c", "echo I cannot >&2; exit 7"], vec!["ended during initialize"]),
        (vec!["sh", "-c", "kill -9 $$"], vec!["ended during initialize"]),
    ] {
        let (why, shown) = start_failed(&command);
        for name in names {
            assert!(why.contains(name), "{command:?}: {why}");
        }
        assert!(shown.contains("  ended     "), "{shown}");
        assert!(!command.contains(&"sh") || !shown.contains("exit 7") || shown.contains("I cannot"), "{shown}");
    }
}

#[test]
fn an_agent_that_talks_nonsense_from_its_first_byte_is_heard_shown_and_ended() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let noise = ["sh", "-c", "head -c 200000 /dev/urandom; echo; yes '{\"jsonrpc\"' | head -n 500; exec sleep 600"];
    let silent = ["sleep", "600"];
    let echo = ["cat"];
    let long = ["sh", "-c", "head -c 100000000 /dev/zero | tr '\\0' x; echo; exec sleep 600"];
    let ids: Vec<SessionId> =
        [&noise[..], &silent, &echo, &long].iter().map(|command| bench.start(&repo, command, Some("hello"))).collect();
    bench.until("the noise", |bench| bench.state.session(ids[0]).unwrap().unrecognised > 100);
    bench.until("the long line", |bench| bench.state.session(ids[3]).unwrap().unrecognised > 0);
    // All the while a good one is served.
    let good = bench.demo(&repo, Some("ask 1"));
    let request = bench.waiting();
    assert_eq!((request.session, bench.answer(request, OfferKind::AllowOnce)), (good, Reply::Done));
    for id in &ids {
        if bench.state.session(*id).unwrap().is_live() {
            assert_eq!(bench.command(taut::domain::Command::End { session: *id }), Reply::Done);
        }
        bench.until("its end", |bench| !bench.state.session(*id).unwrap().is_live());
        assert_eq!(tree::alive(&id.to_string()), []);
        assert!(is_plain(&taut(folder.path(), &["show", &id.to_string()]).well()));
    }
    bench.leave();
    let size = fs::metadata(folder.path().join("state/taut.db")).unwrap().len();
    assert!(size < 100 << 20, "{size}");
}

#[test]
fn a_wrong_command_is_said_on_the_screen_and_the_console_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = Terminal::new(folder.path(), &["run", "hello", "--", "/no/such/agent", "--acp"]);
    terminal.shows("FLEET").shows("/no/such/agent");
    terminal.keys("?");
    terminal.shows("esc");
    terminal.keys("\x1b");
    std::thread::sleep(Duration::from_millis(200));
    leave(terminal);
}

#[test]
fn a_start_that_cannot_be_is_said_before_the_screen_opens() {
    let folder = tempfile::tempdir().unwrap();
    refuses(folder.path(), &["run", "--agent", "gooze"], &["\"gooze\"", "did you mean goose?", "known are"]);
    refuses(folder.path(), &["run", "--cwd", "/no/such/folder"], &["/no/such/folder", "no such file", "--cwd"]);
    refuses(folder.path(), &["run", "--cwd", "/etc/passwd"], &["/etc/passwd", "no folder", "--cwd"]);
    refuses(folder.path(), &["--theme", "nope"], &["\"nope\"", "terminal, dark, light, high-contrast", "nope.toml"]);
    refuses(folder.path(), &["--config", "missing.toml"], &["missing.toml", "no such file", "--config"]);
    refuses(folder.path(), &["--config", "/"], &["it is a folder", "--config"]);
    refuses(folder.path(), &["replay", "s123"], &["there is no store", "--state"]);
}

#[test]
fn without_a_terminal_the_console_says_what_works_without_one() {
    let folder = tempfile::tempdir().unwrap();
    for args in [vec![], vec!["run", "hello"], vec!["run", "--", "cat"], vec!["demo"]] {
        let out = taut(folder.path(), &args).fails(&["needs a terminal", "stdin is none", "taut replay SESSION --print"]);
        assert_eq!(out, "");
    }
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "and leaves nothing behind");
    let (folder, id) = logged();
    taut(folder.path(), &["replay", &id.to_string()]).fails(&["needs a terminal", "--print"]);
}

#[test]
fn a_terminal_of_one_cell_is_lived_with() {
    let (folder, _) = logged();
    for (columns, rows) in [(1, 1), (2, 1), (1, 50)] {
        let mut terminal = Terminal::sized(folder.path(), &[], columns, rows);
        terminal.until("a frame", |terminal| terminal.bytes().windows(8).any(|bytes| bytes == b"\x1b[?2026l"));
        terminal.keys("j");
        terminal.keys("?");
        terminal.keys("\x1b");
        std::thread::sleep(Duration::from_millis(150));
        terminal.keys("q");
        assert!(terminal.ends().success(), "{columns}x{rows}");
        terminal.is_restored();
    }
    let id = json(&taut(folder.path(), &["ls", "--json"]).well())[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(taut(folder.path(), &["replay", &id, "--print", "--size", "1x1"]).well().lines().count(), 1);
}

// --- the log

fn damage(folder: &Path, how: impl Fn(&Path)) {
    let database = folder.join("state/taut.db");
    how(&database);
}

#[test]
fn a_damaged_log_is_said_by_every_command_and_left_as_it_is() {
    let overwrite = |path: &Path, at: usize, count: usize| {
        let mut bytes = fs::read(path).unwrap();
        let end = (at + count).min(bytes.len());
        bytes[at..end].fill(0xa5);
        fs::write(path, bytes).unwrap();
    };
    let sql = |path: &Path, text: &str| {
        rusqlite::Connection::open(path).unwrap().execute_batch(text).unwrap();
    };
    type Damage<'a> = (&'a str, Box<dyn Fn(&Path) + 'a>, &'a str, &'a str);
    let all: [Damage<'_>; 7] = [
        ("garbage", Box::new(|path| fs::write(path, vec![7u8; 50_000]).unwrap()), "is damaged", "restore it"),
        ("its beginning", Box::new(|path| overwrite(path, 0, 40)), "is damaged", "restore it"),
        ("truncated", Box::new(|path| fs::File::options().write(true).open(path).unwrap().set_len(20_000).unwrap()), "is damaged", "restore it"),
        ("its middle", Box::new(|path| overwrite(path, 4096, usize::MAX >> 1)), "is damaged", "restore it"),
        ("newer", Box::new(|path| sql(path, "PRAGMA user_version = 9")), "a newer taut (schema 9", "use that version"),
        ("another's", Box::new(|path| { fs::remove_file(path).unwrap(); sql(path, "CREATE TABLE bookmarks (x)") }), "another program", "move it away"),
        ("a folder", Box::new(|path| { fs::remove_file(path).unwrap(); fs::create_dir(path).unwrap() }), "is a folder", "move it away"),
    ];
    let (folder, id) = logged();
    let state = folder.path().join("state");
    let database = state.join("taut.db");
    // Out of the WAL, and into the file that is harmed.
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    let good = fs::read(&database).unwrap();
    for (what, harm, cause, mend) in &all {
        damage(folder.path(), harm);
        let before = fs::read(&database).ok();
        let names = [database.to_str().unwrap(), *cause, *mend];
        for args in [vec!["ls"], vec!["ls", "--json"], vec!["show", &id.to_string()], vec!["replay", &id.to_string(), "--print"]] {
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
    let holder = rusqlite::Connection::open(&database).unwrap();
    holder.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE record SET at = at WHERE pos = 1").unwrap();
    let began = Instant::now();
    let names = [database.to_str().unwrap(), "another program holds it locked", "close that program"];
    taut(folder.path(), &["ls"]).fails(&names);
    refuses(folder.path(), &[], &names);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    holder.execute_batch("ROLLBACK").unwrap();
    drop(holder);
    taut(folder.path(), &["ls"]).well();
}

fn give(path: &Path) {
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(path, Some(65_534), Some(65_534)).unwrap();
        if path.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path()));
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_can_still_be_read() {
    let (folder, id) = logged();
    let state = folder.path().join("state");
    // Somebody must be able to come here, and to start the program.
    let copy = folder.path().join("taut");
    fs::copy(program(), &copy).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    give(&state);
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&state, 0o500);
    let here = |args: &[&str]| {
        let mut command = Command::new(&copy);
        command.args(args).env_clear().env("HOME", folder.path()).env("TAUT_STATE", &state).stdin(Stdio::null());
        if rustix::process::geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        command.current_dir(folder.path());
        ran(&mut command)
    };
    assert!(here(&["ls"]).well().contains(&id.to_string()));
    assert!(here(&["show", &id.to_string()]).well().contains("work 3"));
    here(&["verify"]).well();
    let doctor = here(&["doctor"]).well();
    assert!(doctor.contains("note    state folder") && doctor.contains("permission denied"), "{doctor}");
    // A new one can't be made below it.
    let below = state.join("below");
    let out = here(&["doctor", "--state", below.to_str().unwrap()]).fails(&["state folder"]);
    assert!(out.contains("permission denied") && out.contains("--state"), "{out}");
    // And one that can't even be read.
    mode(&state, 0o000);
    here(&["ls"]).fails(&[state.to_str().unwrap(), "permission denied", "--state"]);
    mode(&state, 0o700);
    here(&["ls"]).well();
}

#[test]
fn a_folder_of_somebody_else_or_open_to_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    fs::write(state.join("thesis.txt"), "mine").unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755)).unwrap();
    refuses(folder.path(), &[], &[state.to_str().unwrap(), "open to other users", "chmod 700"]);
    assert_eq!(fs::read_dir(&state).unwrap().count(), 1);
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&state, Some(65_534), None).unwrap();
        taut(folder.path(), &["ls"]).fails(&["belongs to user 65534", "--state"]);
    }
}

#[test]
fn a_full_disk_is_said_holds_what_was_decided_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    // A disk of its own, in a namespace that only the console sees; it tells the test its process.
    let script = format!(
        "mount -t tmpfs -o size=1m,mode=700 none {0} && exec \"$0\" demo --pace 0 'ask 1'",
        state.display()
    );
    let can = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none"]).arg(&state).output();
    if !can.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no disk of its own can be mounted here");
        return;
    }
    let terminal = Terminal::running(folder.path(), "unshare", &["-rm", "sh", "-c", &script, program().to_str().unwrap()], 120, 36);
    terminal.shows("1 waiting");
    // The same disk, as the console sees it.
    let seen = PathBuf::from(format!("/proc/{}/root{}", terminal.child.id(), state.display()));
    let ballast = seen.join("ballast");
    let mut size = 2 << 20;
    while size > 512 {
        let more = fs::OpenOptions::new().create(true).append(true).open(&ballast);
        if more.and_then(|mut file| std::io::Write::write_all(&mut file, &vec![0; size])).is_err() {
            size /= 2;
        }
    }
    terminal.keys("w");
    terminal.shows("REVIEW");
    std::thread::sleep(Duration::from_millis(500));
    terminal.keys(" ");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("a");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("\x1b");
    terminal.shows("NOT WRITTEN").shows("1 answer held").shows("disk is full");
    assert!(!terminal.screen().contains("done"), "what is held has not left");
    fs::remove_file(&ballast).unwrap();
    terminal.hides("NOT WRITTEN").shows("done");
    leave(terminal);
}

// --- settings

fn settings(folder: &Path, files: &[(&str, &str)]) {
    let place = folder.join(".config/taut");
    fs::create_dir_all(place.join("themes")).unwrap();
    for (name, text) in files {
        fs::write(place.join(name), text).unwrap();
    }
}

#[test]
fn bad_settings_are_said_in_the_header_and_by_doctor_and_the_console_works() {
    for (files, names) in [
        (vec![("config.toml", "them = \"dark\"\n")], vec!["config.toml:1", "`them`", "did you mean `theme`", "the defaults are in force"]),
        (vec![("config.toml", "theme = \n= [")], vec!["config.toml:1", "not TOML"]),
        (vec![("config.toml", "theme = \"nope\"\n")], vec!["config.toml", "no theme is called", "nope.toml"]),
        (
            vec![("config.toml", "theme = \"mine\"\n"), ("themes/mine.toml", "[roles]\ndanger = \"rad\"\n")],
            vec!["mine.toml:2", "danger", "colour"],
        ),
        (vec![("config.toml", "[keys]\nhelp = \"q\"\n")], vec!["q is bound to both", "give one of them another"]),
        (vec![("config.toml", "[keys]\nhlep = \"x\"\n")], vec!["no action \"hlep\""]),
        (vec![("policy.toml", "[[rule]]\nthen = \"alow\"\n")], vec!["policy.toml:2", "alow", "everything asks"]),
        (vec![("policy.toml", "[[rule]]\nthen = \"deny\"\nimpcat = \"edit\"\n")], vec!["policy.toml:3", "impcat", "everything asks"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        settings(folder.path(), &files);
        let terminal = Terminal::sized(folder.path(), &[], 200, 36);
        terminal.shows("FLEET").shows("CONFIG");
        // The sentence may go over several rows of the header.
        let flat = |terminal: &Terminal| terminal.screen().split_whitespace().collect::<Vec<_>>().join(" ");
        for name in &names {
            terminal.until(&format!("{name:?}"), |terminal| flat(terminal).contains(name));
        }
        // Mended while it runs, it is no longer said.
        let mended: Vec<(&str, &str)> = files.iter().map(|(name, _)| (*name, "")).collect();
        settings(folder.path(), &mended);
        terminal.hides("CONFIG");
        settings(folder.path(), &files);
        terminal.shows("CONFIG");
        leave(terminal);
        let mut doctor = command(folder.path(), &["doctor"]);
        let said = ran(doctor.env_remove("XDG_CONFIG_HOME"));
        let said = said.well();
        for name in &names {
            assert!(said.contains(name), "{name}: {said}");
        }
    }
}

#[test]
fn what_depends_on_the_settings_warns_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path(), &[("config.toml", "[agents.mine]\ncommand = 3\n")]);
    let ran = ran(command(folder.path(), &["agents"]).env_remove("XDG_CONFIG_HOME"));
    assert_eq!((ran.code, ran.err.lines().count()), (Some(0), 1), "{ran:?}");
    assert!(ran.err.contains("config.toml:2") && ran.out.contains("demo"), "{ran:?}");
}
