//! `apply_patch`, as Codex knows it on a command line: the files that its patch names are what it writes and removes.

use super::touch::{How, Touch};
use super::{Input, Line, Simple, Word};

/// The names by which it is called.
const NAMES: [&str; 2] = ["apply_patch", "applypatch"];

/// The files that a patch writes, moves or removes. Empty where the command is another one, or its patch is not known.
pub(super) fn touches(simple: &Simple) -> Vec<Touch> {
    let Some(text) = text(simple) else { return Vec::new() };
    let touch = |line: &str| {
        let heads = [
            ("*** Add File: ", How::Rewrites),
            ("*** Update File: ", How::Rewrites),
            ("*** Move to: ", How::Rewrites),
            ("*** Delete File: ", How::Deletes),
        ];
        let (path, how) = heads.iter().find_map(|(head, how)| Some((line.trim_start().strip_prefix(head)?, *how)))?;
        Some(Touch::new(&Word::new(path.trim_end()), how, "apply_patch"))
    };
    text.lines().filter_map(touch).collect()
}

/// A patch that is not known may write anything.
pub(super) fn doubt(simple: &Simple, line: &mut Line) {
    if is_one(simple) && touches(simple).is_empty() {
        line.doubt("apply_patch writes files that are not known");
    }
}

fn is_one(simple: &Simple) -> bool {
    simple.name().is_some_and(|name| NAMES.contains(&name))
}

/// The patch: its argument, or what it reads.
fn text(simple: &Simple) -> Option<&str> {
    if !is_one(simple) {
        return None;
    }
    match (simple.args(), &simple.input) {
        ([patch], _) => patch.fixed(),
        ([], Input::Text(text)) => text.as_deref(),
        ([], Input::Inherited | Input::Pipe { .. } | Input::File(_)) | ([_, _, ..], _) => None,
    }
}
