//! Steps are taken back: what was shown is what is done, as a step of its own, on record before it begins.

use super::keeper::{Done, Job, Meant, Stage, Wanted};
use super::resume::Begun;
use super::talk::nothing_was_undone;
use super::{Asker, Moment, Wait};
use crate::domain::{
    Answer, By, CallId, CallPatch, CallStatus, Checkpoint, Digest, Draft, Effect, Event, Gate, Impact, Left, Notice,
    OutputPart, Place, Query, Reply, SessionId, Side, Talk, TurnNo, Undo,
};
use crate::hub::Published;
use crate::hub::actor::Hub;
use crate::hub::consoles::Line;
use crate::hub::own::new_call;
use crate::hub::past;
use crate::hub::requests::refused;
use crate::state::spans::PART;
use crate::state::{Life, Way};
use crate::store::Durability;

/// What an agent is told that has forgotten steps of which something was left as it stands.
const NOT_AS_THEN: &str = "(The conversation was taken back to here, and some files are not as they were then. Read files \
                           again before you rely on them.)";

/// How it begins where the files were taken back and the conversation stays.
pub const HALF_UNDONE: &str = "the files were taken back, and the conversation was not";

/// Where every file is as it would be already, or is left as it stands.
const NOTHING_TO_UNDO: &str = "nothing was undone: no file would change";

/// An undo that goes on.
#[derive(Debug)]
pub(in crate::hub) struct Undoing {
    pub(super) session: SessionId,
    call: CallId,
    /// Known once it is made ready.
    what: Option<Meant>,
    by: By,
    asker: Option<Asker>,
    /// To the end of which turn the conversation goes back once the files are done.
    talk: Option<TurnNo>,
}

impl Undoing {
    /// The steps that count as taken back with it; of single hunks none does.
    fn steps(&self) -> Vec<CallId> {
        match &self.what {
            Some(Meant::Steps(steps, _)) => steps.iter().map(|step| step.call.clone()).collect(),
            Some(Meant::Hunks(_)) | None => Vec::new(),
        }
    }
}

/// What somebody wants to be taken back.
#[derive(Debug)]
pub(in crate::hub) struct Wished {
    pub(in crate::hub) undo: Undo,
    pub(in crate::hub) digest: Digest,
    pub(in crate::hub) sides: Vec<(String, Side)>,
    pub(in crate::hub) talk: Option<TurnNo>,
}

/// Files were taken back, and the conversation is on its way.
#[derive(Debug)]
pub(in crate::hub) struct Follows {
    to: TurnNo,
    asker: Option<Asker>,
    /// Whether a file changed: then the agent is told with its next prompt where its conversation stays after all.
    changed: bool,
    /// What it is told where it went.
    after: Option<String>,
}

impl Hub {
    /// What taking steps back would do: answered by the keeper of the workspace.
    pub(in crate::hub) fn preview_undo(&mut self, line: Line, session: SessionId, undo: Undo) {
        let failed = |why: String| Published::Answered(Answer::Failed { why });
        let Some(known) = self.state.session(session) else {
            return line.tell(failed(format!("there is no session {session}")));
        };
        let wanted = Wanted { session, undo, way: self.way_back(session) };
        let cwd = known.cwd.clone();
        self.commit();
        match self.place(session) {
            Some(place) => place.tell(Job::Preview { line, wanted }),
            None => line.tell(failed(self.unkept(&cwd))),
        }
    }

    /// What changed until now: answered by the keeper of the workspace, who knows how it is.
    pub(in crate::hub) fn compare_with_now(&mut self, line: Line, query: Query) {
        let Query::Changes { session, .. } = &query else { return };
        let cwd = self.state.session(*session).map(|known| known.cwd.clone()).unwrap_or_default();
        self.commit();
        match self.place(*session) {
            Some(place) => place.tell(Job::Compare { line, query }),
            None => line.tell(Published::Answered(past::refused(&query, self.unkept(&cwd)))),
        }
    }

