//! The verdict: deny wins from anywhere, then asking by rule, then allowing; silence asks.

use super::call::{CallView, Contest, Context, Raised};
use super::facts::{Facts, first};
use super::place::short;
use super::{Policy, grant, rule};
use crate::domain::{Impact, Outcome, RuleRef, Verdict};

/// What policy says of a call. Total: any call, any context, any policy.
///
/// Strictest wins: a rule that denies, else a rule that asks, else a rule or grant that allows, else what is built in
/// (looking around in the workspace is allowed), else silence, which asks (or denies, where the policy says so). Among
/// several of the same strictness the first by line is named. What touches taut itself, and what is not understood, no
/// rule and no grant allows; nor what another live session writes too; and nothing does while the budget is spent.
#[must_use]
pub fn judge(policy: &Policy, call: &CallView, ctx: &Context) -> Verdict {
    let facts = Facts::of(call, ctx);
    let (mut outcome, mut rule) = strictest(policy, call, &facts, ctx);
    let mut reasons = facts.reasons(call, ctx);
    if let Some(why) = &policy.broken {
        reasons.insert(0, format!("the policy can't be read, so that everything asks: {why}"));
        if outcome == Outcome::Allow {
            outcome = Outcome::Ask;
            rule =
                RuleRef { source: policy.source.clone(), line: None, text: "can't be read: ask for everything".into() };
        }
    }
    let contested = contested(ctx);
    if !contested.is_empty() && outcome != Outcome::Deny {
        if outcome == Outcome::Allow {
            reasons.insert(0, format!("otherwise allowed by {}: {}", rule.source, rule.text));
            (outcome, rule) = (Outcome::Ask, own_words("ask before two sessions write the same file"));
        }
        // Before everything else: who decides must know of the other one.
        reasons.splice(..0, contested);
    }
    if let Some(why) = &ctx.over_budget {
        match outcome {
            Outcome::Allow => {
                reasons.insert(0, format!("{why}; otherwise allowed by {}: {}", rule.source, rule.text));
                (outcome, rule) = (Outcome::Ask, own_words("ask for everything while the budget is spent"));
            }
            Outcome::Ask => reasons.push(why.clone()),
            Outcome::Deny => {}
        }
    }
    Verdict { outcome, rule, risk: facts.risk(), reasons, policy: policy.digest() }
}

/// What others write of what this call would write, in words.
fn contested(ctx: &Context) -> Vec<String> {
    let said = |one: &Contest| format!("{} {}: {}", short(&one.with), one.how, short(&one.file));
    first(ctx.contested.iter().map(said), "files that other sessions write")
}

fn strictest(policy: &Policy, call: &CallView, facts: &Facts, ctx: &Context) -> (Outcome, RuleRef) {
    // Rules are kept in the order of lines: the first of its kind is the one to name.
    let by = |then: Outcome| {
        let speaks = |rule: &&rule::Rule| rule.then == then && rule.speaks_of(call, facts, ctx);
        policy.rules.iter().find(speaks).map(|rule| (then, rule.named(&policy.source)))
    };
    let granted = || {
        let lets = ctx.grants.iter().filter(|(_, it)| grant::lets(it, call, facts, ctx));
        let first = lets.min_by_key(|(id, _)| *id);
        first.map(|(id, it)| (Outcome::Allow, grant::named(*id, it)))
    };
    by(Outcome::Deny)
        .or_else(|| by(Outcome::Ask))
        .or_else(|| by(Outcome::Allow))
        .or_else(granted)
        .or_else(|| built_in(call, facts))
        .unwrap_or_else(|| silence(policy, facts))
}

/// What is allowed without any rule: looking at plain files of the workspace, and thinking that nobody asks about.
fn built_in(call: &CallView, facts: &Facts) -> Option<(Outcome, RuleRef)> {
    let looks = facts.impacts == [Impact::Read] && !facts.spots.is_empty();
    let thinks = facts.is_about_itself() && call.raised == Raised::Nobody;
    let plain = facts.own.is_none() && facts.doubts.is_empty() && rule::stays_in(facts);
    (plain && (looks || thinks)).then(|| (Outcome::Allow, own_words("allow what only looks, inside the workspace")))
}

/// What asks where nothing else does.
const SILENCE: &str = "ask for what no rule speaks of";

/// Whether a verdict names no more than that no rule speaks of the call.
#[must_use]
pub fn is_silence(rule: &RuleRef) -> bool {
    *rule == own_words(SILENCE)
}

fn silence(policy: &Policy, facts: &Facts) -> (Outcome, RuleRef) {
    match policy.silence {
        Some((outcome @ Outcome::Deny, line)) => {
            let text = "default: deny what no rule allows".to_owned();
            (outcome, RuleRef { source: policy.source.clone(), line: Some(line), text })
        }
        _ if facts.own.is_some() => (Outcome::Ask, own_words("always ask before taut itself is touched")),
        _ => (Outcome::Ask, own_words(SILENCE)),
    }
}

fn own_words(text: &str) -> RuleRef {
    RuleRef { source: "built-in".to_owned(), line: None, text: text.to_owned() }
}
