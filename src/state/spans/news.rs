//! What an agent has to be told of undos: the difference between what it knows of its steps and how they stand now. An undo
//! that was taken back before it was told of is no news. A step that the agent knows nothing of any more is, where it stands: the
//! files are not as the conversation has them.

use super::{Span, Spans};
use crate::domain::{CallId, Effect, Left, Pos, Seq, TurnNo};
use crate::state::Taken;
use std::collections::BTreeSet;

/// How the title of an undo of single hunks begins.
pub const PART: &str = "revert ";

/// An undo that changed files.
#[derive(Debug, Clone)]
pub(super) struct Took {
    call: CallId,
    /// None where only single hunks were taken back.
    steps: Vec<CallId>,
    files: BTreeSet<String>,
    left: Vec<String>,
    at: Pos,
    /// In the log of its session.
    seq: Seq,
    /// The turn whose prompt told of it.
    told: Option<TurnNo>,
}

/// What has become of steps since the agent was last told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Steps that are taken back now, by what they were.
    pub undone: Vec<String>,
    /// Steps that it was told were taken back, and that stand again.
    pub again: Vec<String>,
    /// Parts of steps that were taken back.
    pub parts: Vec<String>,
    /// Files that are not as it knows them.
    pub files: Vec<String>,
    /// Files that steps of its own have changed since that undo.
    pub since: Vec<String>,
    /// Files that were left as they are.
    pub left: Vec<String>,
    /// Files that steps changed which the conversation does not hold any more, and which stand.
    pub beyond: Vec<String>,
    /// Files that such steps had changed when the agent was last told, and that are as before by now.
    pub ceased: Vec<String>,
}

impl Spans {
    /// An undo changed files.
    pub(super) fn took(
        &mut self,
        (at, seq): (Pos, Seq),
        (call, steps): (&CallId, &[CallId]),
        files: &[Effect],
        left: &[Left],
    ) {
        self.newest = at;
        self.undos.push(Took {
            call: call.clone(),
            steps: steps.to_vec(),
            files: files.iter().map(|effect| effect.path.clone()).collect(),
            left: left.iter().map(|left| left.path.clone()).collect(),
            at,
            seq,
            told: None,
        });
    }

    /// A prompt carried what there was to tell.
    pub(super) fn told(&mut self, turn: TurnNo) {
        for undo in self.undos.iter_mut().filter(|undo| undo.told.is_none()) {
            undo.told = Some(turn);
        }
        let stand = self.stand_beyond();
        if *self.stood() != stand {
            self.stood.push((turn, stand));
        }
    }

    /// The agent knows nothing of what came after a turn.
    pub(super) fn rewound(&mut self, to: TurnNo, at: Pos) {
        self.newest = at;
        self.stood.retain(|(turn, _)| *turn <= to);
        for undo in self.undos.iter_mut().filter(|undo| undo.told.is_some_and(|told| told > to)) {
            undo.told = None;
        }
        let undos: BTreeSet<&CallId> = self.undos.iter().map(|undo| &undo.call).collect();
        let gone = self.all.iter().filter(|span| span.turn > to && !undos.contains(&span.call));
        self.forgotten.extend(gone.map(|span| span.call.clone()));
    }

    /// Steps that the conversation does not hold any more, and that stand: the files are as they left them, or nobody knows.
    fn stand_beyond(&self) -> BTreeSet<CallId> {
        let stands = |call: &&CallId| {
            let span = self.of(call);
            self.taken.by(call).is_none() && span.is_some_and(|span| span.changed() || span.why.is_some())
        };
        self.forgotten.iter().filter(stands).cloned().collect()
    }

    /// Those that stood when the agent was last told of them.
    fn stood(&self) -> &BTreeSet<CallId> {
        static NONE: BTreeSet<CallId> = BTreeSet::new();
        self.stood.last().map_or(&NONE, |(_, stood)| stood)
    }

