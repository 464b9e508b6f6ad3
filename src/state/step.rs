//! A step: a call from its proposal to its result.

use super::{OWN_TOOL, Parts, Request, Worked};
use crate::domain::{
    At, CallId, CallPatch, CallStatus, Carrier, FileChange, Gate, Impact, Place, RequestId, Text, Verdict,
};
use serde::{Deserialize, Serialize};

/// Requests that one call may have; older ones are forgotten here (the log has them).
const REQUESTS: usize = 8;

/// What a human made of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// The request that was answered so.
    pub request: RequestId,
    /// What of the call is other than proposed.
    pub patch: CallPatch,
    /// Who carries it out.
    pub by: Carrier,
    /// What policy says of the edited call.
    pub verdict: Verdict,
}

/// One call of a tool. What is not known of it is not written: a keyframe has many.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The agent's id of the call.
    pub call: CallId,
    /// Its number within the session, from 1.
    pub number: u32,
    /// The tool's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The agent's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What it may do.
    pub impact: Impact,
    /// Where it stands, by the agent's word.
    pub status: CallStatus,
    /// Its arguments as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Text>,
    /// The command line it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Text>,
    /// The folder it runs in, where not the session's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Files it speaks of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// What it writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FileChange>,
    /// The files that it writes, as they really lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aimed: Vec<String>,
    /// The call that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<CallId>,
    /// Its exit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
    /// What it gave back.
    pub output: Parts,
    /// How it came to run.
    pub gate: Gate,
    /// What policy says of it, where nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Its questions, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Request>,
    /// What runs instead of what was proposed: the human changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<Edited>,
    /// What it was while a request asked about it, where the agent has changed it since: that request, and what is other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Box<(RequestId, CallPatch)>>,
    /// How what it did is not what was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diverged: Option<Text>,
    /// What it did to the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worked: Option<Box<Worked>>,
    /// When it first ran, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began: Option<At>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<At>,
}

impl Step {
    /// The folder in which it runs, where that is another one than its session's.
    #[must_use]
    pub fn folder_apart(&self, workspace: &str) -> Option<&str> {
        self.cwd.as_deref().filter(|cwd| *cwd != workspace && !cwd.is_empty())
    }

    /// Remembers what a request asks about, where this patch makes something else of it.
    fn remember(&mut self, patch: &CallPatch) {
        let Some(asks) = self.waiting().map(|request| request.id) else { return };
        let other = |new: &Option<Text>, old: &Option<Text>| old.is_some() && new.is_some() && new != old;
        let differs = other(&patch.args, &self.args)
            || other(&patch.command, &self.command)
            || patch.changes.as_ref().is_some_and(|changes| !self.changes.is_empty() && *changes != self.changes);
        // What was asked first is what a human saw.
        if differs && self.was.as_ref().is_none_or(|was| was.0 != asks) {
            let (args, command) = (self.args.clone(), self.command.clone());
            let changes = Some(self.changes.clone()).filter(|changes| !changes.is_empty());
            self.was = Some(Box::new((asks, CallPatch { args, command, changes, ..CallPatch::default() })));
        }
    }

    /// Takes in what is new about it.
    pub fn patch(&mut self, patch: &CallPatch, at: At) {
        fn set<T: Clone>(slot: &mut Option<T>, new: Option<&T>) {
            if let Some(new) = new {
                *slot = Some(new.clone());
            }
        }
        self.remember(patch);
        set(&mut self.tool, patch.tool.as_ref());
        set(&mut self.title, patch.title.as_ref());
        set(&mut self.args, patch.args.as_ref());
        set(&mut self.command, patch.command.as_ref());
        set(&mut self.cwd, patch.cwd.as_ref());
        set(&mut self.parent, patch.parent.as_ref());
        set(&mut self.exit, patch.exit.as_ref());
        if let Some(impact) = patch.impact {
            self.impact = impact;
        }
        if let Some(places) = &patch.places {
            self.places.clone_from(places);
        }
        if let Some(changes) = &patch.changes {
            self.changes.clone_from(changes);
        }
        if let Some(status) = patch.status {
            self.status = status;
            match status {
                CallStatus::Pending => {}
                CallStatus::Running => self.began = self.began.or(Some(at)),
                CallStatus::Done | CallStatus::Failed | CallStatus::Abandoned => {
                    self.ended = Some(at);
                }
            }
            if !status.is_final() {
                self.ended = None;
            }
        }
    }

    /// Adds a question.
    pub fn ask(&mut self, request: Request) {
        self.requests.push(request);
        if self.requests.len() > REQUESTS {
            self.requests.remove(0);
        }
    }