    /// Takes steps back. The reply comes later, unless it can't be done.
    pub(in crate::hub) fn undo(
        &mut self,
        session: SessionId,
        Wished { undo, digest, sides, talk }: Wished,
        by: By,
        asker: Option<Asker>,
    ) -> Option<Reply> {
        self.commit();
        let Some(known) = self.state.session(session) else {
            return Some(refused(format!("there is no session {session}")));
        };
        let cwd = known.cwd.clone();
        if let Some((other, call)) = self.runs_now(session) {
            let what = self.step_in_words(other, &call);
            return Some(refused(format!(
                "{what} runs in this workspace: wait for its end or interrupt it, and undo then"
            )));
        }
        let way = self.way_back(session);
        // It is refused before anything is done, not half-way.
        if let (Some(_), Err(why)) = (talk, &way) {
            return Some(refused(nothing_was_undone(why)));
        }
        let undoing = Undoing { session, call: new_call(), what: None, by, asker, talk };
        let ticket = self.checkpoints.ticket(Wait::Undo(Box::new(undoing)));
        if let Some(place) = self.place(session) {
            place.tell(Job::Plan { ticket, wanted: Wanted { session, undo, way }, digest, sides });
            return None;
        }
        self.checkpoints.waits.remove(&ticket);
        Some(refused(self.unkept(&cwd)))
    }

    fn unkept(&self, cwd: &str) -> String {
        match self.setup.settings.config.checkpoints {
            false => "workspaces are not kept, since `checkpoints = false` stands in config.toml".to_owned(),
            true => format!("the workspace {cwd} can't be found"),
        }
    }

    fn step_in_words(&self, session: SessionId, call: &CallId) -> String {
        let known = self.state.session(session);
        let step = known.and_then(|known| known.step_of(call));
        let what = step.map_or_else(|| "a step".to_owned(), |step| format!("step {}", step.number));
        match known.map(|known| known.name.as_str()).filter(|name| !name.is_empty()) {
            Some(name) => format!("{what} of {name}"),
            None => format!("{what} of {session}"),
        }
    }

    /// The keeper has planned it, or done it.
    pub(super) fn undo_goes_on(&mut self, mut undoing: Undoing, stage: Stage) {
        match stage {
            Stage::Refused(reply) => self.reply(undoing.asker, reply),
            Stage::Planned { ticket, what, before, files, changes, talk } => {
                if let Some(why) = undoing.talk.and_then(|to| elsewhere(to, &talk)) {
                    return self.reply(undoing.asker, refused(why));
                }
                if let Some((other, call)) = self.runs_now(undoing.session) {
                    let what = self.step_in_words(other, &call);
                    let why = format!("{what} began meanwhile: wait for its end, and undo then");
                    return self.reply(undoing.asker, refused(why));
                }
                if !changes {
                    return self.nothing_to_undo(&undoing);
                }
                undoing.what = Some(what);
                match self.undo_begins(&undoing, before.clone(), files) {
                    Ok(()) => {
                        let (session, steps) = (undoing.session, undoing.steps());
                        let note = Begun { session, call: undoing.call.clone(), steps, before, by: undoing.by.clone() };
                        self.checkpoints.waits.insert(ticket, Wait::Undo(Box::new(undoing)));
                        if let Some(place) = self.place(session) {
                            place.tell(Job::Restore { ticket, note });
                        }
                    }
                    Err(why) => self.reply(undoing.asker, refused(why)),
                }
            }
            Stage::Restored(done) => self.undo_ends(&undoing, *done),
        }
    }

    /// No file would change: no step is made of that, only the conversation may go back.
    fn nothing_to_undo(&mut self, undoing: &Undoing) {
        let (session, asker) = (undoing.session, undoing.asker);
        match undoing.talk {
            Some(to) => {
                self.talk_follows(session, Follows { to, asker, changed: false, after: None });
            }
            None => self.reply(asker, refused(NOTHING_TO_UNDO.to_owned())),
        }
    }

    /// Nobody is left who could say what became of it: the files are as far as they came, and the journal goes on with
    /// them at the next look.
    pub(super) fn undo_given_up(&mut self, undoing: &Undoing, why: &str) {
        if undoing.what.is_some() {
            let patch = CallPatch { status: Some(CallStatus::Failed), ..CallPatch::default() };
            self.note(undoing.session, Event::Called { call: undoing.call.clone(), patch: Box::new(patch) });
            self.over_now(undoing.session, Some(&undoing.call));
        }
        self.reply(undoing.asker, refused(format!("the undo was cut short: {why}; look at the files")));
    }

