//! One rule of `policy.toml`: of which calls it speaks.

use super::call::{CallView, Context};
use super::command::{self, Ran};
use super::facts::Facts;
use super::pattern::Pattern;
use super::place::Spot;
use crate::domain::{Digest, Impact, Outcome, RuleRef, Text};
use std::fmt::Write as _;

/// A rule. What is `None` was not given, and does not narrow it.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) line: u32,
    pub(super) then: Outcome,
    pub(super) impact: Option<Vec<Impact>>,
    pub(super) tool: Option<Vec<String>>,
    pub(super) path: Option<Vec<Pattern>>,
    pub(super) command: Option<Vec<String>>,
    /// What commands begin with, in words.
    pub(super) prefix: Option<Vec<Vec<String>>>,
    /// Where a command that is let run may redirect to.
    pub(super) redirect: Option<Vec<Pattern>>,
    /// Which variables it may set.
    pub(super) assign: Option<Vec<String>>,
    pub(super) agent: Option<Vec<String>>,
    pub(super) note: Option<String>,
    /// What in it may well mean something else than was meant: on which line, and one sentence.
    pub(super) odd: Option<(u32, String)>,
}

impl Rule {
    /// Whether the rule speaks of a call: letter by letter where it lets it run, widely where it holds it back.
    pub(super) fn speaks_of(&self, call: &CallView, facts: &Facts, ctx: &Context) -> bool {
        match self.then {
            Outcome::Allow => self.lets(call, facts, ctx),
            Outcome::Ask | Outcome::Deny => self.holds(call, facts, ctx),
        }
    }

    fn lets(&self, call: &CallView, facts: &Facts, ctx: &Context) -> bool {
        let exact = |list: &Vec<String>| facts.command.as_ref().is_some_and(|command| list.contains(command));
        // Who names a whole line has read it: nothing in it is left to guess.
        let read = self.command.as_ref().is_some_and(exact);
        let impacts = if read { &facts.said } else { &facts.impacts };
        facts.own.is_none()
            && facts.doubts.is_empty()
            && given(self.impact.as_ref(), |list| impacts.iter().all(|impact| list.contains(impact)))
            && given(self.tool.as_ref(), |list| {
                call.tool.as_ref().is_some_and(|tool| !tool.is_empty() && list.contains(tool))
            })
            && given(self.agent.as_ref(), |list| list.contains(&ctx.agent))
            && given(self.command.as_ref(), exact)
            && given(self.prefix.as_ref(), |list| facts.ran.as_ref().is_some_and(|ran| self.lets_all(ran, list, ctx)))
            && (read || facts.ran.as_ref().is_none_or(Ran::is_plain))
            && match &self.path {
                None => stays_in(facts) && (read || facts.ran.as_ref().is_none_or(Ran::stays_in)),
                // What a command touches is not known by its places.
                Some(_) if facts.said.contains(&Impact::Execute) && self.command.is_none() && self.prefix.is_none() => {
                    false
                }
                Some(patterns) => {
                    let named = facts.ran.iter().filter(|_| !read).flat_map(|ran| &ran.spots);
                    within(patterns, facts.spots.iter().chain(named), facts.looks(), ctx)
                }
            }
    }

    /// Whether every command of a line is meant, and nothing beside them writes or sets what the rule does not name.
    fn lets_all(&self, ran: &Ran, prefixes: &[Vec<String>], ctx: &Context) -> bool {
        let named = |spot: &Spot| self.redirect.iter().flatten().any(|pattern| pattern.covers(spot, false, ctx));
        ran.is_all(prefixes)
            && ran.outs.iter().all(named)
            && ran.line.assigns.iter().all(|assign| self.assign.iter().flatten().any(|name| *name == assign.name))
    }