    /// The newest question.
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        self.requests.last()
    }

    /// What policy says of a question of its: of what a human made of the call, where that was the answer.
    #[must_use]
    pub fn judged<'s>(&'s self, request: &'s Request) -> Option<&'s Verdict> {
        let edited = self.edited.as_ref().filter(|edited| edited.request == request.id);
        edited.map(|edited| &edited.verdict).or(request.verdict.as_ref())
    }

    /// The question that waits for a human.
    #[must_use]
    pub fn waiting(&self) -> Option<&Request> {
        self.requests.iter().find(|request| request.waits())
    }

    /// True where a decision refused it.
    #[must_use]
    pub fn denied(&self) -> bool {
        self.handed_over()
            || self
                .request()
                .and_then(|request| request.answered.as_ref())
                .is_some_and(|answer| !answer.decision.allows())
    }

    /// True where the agent's own call was refused, and the hub did what the human made of it.
    #[must_use]
    pub fn handed_over(&self) -> bool {
        self.edited.as_ref().is_some_and(|edited| {
            edited.by == Carrier::Hub && self.request().is_some_and(|request| request.id == edited.request)
        })
    }

    /// How it came to run, for people: by whose word, where it was asked about.
    #[must_use]
    pub fn let_in(&self) -> String {
        match &self.gate {
            Gate::Asked => self.requests.iter().rev().find_map(Request::let_in).unwrap_or_else(|| "asked".to_owned()),
            Gate::Granted(what) => format!("granted: {what}"),
            Gate::AgentMode(mode) => format!("{}: {mode}", self.gate.word()),
            Gate::Ungated => format!("{}: {}", self.gate.word(), self.unleashed()),
            Gate::Unknown | Gate::ReadClass => self.gate.word().to_owned(),
        }
    }

    /// How it came to run without leave, for people.
    #[must_use]
    pub fn unleashed(&self) -> &'static str {
        if self.handed_over() {
            "it ran although it was refused, since taut did it"
        } else if self.denied() {
            "it ran although it was denied"
        } else if self.request().is_some() {
            "it ran although nobody had allowed it"
        } else {
            "it ran although nobody was asked"
        }
    }

    /// True where it ran or runs, as far as is known: it was more than proposed, and nobody refused it.
    #[must_use]
    pub fn acted(&self) -> bool {
        let began = match self.status {
            CallStatus::Pending => false,
            CallStatus::Running | CallStatus::Done | CallStatus::Failed => true,
            CallStatus::Abandoned => self.began.is_some(),
        };
        began && self.waiting().is_none() && (!self.denied() || self.gate == Gate::Ungated)
    }

    /// True where what it did to files was taken back, and that stands.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        self.worked.as_ref().is_some_and(|worked| worked.undone.is_some())
    }

    /// Of one that is over without an end: what there is to say. What was never seen to begin did not run.
    #[must_use]
    pub fn unended(&self) -> &'static str {
        if self.began.is_none() { "never ran" } else { "never ended" }
    }

    /// The steps that it took back; none where it is no undo.
    #[must_use]
    pub fn undoes(&self) -> &[CallId] {
        self.worked.as_ref().map_or(&[], |worked| &worked.undoes)
    }

    /// Where taut took something back with it: which way, and what that was. Its title says both, also of one that failed and
    /// of single hunks, by which no step counts as taken back.
    #[must_use]
    pub fn way_back(&self) -> Option<(&'static str, &str)> {
        let own = self.tool.as_deref() == Some(OWN_TOOL) && self.parent.is_none() && self.command.is_none();
        let title = self.title.as_ref().and_then(Text::inline).filter(|_| own)?;
        ["undo", "redo", "revert"].into_iter().find_map(|way| Some((way, title.strip_prefix(way)?.strip_prefix(' ')?)))
    }

    /// What it is, in a word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.way_back().map_or(self.impact.word(), |(way, _)| way)
    }

    /// True where the agent may still say more about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.status.is_final() || self.requests.iter().any(|request| !request.is_over())
    }

    /// What it aims at, for one line: the command, the first path, the title, the tool.
    #[must_use]
    pub fn target(&self) -> &str {
        if let Some((_, what)) = self.way_back() {
            // What was taken back says more than the files that it touched.
            return what;
        }
        let command = self.command.as_ref().and_then(Text::inline);
        let gravest = || match self.impact {
            Impact::Delete => {
                self.changes.iter().find(|it| it.new.is_none() && it.patch.is_none() && it.moved_to.is_none())
            }
            Impact::Move => self.changes.iter().find(|it| it.moved_to.is_some()),
            _ => None,
        };
        let path = || gravest().or(self.changes.first()).map(|change| change.path.as_str());
        let place = || self.places.first().map(|place| place.path.as_str());
        let title = || self.title.as_ref().and_then(Text::inline);
        command.or_else(path).or_else(place).or_else(title).or(self.tool.as_deref()).unwrap_or("")
    }

    /// Bytes that it holds in memory, about.
    #[must_use]
    pub fn weight(&self) -> usize {
        let text = |text: &Option<Text>| text.as_ref().and_then(Text::inline).map_or(0, str::len);
        let changes: usize =
            self.changes.iter().map(|c| c.path.len() + text(&c.old) + text(&c.new) + text(&c.patch) + 96).sum();
        let places: usize = self.places.iter().map(|place| place.path.len() + 40).sum();
        let was = self.was.as_ref().map_or(0, |was| {
            let changes = was.1.changes.iter().flatten();
            let changes: usize =
                changes.map(|c| c.path.len() + text(&c.old) + text(&c.new) + text(&c.patch) + 96).sum();
            text(&was.1.args) + text(&was.1.command) + changes
        });
        let stood = self.requests.iter().flat_map(|request| &request.how.stood);
        let stood: usize = stood.map(|stood| stood.path.len() + text(&stood.text) + 64).sum();
        was + stood
            + text(&self.title)
            + text(&self.args)
            + text(&self.command)
            + changes
            + places
            + self.aimed.iter().map(|file| file.len() + 24).sum::<usize>()
            + self.output.weight()
            + self.worked.as_ref().map_or(0, |worked| worked.weight())
            + 600
            + self.requests.len() * 700
    }
}
