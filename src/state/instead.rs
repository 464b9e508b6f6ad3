//! What became of a call that a human changed and that its agent could not be given back: it was refused to the agent, taut
//! did it as a step of its own, and told the agent.

use super::{Request, Session, Stage, Step, What};
use crate::domain::{By, CallStatus, Closing, Gate, ReasonGoes, RequestId};

/// The tool's name in a step of taut's own.
pub const OWN_TOOL: &str = "taut";

/// How what taut did in place of an agent's call has fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fared {
    /// It goes on.
    Goes,
    /// It is done.
    Well,
    /// It failed, in whole or in part.
    Badly,
}

/// What taut did in place of an agent's call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instead {
    /// In words: `refused to the agent, taut ran it: exit 0, and told the agent`.
    pub words: String,
    /// How it fared.
    pub fared: Fared,
    /// How its request was closed is said in it.
    pub closes: bool,
}

/// Who tells an agent what was done in place of a call: the author of that prompt.
#[must_use]
pub fn teller(request: RequestId) -> By {
    By::Hub(format!("what was done in place of request {request}"))
}

impl Session {
    /// The step that taut did in place of an agent's.
    #[must_use]
    pub fn instead_of(&self, step: &Step) -> Option<&Step> {
        // A call of an agent's that says so of itself was never let run without a question.
        let own = |own: &&Step| {
            own.parent.as_ref() == Some(&step.call)
                && own.tool.as_deref() == Some(OWN_TOOL)
                && own.gate == Gate::Asked
                && own.requests.is_empty()
        };
        self.timeline.entries.values().rev().filter_map(|entry| entry.step()).find(own)
    }

    /// What taut did of a call instead of its agent; `None` where the agent itself was answered.
    #[must_use]
    pub fn instead(&self, step: &Step, request: &Request) -> Option<Instead> {
        if !step.handed_over() || step.edited.as_ref().is_none_or(|edited| edited.request != request.id) {
            return None;
        }
        let Some(own) = self.instead_of(step) else {
            if let Some((Closing::Refused(why), _)) = &request.closed {
                let words = format!("refused to the agent, and nothing was done instead: {why}");
                return Some(Instead { words, fared: Fared::Badly, closes: true });
            }
            let (words, fared) = match request.stage() {
                Stage::Decided => ("taut does it, and then tells the agent".to_owned(), Fared::Goes),
                // Its step is older than what is in memory, or there is none.
                _ => ("refused to the agent, since taut does it".to_owned(), Fared::Goes),
            };
            return Some(Instead { words, fared, closes: false });
        };
        let (did, fared) = did(own);
        let words = match (fared, request.stage()) {
            (Fared::Goes, _) => format!("{did}, and then tells the agent"),
            (Fared::Well | Fared::Badly, Stage::Closed) => format!("refused to the agent, {did}"),
            (Fared::Well | Fared::Badly, _) => format!("refused to the agent, {did}{}", self.told(request)),
        };
        Some(Instead { words, fared, closes: false })
    }

    /// Whether the agent was told, in words; nothing where that is not known.
    fn told(&self, request: &Request) -> &'static str {
        let by = teller(request.id);
        if request.how.carries.reason != ReasonGoes::NextPrompt {
            return if request.sent.is_some() { ", and told the agent" } else { "" };
        }
        let sent = |what: &What| matches!(what, What::Prompt { by: Some(author), .. } if *author == by);
        if self.queue.iter().any(|queued| queued.by.as_ref() == Some(&by)) {
            ", and tells the agent after its turn"
        } else if self.timeline.entries.values().rev().any(|entry| sent(&entry.what)) {
            ", and told the agent"
        } else {
            ""
        }
    }
}

/// What a step of taut's own did.
fn did(own: &Step) -> (String, Fared) {
    let ended = match own.status {
        CallStatus::Pending | CallStatus::Running => None,
        CallStatus::Done => Some(Fared::Well),
        CallStatus::Failed | CallStatus::Abandoned => Some(Fared::Badly),
    };
    if own.command.is_some() {
        return match (ended, own.exit) {
            (None, _) => ("taut runs it".to_owned(), Fared::Goes),
            (Some(fared), Some(code)) => (format!("taut ran it: exit {code}"), fared),
            (Some(_), None) => ("taut ran it, and it did not come to its end".to_owned(), Fared::Badly),
        };
    }
    let files = match own.changes.as_slice() {
        [] => String::new(),
        [only] => only.path.clone(),
        several => format!("{} files", several.len()),
    };
    match ended {
        None => ("taut writes it".to_owned(), Fared::Goes),
        Some(Fared::Badly) if files.is_empty() => ("taut could not write it".to_owned(), Fared::Badly),
        Some(Fared::Badly) => (format!("taut wrote {files}, and could not write the rest"), Fared::Badly),
        Some(fared) => (format!("taut wrote {files}"), fared),
    }
}
