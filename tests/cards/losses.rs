//! What a command would delete or rewrite stands on its card: an aid that comes later, and moves nothing when it comes.

use crate::desk::{Desk, asked, check};
use crate::support::frame::{NOW, run};
use taut::domain::{
    Answer, Completeness, Covered, Loss, LossHow, LossOf, Losses, Previewed, Query, RequestId, Risk, Seq, Tally,
};
use taut::ui::marks::Marks;
use taut::ui::{Action, Effect, Msg, Press, Replay, update::update};
use taut::view::to_text;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

fn loss(how: LossHow, path: &str, bytes: u64, why: Option<&str>) -> Loss {
    let covered = why.map_or(Covered::Unknown, |why| Covered::No(why.to_owned()));
    Loss { path: path.to_owned(), how, of: LossOf::File, bytes, covered }
}

fn tally(how: LossHow, files: u64, bytes: u64, folders: u64) -> Tally {
    Tally { how, files, bytes, folders }
}

fn begun(command: &str) -> (Desk, RequestId) {
    let (teller, request) = asked(run(command), Completeness::Whole, Some((Risk::High, &["it deletes files"])));
    (Desk::new(&[teller], request), request)
}

fn comes(desk: &mut Desk, request: RequestId, losses: Losses) {
    let answer = Answer::Losses(Previewed { request, losses, of: None });
    // As it comes over the socket.
    let line = serde_json::to_string(&answer).unwrap();
    update(&mut desk.app, Msg::Answered(serde_json::from_str(&line).unwrap()), NOW);
}

#[test]
fn what_is_hit_stands_below_or_beside_the_command() {
    let built: Vec<Loss> = (0..40)
        .map(|n| loss(LossHow::Deletes, &format!("build/obj/{n:02}.o"), 40_000 + n, Some("git ignores it")))
        .collect();
    let (mut desk, request) = begun("rm -rf build");
    let tallies = vec![tally(LossHow::Deletes, 40, 1_600_780, 2)];
    comes(&mut desk, request, Losses { files: built, tallies, uncovered: 40, ..Losses::default() });
    for size in SIZES {
        check("losses-rm", &desk.settled(size), size);
    }
    let (mut desk, request) = begun("git clean -fdx && make");
    let files = vec![
        loss(LossHow::Deletes, ".env", 310, Some("git ignores it")),
        loss(LossHow::Deletes, "notes/an evil\u{1b}[2J\nname\u{202e}.txt", 12, None),
        loss(LossHow::Deletes, "notes/bad\u{fffd}.txt", 40_000_000, Some("larger than 20 MB")),
    ];
    let tallies = vec![tally(LossHow::Deletes, 3, 40_000_322, 1)];
    let beside = vec!["make".to_owned()];
    comes(&mut desk, request, Losses { files, tallies, uncovered: 2, beside, ..Losses::default() });
    for size in SIZES {
        check("losses-clean", &desk.settled(size), size);
    }
    let (mut desk, request) = begun("sed -i 's/a/b/' src/*.rs && rm -rf \"$OUT\"");
    let files =
        vec![loss(LossHow::Changes, "src/auth.rs", 4_321, None), loss(LossHow::Changes, "src/token.rs", 900, None)];
    let tallies = vec![tally(LossHow::Changes, 2, 5_221, 0)];
    let unknown = vec!["what \"$OUT\" stands for in `rm -rf \"$OUT\"`".to_owned()];
    comes(&mut desk, request, Losses { files, tallies, unknown, ..Losses::default() });
    for size in SIZES {
        check("losses-sed", &desk.settled(size), size);
    }
    // Folders are no files: the numbers of the head make up what is listed and what is left.
    let (mut desk, request) = begun("rm -rf out x.txt && sed -i s/a/b/ a.txt b.txt");
    let gone = ["out/a", "out/b", "x.txt"].map(|path| loss(LossHow::Deletes, path, 10, None));
    let changed = ["a.txt", "b.txt"].map(|path| loss(LossHow::Changes, path, 20, None));
    let files = [gone.to_vec(), changed.to_vec()].concat();
    let tallies = vec![tally(LossHow::Deletes, 3, 30, 1), tally(LossHow::Changes, 2, 40, 0)];
    comes(&mut desk, request, Losses { files, tallies, kept: 5, ..Losses::default() });
    for size in SIZES {
        let text = to_text(&desk.settled(size));
        assert!(text.contains("deletes 3 files + 1 folder, changes 2 (u takes it back), 70B"), "{text}");
        assert!(size.1 > 24 || text.contains("… and 3 more"), "{text}");
        check("losses-both", &desk.settled(size), size);
    }
}

