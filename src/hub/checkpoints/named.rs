//! What a call names: it is kept also where git ignores it.

use crate::domain::{Completeness, SessionId, Text, fields};
use crate::hub::actor::Hub;
use crate::hub::loss;
use crate::policy::Raised;
use crate::state::Step;
use std::path::{Path, PathBuf};

/// What a call names.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Files and folders, as it tells of them.
    paths: Vec<PathBuf>,
    /// The command line that it runs: what that changes and makes is found out by the keeper, which may look at the disk.
    command: Option<String>,
    /// The folder it runs in.
    folder: PathBuf,
}

impl Named {
    /// A human wrote other arguments: what they run counts.
    pub(super) fn runs_instead(&mut self, args: &Text) {
        let meant = args.inline().map(fields::fields).unwrap_or_default();
        let command = meant.into_iter().find(|field| field.meaning == fields::Meaning::Command);
        self.command = command.map(|field| field.text).or(self.command.take());
    }

    /// All of it, with what its command line would change in a workspace.
    pub(super) fn in_workspace(&self, root: &Path) -> Vec<PathBuf> {
        let by_command = self.command.iter().flat_map(|line| loss::ignored(line, root, &self.folder));
        self.paths.iter().cloned().chain(by_command).collect()
    }
}

impl Hub {
    /// The files that a call names: they are kept also where git ignores them.
    pub(super) fn named(&self, session: SessionId, step: &Step) -> Named {
        let (mut view, _) = self.seen_by_policy(session, step, &[], Completeness::Whole, Raised::ByAgent);
        let cwd = self.state.session(session).map_or("", |known| known.cwd.as_str()).to_owned();
        let folder = Path::new(&cwd).join(step.cwd.as_deref().unwrap_or_default());
        let paths = view.touches_mut().map(|touch| folder.join(&touch.path)).collect();
        let command = step.command.as_ref().and_then(Text::inline).map(str::to_owned);
        Named { paths, command, folder }
    }
}