    fn holds(&self, call: &CallView, facts: &Facts, ctx: &Context) -> bool {
        let named = |list: &Vec<String>, name: &str| list.iter().any(|item| item.eq_ignore_ascii_case(name));
        let taken = facts.said.iter().any(|impact| matches!(impact, Impact::Delete | Impact::Move));
        let spots: Vec<&Spot> = facts.spots.iter().chain(&facts.aliases).collect();
        let ran = || facts.ran.iter();
        let places = |it: &Pattern| {
            spots.iter().any(|spot| it.covers(spot, taken, ctx))
                || ran().any(|ran| ran.spots.iter().chain(&ran.aliases).any(|spot| it.covers(spot, false, ctx)))
                || ran().any(|ran| ran.taken.iter().any(|spot| it.covers(spot, true, ctx)))
        };
        given(self.impact.as_ref(), |list| facts.impacts.iter().any(|impact| list.contains(impact)))
            && given(self.tool.as_ref(), |list| call.name().is_some_and(|name| named(list, name)))
            && given(self.agent.as_ref(), |list| named(list, &ctx.agent))
            && given(self.command.as_ref(), |list| list.iter().any(|line| is_command(call, facts, line)))
            && given(self.prefix.as_ref(), |list| facts.ran.as_ref().is_some_and(|ran| ran.holds_any(list)))
            && given(self.path.as_ref(), |list| list.iter().any(places))
    }

    /// The rule for people and for the record.
    pub(super) fn named(&self, source: &str) -> RuleRef {
        RuleRef { source: source.to_owned(), line: Some(self.line), text: self.words() }
    }

    fn words(&self) -> String {
        let then = match self.then {
            Outcome::Allow => "allow",
            Outcome::Ask => "ask",
            Outcome::Deny => "deny",
        };
        let list = |items: &[String]| items.join(" or ");
        let impacts =
            self.impact.as_ref().map(|all| all.iter().map(|impact| impact.word()).collect::<Vec<_>>().join(" or "));
        // Writing to a `String` cannot fail.
        let mut words = format!("{then} {}", impacts.unwrap_or_else(|| "anything".to_owned()));
        if let Some(paths) = &self.path {
            let _ = write!(words, " of {}", paths.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" or "));
        }
        for (before, items) in [(" by tool ", &self.tool), (" as command ", &self.command), (" by agent ", &self.agent)]
        {
            if let Some(items) = items {
                let _ = write!(words, "{before}{}", list(items));
            }
        }
        if let Some(prefixes) = &self.prefix {
            let all: Vec<String> = prefixes.iter().map(|prefix| command::words(prefix)).collect();
            let _ = write!(words, " that begins with {}", all.join(" or "));
        }
        if let Some(note) = &self.note {
            let _ = write!(words, ": {note}");
        }
        words
    }
}

/// True where a condition was not given, or holds.
fn given<T>(condition: Option<&T>, holds: impl FnOnce(&T) -> bool) -> bool {
    condition.is_none_or(holds)
}

/// True where all of a call stays in the workspace, among plain files: what needs no pattern to be covered.
pub(super) fn stays_in(facts: &Facts) -> bool {
    facts.sensitive.is_empty() && facts.spots.iter().all(Spot::inside)
}

/// True where patterns cover every place of a call, and sensitive ones by name.
pub(super) fn within<'s>(
    patterns: &[Pattern],
    spots: impl Iterator<Item = &'s Spot>,
    looks: bool,
    ctx: &Context,
) -> bool {
    let mut any = false;
    let all = spots.inspect(|_| any = true).all(|spot| match super::sensitive::kind(&spot.full) {
        Some(kind) if !(looks && kind.only_when_changed()) => {
            patterns.iter().any(|it| it.covers_sensitive(kind, spot, ctx))
        }
        _ => patterns.iter().any(|it| it.covers(spot, false, ctx)),
    });
    all && any
}

fn is_command(call: &CallView, facts: &Facts, line: &str) -> bool {
    match &call.command {
        Some(Text::Body(body)) => body.digest == Digest::of(line.as_bytes()),
        _ => facts.command.as_deref() == Some(line),
    }
}
