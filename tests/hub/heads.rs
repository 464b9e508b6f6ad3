//! What an undo leaves of the user's repository, and the command that is named for it: one that does just that.

use super::checkpoints::{plan, runs, worked};
use super::support::hub::Bench;
use super::{repo, scratch};
use std::path::Path;
use std::process::Command as Process;
use taut::domain::{OfferKind, SessionId, Undo};

fn git(folder: &Path, line: &str) -> String {
    let who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgSign=false"];
    let output = Process::new("git").args(who).args(line.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "git {line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Lets an agent run a command, and waits for the checkpoint after it.
fn ran(bench: &mut Bench, cwd: &Path, command: &str) -> SessionId {
    let id = runs(bench, cwd, command);
    let request = bench.waiting();
    bench.answer(request, OfferKind::AllowOnce);
    worked(bench, id, 1);
    id
}

#[test]
fn what_is_said_of_head_would_move_no_other_branch() {
    let folder = scratch();
    let cwd = repo(&folder);
    let (branch, then) = (git(&cwd, "symbolic-ref --short HEAD"), git(&cwd, "rev-parse HEAD"));
    git(&cwd, "branch feature");
    let mut bench = Bench::new(folder.path());
    let said = |bench: &mut Bench, id, undo| plan(bench, id, &undo).unwrap().cannot.join("\n");
    // It goes to another branch and commits there: to reset would take that commit from it.
    let commit = "git -c user.name=A -c user.email=a@b -c commit.gpgSign=false commit -q";
    let id =
        ran(&mut bench, &cwd, &format!("git checkout -q feature; echo more > more; git add more; {commit} -m more"));
    let told = said(&mut bench, id, Undo::Last);
    assert!(told.contains(&format!("`git switch {branch}`")) && !told.contains("reset"), "{told}");
    // The command is one that works, and goes back to where it stood.
    git(&cwd, &format!("switch -q {branch}"));
    assert_eq!(git(&cwd, "rev-parse HEAD"), then);
    // On the same branch it is a reset; and a step that changed no file counts, where it is in the range.
    let id = ran(&mut bench, &cwd, &format!("{commit} --allow-empty -m empty; touch mine"));
    let told = said(&mut bench, id, Undo::To { number: 1 });
    assert!(told.contains(&format!("`git reset --soft {}` goes back to before step 1", &then[..12])), "{told}");
    bench.leave();
}
