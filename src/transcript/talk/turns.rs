//! Turns: a prompt begins one, and nothing says where it ends.

use super::Talk;
use crate::domain::{At, By, Event, LaneId, PromptId, Stop, Tokens, TurnNo};
use crate::shapes::tokens;
use crate::transcript::Out;

/// The turns so far.
#[derive(Debug, Default)]
pub(super) struct Turns {
    number: u32,
    prompts: u32,
    open: bool,
    stop: Option<Stop>,
    tokens: Option<Tokens>,
    last: Option<At>,
}

impl Turns {
    pub(super) fn spent(&mut self, more: Option<Tokens>) {
        self.tokens = tokens::sum(self.tokens, more);
    }
}

impl Talk {
    /// Something was said at this time.
    pub(in crate::transcript) fn heard(&mut self, at: Option<At>) {
        self.turns.last = at.max(self.turns.last);
    }

    /// The turn that runs, or the last one.
    pub(in crate::transcript) fn turn(&self) -> u32 {
        self.turns.number
    }

    /// What would be the reason of the turn's end, if nothing more came.
    pub(in crate::transcript) fn stops(&mut self, stop: Option<Stop>) {
        self.turns.stop = stop;
    }

    /// A prompt begins a turn.
    pub(in crate::transcript) fn prompt(&mut self, out: &mut Out, text: String, by: Option<By>) {
        self.turn_over(out);
        let turns = &mut self.turns;
        (turns.number, turns.prompts, turns.open, turns.stop) = (turns.number + 1, turns.prompts + 1, true, None);
        let (prompt, turn) = (PromptId(turns.prompts), TurnNo(turns.number));
        out.event(LaneId::ROOT, Event::PromptSent { prompt, text: text.into(), turn, steer: false, by });
    }

    /// Words for the turn that runs; a prompt where none does.
    pub(in crate::transcript) fn steer(&mut self, out: &mut Out, text: String) {
        if !self.turns.open {
            return self.prompt(out, text, None);
        }
        self.turns.prompts += 1;
        let (prompt, turn) = (PromptId(self.turns.prompts), TurnNo(self.turns.number));
        out.event(LaneId::ROOT, Event::PromptSent { prompt, text: text.into(), turn, steer: true, by: None });
    }

    /// The agent does something: where no turn runs, one has begun.
    pub(in crate::transcript) fn works(&mut self, out: &mut Out) {
        if std::mem::replace(&mut self.turns.open, true) {
            return;
        }
        self.turns.number += 1;
        let why = match self.turns.number {
            1 => "the transcript begins in the middle of a turn",
            _ => "the agent went on by itself",
        };
        let turn = TurnNo(self.turns.number);
        out.event(LaneId::ROOT, Event::TurnBegan { turn, why: why.into() });
    }

    /// Somebody at the agent's own console ended the turn.
    pub(in crate::transcript) fn interrupted(&mut self, out: &mut Out) {
        if self.turns.open {
            out.event(LaneId::ROOT, Event::InterruptAsked { by: By::Human });
            self.stops(Some(Stop::Cancelled));
            self.heard(out.time());
            self.turn_over(out);
        }
    }

    /// The turn that runs is over, as of what was heard last.
    pub(in crate::transcript) fn turn_over(&mut self, out: &mut Out) {
        if !std::mem::take(&mut self.turns.open) {
            return;
        }
        let now = out.time();
        out.at_time(self.turns.last);
        let waits = self.close(out, Some(LaneId::ROOT));
        let stop = self.turns.stop.take().filter(|stop| !waits || *stop != Stop::EndTurn);
        let stop = stop.unwrap_or_else(|| Stop::Other("the transcript does not say how it ended".to_owned()));
        let (turn, tokens) = (TurnNo(self.turns.number), self.turns.tokens.take());
        out.event(LaneId::ROOT, Event::TurnEnded { turn, stop, tokens });
        out.at_time(now);
    }

    /// The conversation was taken back: of what came after this turn it knows nothing any more.
    pub(in crate::transcript) fn rewound(&mut self, out: &mut Out, to: u32) {
        self.turn_over(out);
        out.event(LaneId::ROOT, Event::Rewound { to: TurnNo(to) });
    }
}
