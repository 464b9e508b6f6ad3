//! What a step really did to files, beside what it said that it would do: where the two differ, somebody should look.

use super::Step;
use crate::domain::path::{below, joined};
use crate::domain::{Became, CallStatus, Effect, FileChange, Impact};

/// How a file that a step changed stands to what the step said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It says nothing of files, as a command does: there is nothing to compare with.
    Silent,
    /// It said that it would change this one.
    Told,
    /// It told of others, and not of this one.
    Untold,
}

/// Both, compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compared<'a> {
    /// What differs between its checkpoints.
    pub effects: Vec<(&'a Effect, Claim)>,
    /// Files that it said it would change, and that are as they were.
    pub unseen: Vec<&'a str>,
    /// Files that it said it would change outside of the workspace: no checkpoint looks there.
    pub outside: Vec<&'a str>,
}

impl Compared<'_> {
    /// True where it did something else than it said, as far as that is known.
    #[must_use]
    pub fn differs(&self) -> bool {
        !self.unseen.is_empty() || self.effects.iter().any(|(_, claim)| *claim == Claim::Untold)
    }
}

impl Step {
    /// What it did beside what it said; nothing where no checkpoints tell. `cwd` is the session's folder.
    #[must_use]
    pub fn compared(&self, cwd: &str) -> Option<Compared<'_>> {
        let worked = self.worked.as_ref()?;
        let is_known = worked.before.is_some() && worked.after.is_some();
        // A human made something else of it: what it said first is no measure then.
        let is_told = self.edited.is_none();
        let told: Vec<&str> = match self.impact {
            _ if !is_told => Vec::new(),
            _ if !self.changes.is_empty() => self.changes.iter().flat_map(FileChange::paths).collect(),
            Impact::Edit | Impact::Delete | Impact::Move => {
                self.places.iter().map(|place| place.path.as_str()).collect()
            }
            _ => Vec::new(),
        };
        let claim = |effect: &Effect| match told.is_empty() {
            true => Claim::Silent,
            false if told.iter().any(|told| is_same(told, &effect.path, cwd)) => Claim::Told,
            // A file is made with the folders that it stands in.
            false if effect.became == Became::Added && told.iter().any(|told| lies_in(told, &effect.path, cwd)) => {
                Claim::Told
            }
            false => Claim::Untold,
        };
        let effects = worked.effects.iter().map(|effect| (effect, claim(effect))).collect();
        // Of a list that was cut, and of what has not ended well, nobody can say what is missing.
        let is_whole = is_known && worked.more == 0 && self.status == CallStatus::Done && self.acted();
        let is_seen = |told: &str| worked.effects.iter().any(|effect| is_same(told, &effect.path, cwd));
        let (mut unseen, mut outside): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        if is_whole && !self.changes.is_empty() {
            for told in told.into_iter().filter(|told| !is_seen(told)) {
                let is_outside = cwd.starts_with('/') && below(&joined(cwd, told), cwd).is_none();
                let list = if is_outside { &mut outside } else { &mut unseen };
                if !list.contains(&told) {
                    list.push(told);
                }
            }
        }
        Some(Compared { effects, unseen, outside })
    }
}

/// Whether a path as an agent says it is that of a checkpoint, which begins at the workspace. A workspace behind a link
/// has two names: an absolute path that ends in the whole of the other is the same file.
#[must_use]
pub fn is_same(told: &str, path: &str, cwd: &str) -> bool {
    let below = told.strip_prefix(cwd).and_then(|rest| rest.strip_prefix('/'));
    let told = below.unwrap_or(told).trim_start_matches("./");
    told == path || (told.starts_with('/') && told.strip_suffix(path).is_some_and(|before| before.ends_with('/')))
}

/// Whether a file lies somewhere below a path of a checkpoint.
fn lies_in(told: &str, path: &str, cwd: &str) -> bool {
    told.match_indices('/').any(|(at, _)| is_same(&told[..at], path, cwd))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CheckpointId, FileChange};
    use crate::state::Worked;

    fn step(told: &[&str], did: &[&str]) -> Step {
        let effect = |path: &&str| Effect { path: (*path).to_owned(), became: Became::Changed };
        let worked = Worked {
            before: Some(CheckpointId("a".into())),
            after: Some(CheckpointId("b".into())),
            effects: did.iter().map(effect).collect(),
            ..Worked::default()
        };
        let change = |path: &&str| FileChange { path: (*path).to_owned(), ..change() };
        Step {
            impact: Impact::Edit,
            status: CallStatus::Done,
            changes: told.iter().map(change).collect(),
            worked: Some(Box::new(worked)),
            ..Step::default()
        }
    }

    fn change() -> FileChange {
        FileChange {
            path: String::new(),
            old: None,
            new: None,
            fragment: false,
            line: None,
            patch: None,
            moved_to: None,
        }
    }

    #[test]
    fn what_was_told_and_what_was_done_are_held_against_each_other() {
        let one = step(&["/w/app/src/a.rs", "src/b.rs", "/real/w/app/c"], &["src/a.rs", "new", "c"]);
        let compared = one.compared("/w/app").expect("it has checkpoints");
        let claims: Vec<Claim> = compared.effects.iter().map(|(_, claim)| *claim).collect();
        assert_eq!(claims, [Claim::Told, Claim::Untold, Claim::Told]);
        assert_eq!(compared.unseen, ["src/b.rs"]);
        assert!(compared.differs());
        // The end of a name is no name.
        assert_eq!(step(&["/w/app/other/xa.rs"], &["a.rs"]).compared("/w/app").map(|c| c.unseen.len()), Some(1));
    }

    #[test]
    fn what_lies_outside_of_the_workspace_is_not_missed_in_it() {
        let one = step(&["/home/me/.plans/x.md", "../y", "src/../in"], &[]);
        let compared = one.compared("/w/app").expect("it has checkpoints");
        assert_eq!((compared.outside, compared.unseen), (vec!["/home/me/.plans/x.md", "../y"], vec!["src/../in"]));
        assert!(!step(&["/home/me/.plans/x.md"], &[]).compared("/w/app").expect("known").differs());
    }

    #[test]
    fn the_folders_of_a_new_file_belong_to_it() {
        let mut one = step(&["/w/app/src/deep/n.rs"], &["src/deep", "src/deep/n.rs", "src/other"]);
        for effect in &mut one.worked.as_mut().expect("it has them").effects {
            effect.became = Became::Added;
        }
        let compared = one.compared("/w/app").expect("it has checkpoints");
        let claims: Vec<Claim> = compared.effects.iter().map(|(_, claim)| *claim).collect();
        assert_eq!(claims, [Claim::Told, Claim::Told, Claim::Untold]);
    }

    #[test]
    fn nothing_is_missed_where_nobody_can_know() {
        let command = Step { impact: Impact::Execute, ..step(&[], &["a"]) };
        assert_eq!(command.compared("/w").expect("known").effects[0].1, Claim::Silent);
        let failed = Step { status: CallStatus::Failed, ..step(&["a"], &[]) };
        assert!(!failed.compared("/w").expect("known").differs());
        let mut cut = step(&["a"], &["b"]);
        cut.worked.as_mut().expect("it has them").more = 3;
        assert_eq!(cut.compared("/w").expect("known").unseen, [""; 0]);
        let mut unknown = step(&["a"], &[]);
        unknown.worked.as_mut().expect("it has them").after = None;
        assert!(!unknown.compared("/w").expect("known").differs());
        assert_eq!(Step::default().compared("/w"), None);
    }
}
