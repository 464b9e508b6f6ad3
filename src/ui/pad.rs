//! What lies on the desk when the console is left, and is there again at the next start: drafts, and the prompts given.

use super::app::App;
use super::draft::Draft;
use crate::domain::SessionId;
use serde::{Deserialize, Serialize};

/// Drafts are kept up to so many bytes in all, those of the newest sessions first.
const MOST: usize = 2 << 20;

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pad {
    /// Prompts given before, newest last.
    pub history: Vec<String>,
    /// Drafts by session.
    pub drafts: Vec<(SessionId, KeptDraft)>,
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
        Pad { history: self.history.clone(), drafts }
    }

    /// Puts back what was kept.
    #[must_use]
    pub fn with_pad(mut self, pad: Pad) -> Self {
        self.history = pad.history;
        for (id, KeptDraft { text, cursor, folds }) in pad.drafts {
            let folds = folds.into_iter().map(|(start, end)| start..end).collect();
            self.drafts.insert(id, Draft { cursor, folds, ..Draft::of(text) }.sane());
        }
        self
    }

    /// Whether something was typed that was not kept yet.
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
        let odd = Pad { history: vec![], drafts: vec![(SessionId(1), odd)] };
        let app = App::new(Setup::default()).with_pad(odd);
        let draft = &app.drafts[&SessionId(1)];
        assert!(draft.text.is_char_boundary(draft.cursor) && draft.folds.iter().eq([&(0..3)]), "{draft:?}");
    }
}
