//! Hooks that ask: a call that an agent's own hook holds back becomes a request like any other, and its answer goes back
//! through the hook. Whatever goes wrong here ends in no answer, which the hook takes for a denial.

use super::actor::Hub;
use super::answers::Sent;
use super::log::now;
use super::socket::HooksServed;
use crate::agent::hook::{self, Answer, Install, Kind, Question};
use crate::agent::{Ask, Tell};
use crate::domain::{At, By, Closing, Decision, Event, Notice, Outcome, SessionId};
use crate::policy::{self, Raised};
use crate::store::Direction;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Answers that are remembered: a hook that asks the same again, since two are configured, hears the same.
const KEPT: usize = 64;

/// How long an agent gives the hook that it is given here: a human may be away for days.
const WITHIN: Duration = Duration::from_hours(7 * 24);

/// Before a hook's own time is over, its call is denied: what an agent makes of a late hook is an allowance.
const MARGIN: Duration = Duration::from_secs(30);

/// One hook, as long as it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::hub) struct HookId(pub(in crate::hub) u64);

/// A hook asks.
#[derive(Debug)]
pub(in crate::hub) struct Asked {
    pub(in crate::hub) id: HookId,
    /// The process that keeps its agent, by the kernel's word.
    pub(in crate::hub) keeper: u32,
    /// The session that it names.
    pub(in crate::hub) session: SessionId,
    pub(in crate::hub) kind: Kind,
    /// How long it may wait.
    pub(in crate::hub) within: Duration,
    /// What its agent gave it.
    pub(in crate::hub) said: String,
    pub(in crate::hub) reply: oneshot::Sender<Result<Answer, String>>,
}

/// The hooks that wait, and what was answered lately.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    /// Their socket, where it is served.
    served: Option<HooksServed>,
    waiting: Vec<Waiting>,
    answered: VecDeque<(SessionId, Question, Answer)>,
}

#[derive(Debug)]
struct Waiting {
    id: HookId,
    session: SessionId,
    question: Question,
    native: String,
    /// When its call is denied.
    until: (At, Instant),
    reply: oneshot::Sender<Result<Answer, String>>,
}

/// How long a hook may wait for a human, of the time that its agent gives it.
#[must_use]
pub fn patience(within: Duration) -> Duration {
    within.saturating_sub(MARGIN.min(within / 5))
}

impl Hooks {
    /// None yet.
    pub(super) fn new(served: Option<HooksServed>) -> Self {
        Self { served, ..Self::default() }
    }

    /// No hook comes any more; the last ones have heard so.
    pub(super) fn shut(&mut self) {
        self.waiting.clear();
        if let Some(served) = self.served.take() {
            served.end();
        }
    }

    /// When a question of a hook is denied by itself.
    pub(super) fn until(&self, session: SessionId, native: &str) -> Option<(At, Instant)> {
        let of = self.waiting.iter().filter(|one| one.session == session && one.native == native);
        of.map(|one| one.until).min_by_key(|(_, until)| *until)
    }

    /// A session is over: its hooks hear so.
    pub(super) fn end(&mut self, session: SessionId) {
        self.waiting.retain(|one| one.session != session);
        self.answered.retain(|(of, _, _)| *of != session);
    }
}

