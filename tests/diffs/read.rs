//! A card counts as read to its end only when every word of it was on the screen, whatever keys led there.

use crate::desk::{change, edit, whole};
use crate::support::frame::NOW;
use crate::{line, payload};
use proptest::prelude::*;
use std::collections::BTreeSet;
use taut::diff::{Diff, Layout, Line, Sheet};
use taut::domain::At;
use taut::ui::diffs::Fold;
use taut::ui::update::update;
use taut::ui::{Action, Msg, Press};

/// Lines with a word of their own at their beginning, and at the end of wide ones.
fn text(sort: &str, lines: &[(bool, bool)]) -> String {
    let line = |(n, (changes, wide)): (usize, &(bool, bool))| {
        let word = if *changes { format!("{sort}{n}x") } else { format!("same{n}x") };
        if *wide { format!("{word} {} end{word}\n", "and so on ".repeat(9)) } else { format!("{word}\n") }
    };
    lines.iter().enumerate().map(line).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(' ').filter(|word| word.ends_with('x')).map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_end_is_reached_by_seeing_every_word(
        lines in prop::collection::vec((prop::bool::weighted(0.15), prop::bool::weighted(0.1)), 20..90),
        keys in prop::collection::vec(0usize..16, 20..70),
        sizes in prop::collection::vec((60u16..130, 10u16..40), 1..4),
    ) {
        let (old, new) = (text("old", &lines), text("new", &lines));
        prop_assume!(old != new);
        let diff = Diff::of(&old, &new);
        let mut desk = whole(edit(vec![change("a.txt", Some(&old), Some(&new))]));
        let mut shown: BTreeSet<String> = BTreeSet::new();
        let actions = [
            Action::PageDown, Action::PageDown, Action::PageDown, Action::HalfDown, Action::Down, Action::PageUp,
            Action::HunkNext, Action::HunkNext, Action::HunkBefore, Action::DiffLayout, Action::LongLines,
            Action::ScrollRight, Action::UnfoldLines, Action::End, Action::Top,
        ];
        for (at, key) in keys.into_iter().enumerate() {
            match actions.get(key) {
                Some(&action) => {
                    let later = i64::try_from(at).unwrap() * 1_000;
                    update(&mut desk.app, Msg::Did(action, Press::Alone), At(NOW.0 + later));
                }
                None => desk.app.size = sizes[at % sizes.len()],
            }
            let before = desk.card().end_seen;
            let size = (desk.app.size.0.max(60), desk.app.size.1.max(10));
            let scene = desk.shown(size);
            for row in payload(&scene) {
                let text = line(&row).replace(['│', '»'], " ");
                shown.extend(words(&text));
            }
            if desk.card().end_seen && !before {
                let open: BTreeSet<Fold> = desk.card().diffs.unfolded.clone();
                let sheet = Sheet::new(&diff, Layout::Unified, |gap| open.contains(&Fold { part: 1, gap }));
                for at in 0..sheet.lines() {
                    let sides = match sheet.line(&diff, at).unwrap() {
                        Line::Fold { .. } => [None, None],
                        Line::Same { new, .. } => [None, Some(new)],
                        Line::Change { old, new, .. } => [old, new],
                    };
                    for word in sides.into_iter().flatten().flat_map(|side| words(side.text)) {
                        prop_assert!(shown.contains(&word), "{} was never on the screen", word);
                    }
                }
            }
        }
        // And it can be reached.
        desk.app.manner.long = taut::ui::Long::Wrapped;
        desk.scroll(-100_000);
        desk.shown((100, 3_000));
        desk.shown((100, 3_000));
        prop_assert!(desk.card().end_seen);
    }
}
