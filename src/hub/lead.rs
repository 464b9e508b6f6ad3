//! Where paths really lead, links followed: policy is pure and can't look.

use crate::policy::CallView;
use std::path::{Path, PathBuf};

/// Finds out where the paths of a call really lead, links followed.
pub fn lead(view: &mut CallView, cwd: &str) {
    for touch in view.touches_mut() {
        touch.real = real(&Path::new(cwd).join(&touch.path)).map(|path| path.to_string_lossy().into_owned());
    }
}

/// The real path, of which the last parts may not exist yet.
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    let mut missing = Vec::new();
    let mut at = path;
    loop {
        if let Ok(real) = at.canonicalize() {
            return Some(missing.iter().rev().fold(real, |path, part| path.join(part)));
        }
        missing.push(at.file_name()?);
        at = at.parent()?;
    }
}
