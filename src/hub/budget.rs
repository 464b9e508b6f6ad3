//! Money: what is spent beyond a limit is asked about, or ends the turn. What agents do not tell is not known, and no limit
//! is reached by it.

use super::actor::Hub;
use super::fault;
use super::log::now;
use crate::domain::{By, CallId, Event, Notice, Outcome, Record, RequestId, SessionId, Stop, Verdict};
use crate::policy::Raised;
use crate::state::{Life, Over, Request, Scope, Spend, Waiting};
use crate::text::human;
use std::time::{Duration, Instant};

/// Where limits of money are changed: the sentence goes on with the key.
const RAISE: &str = "raise it in config.toml or in the settings:";

/// Why everything is asked where the limits themselves are not known.
const DOUBT: &str = "the budget in config.toml can't be read: nobody knows what may be spent";
/// What a card says once the limit was raised; the rule follows.
const GONE: &str = "the budget for which it was asked was raised since; asked anew it would be allowed by";
/// How long an agent may take to stop, once it was told to.
const STOPS: Duration = Duration::from_secs(15);

impl Hub {
    /// The limits that a session has reached: its own, and the day's.
    fn reached(&self, id: SessionId) -> Vec<Spend> {
        let budget = &self.setup.settings.config.limits.budget;
        let own = self.state.session(id).and_then(|session| budget.of_session(session));
        let day = || budget.of_day(&self.state.today(now(), utc_offset()));
        let day = if budget.day.is_empty() { None } else { day() };
        own.into_iter().chain(day).collect()
    }

    /// Why everything of a session is asked just now, where money is the reason.
    pub(super) fn over_budget(&self, id: SessionId) -> Option<String> {
        if self.setup.settings.budget_doubt {
            return Some(DOUBT.to_owned());
        }
        // Where both are reached, the hard one says more.
        let spend = self.reached(id).into_iter().max_by_key(|spend| spend.over)?;
        let (over, scope) = (spend.over.word(), spend.scope.word());
        Some(format!("over the {over} budget of the {scope}: {}, until {} is raised", figures(&spend), spend.key()))
    }

    /// Why a session takes no prompt just now: one sentence that says what lets it.
    pub(super) fn is_spent(&self, id: Option<SessionId>) -> Option<String> {
        let hard = |spend: &Spend| spend.over == Over::Hard;
        // One that has not begun has spent nothing itself.
        let spend = self.reached(id.unwrap_or_default()).into_iter().find(hard)?;
        let whose = match spend.scope {
            Scope::Session => "the hard budget of the session is spent",
            Scope::Day => "the hard budget of the day is spent",
        };
        Some(format!("{whose}, {}: {RAISE} {}", figures(&spend), spend.key()))
    }

    /// A report of money came: turns that go on beyond a hard limit are noted, to be ended after this batch.
    pub(super) fn spent(&mut self, record: &Record) {
        let Event::Used { usage } = &record.event else { return };
        if usage.cost.is_none() {
            return;
        }
        for spend in self.reached(record.session) {
            match (spend.over, spend.scope) {
                (Over::Soft, _) => {}
                (Over::Hard, Scope::Session) => self.overspent.push((record.session, spend)),
                // The others spend as well, and may tell of it late.
                (Over::Hard, Scope::Day) => {
                    self.overspent.extend(self.agents.keys().map(|id| (*id, spend)));
                }
            }
        }
    }

    /// Ends the turns that cost too much: the brake first, then the record of it.
    pub(super) fn stop_spending(&mut self) {
        for (id, spend) in std::mem::take(&mut self.overspent) {
            let runs = self.state.session(id).and_then(|session| session.turn).is_some_and(|turn| !turn.interrupted);
            if !runs || !self.agents.contains_key(&id) {
                continue;
            }
            let why = format!("the hard budget of the {} is spent, {}", spend.scope.word(), figures(&spend));
            self.interrupt(id, By::Hub(why.clone()));
            let text = format!("taut interrupted the turn: {why}. To go on, {RAISE} {}", spend.key());
            self.note(id, Event::Noted { level: Notice::Warning, text: text.into() });
            if let Some(driven) = self.agents.get_mut(&id) {
                driven.stop_by = Some(Instant::now() + fault::stops(STOPS));
            }
        }
    }

    /// An agent was told to stop spending, and goes on: it is ended, with all that it started.
    pub(super) fn stop_hard(&mut self, id: SessionId) {
        let works = self.state.session(id).is_some_and(|session| session.turn.is_some());
        // What it said since is not heard while the store fails: it may have stopped.
        let heard = self.retry.is_none();
        let Some(driven) = self.agents.get_mut(&id) else { return };
        driven.stop_by = (works && !heard).then(|| Instant::now() + fault::stops(STOPS));
        if works && heard {
            let why = format!(
                "the hard budget is spent, and the agent did not stop within {} s of being told to: taut ended it",
                STOPS.as_secs()
            );
            self.give_up(id, why.clone());
            self.note(id, Event::Noted { level: Notice::Warning, text: why.into() });
            self.commit();
        }
    }

    /// The limits are others now: prompts that waited for money go.
    pub(super) fn spend_on(&mut self) {
        let waits: Vec<SessionId> = self
            .state
            .sessions
            .values()
            .filter(|session| session.life == Life::Open && session.turn.is_none() && !session.queue.is_empty())
            // After an interrupt the queue waits for the human's next word.
            .filter(|session| !matches!(session.stopped, Some((Stop::Cancelled | Stop::Lost, _))))
            .map(|session| session.id)
            .collect();
        for id in waits {
            self.next_prompt(id);
        }
        self.think_again();
    }

    /// Requests that wait because of money are judged again. None of them is answered by it: a human looks at them
    /// already, and sees that the reason is gone.
    fn think_again(&mut self) {
        let of_money = |request: &Request| {
            let reasons = request.verdict.as_ref().map(|verdict| &verdict.reasons);
            reasons.is_some_and(|reasons| reasons.iter().any(|reason| is_of_money(reason)))
        };
        let waiting: Vec<(RequestId, CallId, Verdict)> = self
            .state
            .queue()
            .iter()
            .filter(|one| of_money(one.request))
            .filter_map(|one| {
                let Waiting { request, step, session, .. } = one;
                let mut verdict = self.judge(session.id, step, request.payload, Raised::ByAgent);
                if verdict.outcome == Outcome::Allow {
                    let rule = &verdict.rule;
                    let gone = format!("{GONE} {}: {}", rule.source, rule.text);
                    verdict.reasons.insert(0, gone);
                    verdict.outcome = Outcome::Ask;
                }
                let is_news = request.verdict.as_ref() != Some(&verdict);
                is_news.then(|| (request.id, step.call.clone(), verdict))
            })
            .collect();
        for (request, call, verdict) in waiting {
            let judged = Event::Judged { request: Some(request), call, verdict: Box::new(verdict) };
            self.note(request.session, judged);
        }
    }
}

/// True where money is why it is asked.
fn is_of_money(reason: &str) -> bool {
    let over = reason.strip_prefix("over the ").and_then(|rest| rest.split_once(' '));
    reason.starts_with(DOUBT) || over.is_some_and(|(_, rest)| rest.starts_with("budget of the "))
}

/// `$5.12 of $5.00`.
fn figures(spend: &Spend) -> String {
    human::spent(spend.spent.micros, spend.of.micros, spend.of.currency)
}

/// Seconds that the human's clock is ahead of UTC: their day begins at their midnight.
fn utc_offset() -> i32 {
    jiff::Zoned::now().offset().seconds()
}
