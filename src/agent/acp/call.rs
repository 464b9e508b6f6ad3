//! One call, merged from everything that was said of it (acp.md, 8), and what of that was told.
//!
//! Only what changed is told. Arguments that grow while the model still writes them (claude sends `{}`, then pieces) are
//! held back: they are told by the next line that is not a further piece, and at once where the call runs, ends or is
//! asked about. So a half-written command is never shown as the command.

mod telling;

use super::changes::Diff;
use super::news::News;
use super::output::{self, Output};
use super::payload;
use crate::agent::look;
use crate::domain::{
    CallId, CallPatch, CallStatus, Completeness, Digest, FileChange, Impact, LaneId, OutputPart, Place, Text,
};
use serde_json::Value;

/// What is known about a call.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// The lane it runs in: where it was first heard of.
    pub(super) lane: LaneId,
    /// The turn in which something was last said of it.
    pub(super) turn: u32,
    /// The native session it belongs to.
    pub(super) home: Option<String>,
    stage: Stage,
    tool: Option<String>,
    title: Option<String>,
    kind: Option<Impact>,
    impact: Impact,
    status: Option<CallStatus>,
    places: Vec<Place>,
    parent: Option<CallId>,
    cwd: Option<String>,
    exit: Option<i32>,
    whole_files: bool,
    has_args: bool,
    asked: Option<Value>,
    args: Option<Value>,
    args_told: Option<Digest>,
    command: Option<(Digest, Wording)>,
    diffs: Vec<Diff>,
    changes: Vec<FileChange>,
    changes_told: Option<Digest>,
    output: Output,
}

/// How far a call has come into sight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// Nothing was told of it.
    #[default]
    Fresh,
    /// It was told.
    Told,
    /// It was asked about: from here on nothing is held back, since somebody may be answering.
    Asked,
}

/// Where a command line was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wording {
    /// In the arguments: as it will run.
    Args,
    /// In the title: as the agent words it, and maybe shortened.
    Title,
}

/// Where a call happens.
pub(super) struct Around<'s> {
    /// The session's folder.
    pub(super) cwd: &'s str,
    /// The agent is known to send whole files.
    pub(super) whole_files: bool,
}

/// What is to be told after a merge.
#[derive(Debug, Default)]
pub(super) struct Telling {
    /// What is new about the call, if anything.
    pub(super) patch: Option<CallPatch>,
    /// What is new in its output, in order.
    pub(super) output: Vec<OutputPart>,
    /// Arguments are held back.
    pub(super) holds: bool,
}

impl Call {
    /// A call that was just heard of.
    pub(super) fn new(lane: LaneId, home: Option<&str>) -> Self {
        Self { lane, home: home.map(str::to_owned), ..Self::default() }
    }

    /// Takes in what a message says.
    pub(super) fn merge(&mut self, news: News, around: &Around) -> Telling {
        let mut patch = CallPatch::default();
        let mut output = vec![];
        let asked = news.asked;
        let final_at_once = self.stage == Stage::Fresh && news.status.is_some_and(CallStatus::is_final);
        let brings_args = news.args.is_some();
        self.merge_words(&news, &mut patch);
        self.whole_files |= news.whole_files;
        if let Some(args) = news.args {
            self.merge_args(args, asked);
        }
        if let Some(content) = news.content {
            if !content.diffs.is_empty() {
                self.diffs = content.diffs;
            }
            output.extend(self.output.content(&content.text));
        }
        output.extend(news.terminal.iter().filter_map(|text| self.output.terminal(text)));
        if let Some(raw) = &news.raw_output {
            output.extend(output::raw_text(raw).and_then(|text| self.output.raw(&text)));
        }
        let exit = news.exit.or_else(|| news.raw_output.as_ref().and_then(output::raw_exit));
        tell(&mut self.exit, exit, &mut patch.exit);
        if let Some(cwd) = news.cwd.filter(|cwd| cwd != around.cwd) {
            tell(&mut self.cwd, Some(cwd), &mut patch.cwd);
        }
        let begun = self.status.is_some_and(|status| status != CallStatus::Pending);
        let holds = brings_args && !asked && !begun && self.stage != Stage::Asked;
        if !holds {
            self.tell_payload(around, asked, final_at_once, &mut patch);
        }
        self.tell_impact(&mut patch);
        let patch = self.worth_telling(patch);
        if asked {
            self.stage = Stage::Asked;
        }
        Telling { patch, output, holds }
    }

