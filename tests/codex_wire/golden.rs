//! Every log, normalised: the records that it makes and the lines that are sent, in order.

use crate::play::{Came, all, log, play};
use std::fmt::Write;
use taut::agent::Fact;

fn line(came: &Came) -> String {
    match came {
        Came::Sent(line) => format!("> {line}"),
        Came::Fact(Fact::Event(lane, event)) => format!("{} {} {}", lane.0, event.kind(), event.to_stored()),
        Came::Fact(fact @ (Fact::Ask(ask) | Fact::HeldBack(ask) | Fact::ByOwnRules(ask))) => {
            let offers: Vec<_> =
                ask.offers.iter().map(|it| format!("{} ({:?}) {:?}", it.id, it.kind, it.name)).collect();
            let (lane, call, how) = (ask.lane.0, &ask.call.0, serde_json::to_string(&ask.how).unwrap());
            let word = match fact {
                Fact::Ask(_) => "ASK",
                Fact::HeldBack(_) => "HELD BACK",
                _ => "BY OWN RULES",
            };
            format!("{lane} {word} {} {call} {:?} {how}\n    {}", ask.native, ask.payload, offers.join("\n    "))
        }
        Came::Fact(Fact::AskGone(native)) => format!("ASK GONE {native}"),
        Came::Fact(Fact::TurnBegan(why)) => format!("TURN BEGAN {why}"),
        Came::Fact(Fact::Ready) => "READY".to_owned(),
        Came::Fact(Fact::TurnOver(stop, tokens)) => format!("TURN OVER {stop:?} {tokens:?}"),
        Came::Fact(Fact::Leaves(leaves)) => format!("LEAVES {leaves:?}"),
        Came::Fact(Fact::Marked(mark)) => format!("MARKED {mark}"),
        Came::Fact(Fact::WentBack(went)) => format!("WENT BACK {went:?}"),
        Came::Fact(Fact::RanUnheld(lane, call)) => format!("RAN UNHELD {} {}", lane.0, call.0),
        Came::Fact(Fact::StartFailed(why)) => format!("START FAILED {why}"),
    }
}

#[test]
fn the_records_of_every_log() {
    for name in all() {
        let mut text = String::new();
        for came in &play(&name).came {
            // taut's own version is no part of it.
            let line = line(came).replace(env!("CARGO_PKG_VERSION"), "VERSION");
            writeln!(text, "{line}").unwrap();
        }
        let path = format!("{}/tests/golden/codex/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/codex")).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        for (at, (is, was)) in text.lines().zip(golden.lines()).enumerate() {
            assert_eq!(is, was, "{name}, line {}", at + 1);
        }
        assert_eq!(text.lines().count(), golden.lines().count(), "{name}");
    }
}

#[test]
fn no_log_names_the_machine_it_was_made_on() {
    for name in all() {
        for line in log(&name) {
            let text = line.msg.to_string();
            for trace in ["/root", "/work/", "/tmp/w", "scratch", "sk-ant-"] {
                assert!(!text.contains(trace), "{name}: {trace}: {text}");
            }
        }
    }
}
