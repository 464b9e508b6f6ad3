//! May it? [`judge()`] says of every call: allow, ask or deny; by which rule; how bad it could be; and why.
//!
//! Pure: no file is read and no clock asked here. Paths are compared by their text; where the hub knows where they
//! really lead, it says so in [`Touch::real`], and for those of a command line ([`named`]) in [`Context::led`].
//!
//! # `policy.toml`
//!
//! ```toml
//! default = "ask"                 # "ask" or "deny": what happens to calls of which no rule speaks
//!
//! [[rule]]
//! then = "allow"                  # "allow", "ask" or "deny"
//! impact = ["edit"]               # read, think, edit, delete, move, run (or execute), fetch, other
//! tool = ["Edit"]                 # the tool's own name, whole
//! path = ["src/**"]               # patterns of paths
//! command = ["cargo test"]        # whole command lines, exactly as they run
//! prefix = ["cargo test", "git status"]   # what commands begin with, word by word: every command of the line
//! redirect = ["target/**"]        # with `prefix`: where the line may redirect to
//! assign = ["RUST_LOG"]           # with `prefix`: which variables it may set
//! agent = ["gemini"]              # the agent's name in taut
//! note = "sources are safe"       # shown with the verdict
//! ```
//!
//! - Everything that a rule gives must fit; of a list, one item must. A list of one may be written without brackets.
//! - **Deny wins from anywhere, then ask, then allow; silence asks.** The order of the rules never matters.
//! - A rule that allows covers exactly what it says: every impact and every path of the call must be listed. Without
//!   `path` it covers only what stays in the workspace; files that are likely to hold secrets, git's own files and the
//!   settings of agents it covers only by a pattern that names them (`.env`, `.git/**`). It never covers what touches
//!   taut's own files or program, nor what is not understood: a path with `..`, an unknown or empty command, a title
//!   without arguments. With `path` it covers a command only if it has `command` or `prefix` too.
//! - A command line is parsed as bash parses it ([`crate::shell`]). A rule that allows by `prefix` covers it only if
//!   **every** command in it begins with one of the prefixes, those that `sudo`, `xargs` or `sh -c` run included, and
//!   nothing in it is left to guess: no variable as an argument, nothing redirected into a file, no variable set but
//!   those that the rule names. For one that asks or denies, one command is enough, by its name in any folder, with its
//!   options in any order. Only `command`, a whole line letter by letter, covers what is not understood.
//! - A rule that asks or denies covers widely: one impact or one path is enough, what lies below a path that fits
//!   belongs to it, and upper and lower case are the same.
//! - In a pattern `*` stays in its folder, `**` does not; `{a,b}`, `?` and `[a-z]` work. It is read from the workspace,
//!   or from `~/` or `/` where it begins so. `**/x` means any folder: of the workspace where it allows, of the disk
//!   where it asks or denies. `src/` is `src/**`.
//! - Whatever a policy says, looking at plain files of the workspace is allowed unless a rule asks or denies.
//! - A policy with a fault allows nothing until it is mended ([`Policy::doubted`]).

mod call;
mod command;
mod facts;
mod file;
mod grant;
mod judge;
mod leads;
mod own;
mod pattern;
mod place;
mod rule;
mod scopes;
mod sensitive;
pub mod toml_file;
mod trap;

pub use crate::domain::canonical;
pub use call::{CallView, Contest, Context, Led, Raised, Touch};
pub use command::{loses, named, offers_prefix, plain_command, written};
pub use judge::{is_silence, judge};
pub use scopes::scopes;
pub use toml_file::Fault;

use crate::domain::{Digest, Outcome};

/// The version of what is built in: part of every policy's digest.
const BUILT_IN: &str = "built-in 2";

/// The rules in force.
#[derive(Debug, Clone)]
pub struct Policy {
    source: String,
    silence: Option<(Outcome, u32)>,
    rules: Vec<rule::Rule>,
    digest: Digest,
    broken: Option<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self::built_in()
    }
}

impl Policy {
    /// What is in force without any `policy.toml`: ask for everything that does not merely look around.
    #[must_use]
    pub fn built_in() -> Self {
        Self { source: BUILT_IN.to_owned(), silence: None, rules: Vec::new(), digest: Digest::of(b""), broken: None }
    }

    /// The policy in place of one that can't be read and has no predecessor: asks for everything.
    #[must_use]
    pub fn broken(why: impl Into<String>) -> Self {
        Self::built_in().doubted(why)
    }

    /// The same policy after its file went bad: it goes on denying and asking, and allows nothing.
    #[must_use]
    pub fn doubted(&self, why: impl Into<String>) -> Self {
        Self { broken: Some(why.into()), ..self.clone() }
    }

    /// Why it can't be read, where it can't.
    #[must_use]
    pub fn doubt(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// What reads well and may mean something else than was meant.
    #[must_use]
    pub fn odd(&self) -> Vec<Fault> {
        let odd = self.rules.iter().filter_map(|rule| rule.odd.as_ref());
        odd.map(|(line, what)| Fault { file: self.source.clone(), line: *line, what: what.clone() }).collect()
    }

    /// How many rules it has.
    #[must_use]
    pub fn rules(&self) -> usize {
        self.rules.len()
    }

    /// What tells this policy from any other.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let state = self.broken.as_deref().map_or_else(String::new, |why| format!("\nbroken: {why}"));
        Digest::of(format!("{BUILT_IN}\n{}{state}", self.digest).as_bytes())
    }
}
