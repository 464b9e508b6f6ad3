//! The keys of reading: where they lead, what they leave read, and that none of them decides.

use crate::desk::{Desk, NEW, OLD, change, edit, long, whole};
use crate::support::frame::NOW;
use crate::{line, payload};
use taut::diff::Layout;
use taut::domain::{At, BodyRef, Command, FileChange, Text};
use taut::keymap;
use taut::ui::update::{available, update};
use taut::ui::{Action, Effect, Msg, Overlay, Press};
use taut::view::{Scene, to_text};

const SIZE: (u16, u16) = (100, 24);

impl Desk {
    /// Presses a key some time after the last frame, and draws.
    fn press(&mut self, action: Action) -> Scene {
        self.pressed(action, 60_000);
        self.settled(self.app.size)
    }

    fn pressed(&mut self, action: Action, later: i64) -> Vec<Effect> {
        update(&mut self.app, Msg::Did(action, Press::Alone), At(NOW.0 + later))
    }
}

fn decided(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Send(_, Command::Decide { .. })))
}

fn two_files() -> Desk {
    let numbered = |word: &str| (1..=200).map(|n| format!("{word} {n}\n")).collect::<String>();
    let other =
        numbered("line").replace("line 20\n", "20\n").replace("line 90\n", "90\n").replace("line 180\n", "180\n");
    whole(edit(vec![
        change("/home/demo/wt/fix-auth/src/auth.rs", Some(OLD), Some(NEW)),
        change("/home/demo/wt/fix-auth/b.txt", Some(&numbered("line")), Some(&other)),
    ]))
}

fn first(scene: &Scene) -> String {
    line(&payload(scene)[0])
}

#[test]
fn keys_go_from_hunk_to_hunk_and_from_file_to_file() {
    let mut desk = two_files();
    desk.settled(SIZE);
    assert!(available(&desk.app, Action::HunkBefore).unwrap_err().contains("first"));
    assert!(first(&desk.press(Action::FileNext)).contains("b.txt"));
    assert!(available(&desk.app, Action::FileNext).unwrap_err().contains("last file"));
    let scene = desk.press(Action::HunkNext);
    assert!(first(&scene).contains("hunk 2/3"), "{}", to_text(&scene));
    assert!(to_text(&scene).contains("hunk"), "the card says where one stands");
    assert!(first(&desk.press(Action::HunkBefore)).contains("b.txt"));
    assert!(first(&desk.press(Action::HunkBefore)).contains("src/auth.rs"));
    for _ in 0..9 {
        desk.press(Action::HunkNext);
    }
    assert!(available(&desk.app, Action::HunkNext).unwrap_err().contains("the last region"));
    assert!(!desk.card().end_seen, "what was jumped over was not read");
}

#[test]
fn a_list_of_files_leads_to_each_and_covers_the_card() {
    let mut desk = two_files();
    desk.settled(SIZE);
    assert!(desk.card().painted.is_some());
    desk.press(Action::Files);
    let text = to_text(&desk.settled(SIZE));
    assert!(text.contains("FILES") && text.contains("b.txt") && text.contains("+3 -3"), "{text}");
    assert!(desk.card().painted.is_none() && desk.card().framed.is_none(), "a covered card is not on the screen");
    desk.pressed(Action::Down, 70_000);
    let effects = desk.pressed(Action::Open, 80_000);
    assert!(!decided(&effects) && desk.app.overlay.is_none());
    assert!(first(&desk.settled(SIZE)).contains("b.txt"));
    let alone = whole(edit(vec![change("a", Some("1\n"), Some("2\n"))]));
    let mut alone = alone;
    alone.settled(SIZE);
    alone.press(Action::Files);
    assert_eq!((alone.app.overlay.is_none(), alone.app.toast.is_some()), (true, true));
}

#[test]
fn rows_under_a_list_are_not_read() {
    let mut desk = whole(edit(vec![long(60), long(30)]));
    desk.settled(SIZE);
    let seen = desk.card().seen_rows;
    desk.press(Action::Files);
    assert!(matches!(desk.app.overlay, Some(Overlay::Picker(_))));
    desk.scroll(10);
    desk.settled(SIZE);
    assert_eq!(desk.card().seen_rows, seen);
}

