//! What a call did is compared with what was decided: a file that does not hold what was allowed, a command that is not
//! the one that was. What differs is said, loudly; it is never put right here.

use super::actor::Hub;
use super::requests::OpenAsk;
use crate::domain::{CallPatch, Carrier, Digest, Event, FileChange, SessionId, Text};
use crate::state::Step;
use std::io::Read;
use std::path::Path;

/// Files longer than this are not looked into.
const LONGEST: u64 = 2 << 20;
/// Files of one call that are looked at.
const MOST: usize = 16;

impl Hub {
    /// How what a call that has just ended left behind is not what was decided; nothing where it is, or can't be known.
    pub(super) fn diverged(&self, session: SessionId, step: &Step) -> Option<Event> {
        let known = self.state.session(session)?;
        let request = step.request()?;
        if step.diverged.is_some() || !known.lets_run(request) || request.sent.is_none() {
            return None;
        }
        let edited = step.edited.as_ref().filter(|edited| edited.by == Carrier::Agent);
        let decided = edited.and_then(|edited| edited.patch.changes.as_ref()).unwrap_or(&step.changes);
        // What another call has written since says nothing of this one.
        let since = |path: &str| {
            let others = known.timeline.entries.values().rev().filter_map(|entry| entry.step());
            let mut later = others.take_while(|other| other.number > step.number);
            later.any(|other| other.changes.iter().any(|change| change.path == path))
        };
        let differs = |change: &&FileChange| !since(&change.path) && !holds(&known.cwd, change);
        let paths: Vec<&str> = decided.iter().take(MOST).filter(differs).map(|change| change.path.as_str()).collect();
        let how = match paths.as_slice() {
            [] => return None,
            [one] => format!("{one} does not hold what was allowed"),
            several => format!("{} do not hold what was allowed", several.join(", ")),
        };
        Some(Event::Diverged { call: step.call.clone(), how: how.into() })
    }

    /// How a call that was decided says now that it runs another command.
    pub(super) fn runs_another(&self, session: SessionId, step: &Step, patch: &CallPatch) -> Option<Event> {
        let now = patch.command.as_ref()?;
        let known = self.state.session(session)?;
        let request = step.request().filter(|request| known.lets_run(request) && request.sent.is_some())?;
        let open = self.agents.get(&session)?.open.iter().find(|open| open.seq == request.id.seq)?;
        let edited = step.edited.as_ref().and_then(|edited| edited.patch.command.as_ref()).map(Text::digest);
        let is_known = open.command == Some(now.digest()) || edited == Some(now.digest());
        (step.diverged.is_none() && open.command.is_some() && !is_known).then(|| {
            let shown = now.inline().unwrap_or("a longer command");
            Event::Diverged {
                call: step.call.clone(),
                how: format!("it runs another command than was allowed: {shown}").into(),
            }
        })
    }
}

impl OpenAsk {
    /// The command that was asked for.
    pub(super) fn command_of(step: &Step) -> Option<Digest> {
        step.command.as_ref().map(Text::digest)
    }
}

/// True where a file holds what a change says, or where that can't be known.
fn holds(cwd: &str, change: &FileChange) -> bool {
    let path = Path::new(cwd).join(&change.path);
    if let Some(to) = &change.moved_to {
        return path.symlink_metadata().is_err() && Path::new(cwd).join(to).exists();
    }
    let Some(new) = &change.new else { return change.patch.is_some() || !path.exists() };
    let Some(meta) = path.metadata().ok().filter(std::fs::Metadata::is_file) else { return false };
    if meta.len() > LONGEST {
        return true;
    }
    let mut bytes = Vec::new();
    if std::fs::File::open(&path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes)).is_err() {
        return true;
    }
    if !change.fragment {
        // Agents add the last line's end, or take it away: not what a person would call another text.
        let plain = |bytes: &[u8]| Digest::of(bytes.strip_suffix(b"\n").unwrap_or(bytes));
        return match new {
            Text::Inline(text) => plain(text.as_bytes()) == plain(&bytes),
            Text::Body(body) => body.digest == Digest::of(&bytes),
        };
    }
    match (new.inline(), std::str::from_utf8(&bytes)) {
        (Some(text), Ok(file)) => file.contains(text.trim_end_matches('\n')),
        (None, _) | (_, Err(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_what_was_allowed_or_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let cwd = folder.path().to_str().unwrap();
        std::fs::write(folder.path().join("a"), "one\ntwo\n").unwrap();
        let change = |path: &str, new: Option<&str>, fragment: bool| FileChange {
            path: path.into(),
            old: None,
            new: new.map(Text::from),
            fragment,
            line: None,
            patch: None,
            moved_to: None,
        };
        assert!(holds(cwd, &change("a", Some("one\ntwo"), false)), "the last line's end is nobody's matter");
        assert!(holds(cwd, &change("a", Some("two\n"), true)) && holds(cwd, &change("gone", None, false)));
        assert!(!holds(cwd, &change("a", Some("one\n"), false)) && !holds(cwd, &change("a", Some("three"), true)));
        assert!(!holds(cwd, &change("a", None, false)) && !holds(cwd, &change("gone", Some("x"), false)));
    }
}
