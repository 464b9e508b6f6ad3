//! What a grant that was given earlier covers now.

use super::call::{CallView, Context};
use super::command::Ran;
use super::facts::Facts;
use super::pattern::{Pattern, Reach};
use super::rule::{stays_in, within};
use crate::domain::{Completeness, Grant, GrantId, Impact, Matcher, RuleRef};
use crate::shell::{self, Redirect};

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
                && call.exact_digest() == Some(*args)
        }
        Matcher::Impact(impact) => plain(facts) && facts.impacts == [*impact],
        Matcher::Tool(tool) => plain(facts) && !tool.is_empty() && call.tool.as_ref() == Some(tool),
        Matcher::Prefix(prefix) => {
            plain(facts) && facts.said == [Impact::Execute] && facts.ran.as_ref().is_some_and(|ran| begins(ran, prefix))
        }
        Matcher::Path(glob) => {
            let patterns = Pattern::new(glob, Reach::Narrow).into_iter().collect::<Vec<_>>();
            facts.doubts.is_empty()
                && facts.ran.is_none()
                && facts.impacts == [Impact::Edit]
                && within(&patterns, facts.spots.iter(), facts.looks(), ctx)
        }
    }
}

fn plain(facts: &Facts) -> bool {
    facts.doubts.is_empty() && stays_in(facts) && facts.ran.as_ref().is_none_or(|ran| ran.is_plain() && ran.stays_in())
}

/// Whether every command of a line begins with the words of a grant, does nothing that has to be warned of (what was granted
/// did not, and `git stash drop` begins like `git stash list`), and nothing else in it writes or sets anything that changes
/// what runs.
fn begins(ran: &Ran, prefix: &[String]) -> bool {
    ran.is_all(std::slice::from_ref(&prefix.to_vec()))
        && !ran.harmful
        && ran.line.harms().iter().all(|harm| harm.kind.is_quiet())
        && !ran.line.redirects.iter().any(Redirect::writes)
        && ran.line.outputs().is_empty()
        && ran.line.assigns.iter().all(|assign| shell::harmless(&assign.name))
}

/// The grant for people and for the record.
pub(super) fn named(id: GrantId, grant: &Grant) -> RuleRef {
    RuleRef { source: id.to_string(), line: None, text: format!("granted: {}", grant.matcher.words()) }
}