    /// The files of some steps.
    fn files_of<'a>(&self, calls: impl Iterator<Item = &'a CallId>) -> Vec<String> {
        let mut files = BTreeSet::new();
        for span in calls.filter_map(|call| self.of(call)) {
            // Of one without checkpoints only what it said is known.
            let known = if span.paths.is_empty() { &span.claims } else { &span.paths };
            files.extend(known.iter().cloned());
            if span.files > span.paths.len() || known.is_empty() {
                files.insert(format!("others, by \"{}\"", span.title));
            }
        }
        files.into_iter().collect()
    }

    /// What the agent has to be told; nothing where all is as it knows it. What stands before a place in the log of everything
    /// it was told of by another session.
    #[must_use]
    pub fn news(&self, told_before: Pos) -> Option<News> {
        let is_told = |undo: &Took| undo.told.is_some() || undo.at < told_before;
        let pair = |undo: &Took| (undo.call.clone(), undo.steps.clone());
        let knows = Taken::from(self.undos.iter().filter(|undo| is_told(undo)).map(pair).collect::<Vec<_>>());
        let mut news = News::default();
        let undos: BTreeSet<&CallId> = self.undos.iter().map(|undo| &undo.call).collect();
        let both: BTreeSet<&CallId> = self.taken.steps().chain(knows.steps()).collect();
        let mut steps: Vec<_> = both.into_iter().filter(|call| !undos.contains(call)).collect();
        steps.retain(|call| !self.forgotten.contains(*call));
        steps.sort_by_key(|call| self.of(call).map_or(0, |span| span.number));
        for call in steps {
            let name = self.of(call).map_or_else(|| "a step".to_owned(), |span| span.title.clone());
            match (knows.by(call), self.taken.by(call)) {
                (None, Some(_)) => news.undone.push(name),
                (Some(_), None) => news.again.push(name),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        for chain in self.chains(is_told) {
            if let Some(part) = chain.part.filter(|_| !chain.files.is_empty()) {
                news.parts.push(part);
            }
            let (since, files): (Vec<_>, Vec<_>) =
                chain.files.into_iter().partition(|path| self.wrote_since(chain.seq, path));
            news.files.extend(files);
            news.since.extend(since);
            news.left.extend(chain.left.into_iter().cloned());
        }
        for files in [&mut news.files, &mut news.left, &mut news.since] {
            files.sort();
            files.dedup();
        }
        news.left.retain(|path| !news.files.contains(path));
        news.since.retain(|path| !news.files.contains(path));
        if told_before <= self.newest {
            let (stood, stand) = (self.stood(), self.stand_beyond());
            news.beyond = self.files_of(stand.difference(stood));
            news.ceased = self.files_of(stood.difference(&stand));
        }
        let none = [&news.undone, &news.again, &news.files, &news.beyond, &news.ceased].iter().all(|it| it.is_empty());
        (!none).then_some(news)
    }

    /// Whether a step that the agent knows of has changed a file since then, and stands.
    fn wrote_since(&self, then: Seq, path: &str) -> bool {
        let known = |span: &&Span| {
            span.ended > then && span.undone.is_none() && span.undoes.is_empty() && !self.forgotten.contains(&span.call)
        };
        let is_undo = |span: &Span| self.undos.iter().any(|undo| undo.call == span.call);
        let mut wrote = self.all.iter().filter(known).filter(|span| span.paths.iter().any(|it| it == path));
        wrote.any(|span| !is_undo(span))
    }

    /// Undos of which the agent was not told, each with the undos of it: what one of these put back is as before.
    fn chains(&self, is_told: impl Fn(&Took) -> bool) -> Vec<Chain<'_>> {
        let mut chains: Vec<Chain<'_>> = Vec::new();
        let mut unknown = self.forgotten.clone();
        for undo in &self.undos {
            if !undo.steps.is_empty() && undo.steps.iter().all(|step| unknown.contains(step)) {
                unknown.insert(undo.call.clone());
                continue;
            }
            if is_told(undo) {
                continue;
            }
            let of = match undo.steps.as_slice() {
                [one] => chains.iter_mut().find(|chain| chain.undos.contains(&one)),
                _ => None,
            };
            if let Some(chain) = of {
                chain.files = chain.files.symmetric_difference(&undo.files).cloned().collect();
                chain.undos.push(&undo.call);
                chain.seq = undo.seq;
                chain.left = undo.left.iter().collect();
                continue;
            }
            let part = self.of(&undo.call).filter(|_| undo.steps.is_empty()).map(|span| {
                let title = span.title.as_str();
                title.strip_prefix(PART).unwrap_or(title).to_owned()
            });
            let (files, left) = (undo.files.clone(), undo.left.iter().collect());
            chains.push(Chain { undos: vec![&undo.call], seq: undo.seq, files, left, part });
        }
        chains
    }
}

/// An undo, and what took it back and had it again.
struct Chain<'a> {
    undos: Vec<&'a CallId>,
    /// Where the last of them stands in the log.
    seq: Seq,
    files: BTreeSet<String>,
    left: Vec<&'a String>,
    /// What it is called where it took back single hunks.
    part: Option<String>,
}

/// Steps that are named; more of them are counted.
const NAMED: usize = 8;
/// Files that are named.
const FILES: usize = 40;

impl News {
    /// One paragraph, for the agent.
    #[must_use]
    pub fn words(&self) -> String {
        let quoted =
            |names: &[String]| listed(&names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>(), NAMED);
        let mut did = Vec::new();
        let mut clause = |what: &str, names: &[String], said: String| {
            if !names.is_empty() {
                did.push(format!("The user has {what}: {said}."));
            }
        };
        clause("taken back what these steps of yours did to files", &self.undone, quoted(&self.undone));
        clause("put back what these steps of yours had done to files", &self.again, quoted(&self.again));
        clause("taken back a part of what steps of yours did to files", &self.parts, listed(&self.parts, NAMED));
        if did.is_empty() && !self.files.is_empty() {
            did.push(
                "The user has taken back steps of yours and put them back, and not every file is as before.".to_owned(),
            );
        }
        if !self.files.is_empty() {
            let how = match (self.undone.is_empty(), self.again.is_empty()) {
                (false, true) => "As they were before, but for what others changed since",
                (true, false) => "As your steps had left them",
                (false, false) | (true, true) => "Changed by that",
            };
            let how = if self.parts.is_empty() { how } else { "Changed by that" };
            did.push(format!("{how}: {}.", listed(&self.files, FILES)));
        }
        if !self.since.is_empty() {
            did.push(format!("Changed by steps of yours after that: {}.", listed(&self.since, FILES)));
        }
        if !self.left.is_empty() {
            did.push(format!("Left as they are: {}.", listed(&self.left, FILES)));
        }
        if !self.beyond.is_empty() {
            let files = listed(&self.beyond, FILES);
            did.push(format!(
                "Steps of yours that this conversation does not hold any more have changed files: {files}."
            ));
        }
        if !self.ceased.is_empty() {
            let files = listed(&self.ceased, FILES);
            did.push(format!("What steps did to files that this conversation does not hold was taken back: {files}."));
        }
        did.push("Read files again before you rely on them.".to_owned());
        format!("({})", did.join(" "))
    }
}

fn listed(names: &[String], most: usize) -> String {
    let first = names.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
