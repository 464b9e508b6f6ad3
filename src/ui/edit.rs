//! What a human writes on a card in the place of what was proposed: the fields of a call, its arguments as JSON, the lines
//! of one hunk.

use super::Draft;
use crate::domain::Digest;
use crate::domain::fields::Field;

/// What is being edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editing {
    /// The fields of a call.
    Fields,
    /// Its arguments as JSON.
    Json,
    /// What comes in the place of a hunk, by its number.
    Hunk(u32),
}

/// A text beyond so many bytes is not edited here.
pub const MOST: usize = 1 << 20;
/// The label of the field for a reason.
pub const REASON: &str = "reason";

/// One field of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct EditField {
    /// The word beside it.
    pub label: String,
    /// Which field of the arguments it is; none for a text of its own.
    pub field: Option<Field>,
    /// What is typed.
    pub draft: Draft,
}

/// The form.
#[derive(Debug, Clone, PartialEq)]
pub struct EditForm {
    /// What is being edited.
    pub what: Editing,
    /// Its fields, one at least.
    pub fields: Vec<EditField>,
    /// The field that has the keys.
    pub at: usize,
    /// Something was typed into it.
    pub touched: bool,
    /// What is wrong with it, and the field beside which that stands.
    pub wrong: Option<(usize, String)>,
    /// What was asked when it was opened: once that changes, the form says so.
    pub of: Digest,
    /// What was proposed: the arguments, or the lines of the hunk.
    pub proposed: String,
}

impl EditForm {
    /// The field that has the keys.
    pub fn here(&mut self) -> Option<&mut EditField> {
        let last = self.fields.len().saturating_sub(1);
        self.fields.get_mut(self.at.min(last))
    }

    /// Its fields as arguments take them.
    #[must_use]
    pub fn typed(&self) -> Vec<Field> {
        let field = |field: &EditField| Some(Field { text: field.draft.text.clone(), ..field.field.clone()? });
        self.fields.iter().filter_map(field).collect()
    }

    /// Why, in the human's words; nothing where none was typed.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let why = self.fields.iter().find(|field| field.label == REASON)?;
        Some(why.draft.text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The first text in it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.fields.first().map_or("", |field| &field.draft.text)
    }

    /// Sets what is wrong, beside the field that the sentence names.
    pub fn is_wrong(&mut self, why: String) {
        let names = |field: &EditField| field.field.as_ref().is_some_and(|f| why.starts_with(&format!("{:?}", f.key)));
        let at = self.fields.iter().position(names).unwrap_or(self.at);
        self.at = at;
        self.wrong = Some((at, why));
    }
}
