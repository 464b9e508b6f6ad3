//! A real stop: `turn/interrupt` leaves commands running, whose effects come seconds later. So what a turn left running is
//! asked for, ended, and looked at again; only then is the turn over here. And it is said.

use super::out::Out;
use super::turn::Halt;
use super::{Codex, Sent};
use crate::agent::acp::envelope::Refusal;
use crate::agent::acp::look;
use crate::domain::{LaneId, Notice};
use serde_json::{Value, json};

/// Commands that are named where some were ended.
const NAMED: usize = 3;

/// Which look at what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Right after the interrupt: what runs is ended.
    Before,
    /// After that: nothing should.
    After,
}

/// Requests of an interrupt that are not answered.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    open: usize,
}

impl Sweep {
    pub(super) fn goes_on(&self) -> bool {
        self.open > 0
    }

    pub(super) fn clear(&mut self) {
        self.open = 0;
    }

    fn begin(&mut self) {
        self.open += 1;
    }

    fn end(&mut self) {
        self.open = self.open.saturating_sub(1);
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
                (_, Halt::Sent) => self.sweep.clear(),
                (Some(id), Halt::No | Halt::Wanted) => {
                    turn.stop = Halt::Sent;
                    running.insert(0, (thread, id.clone()));
                }
                (None, Halt::No | Halt::Wanted) => turn.stop = Halt::Wanted,
            }
        }
        for (thread, turn) in running {
            self.sweep.begin();
            let params = json!({"threadId": thread, "turnId": turn});
            self.request(out, Sent::Interrupt(thread), "turn/interrupt", params);
        }
        self.close_if_quiet(out);
    }

    /// `turn/interrupt` was answered: also where no turn was left to end, something may run.
    pub(super) fn interrupt_heard(&mut self, out: &mut Out, thread: String, outcome: Result<Value, Refusal>) {
        if let Err(refusal) = outcome
            && !refusal.said.contains("no active turn")
        {
            let lane = self.threads.lane(self.thread.as_deref(), &thread).unwrap_or(LaneId::ROOT);
            out.note(lane, Notice::Warning, format!("codex answered the interrupt with: {}", refusal.said));
        }
        self.look_at_left(out, thread, Look::Before);
    }

    fn look_at_left(&mut self, out: &mut Out, thread: String, look: Look) {
        let params = json!({"threadId": thread});
        self.request(out, Sent::Left(thread, look), "thread/backgroundTerminals/list", params);
    }

    /// What a thread left running.
    pub(super) fn left_running(&mut self, out: &mut Out, thread: String, at: Look, outcome: Result<Value, Refusal>) {
        let lane = self.threads.lane(self.thread.as_deref(), &thread).unwrap_or(LaneId::ROOT);
        let terminals = match outcome {
            Ok(result) => look::list(&result, "data").to_vec(),
            Err(refusal) => {
                let why = format!(
                    "codex can't say what the turn left running ({}): a command may go on; `taut end` stops it",
                    refusal.said
                );
                out.note(lane, Notice::Error, why);
                vec![]
            }
        };
        match (terminals.is_empty(), at) {
            (true, _) => self.swept(out),
            (false, Look::Before) => {
                let said = format!("still running after the interrupt, and ended: {}", named(&terminals));
                out.note(lane, Notice::Warning, said);
                let params = json!({"threadId": thread});
                self.request(out, Sent::End(thread), "thread/backgroundTerminals/clean", params);
            }
            (false, Look::After) => {
                let said = format!("still running, though codex was told to end it: {}", named(&terminals));
                out.note(lane, Notice::Error, format!("{said}; end the session to stop it"));
                self.swept(out);
            }
        }
    }

    /// `thread/backgroundTerminals/clean` was answered.
    pub(super) fn ended_one(&mut self, out: &mut Out, thread: String, outcome: Result<Value, Refusal>) {
        if let Err(refusal) = outcome {
            let lane = self.threads.lane(self.thread.as_deref(), &thread).unwrap_or(LaneId::ROOT);
            out.note(lane, Notice::Warning, format!("codex would not end what runs: {}", refusal.said));
        }
        self.look_at_left(out, thread, Look::After);
    }

    fn swept(&mut self, out: &mut Out) {
        self.sweep.end();
        self.close_if_quiet(out);
    }
}

fn named(terminals: &[Value]) -> String {
    let command = |terminal: &Value| format!("`{}`", look::text(terminal, "command").unwrap_or("a command"));
    let mut words: Vec<String> = terminals.iter().take(NAMED).map(command).collect();
    if terminals.len() > NAMED {
        words.push(format!("{} more", terminals.len() - NAMED));
    }
    words.join(", ")
}
