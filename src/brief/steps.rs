//! What was done: how many calls of each kind, how the last check of each kind ended, the last calls one by one.

use super::quote::Sheet;
use super::{Full, LINE};
use crate::domain::{CallStatus, Impact};
use crate::state::{Session, Step};
use std::collections::{BTreeMap, VecDeque};

/// Calls that are told one by one.
const LAST: usize = 12;
/// Checks that are told.
const CHECKS: usize = 8;

/// Calls so far.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// By their word: all, and those that failed.
    kinds: BTreeMap<&'static str, (u32, u32)>,
    last: VecDeque<String>,
    /// How each command that checks something ended last, by its command line: in which step.
    checks: BTreeMap<String, (u32, &'static str)>,
    /// Those that are not looks.
    acts: usize,
}

impl Steps {
    pub(super) fn take(&mut self, step: &Step, session: &Session, full: Full<'_>) {
        let fate = fate(step);
        let kind = self.kinds.entry(step.word()).or_default();
        kind.0 += 1;
        kind.1 += u32::from(fate == "failed");
        let command = step.command.as_ref().map(full);
        if let (Some(command), Some(_)) = (&command, step.check()) {
            self.checks.insert(command.clone(), (step.number, fate));
        }
        if matches!(step.impact, Impact::Read | Impact::Think) {
            return;
        }
        self.acts += 1;
        let target = step.target();
        let below = target.strip_prefix(&session.cwd).and_then(|rest| rest.strip_prefix('/'));
        let target = command.as_deref().or(below.filter(|rest| !rest.is_empty())).unwrap_or(target);
        let exit = step.exit.filter(|code| *code != 0).map(|code| format!(", exit code {code}")).unwrap_or_default();
        let undone = if session.taken.by(&step.call).is_some() { ", undone since" } else { "" };
        // What is long is cut at its end: how it went stands before it.
        self.last.push_back(format!("step {}, {fate}{exit}{undone}: {} {target}", step.number, step.word()));
        if self.last.len() > LAST {
            self.last.pop_front();
        }
    }

    pub(super) fn write(&self, sheet: &mut Sheet) {
        if self.kinds.is_empty() {
            return sheet.say("No call of a tool is on record.");
        }
        let one = |(word, (all, failed)): (&&str, &(u32, u32))| match failed {
            0 => format!("{all} {word}"),
            failed => format!("{all} {word} ({failed} failed)"),
        };
        let kinds: Vec<String> = self.kinds.iter().map(one).collect();
        sheet.say(&format!("Its calls by kind: {}.", kinds.join(", ")));
        if !self.checks.is_empty() {
            sheet.say("How each check went when it ran last:");
            let mut checks: Vec<_> = self.checks.iter().collect();
            checks.sort_by_key(|(_, (number, _))| std::cmp::Reverse(*number));
            for (command, (number, fate)) in checks.iter().take(CHECKS) {
                sheet.item(&format!("step {number}, {fate}: {command}"), LINE);
            }
            sheet.left_out(checks.len().saturating_sub(CHECKS), "check", "checks", "that ran earlier");
        }
        if !self.last.is_empty() {
            sheet.say("Its last calls that did more than look:");
            self.last.iter().for_each(|line| sheet.item(line, LINE));
            sheet.left_out(self.acts - self.last.len(), "earlier call", "earlier calls", "that did more than look");
        }
    }
}

/// What became of a call, in a word.
pub(super) fn fate(step: &Step) -> &'static str {
    if step.waiting().is_some() {
        return "was never answered";
    }
    if step.denied() {
        return "denied";
    }
    match (step.status, step.exit) {
        (CallStatus::Pending, _) => "not begun",
        (CallStatus::Running, _) => "not ended",
        (CallStatus::Done, None | Some(0)) => "done",
        (CallStatus::Done | CallStatus::Failed, _) => "failed",
        (CallStatus::Abandoned, _) => step.unended(),
    }
}
