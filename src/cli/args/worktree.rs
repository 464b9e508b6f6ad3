//! What can be typed about work trees.

use clap::{Args as ClapArgs, Subcommand};

/// A list of work trees.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Those of the repository here, and of every repository in which a session of the log worked.

--json: one object a line:
  name, path, repo       its name, its root, the repository's own work tree
  branch, commit         what is checked out in it, and at which commit
  session, live          the newest session that worked in it; whether one runs there
  state                  in words: merged, 2 uncommitted, 1 unpushed, amid a rebase, gone
  uncommitted, ignored   files, from its root on
  unpushed               commits that no other branch, no tag and no branch of a remote holds
  merged                 nothing of it stands nowhere else
Unknown values are null.")]
pub struct Worktrees {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// One work tree.
#[derive(Debug, ClapArgs)]
pub struct OneWorktree {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: WorktreeVerb,
}

/// What to do with a work tree.
#[derive(Debug, Subcommand)]
pub enum WorktreeVerb {
    /// Remove one that taut made, and its branch; never with work that stands nowhere else
    Remove(RemoveWorktree),
    /// Bring back one that was removed, with its files, from the checkpoint that was taken before it went
    Restore(RestoreWorktree),
}

/// A removal.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "It stays where a file in it is not committed, a commit is on no other branch and was not pushed, a
merge or rebase goes on, or a session works in it; each is named. Nothing forces it. Before it goes there is a
checkpoint of its files: `taut worktree restore NAME` brings it back."
)]
pub struct RemoveWorktree {
    /// Its name, or its folder
    pub name: String,
    /// What git ignores in it (build output, local settings) goes with it
    #[arg(long)]
    pub with_ignored: bool,
}

/// A removal that is taken back.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "It stands where it stood, at its commit, and on its branch where no other commit has that by now.
Its checkpoint is kept as long as `[keep]` in config.toml says."
)]
pub struct RestoreWorktree {
    /// Its name, or its folder; of several, the one that was removed last
    pub name: String,
}
