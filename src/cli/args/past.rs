//! What can be typed to look at what changed, and at files as they were.

use clap::Args as ClapArgs;
use std::ffi::OsString;

/// What changed between two moments of a session.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Without --step, --from and --to it is the whole session: from before its first step that changed
files to after its last. What shell commands did is in it, and what others changed meanwhile;
behind each @@ stands which step made the hunk. Into a pipe or a file it is a patch that `git apply`
takes, forwards or with -R, files that are no text with it; `patch` takes what is text. Lines that
begin with # say what no patch can say, and both pass them over.
On a terminal what is hidden in a file is made visible.

Exit codes: 0 shown, also where nothing differs; 1 no such session, step, path or checkpoint."
)]
pub struct Diff {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// This step alone, by its number
    #[arg(long, value_name = "N", conflicts_with_all = ["from", "since", "to"])]
    pub step: Option<u32>,
    /// From before this step
    #[arg(long, value_name = "N")]
    pub from: Option<u32>,
    /// From after this step; 0 for before the first one
    #[arg(long, value_name = "N", conflicts_with = "from")]
    pub since: Option<u32>,
    /// To after this step; `now` for the files as they are, which have to be named
    #[arg(long, value_name = "M|now")]
    pub to: Option<UpTo>,
    /// Only these files, or what is in these folders; from the workspace on
    pub paths: Vec<OsString>,
}

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpTo {
    /// After a step.
    Step(u32),
    /// Now.
    Now,
}

impl std::str::FromStr for UpTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "now" => Ok(Self::Now),
            number => number.parse().map(Self::Step).map_err(|_| "it is a number of a step, or `now`".to_owned()),
        }
    }
}

/// A file as it was.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Of a link it writes where it leads.

Exit codes: 0 written; 1 no such session or step, no checkpoint of it, or no such file there.")]
pub struct Cat {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// As this step left it; 0 for before the first one
    #[arg(long, value_name = "N", required_unless_present = "before", conflicts_with = "before")]
    pub at: Option<u32>,
    /// As this step found it
    #[arg(long, value_name = "N")]
    pub before: Option<u32>,
    /// The file, from the workspace on
    pub path: OsString,
}