    /// Tells what was held back.
    pub(super) fn flush(&mut self, around: &Around) -> Option<CallPatch> {
        let mut patch = CallPatch::default();
        self.tell_payload(around, false, false, &mut patch);
        self.tell_impact(&mut patch);
        self.worth_telling(patch)
    }

    /// The call will never end by itself: the turn is over (acp.md, 11).
    pub(super) fn abandon(&mut self) -> Option<CallPatch> {
        if self.is_over() {
            return None;
        }
        self.status = Some(CallStatus::Abandoned);
        Some(CallPatch { status: self.status, ..CallPatch::default() })
    }

    /// Whether it has ended.
    pub(super) fn is_over(&self) -> bool {
        self.status.is_some_and(CallStatus::is_final)
    }

    /// True where what it says takes much memory.
    pub(super) fn is_heavy(&self) -> bool {
        let said = [&self.args, &self.asked].into_iter().flatten().map(look::weight).sum::<usize>();
        let text = |text: &Option<Text>| text.as_ref().map_or(0, Text::bytes);
        let changed: u64 =
            self.changes.iter().map(|change| text(&change.old) + text(&change.new) + text(&change.patch)).sum();
        said as u64 + changed > look::HEAVY as u64
    }

    /// Whether it is about to write this file.
    pub(super) fn may_write(&self, path: &str) -> bool {
        let edits = matches!(self.impact, Impact::Edit | Impact::Delete | Impact::Move | Impact::Other);
        !self.is_over() && edits && self.places.iter().any(|place| place.path == path)
    }

    /// A name for it.
    pub(super) fn name(&self) -> Option<&str> {
        self.title.as_deref().or(self.tool.as_deref())
    }

    /// How much of what it would do is known. A command that is only known as a title is a title (gemini): the agent
    /// may have shortened it.
    pub(super) fn completeness(&self) -> Completeness {
        let writes = matches!(self.impact, Impact::Edit | Impact::Delete | Impact::Move);
        if !self.changes.is_empty() {
            let whole = self.changes.iter().all(|change| !change.fragment);
            return if whole { Completeness::Whole } else { Completeness::Fragment };
        }
        let by_args = self.command.is_some_and(|(_, wording)| wording == Wording::Args);
        match self.args_told {
            _ if by_args => Completeness::Whole,
            Some(_) if writes || self.impact == Impact::Execute => Completeness::Fragment,
            Some(_) => Completeness::Whole,
            None => Completeness::TitleOnly,
        }
    }

    fn merge_words(&mut self, news: &News, patch: &mut CallPatch) {
        tell(&mut self.tool, news.tool.clone(), &mut patch.tool);
        // A question's title is often the bare name of the tool: the longer one says more. Where words are all there is,
        // those of the question count.
        let shown = self.has_args || !self.diffs.is_empty() || news.has_payload();
        let own = self.title.as_ref().filter(|_| news.asked && shown);
        let poorer = |title: &String| own.is_some_and(|own| own.len() >= title.len());
        if let Some(title) = news.title.clone().filter(|title| !poorer(title))
            && self.title.as_ref() != Some(&title)
        {
            patch.title = Some(title.as_str().into());
            self.title = Some(title);
        }
        self.kind = news.kind.or(self.kind);
        if !(news.asked && self.status.is_some()) {
            tell(&mut self.status, news.status, &mut patch.status);
        }
        if !news.places.is_empty() && news.places != self.places {
            self.places.clone_from(&news.places);
            patch.places = Some(self.places.clone());
        }
        tell(&mut self.parent, news.parent.clone(), &mut patch.parent);
    }

    fn merge_args(&mut self, args: Value, asked: bool) {
        self.has_args = true;
        match &self.args {
            Some(known) if asked && !payload::outranks(&args, known) => self.asked = Some(args),
            Some(_) | None => self.args = Some(args),
        }
    }

    /// The first patch makes the call, and is told even where it says nothing.
    fn worth_telling(&mut self, mut patch: CallPatch) -> Option<CallPatch> {
        if self.stage == Stage::Fresh {
            self.stage = Stage::Told;
            if patch == CallPatch::default() {
                patch.status = Some(CallStatus::Pending);
            }
        }
        (patch != CallPatch::default()).then_some(patch)
    }
}

/// Takes what is said, and tells it where it is new.
fn tell<T: Clone + PartialEq>(known: &mut Option<T>, said: Option<T>, told: &mut Option<T>) {
    if said.is_some() && *known != said {
        known.clone_from(&said);
        *told = said;
    }
}