impl Hub {
    /// A hook asks about a call.
    pub(super) fn hook_asks(&mut self, asked: Asked) {
        let Asked { id, keeper, session, kind, within, said, reply } = asked;
        // Where it is gone, there is nobody to tell.
        let answer = |reply: oneshot::Sender<_>, answer| drop(reply.send(answer));
        let Some(driven) = self.agents.get(&session) else {
            return answer(reply, Err(format!("no agent runs in session {session}")));
        };
        if driven.handle.pid() != keeper {
            let why = format!("it was not started by the agent of session {session}: a hook speaks for its own only");
            return answer(reply, Err(why));
        }
        if driven.ending.is_some() || self.leaving {
            return answer(reply, Err("its session is being ended".to_owned()));
        }
        let question = match Question::read(kind, said.as_bytes()) {
            Ok(Some(question)) => question,
            Ok(None) => return answer(reply, Ok(Answer::Nothing)),
            Err(why) => return answer(reply, Err(why)),
        };
        let given = self.hooks.answered.iter().find(|(of, about, _)| *of == session && *about == question);
        if let Some((_, _, given)) = given {
            return answer(reply, Ok(given.clone()));
        }
        let native = question.native();
        let same = |one: &&Waiting| one.session == session && one.native == native;
        let asks_already = self.hooks.waiting.iter().find(same).map(|one| one.question == question);
        if asks_already == Some(false) {
            return answer(reply, Err("another call of the same name waits for its answer".to_owned()));
        }
        let wait = patience(within);
        let at = At(now().0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)));
        let until = (at, Instant::now().checked_add(wait).unwrap_or_else(Instant::now));
        self.hooks.waiting.push(Waiting {
            id,
            session,
            question: question.clone(),
            native: native.clone(),
            until,
            reply,
        });
        if asks_already.is_some() {
            return;
        }
        let cites = self.keep_raw(session, Direction::FromAgent, said.as_bytes());
        let Some(heard) = self.agents.get_mut(&session).map(|driven| driven.protocol.hooked(&question)) else { return };
        self.turn_out(session, heard.turnout, cites);
        if let Some(answer) = heard.at_once {
            self.hook_answered(session, &native, &answer);
        }
        self.commit();
    }

    /// A hook is gone without its answer. With the last of them its question is.
    pub(super) fn hook_gone(&mut self, id: HookId) {
        let Some(at) = self.hooks.waiting.iter().position(|one| one.id == id) else { return };
        let Waiting { session, native, .. } = self.hooks.waiting.remove(at);
        if self.hooks.waiting.iter().any(|one| one.session == session && one.native == native) {
            return;
        }
        let turnout = self.agents.get_mut(&session).map(|driven| driven.protocol.unhooked(&native, None));
        self.turn_out(session, turnout.unwrap_or_default(), None);
        let interrupted = self.state.session(session).and_then(|known| known.turn).is_some_and(|turn| turn.interrupted);
        if interrupted || !self.is_asked(session, &native) {
            // It was told to stop, and ends its hooks.
            self.ask_gone(session, &native);
        } else {
            self.held_no_more(session, &native);
        }
        self.commit();
    }

    /// A hook is gone that held a call back, and nobody has told its agent to stop: whoever killed it, agents run such a call
    /// at once. The turn is interrupted, which may come too late: what ran all the same is UNGATED.
    fn held_no_more(&mut self, session: SessionId, native: &str) {
        let why = "the process of a hook that held a call back is gone without an answer";
        self.asked_is_over(session, native, &Closing::HookGone);
        self.interrupt(session, By::Hub(why.to_owned()));
        let text = format!(
            "{why} (killed, or crashed): its agent may run that call as if it was allowed, so taut interrupted the turn. \
             Look at what the step did before you go on"
        );
        self.note(session, Event::Noted { level: Notice::Warning, text: text.into() });
    }

    /// Gives an answer to every hook that asks about the call. Whether one of them was there to hear it.
    fn hook_answered(&mut self, session: SessionId, native: &str, answer: &Answer) -> Sent {
        let (of_it, rest) = std::mem::take(&mut self.hooks.waiting)
            .into_iter()
            .partition(|one: &Waiting| one.session == session && one.native == native);
        self.hooks.waiting = rest;
        let of_it: Vec<Waiting> = of_it;
        let mut about = None;
        for one in of_it {
            if one.reply.send(Ok(answer.clone())).is_ok() {
                about = Some(one.question);
            }
        }
        let sent = if about.is_some() { Sent::Yes } else { Sent::No };
        if let Some(question) = about {
            let words = answer.words(question.kind).unwrap_or_default();
            self.keep_raw(session, Direction::ToAgent, words.as_bytes());
            self.hooks.answered.push_back((session, question, answer.clone()));
            if self.hooks.answered.len() > KEPT {
                self.hooks.answered.pop_front();
            }
        }
        let heard = (sent == Sent::Yes).then_some(answer);
        let turnout = self.agents.get_mut(&session).map(|driven| driven.protocol.unhooked(native, heard));
        self.turn_out(session, turnout.unwrap_or_default(), None);
        sent
    }

    /// Gives an answer back the way that its question came.
    pub(super) fn tell_answer(&mut self, session: SessionId, native: String, decision: &Decision) -> Sent {
        if !hook::is_native(&native) {
            return self.tell(session, Tell::Answer(native, decision.clone()));
        }
        let answer = Answer::of(decision, |text| self.text_of(text));
        self.hook_answered(session, &native, &answer)
    }

    /// A call that runs by rules of the agent's own, which its human chose. It passes where nothing of taut's speaks of it.
    pub(super) fn by_own_rules(&mut self, session: SessionId, ask: Ask, cites: Option<u64>) {
        let step = self.state.session(session).and_then(|known| known.step_of(&ask.call)).cloned().unwrap_or_default();
        let verdict = self.judge(session, &step, ask.payload, Raised::ByAgent);
        let passes = match verdict.outcome {
            Outcome::Allow => true,
            Outcome::Ask => policy::is_silence(&verdict.rule),
            Outcome::Deny => false,
        };
        if passes {
            self.hook_answered(session, &ask.native, &Answer::Nothing);
        } else {
            self.asked(session, ask, cites);
        }
    }
}

impl Hub {
    /// The hook that an agent of a session is given.
    ///
    /// # Errors
    /// There is none to be given: one sentence.
    pub(super) fn hook_for(&self, session: SessionId, kind: Kind) -> Result<Install, String> {
        let places = &self.setup.places;
        let socket = places.hooks();
        let why = match (&self.hooks.served, [&self.setup.program, &socket, &places.state].map(|path| path.to_str())) {
            (None, _) => "its socket can't be made here",
            (Some(_), [Some(program), Some(socket), Some(state)]) => {
                let [program, socket, state] = [program, socket, state].map(quoted);
                let (kind, within) = (kind.word(), WITHIN.as_secs());
                let command = format!(
                    "{program} hook {kind} --session {session} --within {within} --socket {socket} --state {state}"
                );
                return Ok(Install { command, within: u32::try_from(within).unwrap_or(u32::MAX) });
            }
            (Some(_), _) => "a path of it can't be written on a command line",
        };
        Err(format!(
            "taut's hook is not given to this agent ({why}): what its sandbox lets through runs unasked, marked with its \
             own mode, and a command that you edit is run by taut instead"
        ))
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_a_shell_is_one_word() {
        assert_eq!(quoted("/a b/$(x)"), "'/a b/$(x)'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn a_denial_leaves_before_the_hooks_own_time_is_over() {
        for within in [1, 2, 10, 60, 600, 604_800].map(Duration::from_secs) {
            let wait = patience(within);
            assert!(wait < within && within.checked_sub(wait).unwrap() <= MARGIN && wait >= within / 2, "{within:?}");
        }
        assert_eq!(patience(Duration::ZERO), Duration::ZERO);
        assert_eq!(patience(Duration::from_mins(10)), Duration::from_secs(570));
    }
}
