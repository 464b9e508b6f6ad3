//! Two agents in the same file: both rows show it with the question itself, and no rule lets the second one pass.

use super::checkpoints::{folder, ran};
use super::support::hub::{Bench, HEAR, question, turn_end, update};
use super::{repo, scratch};
use taut::domain::{By, Event, OfferKind, Outcome, Reply, SessionId};
use taut::state::{State, Touch};

const ALLOWS: &str = "[[rule]]\nthen = \"allow\"\nimpact = [\"edit\"]\n";

/// An agent that asks for one write of a file, does it, and ends its turn; then hears on.
fn writes(path: &str) -> Vec<String> {
    let diff = format!(r#"[{{"type":"diff","path":"{path}","oldText":null,"newText":"x\n"}}]"#);
    let fields = format!(r#""kind":"edit","title":"Write","content":{diff}"#);
    let lines = [HEAR, &question(9, &fields), HEAR, &update(r#""status":"completed""#), &turn_end(3, "end_turn"), HEAR];
    lines.map(str::to_owned).to_vec()
}

fn begins(bench: &mut Bench, cwd: &std::path::Path, lines: &[String]) -> SessionId {
    bench.script(cwd, &lines.iter().map(String::as_str).collect::<Vec<_>>(), Some("go"))
}

fn answered(bench: &Bench, id: SessionId) -> Vec<By> {
    let by = |event: &Event| if let Event::Decided { by, .. } = event { Some(by.clone()) } else { None };
    bench.records.iter().filter(|record| record.session == id).filter_map(|record| by(&record.event)).collect()
}

#[test]
fn a_file_that_another_session_writes_asks_whatever_a_rule_allows_and_both_rows_say_so() {
    let folder = scratch();
    std::fs::create_dir_all(folder.path().join("config")).unwrap();
    std::fs::write(folder.path().join("config/policy.toml"), ALLOWS).unwrap();
    let cwd = repo(&folder);
    std::os::unix::fs::symlink("same.txt", cwd.join("alias.txt")).unwrap();
    let mut bench = Bench::new(folder.path());
    let one = begins(&mut bench, &cwd, &writes("same.txt"));
    let ended = |id: SessionId| move |bench: &Bench| bench.state.session(id).unwrap().stopped.is_some();
    bench.until("the first write", ended(one));
    assert_eq!(answered(&bench, one), [By::Rule], "alone it passes by the rule");
    let place = bench.state.session(one).unwrap().place.clone().unwrap();
    assert_eq!(place.folder, cwd.to_string_lossy());

    // By another name, and the same file.
    let two = begins(&mut bench, &cwd, &writes("alias.txt"));
    let request = bench.waiting();
    assert_eq!(request.session, two);
    let verdict = bench.state.request(request).unwrap().verdict.clone().unwrap();
    assert_eq!((verdict.outcome, verdict.rule.source.as_str()), (Outcome::Ask, "built-in"));
    let name = bench.state.session(one).unwrap().name.clone();
    assert_eq!(verdict.reasons[0], format!("{name} wrote it too: same.txt"));
    assert!(verdict.reasons[1].starts_with("otherwise allowed by policy.toml"), "{:?}", verdict.reasons);
    // With the records of the question both know of it: at the latest with the next one that is heard.
    let asked = bench.position(|event| matches!(event, Event::Asked { .. })).unwrap();
    let asked =
        asked + bench.records[asked..].iter().position(|it| it.session == two && it.event.kind() == "asked").unwrap();
    let mut state = State::default();
    bench.records[..asked + 3].iter().for_each(|record| state.apply(record));
    let (ones, twos) = (state.collisions(one), state.collisions(two));
    assert_eq!((ones[0].other, ones[0].touch), (two, Touch::Waits));
    assert_eq!((twos[0].other, twos[0].touch, twos[0].files.clone()), (one, Touch::Wrote, vec!["same.txt".to_owned()]));
    assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
    bench.until("the second write", ended(two));
    assert_eq!(bench.state.beside(one)[0].other, two, "they share a work tree");

    // Another file is nobody's: the rule allows it.
    let three = begins(&mut bench, &cwd, &writes("other.txt"));
    bench.until("the third write", ended(three));
    assert_eq!(answered(&bench, three), [By::Rule]);
    bench.command(taut::domain::Command::End { session: one });
    bench.until("the end", |bench| !bench.state.session(one).unwrap().is_live());
    assert!(bench.state.collisions(two).is_empty(), "nobody collides with what has ended");
    bench.leave();
}

#[test]
fn a_command_that_ran_unasked_collides_with_what_it_rewrote() {
    let folder = scratch();
    let cwd = repo(&folder);
    let mut bench = Bench::new(folder.path());
    let runs =
        update(r#""kind":"execute","status":"in_progress","rawInput":{"command":"cd src && sed -i s/a/b/ basket.py"}"#);
    let done = update(r#""status":"completed""#);
    let end = turn_end(3, "end_turn");
    let one = begins(&mut bench, &cwd, &[HEAR.to_owned(), runs, done, end, HEAR.to_owned()]);
    bench.until("its end", |bench| bench.state.session(one).unwrap().stopped.is_some());
    let two = begins(&mut bench, &cwd, &writes("src/basket.py"));
    let request = bench.waiting();
    let reasons = bench.state.request(request).unwrap().verdict.clone().unwrap().reasons;
    assert!(reasons[0].ends_with(" wrote it too: src/basket.py"), "{reasons:?}");
    assert_eq!(bench.state.collisions(one)[0].other, two);
    bench.leave();
}

#[test]
fn what_a_command_really_wrote_is_seen_though_nobody_could_read_it_from_the_command() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let one = ran(&mut bench, &cwd, "f=sha; echo one > ${f}red");
    assert!(bench.state.collisions(one).is_empty());
    let two = ran(&mut bench, &cwd, "g=red; echo two >> sha$g");
    bench.until("both to know", |bench| !bench.state.collisions(one).is_empty());
    let told = |id| bench.state.collisions(id).into_iter().map(|it| (it.other, it.touch, it.files)).collect::<Vec<_>>();
    assert_eq!(told(one), [(two, Touch::Wrote, vec!["shared".to_owned()])]);
    assert_eq!(told(two), [(one, Touch::Wrote, vec!["shared".to_owned()])]);
    bench.leave();
}
