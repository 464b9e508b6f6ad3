//! What can be typed to look at what steps did to files, and to take them back.

use clap::Args as ClapArgs;

/// Taking steps back.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Without --step, --turn or --to it is the last step that changed files, or the last undo: undoing
twice brings things back. Only files that these steps changed are touched; what others changed in them since is kept.
The preview is printed first; --dry-run stops there. A conversation that went back can't be had again. Exit codes: 0 undone, 4 a file changed in the meantime: look again,
5 refused, 9 others changed the same lines since and nothing was said about that, 10 something was left as it is (named on
stderr) that the preview meant to change, or the conversation was, 1 anything else."
)]
pub struct Undo {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// This step alone, by its number
    #[arg(long, value_name = "N", conflicts_with_all = ["turn", "to"])]
    pub step: Option<u32>,
    /// Every step of this turn
    #[arg(long, value_name = "N", conflicts_with = "to")]
    pub turn: Option<u32>,
    /// This step and all that followed it
    #[arg(long, value_name = "N")]
    pub to: Option<u32>,
    /// Say what it would do, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Files, conversation, or both.
    #[command(flatten)]
    pub scope: Scope,
    /// What becomes of files in which others have changed the same lines since
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnConflict::Fail)]
    pub on_conflict: OnConflict,
}

/// What is taken back.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct Scope {
    /// Files alone: the agent is told with its next prompt (this is what is done anyway)
    #[arg(long, conflicts_with_all = ["conversation_only", "with_conversation"])]
    pub files_only: bool,
    /// The agent's conversation alone: it goes back to before the turn of the first of the steps
    #[arg(long, conflicts_with = "with_conversation")]
    pub conversation_only: bool,
    /// The files, and then the conversation as well, where the agent can take it back
    #[arg(long)]
    pub with_conversation: bool,
}

/// What is done where a step can't be taken out of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OnConflict {
    /// These lines stay as they are now
    Ours,
    /// These lines become what they were before the step
    Theirs,
    /// Both stand there, with marks around them
    Both,
    /// The file is left alone
    Skip,
    /// Nothing is undone
    Fail,
}

/// A list of checkpoints.
#[derive(Debug, ClapArgs)]
#[command(after_help = "--json: one object a line:
  step, turn, call, title  which step
  before, after            its checkpoints; null where there is none, and why
  kept                     they are still kept: neither pruned nor deleted
  last_known               the one before was not taken for this step
  files                    how many files differ
  beside                   steps that ran at the same time
  undone, undoes           which step took it back; which steps it took back")]
pub struct Checkpoints {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}
