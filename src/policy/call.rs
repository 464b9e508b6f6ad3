//! What `judge` looks at: a call as far as it is known, and what stands around it.

use crate::domain::{At, CallId, CallPatch, Completeness, Digest, Grant, GrantId, Impact, Text, canonical, fields};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// A file or folder that a call speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touch {
    /// As the agent names it.
    pub path: String,
    /// Where that really leads, links followed, if the hub has looked. What is known to be real decides where a path
    /// lies; the name alone can only make a verdict stricter.
    pub real: Option<String>,
}

impl From<&str> for Touch {
    fn from(path: &str) -> Self {
        Self { path: path.to_owned(), real: None }
    }
}

/// Who raised the question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Raised {
    /// The agent asked, and waits.
    #[default]
    ByAgent,
    /// Nobody asked: the call is only seen.
    Nobody,
    /// The agent asks its human something, or shows a plan: the call does nothing by itself.
    ToTalk,
}

/// A call as policy sees it: everything known so far, from all that was said about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallView {
    /// Of its impact, its command, what it changes, and the places that it names.
    pub print: Digest,
    /// The tool's own name.
    pub tool: Option<String>,
    /// The agent's title for people.
    pub title: Option<String>,
    /// What it may do, by the agent's word.
    pub impact: Impact,
    /// The command line, where it runs one.
    pub command: Option<Text>,
    /// The folder it runs in, where that is not the workspace.
    pub cwd: Option<String>,
    /// Its arguments as JSON text.
    pub args: Option<Text>,
    /// What it speaks of.
    pub places: Vec<Touch>,
    /// What it would write.
    pub writes: Vec<Touch>,
    /// What it would remove.
    pub removes: Vec<Touch>,
    /// Files that it would move; both names of each are among `writes`.
    pub moves: usize,
    /// The call that caused it.
    pub parent: Option<CallId>,
    /// How much of it is known.
    pub payload: Completeness,
    /// Who raised the question.
    pub raised: Raised,
}

fn print_of(call: &CallPatch) -> Digest {
    let mut all = Vec::new();
    let mut put = |bytes: &[u8]| {
        all.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        all.extend_from_slice(bytes);
    };
    let impact = call.impact.unwrap_or_default();
    put(impact.word().as_bytes());
    put(&call.command.as_ref().map_or(Digest::default(), Text::digest).0);
    for change in call.changes.iter().flatten() {
        put(change.path.as_bytes());
        change.moved_to.iter().for_each(|to| put(to.as_bytes()));
        for text in [&change.old, &change.new, &change.patch] {
            put(&text.as_ref().map_or(Digest::default(), Text::digest).0);
        }
    }
    // A command's place is its folder, which agents tell when they like.
    for place in call.places.iter().flatten().filter(|_| impact != Impact::Execute) {
        put(place.path.as_bytes());
    }
    Digest::of(&all)
}

/// Every file and folder that a call names: beside what its agent says of it, what stands in its arguments. Where the two
/// differ, both count.
fn places(call: &CallPatch) -> Vec<Touch> {
    let mut places: Vec<Touch> = call.places.iter().flatten().map(|place| Touch::from(place.path.as_str())).collect();
    let args = call.args.as_ref().and_then(Text::inline).map(fields::paths).unwrap_or_default();
    for path in args.iter().filter(|path| !path.is_empty()) {
        if !places.iter().any(|place| place.path == *path) {
            places.push(Touch::from(path.as_str()));
        }
    }
    places
}

impl CallView {
    /// The view of everything that patches have said about a call.
    #[must_use]
    pub fn of(call: &CallPatch, payload: Completeness, raised: Raised) -> Self {
        let changes = call.changes.as_deref().unwrap_or_default();
        let (removed, written): (Vec<_>, Vec<_>) = changes
            .iter()
            .partition(|change| change.new.is_none() && change.patch.is_none() && change.moved_to.is_none());
        let touches = |changes: Vec<&crate::domain::FileChange>| {
            changes.into_iter().flat_map(crate::domain::FileChange::paths).map(Touch::from).collect()
        };
        Self {
            print: print_of(call),
            tool: call.tool.clone(),
            title: call.title.as_ref().and_then(|title| title.inline().map(str::to_owned)),
            impact: call.impact.unwrap_or_default(),
            command: call.command.clone(),
            cwd: call.cwd.clone(),
            args: call.args.clone(),
            places: places(call),
            writes: touches(written),
            removes: touches(removed),
            moves: changes.iter().filter_map(|change| change.moved_to.as_deref()).collect::<BTreeSet<_>>().len(),
            parent: call.parent.clone(),
            payload,
            raised,
        }
    }

    /// Every file and folder that it speaks of, writes or removes; for the hub to find out where they really lead.
    pub fn touches_mut(&mut self) -> impl Iterator<Item = &mut Touch> {
        self.places.iter_mut().chain(&mut self.writes).chain(&mut self.removes)
    }

    /// True where it only looks or thinks: no command, no change, and by the agent's word no more.
    #[must_use]
    pub fn only_looks(&self) -> bool {
        self.impact.is_read_class() && self.command.is_none() && self.writes.is_empty() && self.removes.is_empty()
    }

    /// The name that a grant of exact arguments goes by: the tool's, else the title.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.tool.as_deref().or(self.title.as_deref()).filter(|name| !name.is_empty())
    }

    /// The digest of all that it says it would do: its arguments and, beside them, what it changes and where. Agents say
    /// more of a call than stands in its arguments.
    #[must_use]
    pub fn exact_digest(&self) -> Option<Digest> {
        let args = self.args_digest()?;
        // In another folder the same words mean other files.
        let folder = self.cwd.as_deref().map_or_else(Vec::new, |cwd| Digest::of(cwd.as_bytes()).0.to_vec());
        Some(Digest::of(&[&args.0[..], &self.print.0[..], &folder].concat()))
    }

    /// The digest of its arguments, where they are known.
    #[must_use]
    pub fn args_digest(&self) -> Option<Digest> {
        self.args.as_ref().map(|args| match args {
            Text::Inline(text) => canonical(text),
            Text::Body(body) => body.digest,
        })
    }
}

/// A file that a call would write, and that another live session writes too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// As seen from the workspace.
    pub file: String,
    /// The other session's name.
    pub with: String,
    /// How far that one is, in words: `has just written it`.
    pub how: String,
}

/// Where a path of a command line leads, links followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Led {
    /// In full; `None` where links lead round in a circle.
    pub real: Option<String>,
    /// True where something stands there.
    pub stands: bool,
}

/// What stands around a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The workspace: absolute, and real.
    pub workspace: String,
    /// The human's home folder.
    pub home: String,
    /// The agent's name.
    pub agent: String,
    /// The agent's mode, where it has one.
    pub mode: Option<String>,
    /// taut's own files and folders: state, configuration, policy, socket, binary.
    pub own: Vec<String>,
    /// The grants in force for this session.
    pub grants: Vec<(GrantId, Grant)>,
    /// Why no rule and no grant lets anything run just now, where money says so: one sentence.
    pub over_budget: Option<String>,
    /// Files that this call would write and another live session writes too.
    pub contested: Vec<Contest>,
    /// Files that this call's command line would write and that are not there: absolute.
    pub absent: Vec<String>,
    /// Where the paths of its command line really lead, as far as the hub has looked: by what [`named`](super::named)
    /// says of it.
    pub led: BTreeMap<String, Led>,
    /// The hub's clock.
    pub now: At,
}
