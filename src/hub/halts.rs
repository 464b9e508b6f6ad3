//! What a halt that went past the hub leaves for it: whom it ended. A hub that hangs hears nothing of it, and would take
//! the end of its agents for a crash of theirs.

use std::fs::{self, DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

fn folder(state: &Path) -> PathBuf {
    state.join("halted")
}

/// Says that a human ended what bears a mark, in a state folder that is there. Said before it is ended; a brake waits for nothing, so where it can't be
/// written the end is only read as another one.
pub fn say(state: &Path, mark: &str) {
    drop(DirBuilder::new().mode(0o700).create(folder(state)));
    drop(OpenOptions::new().create_new(true).write(true).mode(0o600).open(folder(state).join(mark)));
}

/// Whether a human ended it; that is known once, since it goes on record.
#[must_use]
pub(super) fn take(state: &Path, mark: &str) -> bool {
    fs::remove_file(folder(state).join(mark)).is_ok()
}

/// Forgets what is left of it: ids are not given twice.
pub(super) fn forget(state: &Path) {
    drop(fs::remove_dir_all(folder(state)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_halted_is_known_once_and_nothing_else_is() {
        let state = tempfile::tempdir().unwrap();
        assert!(!take(state.path(), "s1"));
        say(state.path(), "s1");
        say(state.path(), "s1");
        say(state.path(), "s2");
        assert!(take(state.path(), "s1") && !take(state.path(), "s1"));
        forget(state.path());
        assert!(!take(state.path(), "s2") && !folder(state.path()).exists());
        // Nothing is made where there is no state.
        let nowhere = state.path().join("nowhere");
        say(&nowhere, "s1");
        assert!(!nowhere.exists());
    }
}
