//! What changed between two moments and by whom; single hunks are reverted; files as they were.

use super::scratch;
use super::support::hub::{Bench, HEAR, OPENS, turn_end};
use std::fs;
use std::path::{Path, PathBuf};
use taut::domain::{
    Answer, Became, Changed, Changes, Command, Event, Hunks, Makers, OfferKind, Point, Query, Reply, SessionId, Side,
    Stands, Stretch, Undo, UndoAct, UndoPlan,
};
use taut::hub::{self, FileAt};
use taut::store::Reader;

/// An agent that asks about one command after another, each a call of its own, and runs what it may.
fn steps(bench: &mut Bench, cwd: &Path, commands: &[&str]) -> SessionId {
    let says = |line: &str| format!("printf '%s\\n' '{}'\n", line.replace('\'', "'\\''"));
    let mut script = String::new();
    for line in OPENS.iter().chain([&HEAR]) {
        script += &if *line == HEAR { "read -r heard\n".to_owned() } else { says(line) };
    }
    for (n, command) in commands.iter().enumerate() {
        let json = serde_json::to_string(command).unwrap();
        let call = format!(r#""toolCallId":"c{n}","kind":"execute""#);
        let options = r#""options":[{"optionId":"y","name":"Yes","kind":"allow_once"},{"optionId":"n","name":"No","kind":"reject_once"}]"#;
        script += &says(&format!(
            r#"{{"jsonrpc":"2.0","id":{},"method":"session/request_permission","params":{{"sessionId":"s","toolCall":{{{call},"status":"pending","rawInput":{{"command":{json}}}}},{options}}}}}"#,
            20 + n
        ));
        let over = |status: &str| {
            says(&format!(
                r#"{{"jsonrpc":"2.0","method":"session/update","params":{{"sessionId":"s","update":{{"sessionUpdate":"tool_call_update","toolCallId":"c{n}","status":"{status}"}}}}}}"#
            ))
        };
        // What it is denied it does not do, and says so.
        let (done, failed) = (over("completed"), over("failed"));
        script += &["read -r heard\ncase $heard in *'\"y\"'*) ", command, "\n", &done, ";; *) ", &failed, ";; esac\n"]
            .concat();
    }
    script += &says(&turn_end(3, "end_turn"));
    script += "while read -r heard; do :; done";
    bench.start(cwd, &["sh", "-c", &script], Some("go"))
}

/// Lets every command run, and waits for the checkpoint after each; `between` comes before each further one.
pub(crate) fn ran(bench: &mut Bench, cwd: &Path, commands: &[&str], mut between: impl FnMut(usize)) -> SessionId {
    let id = steps(bench, cwd, commands);
    for n in 0..commands.len() {
        let request = bench.waiting();
        between(n);
        assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
        let number = u32::try_from(n).unwrap() + 1;
        let after = |bench: &Bench| {
            super::checkpoints::step(bench, id, number)
                .and_then(|step| step.worked)
                .is_some_and(|it| it.after.is_some())
        };
        bench.until("the checkpoint after it", after);
    }
    bench.until("the end of the turn", |bench| super::idle(bench, id));
    id
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = scratch();
    let cwd = folder.path().join("work");
    fs::create_dir(&cwd).unwrap();
    let cwd = cwd.canonicalize().unwrap();
    fs::write(cwd.join("text"), lines(&[])).unwrap();
    fs::write(cwd.join("same"), "same\n").unwrap();
    (folder, cwd)
}

fn lines(of: &[(usize, &str)]) -> String {
    let line =
        |n: usize| of.iter().find(|(at, _)| *at == n).map_or_else(|| format!("{n}\n"), |(_, text)| format!("{text}\n"));
    (0..60).map(line).collect()
}

pub(crate) fn asked(bench: &mut Bench, query: Query) -> Answer {
    bench.answers.clear();
    bench.link.ask(query);
    bench.until("an answer", |bench| !bench.answers.is_empty());
    bench.answers.remove(0)
}

pub(crate) fn changes(
    bench: &mut Bench,
    session: SessionId,
    stretch: Stretch,
    paths: &[&str],
) -> Result<Changes, String> {
    let paths = paths.iter().map(|&path| path.to_owned()).collect();
    match asked(bench, Query::Changes { session, stretch, paths }) {
        Answer::Changes { changes } => Ok(*changes),
        Answer::NoChanges { why, .. } => Err(why),
        other => panic!("{other:?}"),
    }
}

fn plan(bench: &mut Bench, session: SessionId, undo: &Undo) -> Result<UndoPlan, String> {
    match asked(bench, Query::UndoPlan { session, undo: undo.clone() }) {
        Answer::UndoPlan { plan } => Ok(*plan),
        Answer::Failed { why } => Err(why),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn named(changes: &Changes) -> Vec<(&str, Option<Became>)> {
    changes.files.iter().map(|file| (file.path.as_str(), file.became)).collect()
}

pub(crate) fn file<'a>(changes: &'a Changes, path: &str) -> &'a Changed {
    changes.files.iter().find(|file| file.path == path).unwrap()
}

pub(crate) fn by(steps: &[u32], others: bool) -> Makers {
    Makers { steps: steps.to_vec(), others }
}

#[test]
fn what_changed_is_told_hunk_by_hunk_with_who_made_it() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let commands = [
        "sed -i s/^3$/one/ text; head -c 99 /dev/zero > bytes; ln -s same link",
        "sed -i s/^4$/two/ text; sed -i s/^30$/two/ text; rm same; mkdir -p a; chmod 700 link; mkdir empty",
        "sed -i s/^55$/three/ text; rm bytes",
    ];
    let mine = cwd.clone();
    let id = ran(&mut bench, &cwd, &commands, |n| {
        if n == 2 {
            let text = fs::read_to_string(mine.join("text")).unwrap().replace("\n50\n", "\nmine\n");
            fs::write(mine.join("text"), text).unwrap();
        }
    });
    let all = changes(&mut bench, id, Stretch::WHOLE, &[]).unwrap();
    let paths: Vec<&str> = all.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["a", "empty", "link", "same", "text"], "{:?}", named(&all));
    let text = file(&all, "text");
    assert_eq!(text.old.text(), Some(lines(&[]).as_str()));
    let after = lines(&[(3, "one"), (4, "two"), (30, "two"), (50, "mine"), (55, "three")]);
    assert_eq!(text.new.text(), Some(after.as_str()));
    assert_eq!(text.hunks, [by(&[1, 2], false), by(&[2], false), by(&[3], true)]);
    assert_eq!(text.hunks[2].words(), "step 3 and someone else");
    assert_eq!(
        (file(&all, "link").new.clone(), file(&all, "link").hunks.len()),
        (Stands::Link { to: "same".into() }, 1)
    );
    assert_eq!(all.steps.iter().map(|step| step.number).collect::<Vec<_>>(), [1, 2, 3]);
    // One step, some of them, and a path.
    let second = changes(&mut bench, id, Stretch::step(2), &["text", "same"]).unwrap();
    assert_eq!(named(&second), [("same", Some(Became::Removed)), ("text", Some(Became::Changed))]);
    assert_eq!(file(&second, "text").hunks, [by(&[2], false), by(&[2], false)]);
    let bytes = changes(&mut bench, id, Stretch::steps(1, 2), &["bytes"]).unwrap();
    assert!(matches!(file(&bytes, "bytes").new, Stands::File { text: None, bytes: 99, .. }), "{bytes:?}");
    assert!(file(&bytes, "bytes").notes()[0].contains("bytes before none, after 99"), "{:?}", bytes.files[0].notes());
    // Until now: a single file as it lies there, and everything.
    fs::write(cwd.join("later"), "later\n").unwrap();
    let now = Stretch { from: Point::After { step: 3 }, to: Point::Now };
    let later = changes(&mut bench, id, now, &[]).unwrap();
    assert_eq!(named(&later), [("later", Some(Became::Added))]);
    assert_eq!(file(&later, "later").hunks, [by(&[], true)]);
    let one = changes(&mut bench, id, now, &["later"]).unwrap();
    assert_eq!((named(&one), one.files[0].new.text()), (vec![("later", Some(Became::Added))], Some("later\n")));
    // The same is said to be the same, where it was asked for.
    let same = changes(&mut bench, id, Stretch::step(3), &["link"]).unwrap();
    assert_eq!(named(&same), [("link", None)]);
    // What can't be told.
    let why = |bench: &mut Bench, stretch, paths: &[&str]| changes(bench, id, stretch, paths).unwrap_err();
    assert_eq!(why(&mut bench, Stretch::step(9), &[]), "there is no step 9: the session has 3 steps");
    assert!(why(&mut bench, Stretch::WHOLE, &["/etc/passwd"]).contains("lies outside"));
    assert!(why(&mut bench, Stretch::WHOLE, &["../x"]).contains("lies outside"));
    assert_eq!(why(&mut bench, Stretch::step(2), &["no"]), "there is no no before step 2, and none after step 2");
    // Files of a moment, those that were changed first; and any of them, also where no hub runs.
    let Answer::Tree { files, why: None, .. } =
        asked(&mut bench, Query::Tree { session: id, at: Point::After { step: 1 } })
    else {
        panic!("no files")
    };
    let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(names, ["bytes", "link", "text", "same"]);
    bench.leave();
    let reader = Reader::open(&folder.path().join("state")).unwrap();
    let at = |at, path: &str| hub::file_at(&reader, id, at, path);
    assert_eq!(at(Point::Before { step: 2 }, "same"), Ok(FileAt::File(b"same\n".to_vec())));
    assert_eq!(at(Point::After { step: 1 }, "link"), Ok(FileAt::Link(b"same".to_vec())));
    assert_eq!(at(Point::After { step: 2 }, "same"), Err("there is no same after step 2".to_owned()));
    assert!(at(Point::After { step: 2 }, "empty").unwrap_err().contains("is a folder"));
}

