//! What came of a log: questions to it.

use crate::play::{Came, Played};
use serde_json::Value;
use std::collections::HashSet;
use taut::agent::{Ask, Fact};
use taut::domain::{CallId, CallPatch, Event, LaneId, OutputPart, Speaker, Stop, Text, Tokens, Usage};

impl Played {
    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.came.iter().filter_map(|c| if let Came::Fact(fact) = c { Some(fact) } else { None })
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.facts().filter_map(|f| if let Fact::Event(_, event) = f { Some(event) } else { None })
    }

    /// The place in `came` of the first fact that fits.
    #[track_caller]
    pub(crate) fn place(&self, fits: impl Fn(&Fact) -> bool) -> usize {
        self.came.iter().position(|c| matches!(c, Came::Fact(f) if fits(f))).expect("no such fact")
    }

    /// Messages sent by method.
    pub(crate) fn sent(&self, method: &str) -> Vec<&Value> {
        self.lines().filter(|m| m["method"] == method).collect()
    }

    /// Everything sent.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Value> {
        self.came.iter().filter_map(|c| if let Came::Sent(msg) = c { Some(msg) } else { None })
    }

    /// What was answered to a request of the agent.
    pub(crate) fn answers(&self, id: &Value) -> Vec<&Value> {
        self.lines().filter(|m| m.get("method").is_none() && m.get("id") == Some(id)).collect()
    }

    pub(crate) fn asks(&self) -> Vec<&Ask> {
        self.facts().filter_map(|f| if let Fact::Ask(ask) = f { Some(ask) } else { None }).collect()
    }

    pub(crate) fn turns(&self) -> Vec<(&Stop, Option<&Tokens>)> {
        self.facts()
            .filter_map(|f| if let Fact::TurnOver(stop, tokens) = f { Some((stop, tokens.as_ref())) } else { None })
            .collect()
    }

    pub(crate) fn stops(&self) -> Vec<&Stop> {
        self.turns().into_iter().map(|(stop, _)| stop).collect()
    }

    /// All calls by the order in which they were first told.
    pub(crate) fn calls(&self) -> Vec<CallId> {
        let mut seen = HashSet::new();
        let ids =
            self.events().filter_map(|e| if let Event::Called { call, .. } = e { Some(call.clone()) } else { None });
        ids.filter(|id| seen.insert(id.clone())).collect()
    }

    /// What is known of a call in the end.
    pub(crate) fn call(&self, id: &CallId) -> CallPatch {
        merged(self.events(), id)
    }

    /// What was known of a call when it was asked about.
    pub(crate) fn call_when_asked(&self, ask: &Ask) -> CallPatch {
        let until = self.place(|f| matches!(f, Fact::Ask(a) if a == ask));
        let before = self.came[..until]
            .iter()
            .filter_map(|c| if let Came::Fact(Fact::Event(_, event)) = c { Some(event) } else { None });
        merged(before, &ask.call)
    }

    /// The pieces of a call's output.
    pub(crate) fn parts(&self, id: &CallId) -> Vec<&OutputPart> {
        let parts = self
            .events()
            .filter_map(|e| if let Event::CallOutput { call, part } = e { Some((call, part)) } else { None });
        parts.filter(|(call, _)| *call == id).map(|(_, part)| part).collect()
    }

    /// A call's output in the end.
    pub(crate) fn output(&self, id: &CallId) -> String {
        let mut out = String::new();
        for part in self.parts(id) {
            match part {
                OutputPart::Append(text) => out += inline(text),
                OutputPart::Replace(text) => inline(text).clone_into(&mut out),
            }
        }
        out
    }

    /// All that somebody said in the session's own lane, run together.
    pub(crate) fn said(&self, by: Speaker) -> String {
        let root =
            self.facts().filter_map(|f| if let Fact::Event(LaneId::ROOT, event) = f { Some(event) } else { None });
        let said =
            root.filter_map(|e| if let Event::Said { who, text, .. } = e { Some((*who, inline(text))) } else { None });
        said.filter(|(who, _)| *who == by).map(|(_, text)| text).collect()
    }

    pub(crate) fn usage(&self) -> Vec<&Usage> {
        self.events().filter_map(|e| if let Event::Used { usage } = e { Some(usage) } else { None }).collect()
    }

    /// What was not understood: (what, raw).
    pub(crate) fn unrecognised(&self) -> Vec<(&str, &str)> {
        let both = self
            .events()
            .filter_map(|e| if let Event::Unrecognised { what, raw } = e { Some((what, raw)) } else { None });
        both.map(|(what, raw)| (what.as_str(), inline(raw))).collect()
    }
}

fn merged<'a>(events: impl Iterator<Item = &'a Event>, id: &CallId) -> CallPatch {
    let mut all = CallPatch::default();
    for event in events {
        let Event::Called { call, patch } = event else { continue };
        if call == id {
            let new = (**patch).clone();
            all = CallPatch {
                tool: new.tool.or(all.tool),
                title: new.title.or(all.title),
                impact: new.impact.or(all.impact),
                status: new.status.or(all.status),
                args: new.args.or(all.args),
                command: new.command.or(all.command),
                cwd: new.cwd.or(all.cwd),
                places: new.places.or(all.places),
                changes: new.changes.or(all.changes),
                parent: new.parent.or(all.parent),
                exit: new.exit.or(all.exit),
            };
        }
    }
    all
}

/// A text that is here: codecs make no other.
pub(crate) fn inline(text: &Text) -> &str {
    text.inline().expect("codecs make inline texts")
}
