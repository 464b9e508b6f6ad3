//! A real stop: `turn/interrupt` leaves commands running, whose effects come seconds later. So what the turn left running is
//! asked for, and ended; only when it has ended is the turn over here. And it is said.
//!
//! A turn that ends by itself may leave commands running as well: they stay calls that run, for as long as codex lists them,
//! and an interrupt ends them.

use super::out::Out;
use super::turn::Halt;
use super::{Codex, Sent};
use crate::agent::envelope::Refusal;
use crate::agent::look;
use crate::domain::{LaneId, Notice};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What of an interrupt is not done.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    /// Requests that are not answered.
    open: usize,
    /// Commands that were told to end, and have not: by thread and item.
    ending: BTreeMap<(String, String), String>,
}

impl Sweep {
    pub(super) fn goes_on(&self) -> bool {
        self.open > 0 || !self.ending.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.open = 0;
        self.ending.clear();
    }
}

impl Codex {
    /// Interrupts every turn that runs, ours and those of subagents. Their questions come to nothing with them.
    pub(super) fn interrupt(&mut self, out: &mut Out) {
        let Some(thread) = self.thread.clone() else {
            return out.note(LaneId::ROOT, Notice::Warning, "nothing was interrupted: the conversation is not open");
        };
        self.asks.forget();
        let mut running = self.threads.running();
        if let Some(turn) = &mut self.turn {
            match (&turn.id, turn.stop) {
                // A second word, while what it left is being ended: it is over at once.
                (_, Halt::Sent) => {
                    for command in std::mem::take(&mut self.sweep.ending).into_values() {
                        let said = format!("`{}` was told to end, and is not known to have ended", look::cut(&command));
                        out.note(LaneId::ROOT, Notice::Error, said);
                    }
                    self.sweep.clear();
                }
                (Some(id), Halt::No | Halt::Wanted) => {
                    turn.stop = Halt::Sent;
                    running.insert(0, (thread, id.clone()));
                }
                (None, Halt::No | Halt::Wanted) => turn.stop = Halt::Wanted,
            }
        }
        if self.turn.is_none() && running.is_empty() {
            for thread in self.calls.threads_behind() {
                self.sweep.open += 1;
                let params = json!({"threadId": thread});
                self.request(out, Sent::Left(thread, None), "thread/backgroundTerminals/list", params);
            }
        }
        for (thread, turn) in running {
            self.sweep.open += 1;
            let params = json!({"threadId": thread, "turnId": turn});
            self.request(out, Sent::Interrupt(thread, turn), "turn/interrupt", params);
        }
        self.close_if_quiet(out);
    }

    /// `turn/interrupt` was answered: also where no turn was left to end, something may run.
    pub(super) fn interrupt_heard(
        &mut self,
        out: &mut Out,
        thread: String,
        turn: String,
        outcome: Result<Value, Refusal>,
    ) {
        if let Err(refusal) = outcome
            && !refusal.said.contains("no active turn")
        {
            let lane = self.lane_known(&thread);
            out.note(lane, Notice::Warning, format!("codex answered the interrupt with: {}", refusal.said));
        }
        let params = json!({"threadId": thread});
        self.request(out, Sent::Left(thread, Some(turn)), "thread/backgroundTerminals/list", params);
    }

    /// What runs in a thread: what the turn left there is ended, what runs since an earlier one is only said.
    pub(super) fn left_running(
        &mut self,
        out: &mut Out,
        thread: &str,
        turn: Option<&str>,
        outcome: Result<Value, Refusal>,
    ) {
        self.sweep.open = self.sweep.open.saturating_sub(1);
        let lane = self.lane_known(thread);
        let terminals = match outcome {
            Ok(result) => look::list(&result, "data").to_vec(),
            Err(refusal) => {
                let why = format!(
                    "codex can't say what the turn left running ({}): a command may go on; end the session to stop it",
                    refusal.said
                );
                out.note(lane, Notice::Error, why);
                vec![]
            }
        };
        for terminal in terminals {
            let word = |key: &str| look::text(&terminal, key).unwrap_or_default().to_owned();
            let (item, command) = (word("itemId"), word("command"));
            if turn.is_some_and(|turn| self.calls.is_of_another_turn(thread, &item, turn)) {
                let said = format!(
                    "`{}` runs on since an earlier turn; an interrupt once this one is over ends it",
                    look::cut(&command)
                );
                out.note(lane, Notice::Warning, said);
                continue;
            }
            self.sweep.ending.insert((thread.to_owned(), item.clone()), command.clone());
            let params = json!({"threadId": thread, "processId": word("processId")});
            let sent = Sent::End(thread.to_owned(), item, command);
            self.request(out, sent, "thread/backgroundTerminals/terminate", params);
        }
        self.close_if_quiet(out);
    }

    /// `thread/backgroundTerminals/terminate` was answered: its end is told apart from that.
    pub(super) fn ended_one(
        &mut self,
        out: &mut Out,
        thread: &str,
        item: &str,
        command: &str,
        outcome: Result<Value, Refusal>,
    ) {
        let why = match outcome {
            Ok(result) if result["terminated"] == json!(false) => "codex knows no such process any more".to_owned(),
            Ok(_) => return,
            Err(refusal) => refusal.said,
        };
        let name = (thread.to_owned(), item.to_owned());
        if self.sweep.ending.remove(&name).is_some() {
            let said = format!("`{}` was not ended ({why}); end the session to stop it", look::cut(command));
            out.note(self.lane_known(thread), Notice::Error, said);
            self.close_if_quiet(out);
        }
    }

    /// A call has ended: the turn may have waited for that.
    pub(super) fn has_ended(&mut self, out: &mut Out, name: &(String, String)) {
        if let Some(command) = self.sweep.ending.remove(name) {
            let said = format!("still running after the interrupt, and now ended: `{}`", look::cut(&command));
            out.note(self.lane_known(&name.0), Notice::Warning, said);
            self.close_if_quiet(out);
        }
    }

    /// The turn of a thread is over: commands that it left running are calls that run on, where codex says so.
    pub(super) fn leaves_behind(&mut self, out: &mut Out, thread: &str) {
        let items = self.calls.behind(thread);
        self.close_calls_but(out, Some(thread), &items);
        if !items.is_empty() {
            let params = json!({"threadId": thread});
            let sent = Sent::Behind(thread.to_owned(), items);
            self.request(out, sent, "thread/backgroundTerminals/list", params);
        }
    }

    /// What of a thread runs on behind its turn: the others will not be heard of again.
    pub(super) fn behind_known(
        &mut self,
        out: &mut Out,
        thread: &str,
        items: &[String],
        outcome: &Result<Value, Refusal>,
    ) {
        let listed = outcome.as_ref().map(|result| look::list(result, "data")).unwrap_or_default();
        let runs = |item: &&String| listed.iter().any(|one| look::text(one, "itemId") == Some(item.as_str()));
        let gone: Vec<&String> = items.iter().filter(|item| !runs(item)).collect();
        for item in gone {
            self.close_call(out, &(thread.to_owned(), item.clone()));
        }
    }

    fn lane_known(&self, thread: &str) -> LaneId {
        self.threads.lane(self.thread.as_deref(), thread).unwrap_or(LaneId::ROOT)
    }
}
