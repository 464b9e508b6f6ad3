//! Three versions of a text: what one side changed is kept where the other did not. The work is git's.

use super::import::{Blob, Import};
use super::{Error, ObjectId, Workspace};
use std::fs;

/// Text is looked through so far for a byte that no text has.
const LOOKED: usize = 8000;

/// What becomes of lines that both sides changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Favour {
    /// They are a conflict.
    Nobody,
    /// As they are now.
    Ours,
    /// As they were before the step.
    Theirs,
    /// Both, one after the other, with marks around them as git makes them.
    Both,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Merged {
    Clean(ObjectId),
    /// Both sides changed the same lines.
    Clash,
    /// One of them is no text.
    Binary,
}

impl Workspace {
    /// Takes the change from `base` to `theirs` into `ours`.
    pub(super) fn merge(
        &mut self,
        ours: ObjectId,
        base: ObjectId,
        theirs: ObjectId,
        favour: Favour,
    ) -> Result<Merged, Error> {
        let sides = [("ours", ours), ("base", base), ("theirs", theirs)];
        let mut names = Vec::new();
        for (name, blob) in sides {
            let bytes = self.bytes(blob)?;
            if bytes[..bytes.len().min(LOOKED)].contains(&0) {
                return Ok(Merged::Binary);
            }
            let name = format!("merge-{name}");
            self.place.write(&name, &bytes)?;
            names.push(self.place.file(&name));
        }
        let mut command = self.git.command();
        command.args(["merge-file", "-p", "-q"]);
        command.args(match favour {
            Favour::Nobody => &[][..],
            Favour::Ours => &["--ours"],
            Favour::Theirs => &["--theirs"],
            Favour::Both => &["-L", "as it is now", "-L", "after the step", "-L", "before the step"],
        });
        let output = command.args(&names).output().map_err(|error| Error::io("start git in", self.git.dir(), error));
        names.iter().for_each(|name| drop(fs::remove_file(name)));
        let output = output?;
        match output.status.code() {
            Some(0) => self.keep_blob(&output.stdout).map(Merged::Clean),
            Some(1..=127) if favour == Favour::Both => self.keep_blob(&output.stdout).map(Merged::Clean),
            // So many conflicts.
            Some(1..=127) => Ok(Merged::Clash),
            _ if String::from_utf8_lossy(&output.stderr).contains("binary") => Ok(Merged::Binary),
            _ => Err(self.git.failed("merge two texts", &output.stderr)),
        }
    }

    /// Keeps some bytes in the store.
    pub(super) fn keep_blob(&mut self, bytes: &[u8]) -> Result<ObjectId, Error> {
        let mut import = Import::begin(&self.git)?;
        let mark = import.blob(bytes)?;
        let made = import.finish()?;
        made.id(Blob::New(mark)).ok_or_else(|| Error::damaged(self.git.dir(), "what was just kept is not there"))
    }
}
