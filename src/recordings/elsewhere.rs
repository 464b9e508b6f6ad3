//! What is kept, as it is listed beside taut's own sessions; and which of it goes on.

use super::{Filter, Recorded, Recordings, registry};
use crate::domain::{At, Doing, Elsewhere};
use crate::store::StoreError;
use crate::text;
use crate::transcript::CHANNEL;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// One whose file was written to so lately goes on, as far as can be told.
pub const LATELY: Duration = Duration::from_mins(2);
/// One of which the last was said longer ago is of the past, whoever touches its file.
const LONG_AGO: u64 = 24 * 3_600_000;

/// The sessions of other tools that are kept in a state folder, the newest first. `registry` is the folder in which an agent
/// says which of its sessions run.
pub fn all(state: &Path, registry: Option<&Path>, now: At) -> Result<Vec<Elsewhere>, StoreError> {
    let Some(kept) = Recordings::open_for_reading(state)? else { return Ok(Vec::new()) };
    let running = registry.map(registry::read).unwrap_or_default();
    Ok(kept.list(&Filter::default())?.iter().map(|one| one.listed(&running, now)).collect())
}

impl Recorded {
    /// What its tool or its human calls it; else how its first prompt begins, or its name.
    #[must_use]
    pub fn title(&self) -> String {
        let title = self.session.title.as_ref().and_then(|title| title.inline());
        let name = Some(self.session.name.as_str());
        // Where taut itself drove it, somebody named it; else its name is made up.
        let given = name.filter(|_| self.session.driver != CHANNEL);
        let all = [given, title, Some(self.prompt.as_str()), name];
        let first = all.into_iter().flatten().map(str::trim).find(|title| !title.is_empty()).unwrap_or_default();
        let line = match first.split_once('\n') {
            Some((line, _)) => format!("{} …", line.trim_end()),
            None => first.to_owned(),
        };
        text::visible(&line).text.into_owned()
    }

    /// Whether it goes on: by what its agent says, else by when its file was written to.
    #[must_use]
    pub fn doing(&self, running: &BTreeMap<String, Doing>, now: At) -> Doing {
        if let Some(doing) = running.get(&self.native).filter(|_| !self.native.is_empty()) {
            return doing.clone();
        }
        let is_new = || {
            let written = fs::metadata(&self.path).and_then(|about| about.modified()).ok();
            // A clock that is ahead is taken for now.
            written.is_some_and(|at| SystemTime::now().duration_since(at).unwrap_or_default() < LATELY)
        };
        if now.since(self.session.at) < LONG_AGO && is_new() { Doing::Written } else { Doing::Past }
    }

    /// As it is listed.
    #[must_use]
    pub fn listed(&self, running: &BTreeMap<String, Doing>, now: At) -> Elsewhere {
        let session = &self.session;
        Elsewhere {
            id: self.id,
            agent: session.agent.clone(),
            cwd: session.cwd.clone(),
            title: self.title(),
            prompt: self.prompt.clone(),
            model: session.model().map(|model| model.current.clone()).filter(|model| !model.is_empty()),
            branch: session.place.as_ref().and_then(|place| place.branch.clone()),
            native: self.native.clone(),
            file: self.path.to_string_lossy().into_owned(),
            first: self.first,
            last: session.at,
            turns: session.turns.0,
            steps: session.steps,
            records: self.records,
            context: (session.meter.used, session.meter.window),
            odd: self.odd,
            doing: self.doing(running, now),
        }
    }
}
