//! Turns: a transcript says where one begins and hardly ever where it ends.
//!
//! A turn is over where Claude Code says how long it took, where it was interrupted, or where the next prompt comes; its end
//! has the clock of the last line before. What the model said last tells why. A prompt that hangs on a line of an earlier turn
//! took the conversation back to there.

use super::{Claude, Fields, Out, tree};
use crate::domain::{At, By, Event, LaneId, Notice, PromptId, Stop, Tokens, TurnNo};
use crate::shapes::tokens;

/// The turns so far.
#[derive(Debug, Default)]
pub(super) struct Turns {
    number: u32,
    open: bool,
    /// Why it would be over now, by the last that the model said.
    stop: Option<Stop>,
    tokens: Option<Tokens>,
    /// When something was last heard.
    last: Option<At>,
    /// The turns that the conversation holds now.
    branch: Vec<u32>,
}

impl Turns {
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn heard(&mut self, at: Option<At>) {
        self.last = at.max(self.last);
    }

    /// What would be the reason of its end, if nothing more came; `None` where more has to come.
    pub(super) fn stops(&mut self, stop: Option<Stop>) {
        self.stop = stop;
    }

    pub(super) fn spent(&mut self, more: Option<Tokens>) {
        self.tokens = tokens::sum(self.tokens, more);
    }

    fn next(&mut self) -> TurnNo {
        self.number += 1;
        (self.open, self.stop) = (true, None);
        self.branch.push(self.number);
        TurnNo(self.number)
    }
}

/// Prompts that wait on Claude Code's side.
#[derive(Debug, Default)]
pub(super) struct Queue {
    prompts: u32,
    /// Those that were told, in their order.
    told: Vec<(PromptId, String)>,
    /// How many wait, told or not.
    waits: u64,
}

impl Queue {
    fn number(&mut self) -> PromptId {
        self.prompts += 1;
        PromptId(self.prompts)
    }

    /// The number of a prompt that goes to the model: the one it had while it waited, or a new one.
    fn given(&mut self, text: &str) -> PromptId {
        match self.told.iter().position(|(_, told)| told == text) {
            Some(at) => self.told.remove(at).0,
            None => self.number(),
        }
    }

    /// Where nothing waits any more, what was told and never went was taken back.
    fn settle(&mut self, out: &mut Out) {
        if self.waits == 0 {
            self.told.drain(..).for_each(|(prompt, _)| out.event(LaneId::ROOT, Event::PromptDropped { prompt }));
        }
    }

    /// `queue-operation`.
    pub(super) fn changed(&mut self, out: &mut Out, operation: &str, content: Option<String>) -> bool {
        match operation {
            "enqueue" => {
                self.waits += 1;
                let Some(text) = content.filter(|text| !text.is_empty() && !text.starts_with("<task-notification>"))
                else {
                    return true;
                };
                let prompt = self.number();
                self.told.push((prompt, text.clone()));
                out.event(LaneId::ROOT, Event::PromptQueued { prompt, text: text.into(), by: None });
            }
            "dequeue" | "remove" => self.waits = self.waits.saturating_sub(1),
            "popAll" => {
                self.waits = 0;
                self.settle(out);
            }
            _ => return false,
        }
        true
    }
}

impl Claude {
    /// A prompt begins a turn.
    pub(super) fn prompt(&mut self, out: &mut Out, entry: &Fields<'_>, text: String) {
        self.turn_over(out);
        self.goes_back(out, entry);
        let by = self.lanes.is_agent().then_some(By::Agent);
        let (prompt, turn) = (self.queue.given(&text), self.turns.next());
        out.event(LaneId::ROOT, Event::PromptSent { prompt, text: text.into(), turn, steer: false, by });
        Self::mark(out, entry, turn);
        self.queue.settle(out);
    }

    /// Words for the turn that runs.
    pub(super) fn steer(&mut self, out: &mut Out, entry: &Fields<'_>, text: String) {
        if !self.turns.is_open() {
            return self.prompt(out, entry, text);
        }
        let (prompt, turn) = (self.queue.given(&text), TurnNo(self.turns.number()));
        out.event(LaneId::ROOT, Event::PromptSent { prompt, text: text.into(), turn, steer: true, by: None });
        Self::mark(out, entry, turn);
        self.queue.settle(out);
    }

    /// The model's turn began without a prompt.
    pub(super) fn began(&mut self, out: &mut Out, entry: &Fields<'_>, why: &str) {
        self.turn_over(out);
        self.goes_back(out, entry);
        let turn = self.turns.next();
        out.event(LaneId::ROOT, Event::TurnBegan { turn, why: why.into() });
    }

    /// Somebody at the agent's own console ended the turn.
    pub(super) fn interrupted(&mut self, out: &mut Out) {
        if self.turns.is_open() {
            out.event(LaneId::ROOT, Event::InterruptAsked { by: By::Human });
            self.turns.stops(Some(Stop::Cancelled));
            self.turns.heard(out.time());
            self.turn_over(out);
        }
    }

    /// The turn that runs is over, as of what was heard last.
    pub(super) fn turn_over(&mut self, out: &mut Out) {
        if !std::mem::take(&mut self.turns.open) {
            return;
        }
        let now = out.time();
        out.at_time(self.turns.last);
        let waits = self.calls.waits(LaneId::ROOT);
        self.calls.close(out, Some(LaneId::ROOT));
        let stop = self.turns.stop.take().filter(|stop| !waits || *stop != Stop::EndTurn);
        let stop = stop.unwrap_or_else(|| Stop::Other("the transcript does not say how it ended".to_owned()));
        let (turn, tokens) = (TurnNo(self.turns.number), self.turns.tokens.take());
        out.event(LaneId::ROOT, Event::TurnEnded { turn, stop, tokens });
        self.queue.settle(out);
        out.at_time(now);
    }

    /// A prompt has a handle, by which Claude Code can go back to before it.
    fn mark(out: &mut Out, entry: &Fields<'_>, turn: TurnNo) {
        if let Some(mark) = entry.owned("uuid") {
            out.event(LaneId::ROOT, Event::TurnMarked { turn, mark });
        }
    }

    fn goes_back(&mut self, out: &mut Out, entry: &Fields<'_>) {
        let parent = entry.text("parentUuid").and_then(|parent| self.tree.turn_of(tree::key(&parent)));
        let Some(to) = parent.filter(|parent| *parent < self.turns.number) else { return };
        if to == 0 || self.turns.branch.contains(&to) {
            self.turns.branch.retain(|turn| *turn <= to);
            out.event(LaneId::ROOT, Event::Rewound { to: TurnNo(to) });
        } else {
            let said = format!("the conversation goes on from turn {to}, from which it had been taken back before");
            out.note(LaneId::ROOT, Notice::Warning, said);
        }
    }
}
