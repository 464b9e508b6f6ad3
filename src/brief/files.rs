//! Files that were touched: by what calls say that they write, and by what checkpoints saw them do.

use super::LINE;
use super::quote::Sheet;
use crate::domain::FileChange;
use crate::state::{Session, Step};
use std::collections::BTreeMap;

/// Files that are told.
const TOLD: usize = 40;
/// Files that are gathered.
const GATHERED: usize = 4_096;

/// Files so far.
#[derive(Debug, Default)]
pub(super) struct Files {
    by_path: BTreeMap<String, Touched>,
    more: usize,
}

/// How often, and in which step last.
#[derive(Debug, Default)]
struct Touched {
    steps: u32,
    last: u32,
    undone: bool,
}

impl Files {
    pub(super) fn take(&mut self, step: &Step, session: &Session) {
        if !step.acted() {
            return;
        }
        let undone = session.taken.by(&step.call).is_some();
        let written = step.changes.iter().flat_map(FileChange::paths);
        let effects = step.worked.iter().flat_map(|worked| &worked.effects).map(|effect| effect.path.as_str());
        let mut paths: Vec<&str> = written.chain(effects).map(|path| below(path, &session.cwd)).collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            if !self.by_path.contains_key(path) && self.by_path.len() >= GATHERED {
                self.more += 1;
                continue;
            }
            let touched = self.by_path.entry(path.to_owned()).or_default();
            touched.steps += 1;
            (touched.last, touched.undone) = (step.number, undone);
        }
    }

    pub(super) fn write(&self, session: &Session, sheet: &mut Sheet) {
        if self.by_path.is_empty() {
            return;
        }
        sheet.head("Files that it changed");
        let mut all: Vec<_> = self.by_path.iter().collect();
        // Those that were at hand last say the most.
        all.sort_by_key(|(path, touched)| (std::cmp::Reverse(touched.last), path.as_str()));
        for (path, touched) in all.iter().take(TOLD) {
            let times = if touched.steps == 1 { "once".to_owned() } else { format!("in {} steps", touched.steps) };
            let undone = if touched.undone { ", the last of it undone" } else { "" };
            sheet.item(&format!("{path}  ({times}, last in step {}{undone})", touched.last), LINE);
        }
        if !session.cwd.is_empty() {
            sheet.say("Paths that do not begin with / are below the folder above.");
        }
        sheet.left_out(all.len().saturating_sub(TOLD) + self.more, "file", "files", "that changed earlier");
    }
}

fn below<'p>(path: &'p str, cwd: &str) -> &'p str {
    let rest = path.strip_prefix(cwd).filter(|_| !cwd.is_empty()).and_then(|rest| rest.strip_prefix('/'));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(path)
}
