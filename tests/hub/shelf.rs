//! Sessions on the shelf: deleted, and reopened.

use super::support::hub::{Bench, HEAR, OPENS};
use super::{idle, repo, scratch};
use taut::domain::{Command, Event, Notice, OfferKind, Reply, SessionId, Speaker, Text};
use taut::state::{Life, What};
use taut::store::{Reader, verify};

fn end(bench: &mut Bench, id: SessionId) {
    assert_eq!(bench.command(Command::End { session: id }), Reply::Done);
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
}

fn reopen(bench: &mut Bench, id: SessionId) -> SessionId {
    match bench.command(Command::Reopen { session: id, env: std::env::vars().collect() }) {
        Reply::Started { session } => session,
        other => panic!("{other:?}"),
    }
}

fn noted(bench: &Bench, id: SessionId, level: Notice) -> Vec<String> {
    let notes = bench.records.iter().filter(|record| record.session == id).filter_map(|record| match &record.event {
        Event::Noted { level: of, text } if *of == level => text.inline().map(str::to_owned),
        _ => None,
    });
    notes.collect()
}

fn refused(reply: Reply) -> String {
    match reply {
        Reply::Refused { why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_deleted_session_leaves_no_long_text_and_a_sound_chain() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let prompt = "a long prompt that nobody shall find ".repeat(400);
    let id = bench.script(&repo(&folder), &[HEAR], Some(&prompt));
    let other = bench.script(&repo(&folder), &[HEAR], None);
    let sent = |bench: &Bench| bench.position(|event| matches!(event, Event::PromptSent { .. }));
    bench.until("the prompt", |bench| sent(bench).is_some());
    assert!(refused(bench.command(Command::Delete { session: id })).contains("live"));
    end(&mut bench, id);
    let Event::PromptSent { text: Text::Body(body), .. } = bench.records[sent(&bench).unwrap()].event.clone() else {
        panic!("a long text is kept apart")
    };
    let reader = Reader::open(&folder.path().join("state")).unwrap();
    let weight = reader.holdings(id).unwrap().weight;
    assert!(weight.texts == 1 && weight.bytes == prompt.len() as u64 && weight.frames > 2, "{weight:?}");
    let head = reader.head().unwrap();

    assert_eq!(bench.command(Command::Delete { session: id }), Reply::Done);
    bench.until("the deletion", |bench| bench.state.session(id).unwrap().deleted);
    let deleted = bench.position(|event| matches!(event, Event::Deleted { .. })).unwrap();
    let Event::Deleted { texts, bytes, frames } = bench.records[deleted].event else { panic!() };
    assert_eq!((texts, bytes, frames), (weight.texts, weight.bytes, weight.frames));
    assert_eq!((reader.body(&body).unwrap(), reader.last_frame(id).unwrap()), (None, 0));
    assert!(reader.last_frame(other).unwrap() > 0, "another session's frames stay");
    let files = ["taut.db", "taut.db-wal"].map(|name| std::fs::read(folder.path().join("state").join(name)).unwrap());
    let needle = b"a long prompt that nobody shall find";
    assert!(files.iter().all(|bytes| !bytes.windows(needle.len()).any(|window| window == needle)));

    let again = refused(bench.command(Command::Delete { session: id }));
    assert!(again.contains("deleted already"), "{again}");
    let back = refused(bench.command(Command::Archive { session: id, archived: false }));
    assert!(back.contains("nothing to bring back"), "{back}");
    bench.leave();
    let verified = verify(&reader, None, Some(head.hash)).unwrap();
    assert_eq!(verified.faults, []);
}

#[test]
fn a_reopened_session_has_its_name_folder_mode_and_conversation() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let old = bench.demo(&repo(&folder), Some("Mend the rounding"));
    loop {
        bench.until("a request or the end", |bench| bench.state.waiting() > 0 || idle(bench, old));
        if idle(&bench, old) {
            break;
        }
        let request = bench.waiting();
        bench.answer(request, OfferKind::AllowOnce);
    }
    assert!(refused(bench.command(Command::Reopen { session: old, env: vec![] })).contains("live"));
    end(&mut bench, old);
    let new = reopen(&mut bench, old);
    bench.until("the conversation", |bench| bench.state.session(new).is_some_and(|it| it.life == Life::Open));
    let (was, is) = (bench.state.session(old).unwrap().clone(), bench.state.session(new).unwrap().clone());
    assert_eq!((&is.name, &is.cwd, &is.agent, &is.mode), (&was.name, &was.cwd, &was.agent, &was.mode));
    assert_eq!(is.sources.last(), was.sources.last(), "the agent's own conversation");
    let said = noted(&bench, new, Notice::Info);
    assert!(said.iter().any(|said| said.contains(&format!("Reopened from {} ({old})", was.name))), "{said:?}");
    let told = |what: &What| matches!(what, What::Said { who: Speaker::Agent, .. });
    assert!(is.timeline.entries.values().any(|entry| told(&entry.what)), "its history is shown");
    assert_eq!(is.turns.0, 0, "nothing runs by itself");
    bench.leave();
}

#[test]
fn what_cannot_be_brought_back_is_said_and_a_new_conversation_begins() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    // The second time it knows nothing of what it opened the first time.
    let refuses = r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"no such session"}}"#;
    let anew = OPENS[3].replace("\"id\":2", "\"id\":3").replace("\"s\"", "\"another\"");
    let say = |line: &str| format!("printf '%s\\n' '{line}'\n");
    let (hello, first, no, second) = (say(OPENS[1]), say(OPENS[3]), say(refuses), say(&anew));
    let script = format!(
        "read -r x\n{hello}read -r x\nif [ -e once ]; then\n{no}read -r x\n{second}else touch once\n{first}fi\n\
         while read -r x; do :; done"
    );
    let old = bench.start(&repo(&folder), &["sh", "-c", &script], None);
    let open = |bench: &Bench, id| bench.state.session(id).is_some_and(|it| it.life == Life::Open);
    bench.until("open", |bench| open(bench, old));
    end(&mut bench, old);
    let new = reopen(&mut bench, old);
    bench.until("open again", |bench| open(bench, new));
    let natives: Vec<&str> =
        bench.state.session(new).unwrap().sources.iter().map(|source| source.native.as_str()).collect();
    assert_eq!(natives, ["s", "another"]);
    let said = noted(&bench, new, Notice::Info);
    assert!(said.iter().any(|said| said.contains("Not brought back: the conversation, unless")), "{said:?}");
    let warned = noted(&bench, new, Notice::Warning);
    assert!(warned.iter().any(|said| said.contains("can't load its conversation s (no such session)")), "{warned:?}");
    bench.leave();
}
