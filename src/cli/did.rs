//! What a step really did to files, beside what it said, as lines: for `taut show` and `taut --plain`.

use super::words;
use crate::domain::CallId;
use crate::state::claims::Claim;
use crate::state::{Entry, Session, Step};

/// That it was undone, or what it took back: for the line of the step.
pub(super) fn undone(session: &Session, step: &Step) -> Option<String> {
    let worked = step.worked.as_deref()?;
    if let Some(by) = &worked.undone {
        return Some(format!("undone by {}", named(session, by)));
    }
    match worked.undoes.as_slice() {
        [] => None,
        [one] => Some(format!("took back {}", named(session, one))),
        several => Some(format!("took back {}", words::counted(several.len(), "step"))),
    }
}

/// What it did, line by line; nothing where no checkpoints tell.
pub(super) fn lines(session: &Session, step: &Step) -> Vec<String> {
    let (Some(worked), Some(compared)) = (step.worked.as_deref(), step.compared(&session.cwd)) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let is_known = worked.before.is_some() && worked.after.is_some();
    if is_known || worked.files() > 0 {
        let since = if worked.last_known { ", since the last checkpoint before it" } else { "" };
        let files = match worked.files() {
            0 => "no file".to_owned(),
            files => words::counted(files, "file"),
        };
        let differs = if compared.differs() { "; this is NOT what it said it would do" } else { "" };
        lines.push(format!("did: {files} changed{since}{differs}"));
    }
    for (effect, claim) in &compared.effects {
        let said = match claim {
            Claim::Silent => "",
            Claim::Told => ", as it said",
            Claim::Untold => ", NOT said",
        };
        lines.push(format!("  {} {}{said}", effect.became.word(), effect.path));
    }
    if worked.more > 0 {
        lines.push(format!("  and {} more", worked.more));
    }
    lines.extend(compared.unseen.iter().map(|path| format!("  said {path}, and NO change of it was seen")));
    let outside = compared.outside.iter();
    lines.extend(
        outside.map(|path| format!("  said {path}: it lies outside of the workspace, where no checkpoint looks")),
    );
    for other in &worked.beside {
        let step = if other.session == session.id { named(session, &other.call) } else { "a step".to_owned() };
        let whose = if other.session == session.id { String::new() } else { format!(" of {}", other.session) };
        let line = format!("  ran beside {step}{whose}: some of it may be its work");
        // Steps of another session have no numbers here.
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if worked.uncovered > 0 {
        lines.push(format!("  {} not covered by the checkpoints", words::counted(worked.uncovered as usize, "file")));
    }
    lines.extend(worked.why.iter().map(|why| format!("no checkpoint: {why}")));
    lines.extend(worked.left.iter().map(|left| format!("left as it was: {}: {}", left.path, left.why)));
    lines
}

fn named(session: &Session, call: &CallId) -> String {
    let of = |entry: &Entry| entry.step().filter(|step| step.call == *call).map(|step| step.number);
    let found = session.timeline.entries.values().rev().find_map(of);
    found.map_or_else(|| "another step".to_owned(), |number| format!("step {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Became, CallStatus, CheckpointId, Effect, FileChange, Impact, Left, SessionId};
    use crate::state::Worked;

    #[test]
    fn what_it_did_is_said_beside_what_it_said() {
        let effect = |path: &str| Effect { path: path.to_owned(), became: Became::Added };
        let told = FileChange {
            path: "/w/a".into(),
            old: None,
            new: None,
            fragment: false,
            line: None,
            patch: None,
            moved_to: None,
        };
        let worked = Worked {
            before: Some(CheckpointId("a".into())),
            after: Some(CheckpointId("b".into())),
            effects: vec![effect("b")],
            uncovered: 1,
            undone: Some(CallId("gone".into())),
            left: vec![Left { path: "c".into(), why: "it was skipped".into() }],
            ..Worked::default()
        };
        let step = Step {
            impact: Impact::Edit,
            status: CallStatus::Done,
            changes: vec![told],
            worked: Some(Box::new(worked)),
            ..Step::default()
        };
        let session = Session { cwd: "/w".into(), ..Session::new(SessionId(1)) };
        assert_eq!(undone(&session, &step).as_deref(), Some("undone by another step"));
        let said = [
            "did: 1 file changed; this is NOT what it said it would do",
            "  added b, NOT said",
            "  said /w/a, and NO change of it was seen",
            "  1 file not covered by the checkpoints",
            "left as it was: c: it was skipped",
        ];
        assert_eq!(lines(&session, &step), said);
        assert!(lines(&session, &Step::default()).is_empty() && undone(&session, &Step::default()).is_none());
    }
}
