//! Answering a request from a script: allow, deny, edit, reply. What was read is named by its digest; anything else is not
//! decided, and what changed is said: on stderr, as all that comes otherwise than it was asked for.

use super::args::{Allow, Deny, Edit, ReplyTo};
use super::out::Out;
use super::script::request;
use super::setup::Setup;
use super::{CliError, clock, daemon, input, remote, say, words};
use crate::domain::{
    At, Closing, Command, Decision, Digest, Given, Matcher, Offer, OfferKind, Question, Reply, RequestId, Topic,
};
use crate::hub::Link;
use crate::state::{Request, Session, State};
use std::process::ExitCode;

/// It had been answered before; what it was answered is printed.
const ALREADY: u8 = 3;
/// What is asked now is not what the digest says.
const STALE: u8 = 4;
/// It was decided, and is not on record yet.
const HELD: u8 = 8;

/// A hub, and the request that is meant.
pub(super) struct Asked {
    pub(super) link: Link,
    state: State,
    pub(super) id: RequestId,
}

impl Asked {
    /// Finds it.
    ///
    /// # Errors
    /// No hub runs, or there is no such request.
    pub(super) fn find(setup: &Setup, given: &str) -> Result<Self, CliError> {
        let (mut link, _) = daemon::running(setup)?;
        let state = remote::snapshot(&mut link)?;
        let id = request(setup, &state, given)?;
        Ok(Self { link, state, id })
    }

    /// What is known of it; nothing where it is long over.
    fn known(&self) -> Option<&Request> {
        self.state.request(self.id)
    }
}

/// `taut allow`.
///
/// # Errors
/// No hub runs, or there is no such request or scope.
pub(super) fn allow(setup: &Setup, args: &Allow) -> Result<ExitCode, CliError> {
    let mut asked = Asked::find(setup, &args.request)?;
    let until = args.until.map(|lasts| At(clock::now().0.saturating_add(i64::try_from(lasts).unwrap_or(i64::MAX))));
    let decision = match asked.known() {
        Some(request) => chosen(request, args.scope.as_deref(), until)?,
        // Long over: the hub says how it was answered.
        None => Decision::Allow { offer: String::new() },
    };
    decide(&mut asked, args.digest, decision)
}

/// `taut deny`.
///
/// # Errors
/// No hub runs, or there is no such request.
pub(super) fn deny(setup: &Setup, args: &Deny) -> Result<ExitCode, CliError> {
    let mut asked = Asked::find(setup, &args.request)?;
    let known = asked.known();
    let reject = known.and_then(|request| request.offers.iter().find(|offer| offer.kind == OfferKind::RejectOnce));
    let offer = reject.map(|offer| offer.id.clone());
    let digest = args.digest.or(known.map(|request| request.digest)).unwrap_or_default();
    decide(&mut asked, digest, Decision::Deny { offer, reason: args.reason.clone(), interrupt: args.interrupt })
}

/// `taut edit`.
///
/// # Errors
/// No hub runs, there is no such request, or what is given is no JSON.
pub(super) fn edit(setup: &Setup, args: &Edit) -> Result<ExitCode, CliError> {
    let text = input::json("--input", &args.input)?;
    let mut asked = Asked::find(setup, &args.request)?;
    let offer = asked.known().and_then(single).map(|offer| offer.id.clone());
    decide(&mut asked, args.digest, Decision::Edit { offer, args: text.into(), reason: args.reason.clone() })
}

/// `taut reply`.
///
/// # Errors
/// No hub runs, there is no such request, or an answer names no question.
pub(super) fn reply(setup: &Setup, args: &ReplyTo) -> Result<ExitCode, CliError> {
    let mut asked = Asked::find(setup, &args.request)?;
    let questions: &[Question] = match asked.known().map(|request| &request.how.topic) {
        Some(Topic::Questions(questions)) => questions,
        Some(Topic::Call | Topic::Plan(_)) => {
            return Err(fault(format!("request {} asks no question: allow or deny it", asked.id)));
        }
        None => &[],
    };
    if let Some(secret) = questions.iter().find(|question| question.secret) {
        return Err(fault(format!(
            "the question {:?} asks for a secret, which would stand in the list of processes: answer it in the console",
            secret.id
        )));
    }
    let mut given: Vec<Given> = Vec::new();
    for answer in &args.answers {
        let Some((id, label)) = answer.split_once('=') else {
            return Err(fault(format!(
                "--answer {answer:?} names no question: give ID=LABEL, as `taut show` lists them"
            )));
        };
        match given.iter_mut().find(|given| given.question == id) {
            Some(known) => known.answers.push(label.to_owned()),
            None => given.push(Given { question: id.to_owned(), answers: vec![label.to_owned()] }),
        }
    }
    decide(&mut asked, args.digest, Decision::Reply { given })
}

fn fault(what: String) -> CliError {
    CliError::Daemon(what)
}

