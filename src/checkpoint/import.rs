//! Writing the store: one `git fast-import` a checkpoint. It is given bytes, never paths to read, so that it runs no
//! filter and follows no link; only what changed is told, on top of the tree before.

use super::git::{Git, gather, quoted};
use super::objects::FOLDER;
use super::{Error, ObjectId};
use std::io::{BufWriter, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::thread::JoinHandle;

/// A blob of this import, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(usize);

/// What a line of a tree is to hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Blob {
    Known(ObjectId),
    New(Mark),
}

/// An import that is under way.
pub(super) struct Import {
    git: Git,
    child: Child,
    to: Option<BufWriter<ChildStdin>>,
    told: Option<JoinHandle<Vec<u8>>>,
    errors: Option<JoinHandle<Vec<u8>>>,
    marks: usize,
}

impl Import {
    pub(super) fn begin(git: &Git) -> Result<Self, Error> {
        let mut command = git.command();
        // No deltas while it hurries: each object stands for itself, as loose ones do.
        command.args(["fast-import", "--quiet", "--force", "--done", "--depth=0"]).stdin(Stdio::piped());
        let mut child = git.spawn(&mut command)?;
        let to = child.stdin.take().map(|to| BufWriter::with_capacity(1 << 16, to));
        let (told, errors) = (child.stdout.take().map(gather), child.stderr.take().map(gather));
        Ok(Self { git: git.clone(), child, to, told, errors, marks: 0 })
    }

    /// Keeps some bytes.
    pub(super) fn blob(&mut self, bytes: &[u8]) -> Result<Mark, Error> {
        self.marks += 1;
        let mark = self.marks;
        let len = bytes.len();
        self.tell(|to| {
            write!(to, "blob\nmark :{mark}\ndata {len}\n")?;
            to.write_all(bytes)?;
            write!(to, "\nget-mark :{mark}\n")
        })?;
        Ok(Mark(mark - 1))
    }

    /// Begins a tree: that of `base`, to be changed.
    pub(super) fn tree(&mut self, base: Option<ObjectId>) -> Result<(), Error> {
        self.tell(|to| {
            to.write_all(b"commit refs/taut/last\ncommitter taut <taut> 0 +0000\ndata 0\n")?;
            match base {
                Some(base) => writeln!(to, "M {FOLDER:06o} {base} \"\""),
                None => Ok(()),
            }
        })
    }

    /// Takes a path out of the tree.
    pub(super) fn remove(&mut self, path: &[u8]) -> Result<(), Error> {
        self.tell(|to| {
            to.write_all(b"D ")?;
            quoted(path, to)?;
            to.write_all(b"\n")
        })
    }

    /// Puts a blob into the tree.
    pub(super) fn put(&mut self, path: &[u8], mode: u32, blob: Blob) -> Result<(), Error> {
        self.tell(|to| {
            match blob {
                Blob::Known(id) => write!(to, "M {mode:06o} {id} ")?,
                Blob::New(Mark(mark)) => write!(to, "M {mode:06o} :{} ", mark + 1)?,
            }
            quoted(path, to)?;
            to.write_all(b"\n")
        })
    }

    /// Ends it: everything is on the disk. The ids of the blobs, by their marks.
    pub(super) fn finish(mut self) -> Result<Made, Error> {
        self.tell(|to| to.write_all(b"done\n").and_then(|()| to.flush()))?;
        drop(self.to.take());
        let ended = self.child.wait().map_err(|error| Error::io("wait for git in", self.git.dir(), error))?;
        let told = self.told.take().and_then(|told| told.join().ok()).unwrap_or_default();
        if !ended.success() {
            return Err(self.failed());
        }
        let ids: Option<Vec<ObjectId>> = String::from_utf8_lossy(&told).lines().map(|line| line.parse().ok()).collect();
        ids.filter(|ids| ids.len() == self.marks)
            .map(Made)
            .ok_or_else(|| Error::damaged(self.git.dir(), "git told other ids than it was asked for"))
    }

    fn tell(&mut self, what: impl FnOnce(&mut BufWriter<ChildStdin>) -> std::io::Result<()>) -> Result<(), Error> {
        match self.to.as_mut().map(what) {
            Some(Ok(())) => Ok(()),
            // It went away: why is in its last words.
            Some(Err(_)) | None => Err(self.failed()),
        }
    }

    fn failed(&mut self) -> Error {
        if let Some(to) = self.to.take() {
            // Not flushed: nobody reads it.
            drop(to.into_parts());
        }
        let _ = self.child.wait();
        let errors = self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default();
        self.git.failed("keep a checkpoint", &errors)
    }
}

impl Drop for Import {
    /// One that is given up: without `done`, git keeps nothing of it.
    fn drop(&mut self) {
        if let Some(to) = self.to.take() {
            drop(to.into_parts());
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// The ids of what an import kept.
#[derive(Debug)]
pub(super) struct Made(Vec<ObjectId>);

impl Made {
    pub(super) fn id(&self, blob: Blob) -> Option<ObjectId> {
        match blob {
            Blob::Known(id) => Some(id),
            Blob::New(Mark(mark)) => self.0.get(mark).copied(),
        }
    }
}
