//! What taut does itself, as a human made it of a call that the agent could not be given back: files that are written, a
//! command that runs. Each is a step of its own, on record, and the agent is told what was done.

use super::actor::Hub;
use super::answers::Sent;
use super::{marks, parts};
use crate::agent::process::{self, Ender, Frame, Launch};
use crate::domain::{
    CallId, CallPatch, CallStatus, Closing, Decision, Draft, Event, FileChange, Gate, Impact, LaneId, Notice,
    OfferKind, OutputPart, Place, ReasonGoes, Reply, RequestId, SessionId, Text,
};
use crate::state::{OWN_TOOL, Session, Step, teller};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

/// Bytes of a command's output that the agent is told.
const TOLD: usize = 4 << 10;
/// How long a command may take to end by itself once it shall.
const GRACE: Duration = Duration::from_millis(500);

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    /// A command line runs, in the folder of the call.
    Run(String),
    /// A file gets this text.
    Write {
        /// From the workspace on, or absolute.
        path: String,
        /// All of it.
        text: String,
    },
    /// A file goes.
    Remove {
        /// From the workspace on, or absolute.
        path: String,
    },
}

/// Commands of the human's that run.
#[derive(Debug)]
pub(super) struct OwnRuns {
    runs: BTreeMap<u32, Run>,
    next: u32,
    frames: mpsc::Sender<(u32, Frame)>,
}

#[derive(Debug)]
struct Run {
    request: RequestId,
    call: CallId,
    command: String,
    ender: Ender,
    mark: String,
    tail: String,
    // Dropping it would end the command.
    _handle: process::Handle,
}

impl OwnRuns {
    pub(super) fn new(frames: mpsc::Sender<(u32, Frame)>) -> Self {
        Self { runs: BTreeMap::new(), next: 0, frames }
    }

    /// True where none runs.
    pub(super) fn is_idle(&self) -> bool {
        self.runs.is_empty()
    }

    /// Ends those of a session; of all sessions where none is given.
    pub(super) fn end(&self, of: Option<SessionId>) {
        let these = self.runs.values().filter(|run| of.is_none_or(|session| run.request.session == session));
        these.for_each(|run| run.ender.kill());
    }
}

impl Hub {
    /// Does what a human made of a call. Whether the agent has heard of it; nothing while a command still runs.
    pub(super) fn do_own(&mut self, id: RequestId, work: Vec<Work>) -> Option<Sent> {
        let (session, call) = (id.session, new_call());
        let Some((cwd, parent)) = self.state.session(session).and_then(|known| {
            let (_, step, _) = known.request_and_step(id.seq)?;
            Some((known.cwd.clone(), step.clone()))
        }) else {
            return Some(Sent::No);
        };
        let folder = Path::new(&cwd).join(parent.cwd.as_deref().unwrap_or(""));
        let own =
            CallPatch { tool: Some(OWN_TOOL.to_owned()), parent: Some(parent.call.clone()), ..CallPatch::default() };
        if let [Work::Run(command)] = work.as_slice() {
            let patch = CallPatch {
                title: Some(command.as_str().into()),
                impact: Some(Impact::Execute),
                status: Some(CallStatus::Running),
                command: Some(command.as_str().into()),
                cwd: parent.cwd.clone(),
                ..own
            };
            self.own_called(session, &call, patch);
            self.note(session, Event::CallGated { call: call.clone(), gate: Gate::Asked });
            self.own_begins(session, &parent.call, &call);
            return match self.run_own(id, call.clone(), command.clone(), folder) {
                Ok(()) => None,
                Err(why) => {
                    self.own_ended(session, &call, Err(&why));
                    Some(self.told(
                        id,
                        &format!("Your call was not run. Instead of it `{command}` was to run, and could not: {why}."),
                    ))
                }
            };
        }
        let (mut done, mut failed) = (Vec::new(), None);
        let mut changes = Vec::new();
        for work in work {
            let (path, text) = match work {
                Work::Write { path, text } => (path, Some(text)),
                Work::Remove { path } => (path, None),
                Work::Run(_) => continue,
            };
            let full = Path::new(&cwd).join(&path);
            let old = std::fs::read_to_string(&full).ok();
            let written = match &text {
                Some(text) => write(&full, text),
                None => std::fs::remove_file(&full),
            };
            if let Err(error) = written {
                failed = Some(format!("{path} could not be written: {error}"));
                break;
            }
            changes.push(FileChange {
                path: path.clone(),
                old: old.map(Text::from),
                new: text.map(Text::from),
                fragment: false,
                line: None,
                patch: None,
                moved_to: None,
            });
            done.push(path);
        }
        let patch = CallPatch {
            title: Some(format!("write {}", done.join(", ")).into()),
            impact: Some(Impact::Edit),
            status: Some(CallStatus::Running),
            places: Some(done.iter().map(|path| Place { path: path.clone(), line: None }).collect()),
            changes: Some(changes),
            ..own
        };
        self.own_called(session, &call, patch);
        self.note(session, Event::CallGated { call: call.clone(), gate: Gate::Asked });
        // What it did is this step's, and not that of the call that was refused.
        self.own_begins(session, &parent.call, &call);
        self.own_ended(session, &call, failed.as_deref().map_or(Ok(None), Err));
        let files = done.join(", ");
        let hunks = self.hunks_told(id, &parent);
        let said = match failed {
            None => format!(
                "Your call was not run as you proposed it. The part of it that was accepted is written already: {files}. {hunks}Read it again before you go on."
            ),
            Some(why) if done.is_empty() => format!("Your call was not run, and nothing was written: {why}."),
            Some(why) => format!(
                "Your call was not run. A part of it is written ({files}), and then {why}. Read these files again before you go on."
            ),
        };
        Some(self.told(id, &said))
    }

