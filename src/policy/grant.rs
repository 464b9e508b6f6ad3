//! What a grant that was given earlier covers now.

use super::call::{CallView, Context};
use super::facts::Facts;
use super::pattern::{Pattern, Reach};
use super::rule::{stays_in, within};
use crate::domain::{Completeness, Grant, GrantId, Impact, Matcher, RuleRef};

/// Whether a grant lets a call run.
pub(super) fn lets(grant: &Grant, call: &CallView, facts: &Facts, ctx: &Context) -> bool {
    let over = grant.until.is_some_and(|until| until <= ctx.now);
    if over || facts.own.is_some() {
        return false;
    }
    match &grant.matcher {
        // The agent keeps this one itself: what it asks about is what it does not cover.
        Matcher::AgentsOwn { .. } => false,
        // A human has seen exactly this: it may lie anywhere, as long as nothing is left to guess but its places.
        Matcher::Exact { tool, args } => {
            let same_folder = call.cwd.is_none() || stays_in(facts);
            same_folder
                && call.payload != Completeness::TitleOnly
                && call.name() == Some(tool)
                && call.args_digest() == Some(*args)
        }
        Matcher::Impact(impact) => plain(facts) && facts.impacts == [*impact],
        Matcher::Tool(tool) => plain(facts) && !tool.is_empty() && call.tool.as_ref() == Some(tool),
        Matcher::Path(glob) => {
            let patterns = Pattern::new(glob, Reach::Narrow).into_iter().collect::<Vec<_>>();
            facts.doubts.is_empty() && facts.impacts == [Impact::Edit] && within(&patterns, facts, ctx)
        }
    }
}

fn plain(facts: &Facts) -> bool {
    facts.doubts.is_empty() && stays_in(facts)
}

/// The grant for people and for the record.
pub(super) fn named(id: GrantId, grant: &Grant) -> RuleRef {
    RuleRef { source: id.to_string(), line: None, text: format!("granted: {}", grant.matcher.words()) }
}
