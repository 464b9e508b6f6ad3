//! git's commands that delete or rewrite files of the work tree.

use super::acts::{Does, one};
use super::given::{Given, Takes, given};
use super::{Act, Arg, Git, How, Keeps, Put, Target, Untracked};

/// The folders that git is told to work in, its command, and the arguments of that.
pub(super) type Parts<'a> = (Vec<Arg>, Option<String>, &'a [Arg]);

/// Takes git's own options away: the folder that it is told to work in, its command and its arguments; or why not.
pub(super) fn parts(args: &[Arg]) -> Result<Parts<'_>, String> {
    let (mut folders, mut at) = (Vec::new(), 0);
    while let Some(arg) = args.get(at) {
        match arg.text() {
            Some("-C") => {
                folders.extend(args.get(at + 1).cloned());
                at += 2;
            }
            Some("--no-pager" | "-P" | "--no-optional-locks" | "--literal-pathspecs" | "--no-advice") => at += 1,
            Some("-c")
                if args
                    .get(at + 1)
                    .and_then(Arg::text)
                    .is_some_and(|it| it.starts_with("user.") || it.starts_with("color.")) =>
            {
                at += 2;
            }
            Some(option) if option.starts_with('-') => return Err(format!("what git does with its option {option}")),
            Some(command) => return Ok((folders, Some(command.to_owned()), args.get(at + 1..).unwrap_or_default())),
            None => return Err(format!("what git does: {}", arg.shown())),
        }
    }
    Ok((folders, None, &[]))
}

/// What a command of git does; its folder was looked at before.
pub(super) fn of(args: &[Arg]) -> Does {
    let (command, rest) = match parts(args) {
        Ok((_, Some(command), rest)) => (command, rest),
        Ok((_, None, _)) => return Does::Nothing,
        Err(why) => return Does::Hidden(why),
    };
    let hidden = |what: &str| Does::Hidden(format!("what git {command} {what}"));
    match command.as_str() {
        "clean" => clean(rest),
        "checkout" => checkout(rest),
        "restore" => restore(rest),
        "switch" => {
            let it = given(rest, Takes { letters: "cC", attached: "", long: &["create", "force-create", "orphan"] });
            match it.has(&["f", "force", "discard-changes"]) {
                true => git(Git::Whole { tree: it.operands.first().cloned() }),
                false => Does::Nothing,
            }
        }
        "reset" => {
            let it = given(rest, Takes::NONE);
            match (it.has(&["hard"]), it.has(&["merge", "keep"])) {
                (true, _) => git(Git::Whole { tree: it.operands.first().cloned() }),
                (false, true) => hidden("throws away"),
                (false, false) => Does::Nothing,
            }
        }
        "stash" => stash(rest),
        "rm" => {
            let it = given(rest, Takes::NONE);
            if it.has(&["cached", "n", "dry-run"]) {
                return Does::Nothing;
            }
            if let Some(strange) = it.strange(&["r", "f", "q", "force", "quiet", "ignore-unmatch"]) {
                return hidden(&format!("does with its option {strange}"));
            }
            git(Git::Remove { flags: it.flags(), paths: it.operands })
        }
        "mv" => {
            let it = given(rest, Takes::NONE);
            let keeps = if it.has(&["f", "force"]) { Keeps::Nothing } else { Keeps::All };
            let mut sources = it.operands.clone();
            let (false, Some(to)) = (it.has(&["n", "dry-run"]), sources.pop()) else { return Does::Nothing };
            let target = if sources.len() > 1 { Target::Folder } else { Target::Either };
            one(Act::Put(Put { how: How::Move, sources, to, target, deep: true, keeps }))
        }
        "filter-branch" | "filter-repo" => hidden("rewrites"),
        "worktree" if rest.first().and_then(Arg::text) == Some("remove") => hidden("removes"),
        "apply" | "am" | "merge" | "pull" | "rebase" | "cherry-pick" | "revert" | "submodule" | "sparse-checkout"
        | "read-tree" | "checkout-index" | "lfs" => Does::Strange,
        _ => Does::Nothing,
    }
}

fn git(what: Git) -> Does {
    one(Act::Git(what))
}

