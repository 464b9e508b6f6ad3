//! An agent hears with its next prompt how its steps stand after what was taken back: once, and of the outcome alone.

use super::checkpoints::{carry_out, folder, plan, ran};
use super::idle;
use super::support::hub::Bench;
use taut::domain::{Command, Event, Reply, SessionId, Undo};
use taut::state::Life;

pub(crate) fn again(bench: &mut Bench, session: SessionId) {
    let shown = plan(bench, session, &Undo::Last).unwrap();
    assert_eq!(carry_out(bench, &shown, &Undo::Last, vec![]), Reply::Done);
}

/// What the agent is given when a human says something.
pub(crate) fn given(bench: &mut Bench, session: SessionId, text: &str) -> String {
    let sent = |bench: &Bench| {
        bench.records.iter().rev().find_map(|record| match &record.event {
            Event::PromptSent { text: sent, .. } if record.session == session => {
                sent.inline().filter(|sent| sent.ends_with(text)).map(str::to_owned)
            }
            _ => None,
        })
    };
    assert_eq!(bench.command(Command::Prompt { session, text: text.into(), steer: false }), Reply::Done);
    bench.until("the prompt", |bench| sent(bench).is_some());
    sent(bench).unwrap()
}

const TOLD: &str = "(The user has taken back what these steps of yours did to files: \"echo new > new\". As they were before, \
                    but for what others changed since: new. Read files again before you rely on them.)";

#[test]
fn the_agent_hears_once_how_its_steps_stand_and_nothing_of_what_was_taken_back_again() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "echo new > new");
    for _ in 0..3 {
        again(&mut bench, id);
    }
    assert_eq!(given(&mut bench, id, "go on"), format!("{TOLD}\n\ngo on"));
    bench.leave();

    let (folder, cwd) = super::checkpoints::folder();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "echo new > new");
    again(&mut bench, id);
    again(&mut bench, id);
    assert_eq!(given(&mut bench, id, "go on"), "go on", "all of it was taken back");
    bench.leave();
}

#[test]
fn steps_of_an_ended_session_are_taken_back_and_whoever_goes_on_with_its_conversation_hears_of_it() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "echo new > new");
    bench.command(Command::End { session: id });
    let ended = |bench: &Bench| matches!(bench.state.session(id).unwrap().life, Life::Ended { .. });
    bench.until("its end", ended);
    again(&mut bench, id);
    bench.leave();
    // Another hub: nothing of it is in memory.
    let mut bench = Bench::new(folder.path());
    let Reply::Started { session } = bench.command(Command::Reopen { session: id, env: vec![] }) else { panic!() };
    bench.until("it to open", |bench| bench.state.session(session).is_some_and(|it| it.life == Life::Open));
    assert_eq!(given(&mut bench, session, "go on"), format!("{TOLD}\n\ngo on"));
    bench.command(Command::End { session });
    bench.until("its end", |bench| !bench.state.session(session).unwrap().is_live());
    let Reply::Started { session } = bench.command(Command::Reopen { session, env: vec![] }) else { panic!() };
    bench.until("it to open", |bench| bench.state.session(session).is_some_and(|it| it.life == Life::Open));
    assert!(!idle(&bench, session));
    assert_eq!(given(&mut bench, session, "once more"), "once more", "it was told");
    bench.leave();
}