#[test]
fn it_is_asked_once_for_an_open_card_and_moves_nothing_when_it_comes() {
    for size in SIZES {
        let long = format!("rm -rf build && echo {}", "and a long word to read; ".repeat(120));
        for command in ["rm -rf build", long.as_str()] {
            let (mut desk, request) = begun(command);
            desk.app.size = size;
            let scene = desk.shown(size);
            let asks = |desk: &mut Desk, painted: &taut::ui::Painted| {
                let effects = update(&mut desk.app, Msg::Painted(Box::new(painted.clone())), NOW);
                effects.iter().any(|it| matches!(it, Effect::Ask(Query::Losses { .. })))
            };
            assert!(!asks(&mut desk, &scene.painted), "it was asked for with the first frame, and not again");
            assert!(scene.painted.wants.contains(&taut::ui::Want::Losses(request)));
            let before = desk.settled(size);
            let files = vec![loss(LossHow::Deletes, "build/x.o", 12, None)];
            let tallies = vec![tally(LossHow::Deletes, 1, 12, 0)];
            comes(&mut desk, request, Losses { files, tallies, ..Losses::default() });
            let after = desk.settled(size);
            assert_eq!(before.painted.card, after.painted.card, "what was read stays what was read");
            let (before, after) = (to_text(&before), to_text(&after));
            assert!(before.contains("looking at what stands there") || size.1 == 24, "{before}");
            let differ = before.lines().zip(after.lines()).filter(|(one, other)| one != other).count();
            assert!(differ <= 2, "{differ} rows differ\n{before}\n{after}");
        }
    }
}

#[test]
fn what_hits_nothing_has_no_such_part_and_nothing_hit_is_said() {
    let (mut desk, _) = begun("cargo test");
    let text = to_text(&desk.settled((120, 36)));
    assert!(!text.contains("would hit"), "{text}");
    // A replay looks at nothing: what stood there then nobody knows.
    let (mut desk, request) = begun("rm -rf build");
    let last = Seq(40);
    desk.app.replay =
        Some(Replay { first_at: NOW, last_at: NOW, clock: NOW, ..Marks::new(request.session, last).at(last) });
    let scene = desk.settled((120, 36));
    let text = to_text(&scene);
    assert!(text.contains("not looked at: what stood there then is not on record"), "{text}");
    assert!(!scene.painted.wants.contains(&taut::ui::Want::Losses(request)));
    let (mut desk, request) = begun("rm -f gone");
    comes(&mut desk, request, Losses::default());
    let text = to_text(&desk.settled((120, 36)));
    assert!(text.contains("nothing that stands there now"), "{text}");
    comes(&mut desk, request, Losses::unknown("what is in that folder"));
    let text = to_text(&desk.settled((120, 36)));
    assert!(text.contains("what it would hit is not all known") && text.contains("what is in that folder"), "{text}");
}

#[test]
fn all_that_is_hit_unfolds_behind_the_command_and_folds_again() {
    for size in SIZES {
        let (mut desk, request) = begun("rm -rf build");
        desk.app.size = size;
        let path = |n: u64| format!("build/obj/{n:03}.o");
        let files: Vec<Loss> = (0..64).map(|n| loss(LossHow::Deletes, &path(n), 9, None)).collect();
        let tallies = vec![tally(LossHow::Deletes, 150, 1_350, 2)];
        comes(&mut desk, request, Losses { files, tallies: tallies.clone(), ..Losses::default() });
        let before = desk.settled(size);
        assert!(to_text(&before).contains("o lists them"), "{}", to_text(&before));
        update(&mut desk.app, Msg::Did(Action::UnfoldLines, Press::Alone), NOW);
        let scene = desk.shown(size);
        let asks = update(&mut desk.app, Msg::Painted(Box::new(scene.painted)), NOW);
        let all = |effect: &Effect| matches!(effect, Effect::Ask(Query::Losses { most: 10_000, .. }));
        assert!(asks.iter().any(all) || desk.app.card.as_ref().unwrap().all_hits, "more are asked for: {asks:?}");
        let files: Vec<Loss> = (0..150).map(|n| loss(LossHow::Deletes, &path(n), 9, None)).collect();
        comes(&mut desk, request, Losses { files, tallies, ..Losses::default() });
        let mut seen = String::new();
        check("losses-all", &desk.settled(size), size);
        for _ in 0..90 {
            seen += &to_text(&desk.settled(size));
            desk.scroll(2);
        }
        assert!((0..150).all(|n| seen.contains(&path(n))), "every file was on the screen at {size:?}: {seen}");
        assert!(seen.contains("all it hits") && seen.contains("… and 2 more"), "the folders are counted");
        update(&mut desk.app, Msg::Did(Action::UnfoldLines, Press::Alone), NOW);
        let after = desk.settled(size);
        assert!(!to_text(&after).contains(&path(99)), "folded again");
        check("losses-folded", &desk.settled(size), size);
    }
}
