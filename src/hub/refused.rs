//! Whether a call that was refused ran all the same. Nothing but evidence counts: an exit code, a file that holds now what
//! was refused, the agent's own *completed* in a turn that goes on, a file of its command that is another one now. An agent
//! that reports a refused call as failed, or says nothing more of it, is believed.

use super::actor::Hub;
use crate::domain::{CallId, CallStatus, Closing, Decision, Digest, FileChange, Gate, LaneId, SessionId, Text};
use crate::state::{Request, Step};
use std::path::Path;

/// Words with which agents tell that they did not do what they were refused.
const REFUSALS: [&str; 14] = [
    "reject",
    "denied",
    "deny",
    "declin",
    "refus",
    "cancel",
    "abort",
    "interrupt",
    "disallow",
    "not allowed",
    "not run",
    "not executed",
    "permission",
    "skipped",
];
/// What says that something was refused is no longer than this.
const SHORT: u64 = 4 << 10;

/// What the agent's word about a call that was refused shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nothing.
    Nothing,
    /// It may have run: what it gave back tells, and the files.
    Perhaps,
    /// It ran.
    Ran,
}

/// A call that was refused, and says that it is done.
#[derive(Debug)]
pub(super) struct Doubtful {
    pub(super) session: SessionId,
    pub(super) lane: LaneId,
    pub(super) call: CallId,
    /// Its turn goes on, and nobody has interrupted it.
    pub(super) in_turn: bool,
}

impl Hub {
    /// What the end of a call shows, that a decision refused.
    pub(super) fn shown_of_refused(&self, request: &Request, step: &Step) -> Shown {
        if !is_refused(request, step) || step.status != CallStatus::Done {
            return Shown::Nothing;
        }
        if step.exit.is_some() || (!step.handed_over() && self.holds_what_was_refused(request, step)) {
            return Shown::Ran;
        }
        // Of what it writes the files have spoken; of what only looks nothing else speaks.
        if !step.changes.is_empty() || step.impact.is_read_class() {
            return Shown::Nothing;
        }
        Shown::Perhaps
    }

    /// Looks at the calls that were refused and said just now that they are done: what they gave back is known by now.
    pub(super) fn weigh_doubtful(&mut self) {
        for Doubtful { session, lane, call, in_turn } in std::mem::take(&mut self.doubtful) {
            let Some(known) = self.state.session(session) else { continue };
            let Some(step) = known.step_of(&call).cloned() else { continue };
            let Some(request) = step.request() else { continue };
            // After an interrupt many say *completed* of what they did not do, and some say so of what they were refused:
            // with words that tell it (acp.md, 12).
            if in_turn && !stops(request) && !tells_of_refusal(&step) {
                self.ends(session, lane, &step, true);
                self.ran_refused(session, lane, &step);
            } else if !step.handed_over() {
                self.suspects(session, lane, &step);
            }
        }
    }

    /// Puts on record that a call ran although it was refused.
    pub(super) fn ran_refused(&mut self, session: SessionId, lane: LaneId, step: &Step) {
        if step.gate == Gate::Ungated {
            return;
        }
        self.ran_unheld(session, lane, &step.call);
    }

    /// Whether a file holds now what a call was to write, and did not before.
    fn holds_what_was_refused(&self, request: &Request, step: &Step) -> bool {
        let stood = |path: &str| request.how.stood.iter().find(|stood| stood.path == path);
        let written = |change: &FileChange| {
            let Some(new) = change.new.as_ref().filter(|_| !change.fragment) else { return false };
            let differed =
                stood(&change.path).is_some_and(|stood| stood.text.as_ref().map(Text::digest) != Some(new.digest()));
            differed
                && matches!(self.read(request.id, &change.path), Ok(Some(now)) if Digest::of(now.as_bytes()) == new.digest())
        };
        step.changes.iter().any(written)
    }
}

/// Whether the agent was told that a call shall not run.
fn is_refused(request: &Request, step: &Step) -> bool {
    let denied = request.answered.as_ref().is_some_and(|answered| !answered.decision.allows());
    let expired = request.answered.is_none() && matches!(request.closed, Some((Closing::Expired, _)));
    let handed_over = step.handed_over() && request.sent.is_some();
    denied || expired || handed_over
}

/// Whether the refusal ends the turn, or reads as if the question was taken back.
fn stops(request: &Request) -> bool {
    match request.answered.as_ref().map(|answered| &answered.decision) {
        Some(Decision::Deny { offer, interrupt, .. }) => *interrupt || offer.is_none(),
        Some(
            Decision::Allow { .. }
            | Decision::AllowFor { .. }
            | Decision::Edit { .. }
            | Decision::Take { .. }
            | Decision::Reply { .. },
        )
        | None => false,
    }
}

/// Whether what a call gave back says that it was refused.
pub(super) fn tells_of_refusal(step: &Step) -> bool {
    if step.output.bytes > SHORT {
        return false;
    }
    let said = step.output.inline().to_lowercase();
    REFUSALS.iter().any(|word| said.contains(word))
}

/// Whether one of the files that a command aims at, or a file below one, is among those that differ.
pub(super) fn hits_its_aim<'a>(step: &Step, root: &Path, differ: impl Iterator<Item = &'a str>) -> bool {
    let mut differ = differ.map(|path| root.join(path));
    differ.any(|path| step.aimed.iter().any(|aim| path.starts_with(aim) && Path::new(aim) != root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_refusal_are_found_and_others_are_not() {
        let of = |said: &str| {
            let mut step = Step::default();
            step.output.replace(&said.into());
            tells_of_refusal(&step)
        };
        for said in ["User refused permission to run tool", "Command CANCELLED by user.", "The tool was not executed"] {
            assert!(of(said), "{said}");
        }
        for said in ["", "removed 'a.txt'", "test result: ok. 3 passed"] {
            assert!(!of(said), "{said}");
        }
        assert!(!of(&"cancel ".repeat(1000)), "no refusal is that long");
    }

    #[test]
    fn only_what_a_command_aims_at_speaks_against_it() {
        let step = Step { aimed: vec!["/w/build".into(), "/w/a.txt".into()], ..Step::default() };
        let hits = |paths: &[&str]| hits_its_aim(&step, Path::new("/w"), paths.iter().copied());
        assert!(hits(&["x", "build/o/1.o"]) && hits(&["a.txt"]));
        assert!(!hits(&["builds", "a.txt.orig", "src/a.txt"]) && !hits(&[]));
        let all = Step { aimed: vec!["/w".into()], ..Step::default() };
        assert!(!hits_its_aim(&all, Path::new("/w"), ["a"].into_iter()), "everything is no aim");
    }
}