#[test]
fn side_by_side_is_remembered_and_says_where_there_is_no_room() {
    let mut desk = two_files();
    desk.settled((80, 24));
    let scene = desk.press(Action::DiffLayout);
    assert!(desk.app.toast.take().unwrap().text.contains("83 columns"));
    assert!(to_text(&scene).contains("too narrow for side by side"), "{}", to_text(&scene));
    let split = |scene: &Scene| payload(scene).iter().any(|row| line(row).contains(" │"));
    assert!(!split(&scene));
    assert!(!split(&desk.settled((82, 24))) && split(&desk.settled((83, 24))));
    let request = desk.card().request;
    desk.app.card = Some(taut::ui::CardUi::new(request));
    assert!(split(&desk.settled((120, 36))), "for every card that comes");
    assert_eq!(desk.app.manner.layout, Layout::Split);
    assert!(!split(&desk.press(Action::DiffLayout)));
}

#[test]
fn the_reader_stays_on_the_line_and_keeps_what_was_read() {
    let mut desk = whole(edit(vec![long(400)]));
    desk.settled(SIZE);
    for _ in 0..6 {
        desk.press(Action::PageDown);
    }
    let (before, seen) = (desk.card().top, desk.card().seen_rows);
    let at = desk.app.diffs().seen.marks.hunk.first;
    desk.press(Action::DiffLayout);
    let (now, kept) = (desk.card().top, desk.card().seen_rows);
    assert_eq!(desk.app.diffs().seen.marks.hunk.first, at, "the same hunk stands first");
    assert!(now < before && kept < seen && kept >= now, "{now} {before} {kept} {seen}");
    desk.press(Action::DiffLayout);
    // A screen side by side shows some lines more, and a change that was seen in part counts as unseen.
    let back = desk.card().seen_rows;
    assert!(back.abs_diff(seen) < 24, "{back} {seen}");
    // Read to the end, and it stays read.
    while !desk.card().end_seen {
        let top = desk.card().top;
        desk.press(Action::PageDown);
        assert!(desk.card().top > top || desk.card().end_seen);
    }
    desk.press(Action::DiffLayout);
    assert!(desk.card().end_seen);
}

#[test]
fn unfolded_lines_must_be_read_too_and_fold_again() {
    let mut desk = two_files();
    desk.settled(SIZE);
    desk.press(Action::FileNext);
    desk.press(Action::HunkNext);
    let of = desk.card().of_rows;
    let scene = desk.press(Action::UnfoldLines);
    assert_eq!(desk.card().of_rows, of + 63);
    let text = to_text(&scene);
    assert!(text.contains("63 unchanged lines, unfolded") && text.contains("line 24"), "{text}");
    desk.press(Action::PageDown);
    // Also from within the lines.
    let scene = desk.press(Action::UnfoldLines);
    assert_eq!(desk.card().of_rows, of);
    assert!(first(&scene).contains("63 unchanged lines  hunk 2/3"), "{}", to_text(&scene));
    // What was read before a fold stays read, and what is behind it counts only once the fold is.
    let mut desk = two_files();
    desk.settled((100, 60));
    let seen = desk.card().seen_rows;
    assert!(seen > 16);
    desk.press(Action::UnfoldLines);
    assert!(desk.card().seen_rows < seen.max(60), "{}", desk.card().seen_rows);
}

#[test]
fn what_a_patch_leaves_out_cannot_be_shown() {
    let patch = "--- a\n+++ a\n@@ -40 +40 @@\n-b\n+c\n";
    let mut desk = whole(edit(vec![FileChange { patch: Some(patch.into()), ..change("a", None, None) }]));
    desk.settled(SIZE);
    assert!(available(&desk.app, Action::UnfoldLines).unwrap_err().contains("not known"));
}

#[test]
fn a_cut_line_is_never_read_to_its_end() {
    let wide = format!("short\n{}\nshort\n", "word ".repeat(60));
    let mut desk = whole(edit(vec![change("a.txt", None, Some(&wide))]));
    desk.settled(SIZE);
    assert!(desk.card().end_seen);
    let request = desk.card().request;
    desk.app.card = Some(taut::ui::CardUi::new(request));
    desk.app.manner.long = taut::ui::Long::Scrolled;
    // A card of a request that was read is read; this one is of another state.
    let mut desk = whole(edit(vec![change("a.txt", None, Some(&wide))]));
    desk.app.manner.long = taut::ui::Long::Scrolled;
    let text = to_text(&desk.settled(SIZE));
    assert!(text.contains("the next one is cut") && text.contains("W wraps"), "{text}");
    assert!(text.contains('›'), "{text}");
    for _ in 0..60 {
        desk.press(Action::ScrollRight);
        desk.press(Action::PageDown);
        assert!(!desk.card().end_seen);
    }
    assert!(available(&desk.app, Action::ScrollRight).unwrap_err().contains("last column"));
    let effects = desk.pressed(Action::Allow, 90_000);
    assert!(!decided(&effects));
    assert!(desk.app.toast.as_ref().unwrap().text.contains("unseen"), "{:?}", desk.app.toast);
    desk.press(Action::LongLines);
    assert!(desk.card().end_seen);
    let effects = desk.pressed(Action::Allow, 120_000);
    assert!(decided(&effects), "{:?}", desk.app.toast);
}