fn clean(rest: &[Arg]) -> Does {
    let it = given(rest, Takes { letters: "e", attached: "", long: &["exclude"] });
    if it.has(&["n", "dry-run"]) {
        return Does::Nothing;
    }
    if it.has(&["i", "interactive"]) {
        return Does::Hidden("git clean asks what to delete: what is answered".to_owned());
    }
    let dropped = ["-f", "--force", "-q", "--quiet"];
    let keep = |arg: &Arg| match arg.text() {
        Some(text) if dropped.contains(&text) => None,
        // A cluster without the letters that only say: do it, and quietly.
        Some(text) if text.starts_with('-') && !text.starts_with("--") && !text.contains('e') => {
            let kept: String = text.chars().filter(|c| !"fq".contains(*c)).collect();
            (kept.len() > 1).then_some(Arg::Text(kept))
        }
        _ => Some(arg.clone()),
    };
    let ends = rest.iter().position(|arg| arg.text() == Some("--")).unwrap_or(rest.len());
    let args = rest[..ends].iter().filter_map(keep).chain(rest[ends..].iter().cloned()).collect();
    git(Git::Clean { args, forced: it.count(&["f", "force"]) })
}

fn checkout(rest: &[Arg]) -> Does {
    let takes = Takes { letters: "bB", attached: "", long: &["orphan", "conflict", "pathspec-from-file"] };
    let it = given(rest, takes);
    if it.has(&["p", "patch", "pathspec-from-file", "m", "merge", "ours", "theirs"]) {
        return Does::Hidden("what git checkout writes over".to_owned());
    }
    let makes = it.has(&["b", "B", "orphan"]);
    let (before, paths) = it.operands.split_at(it.before);
    match (it.parted, before, paths) {
        (true, [], []) if it.has(&["f", "force"]) => git(Git::Whole { tree: None }),
        (true, [], [_, ..]) => git(Git::Paths { paths: paths.to_vec() }),
        (true, [tree], [_, ..]) => git(Git::From { tree: tree.clone(), paths: paths.to_vec(), removes: false }),
        _ if makes => match it.has(&["f", "force"]) {
            true => git(Git::Whole { tree: it.operands.first().cloned() }),
            false => Does::Nothing,
        },
        (_, [] | [_], []) if it.has(&["f", "force"]) => forced(&it),
        (_, [], _) => Does::Nothing,
        _ => git(Git::Either { operands: it.operands }),
    }
}

/// `git checkout -f x`, where x is a commit; or a file, which only looking tells.
fn forced(it: &Given) -> Does {
    match it.operands.first() {
        None => git(Git::Whole { tree: None }),
        Some(tree) => git(Git::Whole { tree: Some(tree.clone()) }),
    }
}

fn restore(rest: &[Arg]) -> Does {
    let it = given(rest, Takes { letters: "s", attached: "", long: &["source", "conflict", "pathspec-from-file"] });
    if it.has(&["p", "patch", "pathspec-from-file", "m", "merge", "ours", "theirs"]) {
        return Does::Hidden("what git restore writes over".to_owned());
    }
    let staged = it.has(&["S", "staged"]);
    if staged && !it.has(&["W", "worktree"]) {
        return Does::Nothing;
    }
    let paths = it.operands.clone();
    match it.value(&["s", "source"]) {
        Some(tree) => git(Git::From { tree: tree.clone(), paths, removes: !it.has(&["overlay"]) }),
        // With both, the commit is the source.
        None if staged => git(Git::From { tree: Arg::Text("HEAD".to_owned()), paths, removes: true }),
        None => git(Git::Paths { paths }),
    }
}

fn stash(rest: &[Arg]) -> Does {
    let (verb, rest) = match rest.first().and_then(Arg::text) {
        Some("push" | "save") => (true, &rest[1..]),
        Some(text) if text.starts_with('-') => (true, rest),
        None if rest.is_empty() => (true, rest),
        Some("pop" | "apply" | "branch") => return Does::Hidden("what git stash puts back over".to_owned()),
        _ => (false, rest),
    };
    if !verb {
        return Does::Nothing;
    }
    let it = given(rest, Takes { letters: "m", attached: "", long: &["message", "pathspec-from-file"] });
    if it.has(&["p", "patch", "pathspec-from-file", "S", "staged"]) {
        return Does::Hidden("what git stash puts away".to_owned());
    }
    let untracked = match (it.has(&["a", "all"]), it.has(&["u", "include-untracked"])) {
        (true, _) => Untracked::All,
        (false, true) => Untracked::Known,
        (false, false) => Untracked::Stay,
    };
    git(Git::Stash { paths: it.operands.clone(), untracked, keeps_index: it.has(&["k", "keep-index"]) })
}
