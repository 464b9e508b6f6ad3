//! Words for what enums say: what a person reads in plain output, never the name of a variant.

use crate::domain::{
    At, By, CallStatus, Carrier, Cause, Closing, Decision, Gate, Given, Matcher, Notice, OfferKind, Outcome,
    PlanStatus, Speaker, Stop, TakenHunk, Tokens, Verdict,
};
use crate::state::{Answered, Meter, Request, Session, Stage, Step};
use crate::text::human;
use std::time::Duration;

pub(super) use crate::text::human::os;

/// Why a turn ended.
pub(super) fn stop(stop: &Stop) -> String {
    match stop {
        Stop::EndTurn => "done".to_owned(),
        Stop::MaxTokens => "stopped at its limit of tokens".to_owned(),
        Stop::MaxRequests => "stopped at its limit of requests".to_owned(),
        Stop::Refusal => "the agent refused".to_owned(),
        Stop::Cancelled => "interrupted".to_owned(),
        Stop::Error(code, message) => format!("error {code}: {message}"),
        Stop::Other(reason) => format!("stopped: {reason}"),
        Stop::Lost => "the agent went away".to_owned(),
    }
}

/// Why a session ended.
pub(super) fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Human => "you ended it".to_owned(),
        Cause::Quit => "ended with taut".to_owned(),
        Cause::Itself { code: Some(0), .. } => "the agent left by itself".to_owned(),
        Cause::Itself { code: Some(code), .. } => format!("the agent exited with code {code}"),
        Cause::Itself { signal: Some(signal), .. } => format!("the agent was ended by signal {signal}"),
        Cause::Itself { code: None, signal: None } => "the agent is gone".to_owned(),
        Cause::HubDied => "taut died while it ran".to_owned(),
        Cause::Failed(why) => why.clone(),
    }
}

/// Where a call stands.
pub(super) fn status(step: &Step) -> String {
    if step.waiting().is_some() {
        return "waits for you".to_owned();
    }
    if step.handed_over() {
        return "refused to the agent, as taut does it".to_owned();
    }
    if step.denied() {
        return "denied".to_owned();
    }
    match (step.status, step.exit) {
        (CallStatus::Pending, _) => "not begun".to_owned(),
        (CallStatus::Running, _) => "running".to_owned(),
        (CallStatus::Done, None | Some(0)) => "done".to_owned(),
        (CallStatus::Done, Some(code)) => format!("done, exit code {code}"),
        (CallStatus::Failed, None) => "failed".to_owned(),
        (CallStatus::Failed, Some(code)) => format!("failed, exit code {code}"),
        (CallStatus::Abandoned, _) => step.unended().to_owned(),
    }
}

/// What a call aims at: its command as it is, a path as seen from the session's folder.
pub(super) fn target<'a>(session: &Session, step: &'a Step) -> &'a str {
    let target = step.target();
    let below = target.strip_prefix(&session.cwd).and_then(|rest| rest.strip_prefix('/'));
    below.filter(|rest| !rest.is_empty() && step.command.is_none()).unwrap_or(target)
}

/// Where a request stands: for people.
pub(super) fn stage(session: &Session, step: &Step, request: &Request) -> String {
    let instead = session.instead(step, request);
    if let Some(instead) = instead.as_ref().filter(|instead| instead.closes || request.stage() != Stage::Closed) {
        return instead.words.clone();
    }
    match request.stage() {
        Stage::Open => "waits for you".to_owned(),
        Stage::Decided => "decided; may not have been delivered".to_owned(),
        Stage::Sent => "sent; the agent has not acted on it yet".to_owned(),
        Stage::Unconfirmed => "sent, and the agent did not act on it".to_owned(),
        Stage::TakenUp if step.denied() && step.gate == Gate::Ungated => step.unleashed().to_owned(),
        Stage::TakenUp => "the agent acted on it".to_owned(),
        Stage::Closed => {
            let how = request.closed.as_ref().map_or_else(|| "closed".to_owned(), |(how, _)| closing(how));
            let how = request.unsure().map_or_else(|| how.clone(), |unsure| format!("{how}: {unsure}"));
            instead.map_or_else(|| how.clone(), |instead| format!("{}; {how}", instead.words))
        }
    }
}