    /// What became of each hunk of a change of which a part was taken.
    fn hunks_told(&self, id: RequestId, step: &Step) -> String {
        let answered = self.state.request(id).and_then(|request| request.answered.as_ref());
        let Some(Decision::Take { hunks, .. }) = answered.map(|answered| &answered.decision) else {
            return String::new();
        };
        self.pieces(step).map_or_else(|_| String::new(), |pieces| format!("{}\n", parts::told(&pieces, hunks)))
    }

    fn own_called(&mut self, session: SessionId, call: &CallId, patch: CallPatch) {
        let event = Event::Called { call: call.clone(), patch: Box::new(patch) };
        self.note(session, event);
    }

    pub(super) fn own_ended(&mut self, session: SessionId, call: &CallId, ended: Result<Option<i32>, &str>) {
        if let Err(why) = ended {
            let part = OutputPart::Append(format!("{why}\n").into());
            self.note(session, Event::CallOutput { call: call.clone(), part });
        }
        let status = if matches!(ended, Ok(None | Some(0))) { CallStatus::Done } else { CallStatus::Failed };
        let patch = CallPatch { status: Some(status), exit: ended.ok().flatten(), ..CallPatch::default() };
        self.own_called(session, call, patch);
    }

    fn run_own(&mut self, id: RequestId, call: CallId, command: String, cwd: PathBuf) -> Result<(), String> {
        let env = self.agents.get(&id.session).map(|driven| driven.env.clone()).ok_or("the agent is gone")?;
        let number = self.own.next;
        self.own.next = number.wrapping_add(1);
        let mark = marks::of_own(id.session, number);
        // Nobody types into it: what reads its input finds the end of it.
        let shell = "exec \"$0\" -c \"$1\" </dev/null";
        let bash = presence(&env, "bash").unwrap_or_else(|| "/bin/sh".to_owned());
        let launch = Launch {
            program: self.setup.program.clone(),
            argv: ["/bin/sh".to_owned(), "-c".to_owned(), shell.to_owned(), bash, command.clone()].to_vec(),
            cwd,
            env,
            mark: mark.clone(),
            grace: GRACE,
        };
        let (handle, mut frames) = process::spawn(launch).map_err(|error| error.to_string())?;
        let out = self.own.frames.clone();
        tokio::task::spawn_local(async move {
            while let Some(frame) = frames.recv().await {
                if out.send((number, frame)).await.is_err() {
                    return;
                }
            }
        });
        let ender = handle.ender();
        self.brake.add(mark.clone(), ender.clone());
        self.own
            .runs
            .insert(number, Run { request: id, call, command, ender, mark, tail: String::new(), _handle: handle });
        Ok(())
    }

    /// Something came from a command of the human's.
    pub(super) fn hear_own(&mut self, number: u32, frame: Frame) {
        let line = match frame {
            Frame::Line(line) | Frame::Stderr(line) | Frame::Oversize { head: line, .. } => line,
            Frame::StderrSkipped(_) | Frame::Closed => return,
            Frame::Exited(exit) => return self.own_exited(number, &exit),
        };
        let Some(run) = self.own.runs.get_mut(&number) else { return };
        let text = format!("{}\n", String::from_utf8_lossy(&line));
        run.tail.push_str(&text);
        if run.tail.len() > 2 * TOLD {
            let cut = (run.tail.len() - TOLD..run.tail.len()).find(|at| run.tail.is_char_boundary(*at));
            run.tail.drain(..cut.unwrap_or(0));
        }
        let (session, call) = (run.request.session, run.call.clone());
        let event = Event::CallOutput { call, part: OutputPart::Append(text.into()) };
        self.draft(Draft { session, lane: LaneId::ROOT, said_at: None, cites: None, event });
    }

