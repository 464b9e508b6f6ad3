//! Reading the store: one git that stays, asked for one object after another.

use super::git::Git;
use super::{Error, ObjectId};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;

/// Trees that are kept in memory.
const TREES: usize = 4096;

/// One line of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// As git has it: 0o40000, 0o100644, 0o100755, 0o120000.
    pub mode: u32,
    pub id: ObjectId,
}

/// A folder of a checkpoint, by name.
pub(super) type Tree = std::collections::BTreeMap<Vec<u8>, Item>;

pub(super) const FOLDER: u32 = 0o040_000;
pub(super) const PLAIN: u32 = 0o100_644;
pub(super) const PROGRAM: u32 = 0o100_755;
pub(super) const LINK: u32 = 0o120_000;

/// The reader of a store.
#[derive(Debug)]
pub(super) struct Objects {
    git: Git,
    contents: Option<Asked>,
    sizes: Option<Asked>,
    trees: HashMap<ObjectId, Arc<Tree>>,
}

#[derive(Debug)]
struct Asked {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

/// What git says of an object before its bytes.
struct Told {
    id: ObjectId,
    kind: String,
    size: u64,
}

impl Objects {
    pub(super) fn new(git: Git) -> Self {
        Self { git, contents: None, sizes: None, trees: HashMap::new() }
    }

    /// Forgets what was read, and ends the readers: the packs may be others now.
    pub(super) fn reset(&mut self) {
        self.contents = None;
        self.sizes = None;
        self.trees.clear();
    }

    /// The bytes of a blob; `None` where it is not there.
    pub(super) fn blob(&mut self, id: ObjectId) -> Result<Option<Vec<u8>>, Error> {
        self.get(&id.to_string(), "blob").map(|found| found.map(|(_, bytes)| bytes))
    }

    /// How many bytes a blob has; `None` where it is not there.
    pub(super) fn size(&mut self, id: ObjectId) -> Result<Option<u64>, Error> {
        let told = asked(&self.git, &mut self.sizes, "--batch-check", &id.to_string());
        if told.is_err() {
            self.sizes = None;
        }
        told.map(|told| told.map(|told| told.size))
    }

    /// A tree by its id; `None` where it is not there.
    pub(super) fn tree(&mut self, id: ObjectId) -> Result<Option<Arc<Tree>>, Error> {
        if let Some(tree) = self.trees.get(&id) {
            return Ok(Some(tree.clone()));
        }
        let Some((_, bytes)) = self.get(&id.to_string(), "tree")? else { return Ok(None) };
        let tree = read_tree(&bytes).ok_or_else(|| Error::damaged(self.git.dir(), format!("tree {id}")))?;
        if self.trees.len() >= TREES {
            self.trees.clear();
        }
        let tree = Arc::new(tree);
        self.trees.insert(id, tree.clone());
        Ok(Some(tree))
    }

    /// The id of the tree of the checkpoint that was written last.
    pub(super) fn newest(&mut self) -> Result<Option<ObjectId>, Error> {
        self.get("refs/taut/last^{tree}", "tree").map(|found| found.map(|(id, _)| id))
    }

    fn get(&mut self, name: &str, kind: &str) -> Result<Option<(ObjectId, Vec<u8>)>, Error> {
        let got = self.try_get(name, kind);
        if got.is_err() {
            // It may have been in the middle of an answer.
            self.contents = None;
        }
        got
    }

    fn try_get(&mut self, name: &str, kind: &str) -> Result<Option<(ObjectId, Vec<u8>)>, Error> {
        let Some(told) = asked(&self.git, &mut self.contents, "--batch", name)? else { return Ok(None) };
        let dir = self.git.dir();
        let Some(asked) = &mut self.contents else { return Ok(None) };
        let mut bytes = Vec::new();
        let mut end = [0];
        let read = (&mut asked.from).take(told.size).read_to_end(&mut bytes);
        read.and_then(|_| asked.from.read_exact(&mut end)).map_err(|error| Error::io("read from", dir, error))?;
        if told.kind == kind {
            Ok(Some((told.id, bytes)))
        } else {
            Err(Error::damaged(dir, format!("{name} is a {}, not a {kind}", told.kind)))
        }
    }
}

/// Asks for one object; `None` where it is not there.
fn asked(git: &Git, at: &mut Option<Asked>, how: &str, name: &str) -> Result<Option<Told>, Error> {
    let io = |error| Error::io("read from", git.dir(), error);
    if at.as_mut().is_some_and(|asked| !matches!(asked.child.try_wait(), Ok(None))) {
        *at = None;
    }
    if at.is_none() {
        let mut command = git.command();
        command.args(["cat-file", how]).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = git.spawn(&mut command)?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else { return Err(Error::NoGit) };
        *at = Some(Asked { child, to, from: BufReader::new(from) });
    }
    let Some(asked) = at else { return Ok(None) };
    asked.to.write_all(format!("{name}\n").as_bytes()).map_err(io)?;
    let mut line = String::new();
    asked.from.read_line(&mut line).map_err(io)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        [id, kind, size] => {
            let told = id.parse().ok().zip(size.parse().ok());
            let (id, size) = told.ok_or_else(|| Error::damaged(git.dir(), line.trim_end()))?;
            Ok(Some(Told { id, kind: kind.to_owned(), size }))
        }
        [_, "missing"] => Ok(None),
        _ => Err(Error::damaged(git.dir(), format!("it says `{}` of {name}", line.trim_end()))),
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_tree(mut bytes: &[u8]) -> Option<Tree> {
    let mut tree = Tree::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|byte| *byte == b' ')?;
        let mode = u32::from_str_radix(std::str::from_utf8(&bytes[..space]).ok()?, 8).ok()?;
        bytes = &bytes[space + 1..];
        let end = bytes.iter().position(|byte| *byte == 0)?;
        let id = ObjectId::from_slice(bytes.get(end + 1..end + 21)?)?;
        tree.insert(bytes[..end].to_vec(), Item { mode, id });
        bytes = &bytes[end + 21..];
    }
    Some(tree)
}
