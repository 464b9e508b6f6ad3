//! What the model types into a command that runs in a terminal: no hook of codex's sees it.

use crate::play::{log, play};
use taut::agent::Fact;
use taut::domain::{CallPatch, CallStatus, Completeness, Event, Impact, OfferKind, Text, fields};

fn inline(text: Option<&Text>) -> &str {
    text.and_then(Text::inline).unwrap_or_default()
}

/// The calls that type: by id, as they are in the end.
fn typing(log: &str) -> Vec<(String, CallPatch)> {
    let calls = play(log).calls();
    calls.into_iter().filter(|(_, call)| call.tool.as_deref() == Some("write_stdin")).collect()
}

fn commands(calls: &[(String, CallPatch)]) -> Vec<Option<&str>> {
    calls.iter().map(|(_, call)| call.command.as_ref().and_then(Text::inline)).collect()
}

#[test]
fn what_is_typed_outside_the_sandbox_is_asked_about_text_by_text_as_a_command_line() {
    let played = play("typed");
    let calls = typing("typed");
    // A line that comes in pieces is read as one; a key is no command line, and says what it is.
    let lines = [Some("touch 'it'.txt"), Some("rm -r"), Some("rm -r build"), Some("rm -r\u{3}"), Some("exit")];
    assert_eq!(commands(&calls), lines);
    let asks = played.asks();
    assert_eq!(asks.len(), 6, "the shell itself, and five texts: one that is empty only looks");
    for (ask, (id, call)) in asks[1..].iter().zip(&calls) {
        assert_eq!((ask.call.0.as_str(), ask.payload), (id.as_str(), Completeness::Whole));
        assert_eq!((call.impact, &call.parent), (Some(Impact::Execute), &None), "no subagent asks for it");
        assert!(inline(call.title.as_ref()).contains("into `bash`"), "{:?}", call.title);
        let kinds: Vec<_> = ask.offers.iter().map(|offer| offer.kind).collect();
        assert_eq!(
            kinds,
            [OfferKind::AllowOnce, OfferKind::RejectOnce],
            "it asks again whatever is said of its session"
        );
        assert_eq!(fields::deed(inline(call.args.as_ref())), None, "nothing of it can be run by taut");
    }
    let done = CallStatus::Done;
    let ends: Vec<_> = calls.iter().map(|(_, call)| call.status.unwrap()).collect();
    assert_eq!(ends, [done, done, CallStatus::Failed, done, done]);
    assert_eq!(inline(calls[0].1.args.as_ref()), r#"{"into":"bash","typed":"touch 'it'.txt\n"}"#);
    assert!(!played.facts().any(|fact| matches!(fact, Fact::RanUnheld(..))), "each was asked about");
    assert_eq!(calls[0].1.cwd, None, "where the shell began");
    assert!(calls[4].1.cwd.as_deref().is_some_and(|cwd| !cwd.starts_with('/')), "after a key nobody knows where it is");
}

#[test]
fn what_is_typed_in_the_sandbox_ran_and_nothing_could_hold_it() {
    assert!(log("typed_inside").iter().all(|line| line.msg["method"] != "item/commandExecution/requestApproval"));
    let played = play("typed_inside");
    let calls = typing("typed_inside");
    let lines = [Some("touch 'it'.txt"), Some("rm -r"), Some("rm -r build"), Some("\u{3}")];
    assert_eq!(commands(&calls)[..4], lines);
    let unheld = |fact: &Fact| if let Fact::RanUnheld(_, call) = fact { Some(call.0.clone()) } else { None };
    let unheld: Vec<String> = played.facts().filter_map(unheld).collect();
    assert_eq!(unheld, calls.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
    for (id, call) in &calls {
        assert_eq!(call.status, Some(CallStatus::Done));
        // It is said before the call is over: then how it came to run is known.
        let at = |is: &dyn Fn(&Fact) -> bool| played.facts().position(is).unwrap();
        let ended = at(
            &|fact| matches!(fact, Fact::Event(_, Event::Called { call, patch }) if call.0 == *id && patch.status == Some(CallStatus::Done)),
        );
        assert!(at(&|fact| matches!(fact, Fact::RanUnheld(_, call) if call.0 == *id)) < ended);
    }
}
