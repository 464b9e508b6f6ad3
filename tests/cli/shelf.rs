//! Sessions renamed, put away and deleted without a screen.

use super::support::cli::{json, taut};
use super::support::hub::Bench;
use super::{finished, scratch};
use taut::domain::Reply;

#[test]
fn a_session_gets_another_name_is_put_away_and_brought_back() {
    let (folder, id, _) = finished();
    let id = id.to_string();
    let run = |args: &[&str]| taut(folder.path(), args);
    assert!(run(&["rename", &id, "Pennies of the till"]).well().contains("is called Pennies of the till now"));
    assert!(run(&["archive", "Pennies of the till"]).well().contains("is put away"));
    let list = run(&["ls"]).well();
    assert!(!list.contains(&id) && list.contains("1 session is put away: `taut ls --all`"), "{list}");
    assert!(run(&["ls", "--json"]).well().is_empty());
    let all = run(&["ls", "--all"]).well();
    assert!(all.contains(&id) && all.contains("away"), "{all}");
    assert_eq!(json(&run(&["ls", "--all", "--json"]).well())[0]["archived"], true);
    assert!(run(&["archive", &id, "--back"]).well().contains("is back"));
    assert!(run(&["ls"]).well().contains("Pennies of the till"));
    run(&["rename", "nobody", "x"]).fails(&["nobody", "taut ls"]);
}

#[test]
fn a_deletion_first_says_what_goes_and_then_does_it() {
    let (folder, id, _) = finished();
    let id = id.to_string();
    let run = |args: &[&str]| taut(folder.path(), args);
    let said = run(&["delete", &id]).well();
    assert!(said.contains("raw frames") && said.contains("--yes") && said.contains("chain stays valid"), "{said}");
    assert!(run(&["ls"]).well().contains(&id), "nothing was done");
    assert!(run(&["delete", &id, "--yes"]).well().contains("is deleted"));
    assert!(!run(&["ls"]).well().contains(&id));
    assert!(run(&["ls", "--all"]).well().contains("deleted"));
    run(&["delete", &id, "--yes"]).refused(&["deleted already"]);
    assert!(run(&["verify"]).well().contains("as it was written"));
}

#[test]
fn while_a_hub_runs_the_folder_is_its_own() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo, None);
    bench.until("it", |bench| bench.state.session(id).is_some());
    taut(folder.path(), &["rename", &id.to_string(), "x"]).fails(&["holds the state folder", "process"]);
    assert_eq!(bench.command(taut::domain::Command::Rename { session: id, name: "y".into() }), Reply::Done);
    bench.leave();
}
