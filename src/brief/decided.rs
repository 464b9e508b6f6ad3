//! What its human decided: refusals with their reasons, changes, answers, plans. What was allowed as it was proposed is counted.

use super::quote::{Sheet, whole};
use super::{Full, LINE};
use crate::domain::{Decision, Given, TakenHunk, Topic};
use crate::state::{Answered, Request, Step};
use std::collections::VecDeque;

/// Decisions that are told.
const MOST: usize = 20;
/// Tools by which agents ask their human, as they are called in transcripts: there the answer is what the call gave back.
const ASKS: [&str; 4] = ["AskUserQuestion", "ExitPlanMode", "request_user_input", "ask_user"];

/// Decisions so far.
#[derive(Debug, Default)]
pub(super) struct Decided {
    last: VecDeque<String>,
    all: usize,
    allowed: usize,
    /// Given for longer than once.
    standing: usize,
}

impl Decided {
    pub(super) fn take(&mut self, step: &Step, full: Full<'_>) {
        for request in &step.requests {
            if let Some(answered) = request.answered.as_ref().filter(|answered| answered.by.is_human()) {
                self.one(step, request, answered, full);
            }
        }
        if step.requests.is_empty() && step.tool.as_deref().is_some_and(|tool| ASKS.contains(&tool)) {
            let (asked, said) = (step.title.as_ref().map(full).unwrap_or_default(), whole(&step.output, full));
            if !said.trim().is_empty() {
                let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
                self.push(format!("step {}, asked {:?}: {said}", step.number, asked.trim()));
            }
        }
    }

    fn one(&mut self, step: &Step, request: &Request, answered: &Answered, full: Full<'_>) {
        let why = |reason: &Option<String>| reason.as_ref().map(|why| format!(", since: {why}")).unwrap_or_default();
        let target = step.command.as_ref().map_or_else(|| step.target().to_owned(), full);
        let what = format!("{} {}", step.word(), target.split_whitespace().collect::<Vec<_>>().join(" "));
        let said = match (&answered.decision, &request.how.topic) {
            (Decision::Deny { reason, .. }, Topic::Plan(plan)) => {
                format!("plan refused{}: {}", why(reason), full(plan))
            }
            (decision, Topic::Plan(plan)) if decision.allows() => format!("plan accepted: {}", full(plan)),
            (Decision::Reply { given }, topic) => {
                let asked = match topic {
                    Topic::Questions(all) => all.iter().filter(|it| !it.secret).map(|it| it.text.as_str()).collect(),
                    Topic::Call | Topic::Plan(_) => Vec::new(),
                };
                format!("asked {:?}: {}", asked.join(" / "), Given::list(given))
            }
            (Decision::Deny { reason, .. }, _) => format!("denied{}: {what}", why(reason)),
            (Decision::Edit { reason, .. }, _) => format!("changed before it ran{}: {what}", why(reason)),
            (Decision::Take { hunks, reason }, _) => {
                format!("only {} of it let stand{}: {what}", TakenHunk::list(hunks), why(reason))
            }
            (Decision::AllowFor { .. }, _) => {
                self.standing += 1;
                return;
            }
            (Decision::Allow { .. }, _) => {
                self.allowed += 1;
                return;
            }
        };
        self.push(format!("step {}, {}", step.number, said.split_whitespace().collect::<Vec<_>>().join(" ")));
    }

    fn push(&mut self, line: String) {
        self.all += 1;
        self.last.push_back(line);
        if self.last.len() > MOST {
            self.last.pop_front();
        }
    }

    pub(super) fn write(&self, sheet: &mut Sheet) {
        if self.all + self.allowed + self.standing == 0 {
            return;
        }
        sheet.head("What its human decided");
        self.last.iter().for_each(|line| sheet.item(line, 2 * LINE));
        match self.allowed {
            0 => {}
            1 => sheet.say("1 call was allowed as it was proposed."),
            n => sheet.say(&format!("{n} calls were allowed as they were proposed.")),
        }
        if self.standing > 0 {
            sheet.say("What was allowed there for longer than once is not allowed here.");
        }
        sheet.left_out(self.all - self.last.len(), "earlier decision", "earlier decisions", "of its human");
    }
}
