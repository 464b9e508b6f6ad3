//! What lies on the desk when the console is left, and is there again at the next start: drafts, and the prompts given.

use super::app::App;
use super::draft::Draft;
use super::kept::Kept;
use crate::domain::SessionId;
use serde::{Deserialize, Serialize};

/// Drafts are kept up to so many bytes in all, those of the newest sessions first.
const MOST: usize = 2 << 20;
/// Prompts that the history keeps.
pub(super) const PROMPTS: usize = 200;

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pad {
    /// Prompts given before, newest last.
    pub history: Vec<String>,
    /// Drafts by session.
    pub drafts: Vec<(SessionId, KeptDraft)>,
    /// How the console stood.
    pub kept: Kept,
}

/// A draft as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptDraft {
    /// The text.
    pub text: String,
    /// The cursor, as a byte offset.
    pub cursor: usize,
    /// From where to where it is folded.
    pub folds: Vec<(usize, usize)>,
}

impl Pad {
    /// This pad over what another console has kept meanwhile: `before` is what both began with, so that only what was
    /// typed here since then counts here.
    #[must_use]
    pub fn over(&self, before: &Self, other: Self) -> Self {
        let of =
            |pad: &Self, id: SessionId| pad.drafts.iter().find(|(of, _)| *of == id).map(|(_, draft)| draft.clone());
        let touched = |id: SessionId| of(self, id) != of(before, id);
        let mut drafts: Vec<_> = other.drafts.into_iter().filter(|(id, _)| !touched(*id)).collect();
        drafts.extend(self.drafts.iter().filter(|(id, _)| touched(*id)).cloned());
        drafts.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        let mut room = MOST;
        drafts.retain(|(_, draft)| {
            let fits = draft.text.len() <= room;
            room -= if fits { draft.text.len() } else { 0 };
            fits
        });
        let given: Vec<&String> = self.history.iter().filter(|text| !before.history.contains(text)).collect();
        let mut history: Vec<String> = other.history.into_iter().filter(|text| !given.contains(&text)).collect();
        history.extend(given.into_iter().cloned());
        history.drain(..history.len().saturating_sub(PROMPTS));
        Self { history, drafts, kept: self.kept.clone() }
    }
}

impl App {
    /// What is to be kept.
    #[must_use]
    pub fn pad(&self) -> Pad {
        let mut room = MOST;
        let mut drafts = Vec::new();
        for (id, draft) in self.drafts.iter().rev() {
            // What is shown of the history is not what was typed.
            let draft = if draft.recalled.is_some() { self.inner.stashed.get(id).unwrap_or(draft) } else { draft };
            if draft.text.trim().is_empty() || draft.text.len() > room {
                continue;
            }
            room -= draft.text.len();
            let folds = draft.folds.iter().map(|fold| (fold.start, fold.end)).collect();
            drafts.push((*id, KeptDraft { text: draft.text.clone(), cursor: draft.cursor, folds }));
        }
        Pad { history: self.history.clone(), drafts, kept: self.kept() }
    }

    /// Puts back what was kept.
    #[must_use]
    pub fn with_pad(mut self, pad: Pad) -> Self {
        self.stand(pad.kept);
        self.history = pad.history;
        for (id, KeptDraft { text, cursor, folds }) in pad.drafts {
            let folds = folds.into_iter().map(|(start, end)| start..end).collect();
            self.drafts.insert(id, Draft { cursor, folds, ..Draft::of(text) }.sane());
        }
        self
    }

    /// Whether a key came since the last time that all was kept.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.inner.unsaved.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Setup;

    #[test]
    fn drafts_come_back_as_they_were() {
        let mut app = App::new(Setup::default());
        let mut draft = Draft::of("see ".to_owned());
        draft.paste(&"x\n".repeat(9));
        app.drafts.insert(SessionId(3), draft.clone());
        app.drafts.insert(SessionId(4), Draft::default());
        app.history = vec!["one".to_owned()];
        let pad = app.pad();
        assert_eq!(pad.drafts.len(), 1, "nothing typed is nothing kept");
        let app = App::new(Setup::default()).with_pad(pad);
        assert_eq!((app.drafts.get(&SessionId(3)), app.history.as_slice()), (Some(&draft), &["one".to_owned()][..]));
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_read_is_made_sane() {
        let mut app = App::new(Setup::default());
        for id in 0..4 {
            app.drafts.insert(SessionId(id), Draft::of("x".repeat(1 << 20)));
        }
        assert_eq!(app.pad().drafts.iter().map(|(id, ..)| id.0).collect::<Vec<_>>(), [3, 2]);
        let odd = KeptDraft { text: "日本".into(), cursor: 1, folds: vec![(5, 2), (1, 99), (0, 3)] };
        let odd = Pad { drafts: vec![(SessionId(1), odd)], ..Pad::default() };
        let app = App::new(Setup::default()).with_pad(odd);
        let draft = &app.drafts[&SessionId(1)];
        assert!(draft.text.is_char_boundary(draft.cursor) && draft.folds.iter().eq([&(0..3)]), "{draft:?}");
    }

    #[test]
    fn two_consoles_keep_what_each_of_them_typed() {
        let draft = |text: &str| KeptDraft { text: text.into(), ..KeptDraft::default() };
        let pad = |history: &[&str], drafts: &[(u32, &str)]| Pad {
            history: history.iter().map(|text| (*text).to_owned()).collect(),
            drafts: drafts.iter().map(|(id, text)| (SessionId(*id), draft(text))).collect(),
            ..Pad::default()
        };
        let before = pad(&["a"], &[(1, "one"), (2, "two"), (3, "three")]);
        let here = pad(&["a", "b"], &[(1, "mine"), (3, "three")]);
        let there = pad(&["a", "c"], &[(1, "one"), (2, "two"), (3, "theirs"), (4, "new")]);
        let both = here.over(&before, there);
        assert_eq!(both, pad(&["a", "c", "b"], &[(4, "new"), (3, "theirs"), (1, "mine")]));
    }
}
