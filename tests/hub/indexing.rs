//! The hub keeps the index of what is searched, and takes out of it what is deleted.

use super::support::hub::{Bench, HEAR};
use super::{repo, scratch};
use std::path::Path;
use std::time::{Duration, Instant};
use taut::domain::{Answer, Command, Event, FindAll, LookedAll, Query, Reply};
use taut::hub::{Published, answer};
use taut::store::Reader;

/// A search by a console that has no hub.
fn found(state: &Path, text: &str) -> (Vec<String>, LookedAll) {
    let find = FindAll { number: 1, text: text.to_owned(), folder: "/".to_owned(), limit: 99 };
    match answer(&Reader::open(state).unwrap(), &Query::Everywhere(find)) {
        Published::Answered(Answer::Everywhere { groups, looked: Some(Ok(looked)), .. }) => {
            (groups.into_iter().flat_map(|group| group.hits).map(|hit| hit.excerpt).collect(), looked)
        }
        other => panic!("{other:?}"),
    }
}

/// Waits until nothing has to be read.
fn indexed(bench: &mut Bench, state: &Path) {
    let until = Instant::now() + Duration::from_mins(1);
    while !state.join("index.db").exists() || found(state, "e").1.scanned > 0 {
        assert!(Instant::now() < until, "it was not indexed: {:?}", found(state, "e").1);
        bench.listen(Duration::from_millis(100));
    }
}

/// In how many entries some pieces of three letters stand, by the index alone.
fn pieces(state: &Path, pieces: &str) -> i64 {
    let index = rusqlite::Connection::open(state.join("index.db")).unwrap();
    index.query_row("SELECT count(*) FROM words WHERE words MATCH ?1", [pieces], |row| row.get(0)).unwrap()
}

#[test]
fn what_is_written_is_indexed_and_what_is_deleted_is_not() {
    const NOBODY: &str = "\"nob\" AND \"obo\" AND \"bod\"";
    let folder = scratch();
    let state = folder.path().join("state");
    let mut bench = Bench::new(folder.path());
    let prompt = "a long prompt that nobody shall find ".repeat(400);
    let id = bench.script(&repo(&folder), &[HEAR], Some(&prompt));
    bench.until("the prompt", |bench| bench.position(|event| matches!(event, Event::PromptSent { .. })).is_some());
    indexed(&mut bench, &state);
    let (hits, looked) = found(&state, "\"nobody shall\"");
    assert!(hits.len() == 1 && hits[0].contains("nobody shall find") && looked.why.is_none(), "{hits:?}, {looked:?}");
    assert!(pieces(&state, NOBODY) > 0);

    assert_eq!(bench.command(Command::End { session: id }), Reply::Done);
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    assert_eq!(bench.command(Command::Delete { session: id }), Reply::Done);
    bench.until("the deletion", |bench| bench.state.session(id).unwrap().deleted);
    assert_eq!(pieces(&state, NOBODY), 0, "gone before it is said");
    indexed(&mut bench, &state);
    assert_eq!(pieces(&state, NOBODY), 0);
    let (hits, looked) = found(&state, "\"nobody shall\"");
    assert!(hits.is_empty() && looked.blind, "{hits:?}: that a text is gone is said");
    bench.leave();
}
