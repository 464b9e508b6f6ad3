//! From what is typed to what is meant: ids, their beginnings, names.

use super::scratch;
use super::support::cli::{json, taut};
use super::support::hub::Bench;
use taut::domain::{At, Command, Draft, Event, Reply, SessionId, StartSpec};
use taut::store::{Durability, Opened, Store};

#[test]
fn things_are_called_by_id_by_its_beginning_and_by_name() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let mut ids = Vec::new();
    for name in ["one", "two", "two"] {
        let spec = StartSpec {
            agent: "demo".into(),
            cwd: repo.to_string_lossy().into_owned(),
            name: Some(name.to_owned()),
            env: std::env::vars().collect(),
            ..StartSpec::default()
        };
        let Reply::Started { session } = bench.command(Command::Start(Box::new(spec))) else { panic!() };
        ids.push(session);
    }
    let second = bench.state.session(ids[1]).unwrap().name.clone();
    let first_line = |args: &[&str]| taut(folder.path(), args).well().lines().next().unwrap().to_owned();
    assert!(first_line(&["show", "one"]).starts_with(&ids[0].to_string()));
    assert!(first_line(&["show", &second]).starts_with(&ids[1].to_string()));
    // A name that is the beginning of another's id goes before it; a whole id goes before any name.
    let beginning = ids[0].to_string()[..4].to_owned();
    assert_eq!(bench.command(Command::Rename { session: ids[2], name: beginning.clone() }), Reply::Done);
    assert!(first_line(&["show", &beginning]).starts_with(&ids[2].to_string()));
    assert_eq!(bench.command(Command::Rename { session: ids[2], name: "three".into() }), Reply::Done);
    assert!(first_line(&["show", &beginning]).starts_with(&ids[0].to_string()));
    taut(folder.path(), &["show", &format!("r{}.99999", &ids[0].to_string()[1..])]).fails(&["no request", "taut ls"]);
    taut(folder.path(), &["show", "three-and-more"]).fails(&["\"three-and-more\"", "taut ls"]);
    taut(folder.path(), &["replay", "nobody", "--print"]).fails(&["\"nobody\"", "taut ls"]);
    taut(folder.path(), &["verify", "nobody"]).fails(&["\"nobody\"", "taut ls"]);
    bench.leave();
}

#[test]
fn an_id_that_could_be_several_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let Opened::Writer(mut store) = Store::open(&folder.path().join("state")).unwrap() else { panic!() };
    for n in 0..9u32 {
        let event = Event::SessionStarted {
            name: format!("job-{n}"),
            agent: "x".into(),
            driver: "acp".into(),
            cwd: "/".into(),
            command: vec![],
            env: vec![],
        };
        let draft = Draft::new(SessionId(n), event);
        store.append(&[draft], At(1), Durability::Stream).unwrap();
    }
    store.close().unwrap();
    // As after a kill -9: the lock file names a process that is no more.
    std::fs::write(folder.path().join("state/lock"), "999999999\n").unwrap();
    taut(folder.path(), &["show", "s000"]).fails(&[
        "s0000000 (job-0)",
        "s0000005 (job-5)",
        "3 more",
        "give more letters",
    ]);
    // Nobody writes this log: what its last record says of live agents is over.
    let rows = json(&taut(folder.path(), &["ls", "--json"]).well());
    assert!(
        rows.iter().all(|row| row["state"] == "interrupted" && row["live"] == false && row["used"].is_null()),
        "{rows:?}"
    );
    assert!(taut(folder.path(), &["ls"]).well().lines().nth(1).unwrap().contains("—"));
}