    fn own_exited(&mut self, number: u32, exit: &process::Exit) {
        let Some(run) = self.own.runs.remove(&number) else { return };
        self.brake.remove(&run.mark);
        let (how, ended) = match (&exit.failed, exit.code, exit.signal) {
            (Some(why), _, _) => (format!("it could not be started: {why}"), Err(why.as_str())),
            (None, Some(code), _) => (format!("exit {code}"), Ok(Some(code))),
            (None, None, Some(signal)) => (format!("ended by signal {signal}"), Err("ended by a signal")),
            (None, None, None) => ("nobody knows how it ended".to_owned(), Err("nobody knows how it ended")),
        };
        self.own_ended(run.request.session, &run.call, ended);
        let from = (run.tail.len().saturating_sub(TOLD)..run.tail.len()).find(|at| run.tail.is_char_boundary(*at));
        let tail = &run.tail[from.unwrap_or(0)..];
        let output = if tail.is_empty() { "It printed nothing.".to_owned() } else { format!("It printed:\n{tail}") };
        let said = format!(
            "Your call was not run as you proposed it. Instead of it `{}` was run ({how}). {output}",
            run.command
        );
        let sent = self.told(run.request, &said);
        self.after_own(run.request, sent);
        self.commit();
    }

    /// The agent's own call is refused, and it is told what was done instead.
    fn told(&mut self, id: RequestId, said: &str) -> Sent {
        let Some(request) = self.state.request(id) else { return Sent::No };
        let offer =
            request.offers.iter().find(|offer| offer.kind == OfferKind::RejectOnce).map(|offer| offer.id.clone());
        let goes = request.how.carries.reason;
        let said = match request.answered.as_ref().map(|answered| &answered.decision) {
            Some(Decision::Take { reason: Some(why), .. }) => format!("{said} Why not the rest: {why}"),
            Some(Decision::Edit { reason: Some(why), .. }) => format!("{said} Why: {why}"),
            _ => said.to_owned(),
        };
        let sent = self.answer(id, &Decision::Deny { offer, reason: Some(said.clone()), interrupt: false });
        if goes == ReasonGoes::NextPrompt
            && sent == Sent::Yes
            && let Reply::Refused { why } = self.prompt(id.session, said, false, Some(teller(id)))
        {
            let text = format!("the agent was not told what was done instead: {why}");
            self.note(id.session, Event::Noted { level: Notice::Warning, text: text.into() });
        }
        sent
    }

    /// What taut did is done, and the agent has heard of it, or has not.
    pub(super) fn after_own(&mut self, id: RequestId, sent: Sent) {
        match sent {
            Sent::Yes => self.note(id.session, Event::Sent { request: id }),
            Sent::No => self.came_to_nothing(id),
        }
    }

    /// What can't be done after all, though it is decided: the agent is refused, and that is said.
    pub(super) fn own_failed(&mut self, id: RequestId, why: &str) {
        let offer = self.state.request(id).and_then(|request| {
            request.offers.iter().find(|offer| offer.kind == OfferKind::RejectOnce).map(|offer| offer.id.clone())
        });
        self.answer(
            id,
            &Decision::Deny { offer, reason: Some(format!("it could not be done: {why}")), interrupt: false },
        );
        if let Some(driven) = self.agents.get_mut(&id.session) {
            driven.open.retain(|open| open.seq != id.seq);
        }
        let text = format!("what was decided of request {id} could not be done: {why}");
        self.note(id.session, Event::Noted { level: Notice::Error, text: text.into() });
        self.note(id.session, Event::RequestClosed { request: id, how: Closing::Refused(why.to_owned()) });
        self.commit();
    }
}

/// What the id of a step of taut's own begins with.
const OWN_CALL: &str = "taut-";

/// An id that no agent can know beforehand, and speak of as its own.
pub(super) fn new_call() -> CallId {
    CallId(format!("{OWN_CALL}{}", uuid::Uuid::new_v4()))
}

/// Steps of taut's own of which no end is on record: the hub that did them is dead.
pub(super) fn left_open(session: &Session) -> impl Iterator<Item = CallId> {
    let steps = session.timeline.unsettled().filter_map(|no| session.timeline.entries.get(&no)?.step());
    let own = |step: &&Step| step.tool.as_deref() == Some(OWN_TOOL) && step.call.0.starts_with(OWN_CALL);
    steps.filter(own).filter(|step| !step.status.is_final()).map(|step| step.call.clone())
}

/// A program of the caller's `PATH`.
fn presence(env: &[(String, String)], program: &str) -> Option<String> {
    let (_, path) = env.iter().find(|(key, _)| key == "PATH")?;
    crate::agent::presets::find(program, path, Path::is_file)
}

/// Writes a file as a whole or not at all, with the rights that it has; through a link, where it is one.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = real.parent().ok_or(std::io::ErrorKind::NotFound)?;
    std::fs::create_dir_all(folder)?;
    let name = real.file_name().ok_or(std::io::ErrorKind::IsADirectory)?.to_string_lossy().into_owned();
    let beside = folder.join(format!(".{name}.taut-{}", std::process::id()));
    let rights = std::fs::metadata(&real).ok().map(|meta| meta.permissions());
    let done = (|| {
        let mut file = std::fs::File::create_new(&beside)?;
        if let Some(rights) = rights {
            file.set_permissions(rights)?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, &real)
    })();
    if done.is_err() {
        drop(std::fs::remove_file(&beside));
    }
    done
}