    /// On record before a file changes: a crash in the middle is seen.
    fn undo_begins(
        &mut self,
        undoing: &Undoing,
        before: crate::domain::CheckpointId,
        files: Vec<String>,
    ) -> Result<(), String> {
        let (session, call) = (undoing.session, undoing.call.clone());
        let patch = CallPatch {
            tool: Some("taut".to_owned()),
            title: Some(undoing.what.as_ref().map(title).unwrap_or_default().into()),
            impact: Some(Impact::Edit),
            status: Some(CallStatus::Running),
            places: Some(files.into_iter().map(|path| Place { path, line: None }).collect()),
            ..CallPatch::default()
        };
        self.note(session, Event::Called { call: call.clone(), patch: Box::new(patch) });
        let gated = Event::CallGated { call: call.clone(), gate: Gate::Asked };
        self.record(Draft::new(session, gated), Durability::Decision).map_err(|_| self.unwritten())?;
        let step = self.state.session(session).and_then(|known| known.step_of(&call)).cloned().unwrap_or_default();
        let mut checkpoint = Checkpoint::of(Moment::Before, Some(call.clone()));
        checkpoint.id = Some(before.clone());
        self.numbered(session, &step, &mut checkpoint);
        self.note(session, Event::Checkpointed { checkpoint: Box::new(checkpoint) });
        if let Some(place) = self.place(session) {
            place.last = Some(before.clone());
        }
        self.begin_undo(session, &call, before);
        self.commit();
        Ok(())
    }

    fn undo_ends(&mut self, undoing: &Undoing, done: Done) {
        let (session, call) = (undoing.session, undoing.call.clone());
        let files = self.undone(session, call, undoing.steps(), undoing.by.clone(), &done);
        if let (Some(to), None) = (undoing.talk, &done.failed) {
            // What stands of steps that it forgets it is told by the log.
            let after = (!done.left.is_empty()).then(|| NOT_AS_THEN.to_owned());
            return self.talk_follows(session, Follows { to, asker: undoing.asker, changed: !files.is_empty(), after });
        }
        let reply = match done.failed {
            None => Reply::Done,
            Some(why) => refused(why),
        };
        self.reply(undoing.asker, reply);
    }

    /// Of the steps that were meant, those that an undo did take back: one whose every file was left as it is stands.
    fn taken_back(&self, session: SessionId, steps: Vec<CallId>, left: &[Left]) -> Vec<CallId> {
        let known = self.state.session(session);
        let is_left = |path: &str| left.iter().any(|left| left.path == path);
        let stands = |call: &&CallId| {
            let worked = known.and_then(|known| known.step_of(call)).and_then(|step| step.worked.as_deref());
            worked.is_some_and(|worked| {
                worked.more == 0
                    && !worked.effects.is_empty()
                    && worked.effects.iter().all(|effect| is_left(&effect.path))
            })
        };
        let taken: Vec<CallId> = steps.iter().filter(|call| !stands(call)).cloned().collect();
        // Some file changed: where none of them is known to have done it, all count.
        if taken.is_empty() { steps } else { taken }
    }

    /// The end of an undo, on record: how the workspace is now, and which files changed by it.
    pub(super) fn undone(
        &mut self,
        session: SessionId,
        call: CallId,
        steps: Vec<CallId>,
        by: By,
        done: &Done,
    ) -> Vec<Effect> {
        let beside = self.beside(session, &call);
        self.over_now(session, Some(&call));
        let step = self.state.session(session).and_then(|known| known.step_of(&call)).cloned().unwrap_or_default();
        let mut after = Checkpoint::of(Moment::After, Some(call.clone()));
        self.numbered(session, &step, &mut after);
        after.beside = beside;
        let said = match &done.failed {
            Some(why) => {
                let why = format!("{why}\n");
                self.note(session, Event::CallOutput { call: call.clone(), part: OutputPart::Append(why.into()) });
                CallStatus::Failed
            }
            None => CallStatus::Done,
        };
        match &done.after {
            Ok(snap) => {
                after.id = Some(snap.id.clone());
                (after.base, after.uncovered) = (snap.base.clone(), snap.uncovered);
                (after.effects, after.more) = (snap.since_base.effects.clone(), snap.since_base.more);
                after.head.clone_from(&snap.head);
                if let Some(place) = self.place(session) {
                    place.last = Some(snap.id.clone());
                }
            }
            Err(why) => after.why = Some(why.clone()),
        }
        let files = after.effects.clone();
        self.note(session, Event::Checkpointed { checkpoint: Box::new(after) });
        let patch = CallPatch { status: Some(said), ..CallPatch::default() };
        self.note(session, Event::Called { call: call.clone(), patch: Box::new(patch) });
        if !files.is_empty() || done.failed.is_none() {
            let left = done.left.clone();
            let steps = self.taken_back(session, steps, &left);
            self.note(session, Event::Undone { call, steps, files: files.clone(), left, by });
        }
        if !done.lost.is_empty() {
            let text = format!("not all of step {} could be put back as it was: {}", step.number, done.lost.join("; "));
            self.note(session, Event::Noted { level: Notice::Warning, text: text.into() });
        }
        self.commit();
        files
    }
}

