//! Whose a change is where steps ran at the same time. Where steps that are taken back ran beside others that stay, what those
//! others wrote stays too; and what goes on record of a step is what undo would take back with it.

use super::keeper::id_of;
use crate::checkpoint::{Clash, Conflict, Outcome, Plan, RelPath, Workspace};
use crate::domain::{Beside, CallId, Checkpoint, Effect, FileChange, SessionId, Text};
use crate::hub::actor::Hub;
use crate::hub::claims::{self, Claims};
use crate::hub::reading;
use crate::state::spans::{Span, Spans};
use crate::store::Reader;
use std::collections::{BTreeMap, BTreeSet};

impl Hub {
    /// Of what differs between the checkpoints of a step: what is not said to be written by one that ran beside it.
    pub(super) fn own_effects(&self, session: SessionId, after: &Checkpoint, effects: Vec<Effect>) -> Vec<Effect> {
        let root = self.checkpoints.homes.get(&session).and_then(Option::as_ref);
        let (Some(root), Some(call), false) = (root, &after.call, after.beside.is_empty()) else { return effects };
        let claims = |session: SessionId, call: &CallId| {
            let step = self.state.session(session).and_then(|known| known.step_of(call));
            let span = step.map(|step| Span {
                claims: step.changes.iter().flat_map(FileChange::paths).map(str::to_owned).collect(),
                command: step.command.as_ref().and_then(Text::inline).map(str::to_owned),
                ..Span::default()
            });
            // One that is not known could have done anything.
            Claims::at(&span.unwrap_or_default(), root)
        };
        let beside = after.beside.iter().map(|it| claims(it.session, &it.call));
        let all: Vec<Claims> = std::iter::once(claims(session, call)).chain(beside).collect();
        let is_own = |effect: &Effect| {
            RelPath::from_text(&effect.path).is_none_or(|path| claims::whose(&all, &path).of.first() == Some(&true))
        };
        effects.into_iter().filter(is_own).collect()
    }
}

/// A step that ran beside one that is taken back, and stays.
#[derive(Debug, Default)]
pub(super) struct Staying {
    /// The name of its session, where that is another one.
    session: Option<String>,
    span: Span,
}

impl Staying {
    /// `step 3 (make)`, `step 3 (make) of fix-auth`.
    fn words(&self) -> String {
        let of = self.session.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
        format!("step {} ({}){of}", self.span.number, self.span.title)
    }
}

/// The steps that ran beside those that are meant and stay, as the logs of their sessions have them.
pub(super) fn staying(meant: &[&Span], spans: &Spans, log: Option<&Reader>, session: SessionId) -> Vec<Staying> {
    let beside = meant.iter().flat_map(|span| &span.beside);
    let staying: BTreeSet<(SessionId, &CallId)> =
        beside.filter(|it| !is_meant(meant, it)).map(|it| (it.session, &it.call)).collect();
    let mut others: BTreeMap<SessionId, Option<Spans>> = BTreeMap::new();
    let found = staying.into_iter().map(|(whose, call)| {
        if whose == session {
            return spans.of(call).map(|span| Staying { session: None, span: span.clone() });
        }
        let read = || log.and_then(|log| reading::spans(log, whose).ok());
        let other = others.entry(whose).or_insert_with(read).as_ref()?;
        Some(Staying { session: Some(other.session_name().to_owned()), span: other.of(call)?.clone() })
    });
    // One that is not known could have done anything.
    found.map(Option::unwrap_or_default).collect()
}

fn is_meant(meant: &[&Span], it: &Beside) -> bool {
    meant.iter().any(|other| other.is(it))
}

/// Leaves out of a plan what steps wrote that stay. What both name is a conflict: nobody can tell whose version stands there,
/// and that of the other is not ours to take. What nobody names counts as taken back with a step that may do more than it
/// names, and the preview says so. Gives the steps that wrote the same, in words.
pub(super) fn leave_others(
    plan: &mut Plan,
    meant: &[&Span],
    staying: &[Staying],
    workspace: &mut Workspace,
) -> Result<Vec<String>, String> {
    let (alone, mixed): (Vec<&Span>, Vec<&Span>) =
        meant.iter().copied().partition(|span| span.beside.iter().all(|it| is_meant(meant, it)));
    if mixed.is_empty() {
        return Ok(Vec::new());
    }
    // Nobody else was there.
    let mut sure: BTreeSet<RelPath> = BTreeSet::new();
    for span in alone {
        let (Some(before), Some(after)) = (&span.before, &span.after) else { continue };
        let changes = workspace.diff(id_of(before)?, id_of(after)?).map_err(|error| error.to_string())?;
        sure.extend(changes.into_iter().map(|change| change.path));
    }
    let all = mixed.iter().copied().chain(staying.iter().map(|it| &it.span));
    let claims: Vec<Claims> = all.map(|span| Claims::of(span, workspace)).collect();
    let ours = |path: &RelPath| claims::whose(&claims, path).of[..mixed.len()].contains(&true);
    plan.files.retain(|file| sure.contains(&file.path) || ours(&file.path));
    let mut told = Vec::new();
    for file in &mut plan.files {
        let whose = claims::whose(&claims, &file.path);
        // One that was taken back itself left nothing that could be lost.
        let stays = |(at, it): (usize, &'_ Staying)| whose.of[mixed.len() + at] && it.span.undone.is_none();
        let others: Vec<&Staying> =
            staying.iter().enumerate().filter(|&(at, it)| stays((at, it))).map(|(_, it)| it).collect();
        if !whose.is_claimed || others.is_empty() {
            continue;
        }
        if let Outcome::Restore(to) | Outcome::Merge(to) = &file.outcome {
            let (ours, theirs) = (file.now.clone(), to.clone());
            file.outcome = Outcome::Conflict(Conflict { clash: Clash::Beside, ours, theirs, both: None });
        }
        told.extend(
            others.iter().map(|it| format!("{} ran at the same time and wrote {} as well", it.words(), file.path)),
        );
    }
    Ok(told)
}
