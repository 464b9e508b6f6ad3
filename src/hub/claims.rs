//! Which files a step says that it writes: in its call, or in its command line, where a redirection or the like names them.
//! Where steps run at the same time, that tells whose a change is.

use crate::checkpoint::{Look, RelPath};
use crate::policy;
use crate::state::spans::Span;
use std::collections::BTreeSet;
use std::path::Path;

/// The files of one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Claims {
    paths: BTreeSet<RelPath>,
    /// It may change others too: a command does more than is written in it.
    is_part: bool,
}

impl Claims {
    /// What a step claims in a workspace.
    pub(super) fn of(span: &Span, look: &dyn Look) -> Self {
        Self::at(span, look.root())
    }

    /// The same by the real path of the workspace.
    pub(super) fn at(span: &Span, root: &Path) -> Self {
        let told = span.claims.iter().map(|path| root.join(path));
        let home = std::env::var("HOME").unwrap_or_default();
        let written = match (&span.command, root.to_str()) {
            (Some(command), Some(root)) => policy::written(command, root, &home),
            _ => Vec::new(),
        };
        let written = written.iter().map(|path| Path::new(path).to_owned());
        let paths =
            told.chain(written).filter_map(|path| RelPath::below(root, &path)).filter(|path| !path.is_root()).collect();
        Self { paths, is_part: span.claims.is_empty() }
    }

    fn names(&self, path: &RelPath) -> bool {
        self.paths.contains(path)
    }
}

/// Whose a file is.
pub(super) struct Whose {
    /// Of each step, in order, whether it may be its.
    pub(super) of: Vec<bool>,
    /// Somebody names it.
    pub(super) is_claimed: bool,
}

/// Whose a file is that changed while steps ran at the same time: of those that name it; else of those that may do more than
/// they name; else of all.
pub(super) fn whose(claims: &[Claims], path: &RelPath) -> Whose {
    let claimed: Vec<bool> = claims.iter().map(|claims| claims.names(path)).collect();
    if claimed.contains(&true) {
        return Whose { of: claimed, is_claimed: true };
    }
    let open: Vec<bool> = claims.iter().map(|claims| claims.is_part).collect();
    let of = if open.contains(&true) { open } else { vec![true; claims.len()] };
    Whose { of, is_claimed: false }
}
