//! Where paths really lead, links followed: policy is pure and can't look.

use crate::policy::{CallView, Context, Led, named};
use std::path::{Path, PathBuf};

/// Finds out where the paths of a call really lead, links followed: those that it tells, and those that its command line
/// names.
pub fn lead(view: &mut CallView, ctx: &mut Context) {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let base = Path::new(&ctx.workspace).join(view.cwd.as_deref().unwrap_or_default());
    for touch in view.touches_mut() {
        touch.real = real(&base.join(&touch.path)).map(text);
    }
    let led = |path: String| {
        let at = Path::new(&path);
        let led = Led { real: real(at).map(text), stands: at.symlink_metadata().is_ok() };
        (path, led)
    };
    ctx.led = named(view, ctx).into_iter().map(led).collect();
}

/// Links that lead nowhere yet are followed so often.
const HOPS: u32 = 40;

/// The real path, of which the last parts may not exist yet.
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    let (mut missing, mut at, mut hops) = (Vec::new(), path.to_owned(), 0);
    loop {
        if let Ok(real) = at.canonicalize() {
            return Some(missing.iter().rev().fold(real, |path, part| path.join(part)));
        }
        let folder = at.parent()?.to_owned();
        // What is written to a link that leads nowhere comes to be where it leads.
        match at.read_link() {
            Ok(target) if hops < HOPS => (at, hops) = (folder.join(target), hops + 1),
            Ok(_) => return None,
            Err(_) => {
                missing.push(at.file_name()?.to_owned());
                at = folder;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_that_leads_nowhere_yet_leads_there_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap();
        std::fs::create_dir(at.join("in")).unwrap();
        symlink("../out/new", at.join("in/link")).unwrap();
        symlink("round", at.join("in/round")).unwrap();
        assert_eq!(real(&at.join("in/link")), Some(at.join("out/new")));
        assert_eq!(real(&at.join("in/a/b")), Some(at.join("in/a/b")));
        assert_eq!(real(&at.join("in/round")), None);
    }
}