#[test]
fn a_hunk_is_reverted_three_way_and_had_again() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let commands = ["sed -i s/^3$/one/ text; sed -i s/^30$/one/ text; echo new > new"];
    let id = ran(&mut bench, &cwd, &commands, |_| ());
    let all = changes(&mut bench, id, Stretch::WHOLE, &[]).unwrap();
    let hunks = |path: &str, hunks: &[u32]| Undo::Hunks {
        before: all.before.clone(),
        after: all.after.clone(),
        files: vec![Hunks { path: path.into(), hunks: hunks.to_vec() }],
        steps: vec![1],
    };
    // Somebody went on elsewhere in the file.
    fs::write(cwd.join("text"), lines(&[(3, "one"), (30, "one"), (50, "mine")])).unwrap();
    let undo = hunks("text", &[0]);
    let shown = plan(&mut bench, id, &undo).unwrap();
    assert_eq!(shown.files.iter().map(|file| file.act).collect::<Vec<_>>(), [UndoAct::Merge]);
    assert_eq!(shown.steps[0].number, 1);
    let carry = |bench: &mut Bench, plan: &UndoPlan, undo: &Undo, sides: Vec<(String, Side)>| {
        bench.command(Command::Undo { session: id, undo: undo.clone(), digest: plan.digest, sides, talk: None })
    };
    assert_eq!(carry(&mut bench, &shown, &undo, vec![]), Reply::Done);
    assert_eq!(fs::read_to_string(cwd.join("text")).unwrap(), lines(&[(30, "one"), (50, "mine")]));
    let step = super::checkpoints::step(&bench, id, 2).unwrap();
    assert_eq!(step.title.unwrap().inline(), Some("revert 1 hunk of text"));
    assert!(
        super::checkpoints::step(&bench, id, 1).unwrap().worked.unwrap().undone.is_none(),
        "it stands, but for a part"
    );
    // It is a step as any other, and the review knows it.
    let after = changes(&mut bench, id, Stretch::WHOLE, &["text"]).unwrap();
    assert_eq!(after.files[0].hunks, [by(&[1], false), by(&[], true)]);
    let shown = plan(&mut bench, id, &Undo::Last).unwrap();
    assert_eq!(shown.steps[0].number, 2);
    assert_eq!(carry(&mut bench, &shown, &Undo::Last, vec![]), Reply::Done);
    assert_eq!(fs::read_to_string(cwd.join("text")).unwrap(), lines(&[(3, "one"), (30, "one"), (50, "mine")]));
    // The same lines changed since: somebody chooses. A file that changed after it was shown makes another plan.
    fs::write(cwd.join("text"), lines(&[(3, "mine"), (30, "one")])).unwrap();
    let shown = plan(&mut bench, id, &undo).unwrap();
    assert_eq!(shown.files[0].act, UndoAct::Conflict);
    fs::write(cwd.join("text"), lines(&[(3, "mine"), (30, "one"), (40, "x")])).unwrap();
    assert!(matches!(carry(&mut bench, &shown, &undo, vec![]), Reply::Stale { .. }));
    let shown = plan(&mut bench, id, &undo).unwrap();
    assert_eq!(carry(&mut bench, &shown, &undo, vec![("text".into(), Side::Theirs)]), Reply::Done);
    assert_eq!(fs::read_to_string(cwd.join("text")).unwrap(), lines(&[(30, "one"), (40, "x")]));
    // A whole file, its mode and all.
    let whole = hunks("new", &[]);
    let shown = plan(&mut bench, id, &whole).unwrap();
    assert_eq!((shown.files[0].act, shown.files.len()), (UndoAct::Remove, 1));
    assert_eq!(carry(&mut bench, &shown, &whole, vec![]), Reply::Done);
    assert!(!cwd.join("new").exists());
    // The agent hears of it once.
    bench.command(Command::Prompt { session: id, text: "go on".into(), steer: false });
    let told = |event: &Event| matches!(event, Event::PromptSent { text, .. } if text.inline().is_some_and(|text| text.contains("a part of what steps of yours did to files: 1 hunk of text, all of new. Changed by that: new, text.")));
    bench.until("the agent to be told", |bench| bench.records.iter().any(|record| told(&record.event)));
    // What does not fit is refused in a sentence.
    assert!(plan(&mut bench, id, &hunks("text", &[7])).unwrap_err().contains("has no hunk 8: it has 2"));
    assert!(plan(&mut bench, id, &hunks("same", &[])).unwrap_err().contains("is the same in both"));
    assert!(plan(&mut bench, id, &hunks("../x", &[])).unwrap_err().contains("no path of this workspace"));
    bench.leave();
}