/// Sends a decision, and says what became of it.
///
/// # Errors
/// The hub does not answer.
pub(super) fn decide(asked: &mut Asked, digest: Digest, decision: Decision) -> Result<ExitCode, CliError> {
    let (id, allows) = (asked.id, decision.allows());
    let done = match &decision {
        Decision::AllowFor { matcher, .. } => format!("allowed, and from now on {}", matcher.words()),
        other => other.word().to_owned(),
    };
    // A digest that was given stands for what was read: `taut show` and `taut queue` print the whole of it.
    let reply = remote::command(&mut asked.link, Command::Decide { request: id, digest, decision, overridden: false })?;
    let code = match reply {
        Reply::Done | Reply::Started { .. } => {
            if let Some(why) = not_taken(asked)? {
                return Err(CliError::Refused(format!("{done}, and the agent would not take the answer: {why}")));
            }
            let mut out = Out::new();
            out.line(&done)?;
            return out.done();
        }
        Reply::KeptFirst => {
            say(
                "held: the workspace is being kept as it is now, and the call runs once that is done (`taut queue` lists it until then)",
            );
            HELD
        }
        Reply::Held => {
            say(if allows {
                "held: the store can't be written just now, and the agent hears of it only once it can"
            } else {
                "denied; that is not on record yet, since the store can't be written just now"
            });
            HELD
        }
        Reply::Already { decision } => {
            say(&format!("{id} was {} before", decision.word()));
            ALREADY
        }
        Reply::Stale { digest } => {
            say(&format!("{id} asks for something else now: look again with `taut show {id}`; its digest is {digest}"));
            let state = remote::snapshot(&mut asked.link)?;
            let newer = state.session(id.session).into_iter().flat_map(Session::waiting);
            let newer = newer.map(|(request, ..)| request).find(|request| request.digest == digest);
            if let Some(newer) = newer.filter(|newer| newer.id != id) {
                say(&format!("it is {} now", newer.id));
                newer.changed.iter().for_each(|changed| say(&format!("changed: {changed}")));
            }
            STALE
        }
        Reply::Refused { why } => return Err(CliError::Refused(why)),
    };
    Ok(ExitCode::from(code))
}

/// Why the agent did not take an answer that was given to it just now; `None` where it did, as far as is known.
fn not_taken(asked: &mut Asked) -> Result<Option<String>, CliError> {
    let state = remote::snapshot(&mut asked.link)?;
    Ok(match state.request(asked.id).and_then(|request| request.closed.as_ref()) {
        Some((Closing::Refused(why), _)) => Some(why.clone()),
        Some(_) | None => None,
    })
}

/// The agent's single allowance of this call, where there is exactly one.
fn single(request: &Request) -> Option<&Offer> {
    let mut once = request.offers.iter().filter(|offer| offer.kind == OfferKind::AllowOnce);
    once.next().filter(|_| once.next().is_none())
}

/// The single allowance, one of the agent's offers, or a scope that taut holds.
fn chosen(request: &Request, scope: Option<&str>, until: Option<At>) -> Result<Decision, CliError> {
    let Some(name) = scope else {
        let offer = single(request).ok_or_else(|| unclear(request))?;
        return Ok(Decision::Allow { offer: offer.id.clone() });
    };
    let offers: Vec<&Offer> = request.offers.iter().filter(|offer| offer.id == name || offer.name == name).collect();
    let held: Vec<&Matcher> = request.how.scopes.iter().filter(|scope| words::scope(scope) == name).collect();
    match (offers.as_slice(), held.as_slice()) {
        ([offer], []) if until.is_none() => Ok(Decision::Allow { offer: offer.id.clone() }),
        ([_], []) => Err(fault(format!(
            "{name:?} is the agent's own offer, and taut can't end it: leave out --until, or name a scope \
                that taut holds: {}",
            names(request)
        ))),
        ([], [matcher]) => {
            let offer = single(request).ok_or_else(|| unclear(request))?;
            Ok(Decision::AllowFor { offer: offer.id.clone(), matcher: (*matcher).clone(), until })
        }
        _ => Err(unclear(request)),
    }
}

/// What may be chosen, in one sentence.
fn unclear(request: &Request) -> CliError {
    if let Topic::Questions(_) = request.how.topic {
        return fault(format!(
            "{0} is a question to you: answer it by `taut reply {0} --digest D --answer ID=LABEL` (`taut show {0}` lists what can be \
             chosen), or refuse it by `taut deny {0}`",
            request.id
        ));
    }
    let all: Vec<String> = request.offers.iter().map(|offer| format!("{:?}", offer.id)).collect();
    let held = match request.how.scopes.as_slice() {
        [] => String::new(),
        _ => format!("; or one that taut holds: {}", names(request)),
    };
    fault(format!("choose one of the agent's offers with --scope: {}{held}", all.join(", ")))
}

fn names(request: &Request) -> String {
    let names: Vec<String> = request.how.scopes.iter().map(|scope| format!("{:?}", words::scope(scope))).collect();
    if names.is_empty() { "it has none".to_owned() } else { names.join(", ") }
}
