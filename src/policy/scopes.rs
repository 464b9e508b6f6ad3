//! What may be allowed beyond one call: grants that the hub can hold, narrowest first. Each is proved by the judge itself
//! before it is offered: a grant that would not cover the very call it is made from is none.

use super::call::{CallView, Context};
use super::facts::Facts;
use super::{grant, rule};
use crate::domain::{Completeness, Grant, Impact, Matcher};

/// What may be offered for a call, narrowest first; nothing for what touches taut itself.
#[must_use]
pub fn scopes(call: &CallView, ctx: &Context) -> Vec<Matcher> {
    let facts = Facts::of(call, ctx);
    if facts.own.is_some() || call.payload == Completeness::TitleOnly {
        return Vec::new();
    }
    let covers = |matcher: &Matcher| {
        let grant = Grant { matcher: matcher.clone(), origin: None, call: None, until: None };
        grant::lets(&grant, call, &facts, ctx)
    };
    [exact(call), prefix(&facts), path(&facts, Reach::File), path(&facts, Reach::Folder), tool(call, &facts)]
        .into_iter()
        .flatten()
        .filter(covers)
        .fold(Vec::new(), |mut all, matcher| {
            if !all.contains(&matcher) {
                all.push(matcher);
            }
            all
        })
}

fn exact(call: &CallView) -> Option<Matcher> {
    Some(Matcher::Exact { tool: call.name()?.to_owned(), args: call.exact_digest()? })
}

/// Commands that begin like this one, where its beginning says what they do.
fn prefix(facts: &Facts) -> Option<Matcher> {
    facts.ran.as_ref().and_then(|ran| ran.line.offered()).map(Matcher::Prefix)
}

/// How far a grant of a path goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The file itself.
    File,
    /// The folder that it is in, and all below.
    Folder,
}

/// Edits of the one file that it writes, or below its folder; never of the whole workspace.
fn path(facts: &Facts, reach: Reach) -> Option<Matcher> {
    // Agents name the file twice: where the call goes, and what it writes.
    let (spot, others) = facts.spots.split_first()?;
    if others.iter().any(|other| other.full != spot.full) {
        return None;
    }
    let rest = spot.rest.as_deref().filter(|_| facts.impacts == [Impact::Edit] && rule::stays_in(facts))?;
    match reach {
        Reach::File => Some(Matcher::Path(globset::escape(rest))),
        Reach::Folder => {
            let (folder, _) = rest.rsplit_once('/')?;
            Some(Matcher::Path(format!("{}/**", globset::escape(folder))))
        }
    }
}

/// Every call of a tool that says by its arguments what it does. A shell's calls have only their name in common.
fn tool(call: &CallView, facts: &Facts) -> Option<Matcher> {
    let harmless = facts.impacts.iter().all(|impact| matches!(impact, Impact::Read | Impact::Think | Impact::Edit));
    call.tool.clone().filter(|tool| harmless && !tool.is_empty()).map(Matcher::Tool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CallPatch;
    use crate::policy::Raised;

    fn ctx() -> Context {
        Context { workspace: "/w".into(), own: vec!["/w/.taut".into()], ..Context::default() }
    }

    fn edit(path: &str) -> CallView {
        let change = crate::domain::FileChange {
            path: path.into(),
            old: None,
            new: Some("x".into()),
            fragment: false,
            line: None,
            patch: None,
            moved_to: None,
        };
        let write = CallPatch {
            tool: Some("Write".into()),
            impact: Some(Impact::Edit),
            args: Some("{}".into()),
            places: Some(vec![crate::domain::Place { path: path.into(), line: Some(1) }]),
            changes: Some(vec![change]),
            ..CallPatch::default()
        };
        CallView::of(&write, Completeness::Whole, Raised::ByAgent)
    }

    #[test]
    fn an_edit_offers_itself_its_file_its_folder_and_its_tool() {
        let all = scopes(&edit("src/a[1].rs"), &ctx());
        assert!(matches!(all[0], Matcher::Exact { .. }));
        assert_eq!(
            all[1..],
            [Matcher::Path("src/a[[]1[]].rs".into()), Matcher::Path("src/**".into()), Matcher::Tool("Write".into())]
        );
        let root: Vec<_> = scopes(&edit("a.rs"), &ctx());
        assert!(!root.contains(&Matcher::Path("**".into())), "never the whole workspace: {root:?}");
    }

    #[test]
    fn what_reaches_out_offers_only_itself_and_what_touches_taut_nothing() {
        assert!(matches!(scopes(&edit("/etc/hosts"), &ctx()).as_slice(), [Matcher::Exact { .. }]));
        assert!(matches!(scopes(&edit(".env"), &ctx()).as_slice(), [Matcher::Exact { .. }]));
        assert_eq!(scopes(&edit("/w/.taut/x"), &ctx()), []);
        let run = CallPatch {
            tool: Some("Bash".into()),
            impact: Some(Impact::Execute),
            command: Some("cargo test".into()),
            args: Some(r#"{"command":"cargo test"}"#.into()),
            ..CallPatch::default()
        };
        let run = CallView::of(&run, Completeness::Whole, Raised::ByAgent);
        assert!(
            !scopes(&run, &ctx()).iter().any(|it| matches!(it, Matcher::Tool(_))),
            "a shell's calls have only a name in common"
        );
        let bare = CallView { payload: Completeness::TitleOnly, ..run };
        assert_eq!(scopes(&bare, &ctx()), []);
    }
}
