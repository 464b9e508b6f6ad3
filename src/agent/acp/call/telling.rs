//! What of a call's payload is told: arguments, command, changes, and the impact that they show.

use super::super::changes::{self, Evidence};
use super::super::{look, payload};
use super::{Around, Call, Wording, tell};
use crate::domain::{CallPatch, CallStatus, Impact};

impl Call {
    pub(super) fn tell_payload(&mut self, around: &Around, asked: bool, final_at_once: bool, patch: &mut CallPatch) {
        if let Some(args) = &self.args {
            let text = look::canonical(args);
            let print = look::print_of(&text);
            if self.args_told != Some(print) {
                self.args_told = Some(print);
                patch.args = Some(text.into());
            }
            if let Some(cwd) = payload::folder(args).filter(|cwd| *cwd != around.cwd) {
                tell(&mut self.cwd, Some(cwd.to_owned()), &mut patch.cwd);
            }
        }
        self.tell_command(asked, final_at_once, patch);
        self.tell_changes(around, patch);
    }

    fn tell_command(&mut self, asked: bool, final_at_once: bool, patch: &mut CallPatch) {
        let by_args = self.args.as_ref().and_then(payload::command);
        let may_be_title = self.kind == Some(Impact::Execute)
            && !self.has_args
            && !final_at_once
            && (asked || self.status == Some(CallStatus::Running));
        let title =
            self.title.as_deref().filter(|title| may_be_title && !title.ends_with('…') && !title.ends_with("..."));
        let (command, wording) = match (by_args, title) {
            (Some(command), _) => (command, Wording::Args),
            (None, Some(title)) => (title.to_owned(), Wording::Title),
            (None, None) => return,
        };
        let print = look::print_of(&command);
        if self.command.is_none_or(|(told, _)| told != print) {
            patch.command = Some(command.into());
        }
        self.command = Some((print, wording));
    }

    fn tell_changes(&mut self, around: &Around, patch: &mut CallPatch) {
        let evidence = Evidence {
            args: self.args.as_ref(),
            asked: self.asked.as_ref(),
            places: &self.places,
            whole_files: self.whole_files || around.whole_files,
        };
        let mut changes = changes::changes(&self.diffs, &evidence);
        for change in &mut changes {
            if let Some(whole) = self.changes.iter().find(|whole| changes::is_told_by(change, whole)) {
                *change = whole.clone();
            }
        }
        if changes.is_empty() || changes == self.changes {
            return;
        }
        // Every type in here is a tree of strings and numbers: this cannot fail.
        let print = look::print_of(&serde_json::to_string(&changes).unwrap_or_default());
        if self.changes_told != Some(print) {
            self.changes_told = Some(print);
            patch.changes = Some(changes.clone());
        }
        self.changes = changes;
    }

    /// The agent's kind; where it has none, what is evident. What is evident also outranks a kind that only looks.
    pub(super) fn tell_impact(&mut self, patch: &mut CallPatch) {
        let evident = match (self.changes_told, self.command) {
            (Some(_), _) => Some(Impact::Edit),
            (None, Some(_)) => Some(Impact::Execute),
            (None, None) => None,
        };
        let impact = match (self.kind, evident) {
            (Some(kind), Some(evident)) if kind.is_read_class() => evident,
            (Some(kind), _) => kind,
            (None, evident) => evident.unwrap_or_default(),
        };
        if self.impact != impact {
            self.impact = impact;
            patch.impact = Some(impact);
        }
        if self.is_over() {
            // Nobody asks about it any more: its long texts need not be kept.
            (self.args, self.asked) = (None, None);
            (self.diffs, self.changes) = (vec![], vec![]);
        }
    }
}
