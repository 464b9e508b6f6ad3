//! Prompts, the queue on our side, and the end of a turn.

use super::actor::Hub;
use super::log::Unwritten;
use super::requests::refused;
use crate::agent::Tell;
use crate::domain::{
    By, Closing, Draft, Event, LaneId, Notice, PromptId, Reply, RequestId, Seq, SessionId, Stop, Text, Tokens, TurnNo,
};
use crate::state::{Life, Request, Stage};
use crate::store::Durability;

impl Hub {
    /// Somebody gives a prompt, the human where nobody else is named: it goes at once where no turn runs, else it waits here
    /// (acp.md, 24).
    pub(super) fn prompt(&mut self, id: SessionId, text: String, steer: bool, by: Option<By>) -> Reply {
        self.commit();
        let Some(session) = self.state.session(id) else { return refused(format!("there is no session {id}")) };
        if text.trim().is_empty() {
            return refused("the prompt is empty".to_owned());
        }
        match &session.life {
            Life::Ended { .. } | Life::Unknown => {
                return refused(format!("session {} has ended; start a new one", session.name));
            }
            Life::Starting(_) | Life::LoginNeeded { .. } | Life::Open => {}
        }
        let can_steer = self.agents.get(&id).is_some_and(|driven| driven.protocol.steers());
        let running = session.turn.as_ref().map(|turn| turn.no).filter(|_| steer);
        if running.is_some() && !can_steer {
            return refused(format!("{} can't take a prompt in the middle of a turn; Enter queues it", session.agent));
        }
        if let Some(why) = self.is_spent(Some(id)) {
            return refused(why);
        }
        if let Some(turn) = running {
            return self.steer(id, turn, text, by);
        }
        if self.goes_back(id) {
            return refused("its conversation is being taken back just now: give the prompt again".to_owned());
        }
        let prompt = PromptId(session.prompts.0 + 1);
        let waits = session.turn.is_some() || session.life != Life::Open;
        let done = if waits {
            self.record(Draft::new(id, Event::PromptQueued { prompt, text: text.into(), by }), Durability::Stream)
        } else {
            self.send_prompt(id, prompt, &text, by)
        };
        done.map_or_else(|_| refused(self.unwritten()), |()| Reply::Done)
    }

    /// Gives words to the turn that runs. Nothing goes that is not on record.
    fn steer(&mut self, id: SessionId, turn: TurnNo, text: String, by: Option<By>) -> Reply {
        let prompt = PromptId(self.state.session(id).map_or(0, |session| session.prompts.0) + 1);
        let event = Event::PromptSent { prompt, text: text.clone().into(), turn, steer: true, by };
        if self.record(Draft::new(id, event), Durability::Stream).is_err() {
            return refused(self.unwritten());
        }
        self.tell(id, Tell::Steer(text));
        Reply::Done
    }

    /// The prompt that a session was started with.
    pub(super) fn first_prompt(&mut self, id: SessionId, text: String) {
        let prompt = PromptId(self.state.session(id).map_or(0, |session| session.prompts.0) + 1);
        if let Some(why) = self.is_spent(Some(id)) {
            self.note(id, Event::PromptQueued { prompt, text: text.into(), by: None });
            self.note(id, Event::Noted { level: Notice::Warning, text: format!("the prompt waits: {why}").into() });
            self.commit();
        } else if self.send_prompt(id, prompt, &text, None).is_err() {
            self.note(id, Event::PromptQueued { prompt, text: text.into(), by: None });
            self.send_later(id);
        }
    }