impl Hub {
    /// The turns to which the agent's conversation can go back now.
    ///
    /// # Errors
    /// It can't: the end of a sentence.
    fn way_back(&self, session: SessionId) -> Result<Way, String> {
        let Some(known) = self.state.session(session) else { return Err("there is no such session".to_owned()) };
        let Some(driven) = self.agents.get(&session).filter(|_| known.life == Life::Open) else {
            return Err("its agent does not run".to_owned());
        };
        if !driven.protocol.can().back {
            return Err(format!("{} speaks {}, which has no word for that", known.agent, known.driver));
        }
        if known.turn.is_some() || driven.goes_back.is_some() {
            return Err("a turn runs, or it is being taken back already".to_owned());
        }
        Ok(known.way.clone())
    }

    /// The files are as they were: the conversation goes back as well. Files first, for they can be had again where this
    /// fails; what an agent has forgotten can't.
    fn talk_follows(&mut self, session: SessionId, follows: Follows) {
        let to = follows.to;
        if let Some(driven) = self.agents.get_mut(&session) {
            driven.follows = Some(follows);
        }
        if let Reply::Refused { why } = self.rewind(session, to) {
            let text = self.stayed_in_words(session, &why);
            self.note(session, Event::Noted { level: Notice::Error, text: text.into() });
            self.commit();
            self.talk_went(session, Err(&why));
        }
    }

    /// That the conversation was not taken back, for the timeline: of an undo that is half of what was wanted.
    pub(in crate::hub) fn stayed_in_words(&self, session: SessionId, why: &str) -> String {
        let follows = self.agents.get(&session).and_then(|driven| driven.follows.as_ref());
        match follows {
            Some(follows) if follows.changed => half(why),
            Some(_) | None => format!("the conversation was not taken back: {why}"),
        }
    }

    /// The agent has said what became of its conversation, of which files were taken back before; or it is gone.
    pub(in crate::hub) fn talk_went(&mut self, session: SessionId, went: Result<TurnNo, &str>) {
        let Some(follows) = self.agents.get_mut(&session).and_then(|driven| driven.follows.take()) else { return };
        match went {
            Ok(to) if to == follows.to => {
                if let (Some(driven), Some(after)) = (self.agents.get_mut(&session), follows.after) {
                    driven.reasons.push(after);
                }
                self.reply(follows.asker, Reply::Done);
            }
            Ok(to) => self.talk_stayed(&follows, &format!("it went to the end of turn {}", to.0)),
            Err(why) => self.talk_stayed(&follows, why),
        }
    }

    fn talk_stayed(&mut self, follows: &Follows, why: &str) {
        if !follows.changed {
            let why = format!("{NOTHING_TO_UNDO}, and the conversation was not taken back ({why})");
            return self.reply(follows.asker, refused(why));
        }
        self.reply(follows.asker, refused(half(why)));
    }
}

/// That it is half of what was wanted.
fn half(why: &str) -> String {
    format!("{HALF_UNDONE} ({why}): the agent is told of the files with its next prompt")
}

/// Whether the conversation would go elsewhere than was shown.
fn elsewhere(to: TurnNo, talk: &Talk) -> Option<String> {
    match talk {
        Talk::Back { to: now, .. } if *now == to => None,
        Talk::Back { to: now, .. } => Some(format!(
            "nothing was undone: the conversation would go back to the end of turn {}, not of turn {}: look again",
            now.0, to.0
        )),
        Talk::Stays { why } => Some(nothing_was_undone(why)),
    }
}

/// What the step is called.
fn title(what: &Meant) -> String {
    match what {
        Meant::Steps(_, root) => root.title(),
        Meant::Hunks(what) => format!("{PART}{what}"),
    }
}
