//! Prompts, the queue on our side, and the end of a turn.

use super::actor::Hub;
use super::requests::refused;
use crate::agent::Tell;
use crate::domain::{By, Closing, Event, PromptId, Reply, SessionId, Stop, Text, Tokens, TurnNo};
use crate::state::{Life, Stage};

impl Hub {
    /// A human gives a prompt: it goes at once where no turn runs, else it waits here (acp.md, 24).
    pub(super) fn prompt(&mut self, id: SessionId, text: String, steer: bool) -> Reply {
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
        if steer && session.turn.is_some() {
            return refused(format!("{} can't take a prompt in the middle of a turn; Enter queues it", session.agent));
        }
        let prompt = PromptId(session.prompts.0 + 1);
        if session.turn.is_some() || session.life != Life::Open {
            self.note(id, Event::PromptQueued { prompt, text: text.into() });
        } else {
            self.send_prompt(id, prompt, text);
        }
        Reply::Done
    }

    /// Sends a prompt: a turn begins. What denials had as reasons goes with it.
    fn send_prompt(&mut self, id: SessionId, prompt: PromptId, text: String) {
        let Some(session) = self.state.session(id) else { return };
        let turn = TurnNo(session.turns.0 + 1);
        let reasons = self.agents.get_mut(&id).map(|driven| std::mem::take(&mut driven.reasons)).unwrap_or_default();
        let whole = with_reasons(&text, &reasons);
        self.note(id, Event::PromptSent { prompt, text: whole.clone().into(), turn, steer: false });
        // What was asked is on record before the agent hears it.
        self.commit();
        self.tell(id, Tell::Prompt(whole));
    }

    /// Sends the oldest queued prompt, where nothing runs.
    pub(super) fn next_prompt(&mut self, id: SessionId) {
        self.commit();
        let Some(session) = self.state.session(id) else { return };
        if session.turn.is_some() || session.life != Life::Open {
            return;
        }
        let Some(queued) = session.queue.first().cloned() else { return };
        let text = match &queued.text {
            Text::Inline(text) => text.clone(),
            Text::Body(body) => {
                let read = self.store.reader().and_then(|reader| reader.body(body));
                let Ok(Some(text)) = read else { return };
                text
            }
        };
        self.send_prompt(id, queued.prompt, text);
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

    /// A human ends the turn: every open question is answered *cancelled* first.
    pub(super) fn interrupt(&mut self, id: SessionId) -> Reply {
        if !self.state.session(id).is_some_and(|session| session.turn.is_some()) {
            return refused("no turn runs".to_owned());
        }
        // The brake first, the record after.
        self.tell(id, Tell::Interrupt);
        self.note(id, Event::InterruptAsked { by: By::Human });
        self.commit();
        let still: Vec<_> = self
            .state
            .session(id)
            .map(|session| session.waiting().map(|(request, _, _)| request.id).collect())
            .unwrap_or_default();
        for request in still {
            let how = Closing::Withdrawn("you interrupted the turn".to_owned());
            self.note(id, Event::RequestClosed { request, how });
            if let Some(driven) = self.agents.get_mut(&id) {
                driven.open.retain(|open| open.seq != request.seq);
            }
        }
        Reply::Done
    }

    /// The agent says that the turn is over.
    pub(super) fn turn_over(&mut self, id: SessionId, stop: Stop, tokens: Option<Tokens>) {
        self.commit();
        let Some(session) = self.state.session(id) else { return };
        let Some(turn) = session.turn else { return };
        let closing: Vec<_> = session
            .open
            .keys()
            .filter_map(|&seq| session.request(seq))
            .filter_map(|request| match request.stage() {
                Stage::Open => Some((request.id, Some(Closing::Withdrawn("the agent ended its turn".to_owned())))),
                Stage::Sent | Stage::Unconfirmed => {
                    let allowed = request.answered.as_ref().is_some_and(|answer| answer.decision.allows());
                    let unseen = Closing::Refused("the turn ended without a sign of it".to_owned());
                    Some((request.id, allowed.then_some(unseen)))
                }
                Stage::Decided | Stage::TakenUp | Stage::Closed => None,
            })
            .collect();
        for (request, how) in closing {
            match how {
                Some(how) => self.note(id, Event::RequestClosed { request, how }),
                None => self.note(id, Event::TakenUp { request }),
            }
        }
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.open.clear();
        }
        let stopped = turn.interrupted || stop == Stop::Cancelled;
        self.note(id, Event::TurnEnded { turn: turn.no, stop, tokens });
        self.commit();
        // After an interrupt nothing starts by itself: the queue waits for the human's next word.
        if !stopped {
            self.next_prompt(id);
        }
    }
}

fn with_reasons(text: &str, reasons: &[String]) -> String {
    if reasons.is_empty() {
        return text.to_owned();
    }
    let mut out = String::new();
    for reason in reasons {
        out.push_str("(Why I declined your last request: ");
        out.push_str(reason);
        out.push_str(")\n");
    }
    out.push('\n');
    out.push_str(text);
    out
}
