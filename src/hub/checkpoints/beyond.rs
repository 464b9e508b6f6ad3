//! What steps named that no checkpoint holds: files that are left out, and what lies behind a link that leads out of the
//! workspace. And what checkpoints of a workspace leave out at all.

use super::keeper::id_of;
use super::limits::is_outside;
use crate::checkpoint::{Entry, RelPath, SnapshotId, Why, Workspace};
use crate::shell::{self, How};
use crate::state::spans::Span;
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Things of one undo that are told.
const MOST: usize = 16;
/// Files that are named of those which no checkpoint covers.
const NAMED: usize = 8;
/// Links that are followed from one to the next.
const LINKS: u32 = 8;

/// What steps named that is not covered, a sentence for each.
pub(super) fn beyond(workspace: &mut Workspace, steps: &[&Span]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for span in steps {
        for (path, through) in named(span) {
            let number = span.number;
            let what = match behind(workspace, span, &path, through) {
                Some((link, to)) => Some(format!(
                    "step {number} wrote through the link {link}, which leads out of the workspace to {to}: what lies behind it \
                     is not covered"
                )),
                None => left_out(workspace, span, &path)
                    .map(|why| format!("step {number}: no checkpoint covers {path} ({why})")),
            };
            told.extend(what.filter(|what| !told.contains(what)));
        }
    }
    let more = told.len().saturating_sub(MOST);
    told.truncate(MOST);
    if more > 0 {
        told.push(format!("and {more} more that no checkpoint covers"));
    }
    told
}

/// What its command line, or what it said, would change; and whether it changes what a link leads to, and not the link.
fn named(span: &Span) -> Vec<(String, bool)> {
    let mut named: Vec<(String, bool)> = span.claims.iter().map(|claim| (claim.clone(), true)).collect();
    if let Some(command) = &span.command {
        let line = shell::read(command);
        let touch =
            |touch: &shell::Touch| Some((touch.base()?.to_owned(), matches!(touch.how, How::Rewrites | How::Appends)));
        named.extend(line.touches().iter().filter_map(touch));
    }
    named
}

/// The link on the way to a path that leads out of the workspace, and to where.
fn behind(workspace: &mut Workspace, span: &Span, path: &str, through: bool) -> Option<(String, String)> {
    let (before, after) = (id_of(span.before.as_ref()?).ok()?, id_of(span.after.as_ref()?).ok()?);
    let mut path = workspace.below(&workspace.root().join(path))?;
    for _ in 0..LINKS {
        let mut way: Vec<RelPath> = path.ancestors().collect();
        way.reverse();
        way.extend(through.then(|| path.clone()));
        // Where the path itself was a link before or after alone, the step may have put the one in the place of the other.
        let link =
            way.into_iter().find(|at| match (is_link(workspace, before, at), is_link(workspace, after, at)) {
                (true, true) => true,
                (false, false) => false,
                (true, false) | (false, true) => *at != path,
            })?;
        let at = if is_link(workspace, before, &link) { before } else { after };
        let target = workspace.read(at, &link).ok()??;
        let target = Path::new(std::ffi::OsStr::from_bytes(&target)).to_path_buf();
        let folder = link.parent().unwrap_or_default().to_path();
        let full = workspace.root().join(folder).join(&target);
        if is_outside(&full.to_string_lossy(), workspace.root()) {
            return Some((link.to_string(), target.to_string_lossy().into_owned()));
        }
        let rest = path.to_path();
        let rest = rest.strip_prefix(link.to_path()).ok()?;
        path = workspace.below(&full.join(rest))?;
    }
    None
}

fn is_link(workspace: &mut Workspace, at: SnapshotId, path: &RelPath) -> bool {
    matches!(workspace.entry(at, path), Ok(Entry::Link { .. }))
}

/// Why the checkpoints of a step do not cover a path; `None` where they do, or it lies elsewhere.
pub(super) fn left_out(workspace: &mut Workspace, span: &Span, path: &str) -> Option<String> {
    let path = workspace.below(&workspace.root().join(path))?;
    span.before.iter().chain(&span.after).find_map(|id| match workspace.entry(id_of(id).ok()?, &path) {
        Ok(Entry::Uncovered(why)) => Some(why.to_string()),
        Ok(_) | Err(_) => None,
    })
}

/// What the checkpoints of some steps leave out, one sentence; what git ignores is no news, and told where a step names it.
pub(super) fn uncovered(workspace: &mut Workspace, steps: &[&Span]) -> Option<String> {
    let mut all: BTreeMap<RelPath, String> = BTreeMap::new();
    for id in steps.iter().flat_map(|span| span.before.iter().chain(&span.after)) {
        let Ok(id) = id_of(id) else { continue };
        let odd = |why: Why| !matches!(why, Why::Ignored | Why::Repository | Why::Own);
        let skipped = workspace.skipped(id).unwrap_or_default().into_iter().filter(|skipped| odd(skipped.why));
        all.extend(skipped.map(|skipped| (skipped.path, skipped.why.to_string())));
        let own = workspace.repositories(id).unwrap_or_default();
        all.extend(own.into_iter().map(|path| (path, "a repository of its own".to_owned())));
    }
    let named: Vec<String> = all.iter().take(NAMED).map(|(path, why)| format!("{path} ({why})")).collect();
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let what = if all.len() == 1 { "1 path here is" } else { "paths here are" };
    let count = if all.len() == 1 { String::new() } else { format!("{} ", all.len()) };
    (!all.is_empty()).then(|| {
        format!(
            "{count}{what} not covered by the checkpoints, and what a step did there stays: {}{more}",
            named.join(", ")
        )
    })
}
