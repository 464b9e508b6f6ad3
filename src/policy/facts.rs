//! What a call would do, gathered once: its impacts, its places, what is not understood, and all that in words.

use super::call::{CallView, Context, Raised};
use super::command::{Ran, brief, trimmed};
use super::own;
use super::place::{Doubt, Spot, short};
use super::sensitive::{Kind, kind};
use crate::domain::{Completeness, Impact, Risk, Text, UNKNOWN_FOLDER};
use std::collections::BTreeSet;

/// Files of one call that are looked at; a call that names more is not understood.
const MOST_FILES: usize = 1_000;

/// What is true of a call, as far as it can be known without looking at any file.
#[derive(Debug)]
pub(super) struct Facts {
    /// All that it may do; never empty.
    pub(super) impacts: Vec<Impact>,
    /// The same without what its command line shows.
    pub(super) said: Vec<Impact>,
    /// Where it goes: what counts.
    pub(super) spots: Vec<Spot>,
    /// Where it seems to go by name alone: may only make a verdict stricter.
    pub(super) aliases: Vec<Spot>,
    /// Its command, where it is known and not empty.
    pub(super) command: Option<String>,
    /// What its command line really runs.
    pub(super) ran: Option<Ran>,
    /// How it touches taut itself.
    pub(super) own: Option<String>,
    /// What is not understood about it, in words. Nothing but a human allows such a call.
    pub(super) doubts: Vec<String>,
    /// The sensitive files among its places.
    pub(super) sensitive: Vec<(Kind, String)>,
    removes: usize,
    moves: usize,
    /// It only asks its human something.
    talks: bool,
}

impl Facts {
    pub(super) fn of(call: &CallView, ctx: &Context) -> Self {
        let said = impacts(call);
        let ran = Ran::of(call, ctx);
        let shown = ran.iter().flat_map(|ran| ran.impacts.iter().copied());
        let impacts: Vec<Impact> = said.iter().copied().chain(shown).collect::<BTreeSet<_>>().into_iter().collect();
        let base = match call.cwd.as_deref() {
            Some(cwd) => Spot::of(cwd, &ctx.workspace, ctx).full,
            None => ctx.workspace.clone(),
        };
        let (mut spots, mut aliases) = (Vec::new(), Vec::new());
        for touch in call.places.iter().chain(&call.writes).chain(&call.removes).take(MOST_FILES) {
            let (spot, alias) = Spot::pair(touch, &base, ctx);
            spots.push(spot);
            aliases.extend(alias);
        }
        if said.contains(&Impact::Execute)
            && let Some(cwd) = &call.cwd
        {
            spots.push(Spot::of(cwd, &ctx.workspace, ctx));
        }
        let looks = said.iter().all(|impact| impact.is_read_class());
        let sensitive: BTreeSet<(Kind, String)> = spots
            .iter()
            .chain(&aliases)
            .filter_map(|spot| Some((kind(&spot.full)?, spot.shown())))
            .filter(|(kind, _)| !(looks && kind.only_when_changed()))
            .collect();
        let everywhere: Vec<&Spot> = spots.iter().chain(&aliases).collect();
        let own = own::touched(call, &everywhere, &said, ran.as_ref(), ctx);
        let doubts = doubts(call, &said, &spots);
        let command = call.command.as_ref().and_then(Text::inline).map(|text| trimmed(text).to_owned());
        Self {
            talks: call.raised == Raised::ToTalk && said == [Impact::Other],
            removes: match call.removes.len() {
                0 if said.contains(&Impact::Delete) => call.places.len(),
                known => known,
            },
            moves: call.moves,
            command: command.filter(|text| !text.is_empty()),
            sensitive: sensitive.into_iter().collect(),
            impacts,
            said,
            ran,
            spots,
            aliases,
            own,
            doubts,
        }
    }

    /// True where it can do no more than look.
    pub(super) fn looks(&self) -> bool {
        self.impacts.iter().all(|impact| impact.is_read_class())
    }

    /// True where it is about the agent's own plan, mode or questions.
    pub(super) fn is_about_itself(&self) -> bool {
        self.impacts == [Impact::Think]
    }

    pub(super) fn outside(&self) -> impl Iterator<Item = &Spot> {
        self.spots.iter().filter(|spot| !spot.inside())
    }

    pub(super) fn risk(&self) -> Risk {
        let destroys = !self.talks
            && self.impacts.iter().any(|impact| matches!(impact, Impact::Delete | Impact::Fetch | Impact::Other));
        if self.own.is_some() {
            Risk::Top
        } else if self.ran.as_ref().is_some_and(Ran::is_risky)
            || destroys
            || !self.sensitive.is_empty()
            || !self.doubts.is_empty()
            || self.outside().next().is_some()
        {
            Risk::High
        } else if self.looks() && !self.is_about_itself() {
            Risk::Low
        } else {
            Risk::Mid
        }
    }