    /// Sends a prompt: a turn begins. What denials had as reasons goes with it, and what was
    /// taken back meanwhile. Nothing goes that is not on record.
    fn send_prompt(&mut self, id: SessionId, prompt: PromptId, text: &str, by: Option<By>) -> Result<(), Unwritten> {
        let Some(session) = self.state.session(id) else { return Ok(()) };
        let turn = TurnNo(session.turns.0 + 1);
        let reasons = self.agents.get(&id).map(|driven| driven.reasons.clone()).unwrap_or_default();
        let reasons: Vec<String> = reasons.into_iter().chain(self.untold(id)).collect();
        let whole = with_reasons(text, &reasons);
        let event = Event::PromptSent { prompt, text: whole.clone().into(), turn, steer: false, by };
        self.record(Draft::new(id, event), Durability::Stream)?;
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.reasons.clear();
        }
        self.keep_ahead(id);
        self.births(id);
        self.tell(id, Tell::Prompt(whole));
        Ok(())
    }

    /// A queued prompt goes as soon as the store can be written.
    fn send_later(&mut self, id: SessionId) {
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.resend = true;
        }
    }

    /// The store can be written again: prompts that waited for that go.
    pub(super) fn resend_prompts(&mut self) {
        let late: Vec<SessionId> = self
            .agents
            .iter_mut()
            .filter_map(|(id, driven)| std::mem::take(&mut driven.resend).then_some(*id))
            .collect();
        for id in late {
            self.next_prompt(id);
        }
    }

    /// Sends the oldest queued prompt, where nothing runs.
    pub(super) fn next_prompt(&mut self, id: SessionId) {
        self.commit();
        let Some(session) = self.state.session(id) else { return };
        if session.turn.is_some() || session.life != Life::Open || self.goes_back(id) {
            return;
        }
        let Some(queued) = session.queue.first().cloned() else { return };
        if self.is_spent(Some(id)).is_some() {
            return;
        }
        let text = match &queued.text {
            Text::Inline(text) => text.clone(),
            Text::Body(body) => {
                let read = self.store.reader().and_then(|reader| reader.body(body));
                let Ok(Some(text)) = read else { return };
                text
            }
        };
        if self.send_prompt(id, queued.prompt, &text, queued.by).is_err() {
            self.send_later(id);
        }
    }

    /// A human takes a queued prompt back.
    pub(super) fn drop_prompt(&mut self, id: SessionId, prompt: PromptId) -> Reply {
        self.commit();
        let waits = self.state.session(id).is_some_and(|s| s.queue.iter().any(|queued| queued.prompt == prompt));
        if !waits {
            return refused("that prompt has left already".to_owned());
        }
        self.note(id, Event::PromptDropped { prompt });
        Reply::Done
    }

    /// A human or taut itself ends the turn: every open question is answered *cancelled* first.
    pub(super) fn interrupt(&mut self, id: SessionId, by: By) -> Reply {
        if self.state.session(id).is_none_or(|session| session.turn.is_none()) {
            return self.interrupt_rest(id, by);
        }
        // The brake first, the record after.
        self.tell(id, Tell::Interrupt);
        self.interrupted(id, by, None);
        Reply::Done
    }

    /// Puts an interrupt on record: every question was answered *cancelled*, but the one that was refused before it.
    pub(super) fn interrupted(&mut self, id: SessionId, by: By, but: Option<Seq>) {
        self.own.end(Some(id));
        let why = match &by {
            By::Hub(why) => format!("taut interrupted the turn: {why}"),
            By::Human | By::Rule | By::Script { .. } | By::Console { .. } | By::Agent => {
                "you interrupted the turn".to_owned()
            }
        };
        self.note(id, Event::InterruptAsked { by });
        self.withdraw_waiting(id, &why, but);
    }

    /// Nobody is asked any more.
    pub(super) fn withdraw_waiting(&mut self, id: SessionId, why: &str, but: Option<Seq>) {
        self.commit();
        let Some(session) = self.state.session(id) else { return };
        let waiting: Vec<RequestId> =
            session.waiting().map(|(request, _, _)| request.id).filter(|request| Some(request.seq) != but).collect();
        let denied = self.drop_held(|request| waiting.contains(&request));
        for request in waiting {
            if !denied.contains(&request) {
                self.note(id, Event::RequestClosed { request, how: Closing::Withdrawn(why.to_owned()) });
            }
            if let Some(driven) = self.agents.get_mut(&id) {
                driven.open.retain(|open| open.seq != request.seq);
            }
        }
        self.commit();
    }

    /// The agent goes on by itself. Where a prompt has left just now, that is the turn.
    pub(super) fn turn_began(&mut self, id: SessionId, why: String) {
        let Some(session) = self.state.session(id).filter(|session| session.turn.is_none()) else { return };
        let turn = TurnNo(session.turns.0 + 1);
        self.births(id);
        self.note(id, Event::TurnBegan { turn, why: why.into() });
        self.commit();
    }

    /// The agent says that the turn is over, or it is gone.
    pub(super) fn turn_over(&mut self, id: SessionId, stop: Stop, tokens: Option<Tokens>) {
        let Some(session) = self.state.session(id) else { return };
        let Some(turn) = session.turn else { return };
        let closing: Vec<(RequestId, Event)> = session
            .open
            .keys()
            .filter_map(|&seq| session.request(seq))
            // Questions of subagents outlive the turn, but not the agent.
            .filter(|request| request.lane == LaneId::ROOT || stop == Stop::Lost)
            .filter_map(|request| Some((request.id, over(request, session.lets_run(request), &stop)?)))
            .collect();
        for (request, event) in closing {
            self.note(id, event);
            if let Some(driven) = self.agents.get_mut(&id) {
                driven.open.retain(|open| open.seq != request.seq);
            }
        }
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.stop_by = None;
        }
        let goes_on = !turn.interrupted && stop != Stop::Lost;
        self.note(id, Event::TurnEnded { turn: turn.no, stop, tokens });
        self.commit();
        // After an interrupt nothing starts by itself: the queue waits for the human's next word. An agent that ends its
        // turn over a denial (codex) was not interrupted.
        if goes_on {
            self.next_prompt(id);
        }
    }
}

/// What the end of a turn means for a request of it.
fn over(request: &Request, allowed: bool, stop: &Stop) -> Option<Event> {
    let closed = |how| Some(Event::RequestClosed { request: request.id, how });
    match request.stage() {
        Stage::TakenUp | Stage::Closed => None,
        Stage::Open | Stage::Decided | Stage::Sent | Stage::Unconfirmed if *stop == Stop::Lost => {
            closed(Closing::AgentGone)
        }
        Stage::Open => closed(Closing::Withdrawn("the agent ended its turn".to_owned())),
        // A denial may have no other sign than the end of the turn (codex).
        Stage::Sent | Stage::Unconfirmed if !allowed => Some(Event::TakenUp { request: request.id }),
        Stage::Decided | Stage::Sent | Stage::Unconfirmed => {
            closed(Closing::Withdrawn("the turn ended without a sign of what became of it".to_owned()))
        }
    }
}

fn with_reasons(text: &str, reasons: &[String]) -> String {
    if reasons.is_empty() {
        return text.to_owned();
    }
    let mut out = String::new();
    for reason in reasons {
        out.push_str(reason);
        out.push('\n');
    }
    out.push('\n');
    out.push_str(text);
    out
}
