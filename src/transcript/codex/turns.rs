//! Turns: newer versions say where one begins and ends, older ones have prompts alone.
//!
//! A prompt comes a little after its turn has begun, or a little before; a compaction before it belongs to it. A turn that
//! never ended, since Codex was killed, is over where the next one begins, as of what was heard last.

use super::Codex;
use crate::domain::{At, By, Event, LaneId, PromptId, Stop, Tokens, TurnNo};
use crate::shapes::tokens;
use crate::transcript::{Out, Told};

/// The turns so far.
#[derive(Debug, Default)]
pub(super) struct Turns {
    number: u32,
    /// Searches of the web that have no names of their own.
    pub(super) searches: u32,
    prompts: u32,
    open: bool,
    /// It was said that it began.
    said: bool,
    /// One was said to begin, and it is not known yet by what: the place where that was said.
    #[expect(clippy::option_option, reason = "a turn that begins, at a place that older versions do not say")]
    starting: Option<Option<u64>>,
    /// What came since, and belongs behind its beginning.
    held: Vec<Told>,
    /// Something came since its prompt.
    works: bool,
    stop: Option<Stop>,
    tokens: Option<Tokens>,
    last: Option<At>,
    /// Where the turns begin that the conversation holds now.
    starts: Vec<(u64, u32)>,
}

impl Turns {
    pub(super) fn heard(&mut self, at: Option<At>) {
        self.last = at.max(self.last);
    }

    pub(super) fn spent(&mut self, more: Option<Tokens>) {
        self.tokens = tokens::sum(self.tokens, more);
    }

    /// What would be the reason of its end, if nothing more came.
    pub(super) fn stops(&mut self, stop: Option<Stop>) {
        self.stop = stop;
    }

    fn next(&mut self, place: Option<u64>, said: bool) -> TurnNo {
        self.number += 1;
        (self.open, self.said, self.works, self.stop) = (true, said, false, None);
        self.starts.extend(place.map(|place| (place, self.number)));
        TurnNo(self.number)
    }

    fn prompt(&mut self) -> PromptId {
        self.prompts += 1;
        PromptId(self.prompts)
    }
}

impl Codex {
    /// It is said that a turn begins.
    pub(super) fn turn_starts(&mut self, out: &mut Out) {
        let turns = &mut self.turns;
        if turns.open && !turns.said && !turns.works {
            // Its prompt stood before it.
            turns.said = true;
            turns.starts.extend(self.ordinal.map(|place| (place, turns.number)));
            return;
        }
        self.turn_over(out, None);
        self.turns.starting = Some(self.ordinal);
    }

    /// A human's words.
    pub(super) fn prompt(&mut self, out: &mut Out, text: String) {
        let text = text.into();
        if self.turns.open && self.turns.said && self.turns.starting.is_none() {
            let (prompt, turn) = (self.turns.prompt(), TurnNo(self.turns.number));
            self.asides(out, LaneId::ROOT);
            return out.event(LaneId::ROOT, Event::PromptSent { prompt, text, turn, steer: true, by: None });
        }
        let starting = self.turns.starting.take();
        if starting.is_none() {
            self.turn_over(out, None);
        }
        let place = starting.unwrap_or(self.ordinal);
        let (prompt, turn) = (self.turns.prompt(), self.turns.next(place, starting.is_some()));
        let by = self.lanes.is_agent().then_some(By::Agent);
        out.event(LaneId::ROOT, Event::PromptSent { prompt, text, turn, steer: false, by });
        out.told.append(&mut self.turns.held);
        self.asides(out, LaneId::ROOT);
    }

    /// The agent does something: where no turn runs, one has begun.
    pub(super) fn works(&mut self, out: &mut Out, lane: LaneId) {
        self.users_are_items(out, lane);
        if lane == LaneId::ROOT {
            let why = match self.turns.number {
                0 => "the transcript begins in the middle of a turn",
                _ => "the agent went on by itself",
            };
            self.began(out, why);
            self.turns.works = true;
        }
        self.asides(out, lane);
        self.words.of(lane).pause();
    }

    /// A turn has begun without a prompt, unless one runs.
    fn began(&mut self, out: &mut Out, why: &str) {
        let starting = self.turns.starting.take();
        if starting.is_none() && self.turns.open {
            return;
        }
        let turn = self.turns.next(starting.unwrap_or(self.ordinal), starting.is_some());
        out.event(LaneId::ROOT, Event::TurnBegan { turn, why: why.into() });
        out.told.append(&mut self.turns.held);
    }

    /// Something that belongs to the turn that is about to begin, where one is.
    pub(super) fn held(&mut self, out: &mut Out, event: Event) {
        if self.turns.starting.is_some() {
            self.turns.held.push(Told { lane: LaneId::ROOT, said_at: out.time(), written: None, event });
        } else {
            out.event(LaneId::ROOT, event);
        }
    }

    /// Whether a turn is about to begin in a lane, so that what comes belongs behind its beginning.
    pub(super) fn turns_hold(&self, lane: LaneId) -> bool {
        lane == LaneId::ROOT && self.turns.starting.is_some()
    }

    /// It is said that the turn is over.
    pub(super) fn turn_ends(&mut self, out: &mut Out, stop: Stop) {
        self.users_are_items(out, LaneId::ROOT);
        let compacts = self.turns.held.iter().any(|told| matches!(told.event, Event::Compacted { .. }));
        let why = if compacts { "Codex compacts its context" } else { "Codex began a turn by itself" };
        if self.turns.starting.is_some() {
            self.began(out, why);
        }
        self.turns.heard(out.time());
        self.asides(out, LaneId::ROOT);
        self.turn_over(out, Some(stop));
    }

    /// The turn that runs is over, as of what was heard last.
    pub(super) fn turn_over(&mut self, out: &mut Out, stop: Option<Stop>) {
        out.told.append(&mut self.turns.held);
        self.turns.starting = None;
        if !std::mem::take(&mut self.turns.open) {
            return;
        }
        let now = out.time();
        out.at_time(self.turns.last);
        let waits = self.calls.waits(LaneId::ROOT);
        self.calls.close(out, Some(LaneId::ROOT));
        let guess = self.turns.stop.take().filter(|stop| !waits && !self.turns.said || *stop != Stop::EndTurn);
        let stop = stop.or(guess).unwrap_or_else(|| Stop::Other("the transcript does not say how it ended".to_owned()));
        let (turn, tokens) = (TurnNo(self.turns.number), self.turns.tokens.take());
        out.event(LaneId::ROOT, Event::TurnEnded { turn, stop, tokens });
        out.at_time(now);
    }

    /// The conversation goes on from before this place: of what stands behind it, it knows nothing any more.
    pub(super) fn goes_back(&mut self, out: &mut Out, place: u64) {
        self.turn_over(out, None);
        let starts = &mut self.turns.starts;
        if starts.last().is_some_and(|(start, _)| *start >= place) {
            starts.retain(|(start, _)| *start < place);
            let to = TurnNo(starts.last().map_or(0, |(_, turn)| *turn));
            out.event(LaneId::ROOT, Event::Rewound { to });
        }
    }
}