    /// Why it matters, in words; most important first.
    pub(super) fn reasons(&self, call: &CallView, ctx: &Context) -> Vec<String> {
        let mut reasons: Vec<String> = self.own.iter().cloned().collect();
        let ran = self.ran.iter();
        reasons.extend(first(ran.clone().flat_map(|ran| ran.harms.iter().cloned()), "things that it may do"));
        let sensitive = self.sensitive.iter().chain(ran.clone().flat_map(|ran| &ran.sensitive));
        reasons.extend(first(sensitive.map(|(kind, path)| kind.about(path)), "sensitive files"));
        let outside = self.outside().chain(ran.clone().flat_map(|ran| ran.spots.iter().filter(|spot| !spot.inside())));
        reasons.extend(first(outside.map(|spot| format!("outside the workspace: {}", spot.shown())), "places outside"));
        reasons.extend(self.doubts.iter().cloned());
        reasons.extend(first(ran.clone().flat_map(|ran| ran.doubts.iter().cloned()), "things that are not understood"));
        let open = ran.clone().flat_map(|ran| &ran.open).take(1);
        reasons.extend(open.map(|word| format!("what {} stands for is known only when it runs", brief(word))));
        reasons.extend(self.said.iter().map(|impact| self.does(*impact)));
        if call.parent.is_some() {
            reasons.push("asked for by a subagent".to_owned());
        }
        if let Some(mode) = ctx.mode.as_deref().filter(|mode| !mode.is_empty()) {
            let name = mode.rsplit(['#', '/']).next().unwrap_or(mode);
            reasons.push(format!("the agent is in its mode {}", short(name)));
        }
        reasons
    }

    fn does(&self, impact: Impact) -> String {
        match impact {
            Impact::Read => "looks only, by the agent's word".to_owned(),
            Impact::Think => "touches only the agent's own plan or mode".to_owned(),
            Impact::Edit => format!("writes in {}", self.folders()),
            Impact::Delete => format!("deletes {}", counted(self.removes)),
            Impact::Move if self.moves > 0 => format!("moves {}", counted(self.moves)),
            Impact::Move => format!("moves {}", counted(self.spots.len())),
            Impact::Execute => "runs a command".to_owned(),
            Impact::Fetch => "reaches the network".to_owned(),
            Impact::Other if self.talks => "asks you, and does nothing by itself".to_owned(),
            Impact::Other => "does not say what it may do".to_owned(),
        }
    }

    /// The folders that it writes in: the first, and how many more.
    fn folders(&self) -> String {
        let parents: BTreeSet<String> = self
            .spots
            .iter()
            .map(|spot| {
                let path = spot.rest.as_deref().unwrap_or(&spot.full);
                path.rsplit_once('/').map_or_else(|| "the workspace's root".to_owned(), |(dir, _)| format!("{dir}/"))
            })
            .collect();
        match (parents.first(), parents.len()) {
            (None, _) => "files that it does not name".to_owned(),
            (Some(one), 1) => short(one),
            (Some(one), 2) => format!("{} and 1 more folder", short(one)),
            (Some(one), many) => format!("{} and {} more folders", short(one), many - 1),
        }
    }
}

/// The first three of many sentences, and how many there are beyond.
pub(super) fn first(mut sentences: impl Iterator<Item = String>, of: &str) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for sentence in sentences.by_ref() {
        if !shown.contains(&sentence) {
            shown.push(sentence);
        }
        if shown.len() == 3 {
            break;
        }
    }
    match sentences.count() {
        0 => {}
        more => shown.push(format!("and {more} more {of}")),
    }
    shown
}

fn counted(files: usize) -> String {
    match files {
        0 => "files that it does not name".to_owned(),
        1 => "1 file".to_owned(),
        many => format!("{many} files"),
    }
}

/// All that a call may do: what the agent says, and what its payload shows.
fn impacts(call: &CallView) -> Vec<Impact> {
    let mut all = BTreeSet::new();
    if call.command.is_some() {
        all.insert(Impact::Execute);
    }
    if !call.writes.is_empty() {
        all.insert(Impact::Edit);
    }
    if !call.removes.is_empty() {
        all.insert(Impact::Delete);
    }
    if call.moves > 0 {
        all.insert(Impact::Move);
    }
    // A word that makes it less than its payload shows counts for nothing.
    let says_less = call.impact.is_read_class() || call.impact == Impact::Other;
    if all.is_empty() || !says_less {
        all.insert(call.impact);
    }
    all.into_iter().collect()
}

fn doubts(call: &CallView, impacts: &[Impact], spots: &[Spot]) -> Vec<String> {
    let mut doubts = Vec::new();
    let looks = impacts.iter().all(|impact| impact.is_read_class());
    if call.payload == Completeness::TitleOnly && !looks {
        doubts.push("the agent shows only a title".to_owned());
    }
    if impacts.contains(&Impact::Execute) {
        match &call.command {
            None => doubts.push("the command is not known".to_owned()),
            Some(Text::Body(_)) => doubts.push("the command is too long to be judged".to_owned()),
            Some(Text::Inline(text)) if text.trim().is_empty() => doubts.push("the command is empty".to_owned()),
            Some(Text::Inline(_)) => {}
        }
    }
    if impacts.contains(&Impact::Execute) && call.cwd.as_deref() == Some(UNKNOWN_FOLDER) {
        doubts.push("the folder that it runs in is not known".to_owned());
    }
    let changes = impacts.iter().any(|impact| matches!(impact, Impact::Edit | Impact::Delete | Impact::Move));
    if changes && spots.is_empty() {
        doubts.push("does not say which files".to_owned());
    }
    if impacts == [Impact::Read] && spots.is_empty() && call.payload == Completeness::TitleOnly {
        doubts.push("does not say what it reads".to_owned());
    }
    if call.places.len() + call.writes.len() + call.removes.len() > MOST_FILES {
        doubts.push("names more files than can be judged".to_owned());
    }
    let unclear: BTreeSet<Doubt> = spots.iter().filter_map(|spot| spot.doubt).collect();
    doubts.extend(unclear.into_iter().map(|doubt| doubt.word().to_owned()));
    doubts
}