#[test]
fn a_step_without_checkpoints_says_why() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = steps(&mut bench, &cwd, &["true"]);
    bench.waiting();
    let why = changes(&mut bench, id, Stretch::WHOLE, &[]).unwrap_err();
    assert!(
        why.contains("no step of this session has changed files") || why.contains("no checkpoints are kept"),
        "{why}"
    );
    let request = bench.waiting();
    bench.answer(request, OfferKind::RejectOnce);
    bench.until("the end of the turn", |bench| super::idle(bench, id));
    let why = changes(&mut bench, id, Stretch::step(1), &[]).unwrap_err();
    assert!(why.contains("nothing of the workspace was kept") || why.contains("no checkpoints are kept"), "{why}");
    bench.leave();
}

pub(crate) fn taut(folder: &Path, words: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_taut"));
    command.arg("--state").arg(folder.join("state")).args(words);
    command.env("XDG_CONFIG_HOME", folder.join("none")).env("XDG_RUNTIME_DIR", folder);
    let output = command.output().unwrap();
    (output.status.code(), output.stdout, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_patch_on_the_command_line_leads_back_and_forth_and_a_file_comes_byte_by_byte() {
    let (folder, cwd) = folder();
    fs::write(cwd.join("odd \"name\""), "no newline").unwrap();
    fs::write(cwd.join("crlf"), "a\r\nb\r\n").unwrap();
    let git = |words: &[&str], stdin: &[u8]| {
        use std::io::Write;
        let mut command = std::process::Command::new("git");
        command.args(words).current_dir(&cwd).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CEILING_DIRECTORIES", "/");
        command
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let mut bench = Bench::new(folder.path());
    let commands = [
        "sed -i s/^3$/one/ text; chmod 755 text; mkdir -p a; echo new > a/new; ln -s text link",
        "rm same; sed -i s/b/c/ crlf; printf changed > 'odd \"name\"'; mkdir hollow",
    ];
    let id = ran(&mut bench, &cwd, &commands, |_| ()).to_string();
    // While the hub runs and has the workspace: nobody waits for anybody.
    let (code, patch, said) = taut(folder.path(), &["diff", &id]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let text = String::from_utf8(patch.clone()).unwrap();
    for wanted in
        ["old mode 100644\nnew mode 100755", "new file mode 120000", "@@ step 1\n", "# hollow: new: a folder (step 2)"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    bench.leave();
    let snapshot = |name: &str| fs::read(cwd.join(name)).ok();
    let names = ["text", "same", "crlf", "odd \"name\"", "a/new"];
    let after: Vec<_> = names.iter().map(|name| snapshot(name)).collect();
    git(&["apply", "-R"], &patch);
    assert_eq!(snapshot("text").unwrap(), lines(&[]).into_bytes());
    assert_eq!((snapshot("crlf").unwrap(), snapshot("a/new")), (b"a\r\nb\r\n".to_vec(), None));
    assert_eq!((snapshot("same").unwrap(), snapshot(names[3]).unwrap()), (b"same\n".to_vec(), b"no newline".to_vec()));
    assert!(fs::symlink_metadata(cwd.join("link")).is_err());
    git(&["apply"], &patch);
    assert_eq!(names.iter().map(|name| snapshot(name)).collect::<Vec<_>>(), after);
    // Parts of it, without a hub.
    let (code, patch, _) = taut(folder.path(), &["diff", &id, "--step", "2", "same"]);
    let patch = String::from_utf8(patch).unwrap();
    assert_eq!(code, Some(0));
    assert!(
        patch.starts_with("diff --git a/same b/same\ndeleted file mode 100644\n") && !patch.contains("crlf"),
        "{patch}"
    );
    let (code, patch, said) = taut(folder.path(), &["diff", &id, "--step", "1", "same"]);
    assert_eq!((code, patch.len()), (Some(0), 0));
    assert_eq!(said, "taut: nothing differs: step 1\n");
    assert_eq!(taut(folder.path(), &["cat", &id, "--at", "1", "crlf"]).1, b"a\r\nb\r\n");
    assert_eq!(taut(folder.path(), &["cat", &id, "--at", "2", "crlf"]).1, b"a\r\nc\r\n");
    assert_eq!(taut(folder.path(), &["cat", &id, "--at", "0", "odd \"name\""]).1, b"no newline");
    let (code, link, said) = taut(folder.path(), &["cat", &id, "--at", "1", "link"]);
    assert_eq!((code, link, said.contains("is a link")), (Some(0), b"text".to_vec(), true));
    // A file as it was, beside what it is now, and beside another moment.
    fs::write(cwd.join("crlf"), "mine\n").unwrap();
    let between = |words: &[&str]| {
        let all = [&["diff", &id][..], words, &["crlf"]].concat();
        String::from_utf8(taut(folder.path(), &all).1).unwrap()
    };
    let now = between(&["--since", "1", "--to", "now"]);
    assert!(now.contains("-b\r\n") && now.contains("+mine\n"), "{now}");
    let later = between(&["--since", "1", "--to", "2"]);
    assert!(later.contains("-b\r\n") && later.contains("+c\r\n") && !later.contains("mine"), "{later}");
    assert_eq!(between(&["--since", "2", "--to", "2"]), "");
    // What can't be told is one sentence, and 1.
    for (words, why) in [
        (vec!["diff", &id, "--step", "7"], "there is no step 7: the session has 2 steps"),
        (vec!["undo", &id, "--step", "99"], "there is no step 99: the session has 2 steps"),
        (vec!["undo", &id, "--step", "0", "--dry-run"], "there is no step 0: the session has 2 steps"),
        (vec!["undo", &id, "--to", "77"], "there is no step 77: the session has 2 steps"),
        (vec!["undo", &id, "--turn", "50"], "there is no turn 50: the session has "),
        (vec!["diff", &id, "--from", "2", "--to", "1"], "step 1 came before step 2: --from names the earlier one"),
        (vec!["diff", &id, "--since", "2", "--to", "1"], "step 1 came before step 2: --since names the earlier one"),
        (vec!["diff", &id, "--to", "now"], "name the files that --to now shall compare"),
        (vec!["diff", &id, "../x"], "../x lies outside of the workspace"),
        (vec!["cat", &id, "--at", "2", "same"], "there is no same after step 2"),
        (vec!["cat", &id, "--before", "1", "a/new"], "there is no a/new before step 1"),
        (vec!["cat", &id, "--at", "1", "a"], "a is a folder after step 1: name a file in it"),
        (vec!["cat", &id, "--at", "1", "/etc/passwd"], "/etc/passwd lies outside of the workspace"),
    ] {
        let (code, out, said) = taut(folder.path(), &words);
        assert_eq!((code, out.len(), said.lines().count()), (Some(1), 0, 1), "{words:?}: {said}");
        assert!(said.starts_with(&format!("taut: {why}")), "{said}");
    }
}

#[test]
fn a_step_of_which_nothing_was_taken_back_stands() {
    let (folder, cwd) = folder();
    fs::write(cwd.join("f"), "8\n").unwrap();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, &["echo new > new; echo 7 > f", "echo eight > f"], |_| ());
    fs::write(cwd.join("f"), "mine\n").unwrap();
    let all = Undo::To { number: 1 };
    let shown = super::checkpoints::plan(&mut bench, id, &all).unwrap();
    let sides = vec![("f".to_owned(), Side::Skip)];
    assert_eq!(super::checkpoints::carry_out(&mut bench, &shown, &all, sides), Reply::Done);
    bench.until("the undo", |bench| bench.records.iter().any(|record| matches!(record.event, Event::Undone { .. })));
    assert_eq!((fs::read_to_string(cwd.join("f")).unwrap().as_str(), cwd.join("new").exists()), ("mine\n", false));
    let undone = |number: u32| super::checkpoints::step(&bench, id, number).unwrap().worked.unwrap().undone.is_some();
    assert_eq!((undone(1), undone(2)), (true, false), "what step 2 did was left as it is");
    fs::write(cwd.join("f"), "eight\n").unwrap();
    let again = super::checkpoints::plan(&mut bench, id, &Undo::Step { number: 2 }).unwrap();
    assert_eq!(again.files[0].act, UndoAct::Restore);
    bench.leave();
}

#[test]
fn a_patch_with_files_that_are_no_text_is_applied_forwards_and_back() {
    let (folder, cwd) = folder();
    let was: [(&str, &[u8]); 3] = [("bin", b"\0\x01old"), ("latin", b"caf\xe9\n"), ("gone", b"\xff\xfe\0")];
    let is: [(&str, &[u8]); 4] =
        [("bin", b"\0\x01new and longer"), ("latin", b"th\xe9\n"), ("made", b"\x89PNG\0\r\n"), ("text", b"other\n")];
    for (name, bytes) in was {
        fs::write(cwd.join(name), bytes).unwrap();
    }
    let text = fs::read(cwd.join("text")).unwrap();
    let before = folder.path().join("before");
    let copied = std::process::Command::new("cp").arg("-a").args([&cwd, &before]).status();
    assert!(copied.unwrap().success());
    let mut bench = Bench::new(folder.path());
    let command = r"printf '\0\001new and longer' > bin; printf 'th\351\n' > latin; printf '\211PNG\0\r\n' > made; rm gone; echo other > text";
    let id = ran(&mut bench, &cwd, &[command], |_| ());
    bench.leave();
    let (_, patch, _) = taut(folder.path(), &["diff", &id.to_string(), "--step", "1"]);
    let file = folder.path().join("patch");
    fs::write(&file, &patch).unwrap();
    let apply = |options: &[&str]| {
        let done = std::process::Command::new("git")
            .args(["apply", "--unsafe-paths"])
            .args(options)
            .arg(&file)
            .current_dir(&before)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}\n{}",
            String::from_utf8_lossy(&done.stderr),
            String::from_utf8_lossy(&patch)
        );
    };
    apply(&[]);
    for (name, bytes) in is {
        assert_eq!(fs::read(before.join(name)).unwrap(), bytes, "{name}");
    }
    assert!(!before.join("gone").exists());
    apply(&["-R"]);
    for (name, bytes) in was.into_iter().chain([("text", text.as_slice())]) {
        assert_eq!(fs::read(before.join(name)).unwrap(), bytes, "{name}");
    }
    assert!(!before.join("made").exists());
}