/// Scrolled to the right, also short lines have columns out of sight.
#[test]
fn what_is_left_of_the_screen_is_unseen_too() {
    let text = format!("{}\n{}", "word ".repeat(60), "short\n".repeat(60));
    let mut desk = whole(edit(vec![change("a.txt", None, Some(&text))]));
    desk.settled(SIZE);
    let seen = desk.card().seen_rows;
    desk.app.manner.long = taut::ui::Long::Scrolled;
    desk.card().diffs.left = 20;
    desk.settled(SIZE);
    for _ in 0..9 {
        desk.press(Action::PageDown);
    }
    assert!(desk.card().seen_rows <= seen, "{} {seen}", desk.card().seen_rows);
}

/// The brake is never held: what is not here yet can be denied, and not allowed.
#[test]
fn a_card_that_is_loading_can_be_denied_at_once() {
    let body = BodyRef::of(NEW);
    let loading = || {
        let mut one = change("/home/demo/wt/fix-auth/src/auth.rs", Some(OLD), None);
        one.new = Some(Text::Body(body));
        let mut desk = whole(edit(vec![one]));
        let text = to_text(&desk.settled(SIZE));
        assert!(text.contains("it can be denied now"), "{text}");
        desk
    };
    let mut desk = loading();
    let effects = desk.pressed(Action::Allow, 60_000);
    assert!(!decided(&effects));
    let effects = desk.pressed(Action::DenyInterrupt, 120_000);
    assert!(decided(&effects), "{:?}", desk.app.toast);
    let mut desk = loading();
    desk.pressed(Action::Deny, 60_000);
    let effects = desk.pressed(Action::Submit, 120_000);
    assert!(decided(&effects), "{:?}", desk.app.toast);
    // The brake too is pressed on purpose: not in the first moment.
    let mut desk = loading();
    let effects = desk.pressed(Action::DenyInterrupt, 100);
    assert!(!decided(&effects));
    // Once it is here it dwells anew before it can be allowed.
    let mut desk = loading();
    desk.app.bodies.insert(body.digest, Some(NEW.into()));
    desk.settled((100, 60));
    assert!(desk.card().end_seen);
    let effects = desk.pressed(Action::Allow, 100);
    assert!(!decided(&effects));
    let effects = desk.pressed(Action::Allow, 60_000);
    assert!(decided(&effects), "{:?}", desk.app.toast);
}

#[test]
fn the_footer_names_what_acts() {
    let mut desk = two_files();
    desk.settled((100, 40));
    let actions: Vec<Action> = keymap::footer(&desk.app).into_iter().map(|item| item.action).collect();
    for action in [Action::HunkNext, Action::Files, Action::UnfoldLines, Action::DiffLayout] {
        assert!(actions.contains(&action), "{action:?}");
    }
    assert!(!actions.contains(&Action::HunkBefore));
}

#[test]
fn the_inspector_reads_with_the_same_keys() {
    let mut desk = two_files();
    (desk.app.card, desk.app.focus) = (None, taut::ui::Focus::Inspector);
    let session = *desk.app.slots.first().unwrap();
    (desk.app.selected, desk.app.panes) = (Some(session), vec![Some(session)]);
    desk.settled((120, 18));
    let text = to_text(&desk.press(Action::FileNext));
    assert!(text.lines().nth(3).unwrap().contains("src/auth.rs"), "{text}");
    let text = to_text(&desk.press(Action::FileNext));
    let top = |text: &str| text.lines().nth(3).unwrap_or_default().to_owned();
    assert!(top(&text).contains("b.txt"), "{text}");
    let text = to_text(&desk.press(Action::HunkNext));
    assert!(top(&text).contains("hunk 2/3"), "{text}");
    let text = to_text(&desk.press(Action::UnfoldLines));
    assert!(text.contains("unfolded"), "{text}");
    desk.press(Action::LongLines);
    assert!(desk.app.toast.as_ref().unwrap().text.contains("cut"));
    desk.press(Action::DiffLayout);
    assert!(desk.app.diffs().seen.marks.narrow);
}
