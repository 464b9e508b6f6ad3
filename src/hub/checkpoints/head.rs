//! Where the HEAD of the user's repository goes back to after an undo. taut never moves it: it says with which command the
//! user can, and only where that command does just this. `git switch` refuses where something is in its way; `git reset
//! --soft` moves whatever branch is checked out, so it is named only where that is the branch of then.

use super::keeper::id_of;
use crate::checkpoint::{Head, Workspace};
use crate::domain::CheckpointId;
use crate::state::spans::Span;

/// What is said of HEAD, where some of these steps (the newest first) moved it. `now` is where it stands now.
pub(super) fn stays(workspace: &mut Workspace, steps: &[&Span], now: Option<&Head>) -> Option<String> {
    let mut at = |id: &Option<CheckpointId>| workspace.head_at(id_of(id.as_ref()?).ok()?).ok().flatten();
    let moved = |span: &&Span| match (at(&span.before), at(&span.after)) {
        (Some(before), Some(after)) => (before != after).then_some((span.number, before)),
        // Of a checkpoint that is gone the record still has the commit.
        _ => match &span.heads {
            (Some(before), Some(after)) if before != after => {
                Some((span.number, Head { branch: None, commit: Some(before.clone()) }))
            }
            _ => None,
        },
    };
    // The oldest of them says how it was before all.
    let (number, before) = steps.iter().rev().find_map(moved)?;
    told(number, &before, now)
}

fn told(number: u32, before: &Head, now: Option<&Head>) -> Option<String> {
    if now == Some(before) {
        return None;
    }
    let short = |head: &Head| head.commit.as_ref().map(|commit| commit[..commit.len().min(12)].to_owned());
    let name = |branch: &str| branch.strip_prefix("refs/heads/").unwrap_or(branch).to_owned();
    let Some(then) = short(before) else {
        return Some(format!("commits and HEAD stay where they are: before step {number} there was no commit yet"));
    };
    Some(match (&before.branch, now.map(|now| &now.branch)) {
        (Some(branch), Some(Some(now))) if branch == now => {
            format!("commits and HEAD stay where they are: `git reset --soft {then}` goes back to before step {number}")
        }
        (Some(branch), Some(_)) => {
            let branch = name(branch);
            format!(
                "commits, branches and HEAD stay where they are: `git switch {branch}` goes back to the branch of before step \
                 {number}, which stood at {then} then"
            )
        }
        (None, Some(_)) => format!(
            "commits, branches and HEAD stay where they are: `git switch --detach {then}` goes back to the commit of before \
             step {number}, when no branch was checked out"
        ),
        (_, None) => format!("HEAD stood at {then} before step {number}; where it stands now can't be read"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(branch: Option<&str>, commit: &str) -> Head {
        Head { branch: branch.map(|it| format!("refs/heads/{it}")), commit: Some(commit.repeat(40)) }
    }

    #[test]
    fn the_command_is_one_that_does_just_that() {
        let says = |before: &Head, now: &Head| told(2, before, Some(now)).unwrap_or_default();
        let main = head(Some("main"), "a");
        assert_eq!(says(&main, &main), "", "somebody has gone back already");
        assert!(
            says(&main, &head(Some("main"), "b"))
                .contains("`git reset --soft aaaaaaaaaaaa` goes back to before step 2")
        );
        // Another branch is checked out now: to reset would move that one.
        for now in [head(Some("feature"), "b"), head(Some("feature"), "a"), head(None, "b")] {
            let said = says(&main, &now);
            assert!(said.contains("`git switch main`") && !said.contains("reset"), "{said}");
        }
        let said = says(&head(None, "a"), &head(Some("other"), "b"));
        assert!(said.contains("`git switch --detach aaaaaaaaaaaa`") && !said.contains("reset"), "{said}");
        let unborn = Head { branch: Some("refs/heads/main".to_owned()), commit: None };
        assert!(says(&unborn, &main).ends_with("before step 2 there was no commit yet"));
        assert!(!told(2, &main, None).unwrap().contains('`'));
    }
}