/// Where a request stands: for scripts.
pub(super) fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Open => "open",
        Stage::Decided => "decided",
        Stage::Sent => "sent",
        Stage::Unconfirmed => "unconfirmed",
        Stage::TakenUp => "taken_up",
        Stage::Closed => "closed",
    }
}

/// How a request ended without a decision.
pub(super) fn closing(how: &Closing) -> String {
    match how {
        Closing::Withdrawn(why) if why.is_empty() => "the agent took it back".to_owned(),
        Closing::Withdrawn(why) => format!("taken back: {why}"),
        Closing::Expired => "its deadline passed".to_owned(),
        Closing::AgentGone => "the agent is gone".to_owned(),
        Closing::Refused(why) => format!("the agent would not take the answer: {why}"),
        Closing::HookGone => "nobody had answered when its hook's process ended".to_owned(),
        Closing::Superseded => "another request stands in its place".to_owned(),
    }
}

/// What was answered, and by whom.
pub(super) fn answer(request: &Request, answered: &Answered) -> String {
    let by = by(request, &answered.by);
    let unread = if answered.overridden { ", unread" } else { "" };
    match &answered.decision {
        Decision::Allow { offer } => {
            let known = request.offers.iter().find(|known| known.id == *offer);
            format!("allowed by {by}{unread}: {}", known.map_or(offer.as_str(), |known| &known.name))
        }
        Decision::AllowFor { matcher, .. } => format!("allowed by {by}{unread}, and from now on {}", matcher.words()),
        Decision::Edit { reason, .. } => {
            format!("edited by {by}{unread}{}", reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default())
        }
        Decision::Take { hunks, reason } => {
            let reason = reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("taken in part by {by}{unread}, {}{reason}", TakenHunk::list(hunks))
        }
        Decision::Reply { given } => format!("answered by {by}: {}", Given::list(given)),
        Decision::Deny { reason, interrupt, .. } => {
            let turn = if *interrupt { ", and the turn ended" } else { "" };
            format!("denied by {by}{turn}{}", reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default())
        }
    }
}

fn by(request: &Request, by: &By) -> String {
    let granted = request.verdict.as_ref().is_some_and(|verdict| verdict.rule.is_grant());
    match by {
        By::Rule if granted => {
            let text = request.verdict.as_ref().map_or("", |verdict| verdict.rule.text.as_str());
            format!("a grant ({})", text.strip_prefix("granted: ").unwrap_or(text))
        }
        By::Hub(why) => format!("taut ({why})"),
        other => other.word(),
    }
}

/// What an offer does.
pub(super) fn offer(kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::AllowOnce => "allows this call",
        OfferKind::AllowAlways => "allows this and others like it",
        OfferKind::RejectOnce => "denies this call",
        OfferKind::RejectAlways => "denies this and others like it",
        OfferKind::Unknown => "of an unknown kind",
    }
}

/// The rule of a verdict: `ask, by policy.toml:3 "..."`.
pub(super) fn rule(verdict: &Verdict) -> String {
    let outcome = match verdict.outcome {
        Outcome::Allow => "allow",
        Outcome::Ask => "ask",
        Outcome::Deny => "deny",
    };
    let line = verdict.rule.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{outcome}, by {}{line} \"{}\"", verdict.rule.source, verdict.rule.text)
}

/// What a scope is called on the command line.
pub(super) fn scope(matcher: &Matcher) -> String {
    match matcher {
        Matcher::AgentsOwn { offer } => format!("own:{offer}"),
        Matcher::Exact { .. } => "exact".to_owned(),
        Matcher::Impact(impact) => format!("impact:{}", impact.word()),
        Matcher::Tool(tool) => format!("tool:{tool}"),
        Matcher::Path(glob) => format!("path:{glob}"),
        Matcher::Prefix(words) => format!("prefix:{}", words.join(" ")),
    }
}

/// Who carries out what a human changed.
pub(super) fn carrier(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Agent => "the agent runs it",
        Carrier::Hub => "taut does it, and the agent is refused and told",
    }
}

/// The risk of a verdict and every reason, one a line.
pub(super) fn risk(verdict: &Verdict) -> String {
    match verdict.reasons.as_slice() {
        [] => verdict.risk.word().to_owned(),
        reasons => format!("{}: {}", verdict.risk.word(), reasons.join("\n")),
    }
}

/// Who speaks.
pub(super) fn speaker(who: Speaker) -> &'static str {
    match who {
        Speaker::User => "user",
        Speaker::Agent => "agent",
        Speaker::Thought => "thought",
    }
}

/// How loud a notice is.
pub(super) fn notice(level: Notice) -> &'static str {
    match level {
        Notice::Info => "note",
        Notice::Warning => "warning",
        Notice::Error => "error",
    }
}

/// How far a line of a plan is, as wide as any other.
pub(super) fn plan(status: PlanStatus) -> &'static str {
    match status {
        PlanStatus::Pending => "to do ",
        PlanStatus::Doing => "doing ",
        PlanStatus::Done => "done  ",
    }
}

/// Tokens by kind, those that are known.
pub(super) fn tokens(tokens: &Tokens) -> String {
    let all = [
        (tokens.input, "in"),
        (tokens.cache_read, "cached"),
        (tokens.cache_write, "stored"),
        (tokens.output, "out"),
        (tokens.thought, "thought"),
    ];
    let known = all.iter().filter_map(|(count, word)| count.map(|count| format!("{} {word}", human::count(count))));
    known.collect::<Vec<_>>().join(", ")
}

/// How full the context is; `—` where nobody said.
pub(super) fn context(meter: &Meter) -> String {
    let count = |count: Option<u64>| count.map_or_else(|| "—".to_owned(), human::count);
    let share = meter.used.zip(meter.window).and_then(|(used, window)| human::percent(used, window));
    let share = share.map(|share| format!(" ({share} %)")).unwrap_or_default();
    let growth = meter.growth().map(|growth| format!(", grows by {} a turn", human::count(growth))).unwrap_or_default();
    let left = meter.turns_left().map(|turns| format!(", about {turns} turns left")).unwrap_or_default();
    format!("{} of {} tokens{share}{growth}{left}", count(meter.used), count(meter.window))
}

/// How long ago something was.
pub(super) fn age(at: At, now: At) -> String {
    human::age(Duration::from_millis(now.since(at)))
}

/// `1 request`, `2 requests`.
pub(super) fn counted(number: usize, thing: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{s}")
}

/// A folder as people write it: with `~` in the place of the home folder.
#[must_use]
pub(super) fn below_home(folder: &str, home: &str) -> String {
    let below = folder.strip_prefix(home).filter(|rest| !home.is_empty() && (rest.is_empty() || rest.starts_with('/')));
    below.map_or_else(|| folder.to_owned(), |rest| format!("~{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CallPatch, LaneId, Pos, Record, Seq, SessionId, VERSION};

    #[test]
    fn what_never_began_never_ran() {
        let step = |patches: &[CallStatus]| {
            let mut session = Session::new(SessionId(1));
            for (n, &now) in (1..).zip(patches) {
                let patch = CallPatch { status: Some(now), ..CallPatch::default() };
                let event = crate::domain::Event::Called { call: "c".into(), patch: Box::new(patch) };
                let (session_id, lane, at) = (SessionId(1), LaneId::ROOT, At(0));
                session.apply(&Record {
                    pos: Pos(n),
                    session: session_id,
                    seq: Seq(n),
                    lane,
                    at,
                    said_at: None,
                    version: VERSION,
                    cites: None,
                    event,
                });
            }
            session.step_of(&"c".into()).map(status).unwrap_or_default()
        };
        assert_eq!(step(&[CallStatus::Pending, CallStatus::Abandoned]), "never ran");
        assert_eq!(step(&[CallStatus::Running, CallStatus::Abandoned]), "never ended");
    }
}
