//! Where the keys are: derived from the app at every key, never tracked.

use super::super::settings::Editing;
use super::super::{App, Focus, Menu, Overlay, Scope};
use super::complete;
use super::find;

/// The place that has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The list of keys.
    Help,
    /// The line that narrows it.
    HelpFind,
    /// The form for a new session.
    Form,
    /// A question.
    Confirm,
    /// What was granted.
    Grants,
    /// The question whether changed settings shall hold: it is read like a text.
    Accept,
    /// The settings.
    Settings,
    /// The value of a setting that is typed.
    SettingText,
    /// A key that is waited for, to be given to an action.
    SettingKey,
    /// A list to choose from by name.
    Picker,
    /// The agent's offers on a card.
    Offers,
    /// Text that is typed on a card.
    CardText,
    /// The form in which a call is edited.
    CardForm,
    /// A changed call that stands on the card, to be sent.
    Sure,
    /// The answers to an agent's questions.
    Reply,
    /// Rows that are selected.
    Select,
    /// The card.
    Card,
    /// The card of several requests.
    Batch,
    /// Why they are denied, typed on it.
    BatchText,
    /// What an undo would do.
    Undo,
    /// What changed between two moments.
    Review,
    /// A comment on a line of it.
    ReviewText,
    /// How far a conversation is taken back, or copied.
    Way,
    /// What the agent's context is made of.
    Context,
    /// What sessions came to.
    Stats,
    /// The line of a search over all sessions.
    EverywhereLine,
    /// What it found.
    Everywhere,
    /// A look at a session.
    Peek,
    /// A name or a place that is typed over everything.
    Line,
    /// The rail.
    Rail,
    /// The rail's sessions of other tools.
    Elsewhere,
    /// A name that is typed in the rail's head.
    RailName,
    /// A pane.
    Pane,
    /// The inspector.
    Inspector,
    /// The queue drawer.
    Queue,
    /// The composer.
    Composer,
    /// The line of a search.
    Find,
}

/// The place that has the keys: what lies on top has them.
pub(super) fn place(app: &App) -> Place {
    if let Some(overlay) = &app.overlay {
        return match overlay {
            Overlay::Help { filter: Some(_), .. } => Place::HelpFind,
            Overlay::Help { filter: None, .. } => Place::Help,
            Overlay::NewSession(_) => Place::Form,
            Overlay::Confirm { .. } => Place::Confirm,
            Overlay::Accept(_) => Place::Accept,
            Overlay::Picker(_) => Place::Picker,
            Overlay::Peek(_) => Place::Peek,
            Overlay::Undo(_) => Place::Undo,
            Overlay::Review(review) if review.typing.is_some() => Place::ReviewText,
            Overlay::Review(_) => Place::Review,
            Overlay::Way(_) => Place::Way,
            Overlay::Context(_) => Place::Context,
            Overlay::Stats(_) => Place::Stats,
            Overlay::Everywhere(search) if search.in_list => Place::Everywhere,
            Overlay::Everywhere(_) => Place::EverywhereLine,
            Overlay::Grants(_) => Place::Grants,
            Overlay::Rename { .. } | Overlay::GoTo(_) => Place::Line,
            Overlay::Settings(screen) => match screen.editing {
                None => Place::Settings,
                Some(Editing::Value(_)) => Place::SettingText,
                Some(Editing::KeyInstead | Editing::KeyAsWell) => Place::SettingKey,
            },
        };
    }
    under(app)
}

/// The place that has the keys once nothing lies over it.
fn under(app: &App) -> Place {
    if app.selects_rows().is_some() {
        return Place::Select;
    }
    if find::is_typed(app) {
        return Place::Find;
    }
    if let Some(batch) = &app.batch {
        return if batch.reason.is_some() { Place::BatchText } else { Place::Batch };
    }
    match (app.focus, app.card.as_ref().map(|card| &card.menu)) {
        (Focus::Card, Some(Some(Menu::Scopes { .. }))) => Place::Offers,
        (Focus::Card, Some(Some(Menu::Reason { .. } | Menu::Override { .. } | Menu::Rest { .. }))) => Place::CardText,
        (Focus::Card, Some(Some(Menu::Edit))) => Place::CardForm,
        (Focus::Card, Some(Some(Menu::Sure { .. }))) => Place::Sure,
        (Focus::Card, Some(Some(Menu::Reply))) => Place::Reply,
        (Focus::Card, Some(None)) => Place::Card,
        (Focus::Card, None) | (Focus::Pane, _) => Place::Pane,
        (Focus::Rail, _) if app.fleet.typing => Place::RailName,
        (Focus::Rail, _) if app.other_at().is_some() => Place::Elsewhere,
        (Focus::Rail, _) => Place::Rail,
        (Focus::Inspector, _) => Place::Inspector,
        (Focus::Queue, _) => Place::Queue,
        (Focus::Composer, _) => Place::Composer,
    }
}

/// The scopes in which a key is looked for, innermost first.
#[must_use]
pub fn scopes(app: &App) -> Vec<Scope> {
    of_place(app, place(app))
}

/// The scopes of the place that the list of keys lies over.
#[must_use]
pub fn scopes_under(app: &App) -> Vec<Scope> {
    let is_review = app.inner.review_under.is_some();
    of_place(app, if is_review { Place::Review } else { under(app) })
}

fn of_place(app: &App, place: Place) -> Vec<Scope> {
    let mut scopes = match place {
        Place::Help => vec![Scope::Help, Scope::List],
        Place::HelpFind => vec![Scope::HelpFind],
        Place::Form => vec![Scope::Form, Scope::Typing],
        Place::Confirm => vec![Scope::Confirm],
        Place::Accept => vec![Scope::Confirm, Scope::List],
        Place::Picker => vec![Scope::Picker],
        Place::Offers => vec![Scope::Menu, Scope::List],
        Place::Composer if complete::is_open(app) => vec![Scope::Completing, Scope::Composer],
        Place::CardText | Place::BatchText | Place::Line | Place::RailName | Place::SettingText | Place::ReviewText => {
            vec![Scope::Typing]
        }
        Place::CardForm => vec![Scope::Edit],
        Place::Sure => vec![Scope::Sure, Scope::List],
        Place::Reply => vec![Scope::Reply],
        Place::Peek => vec![Scope::Peek],
        Place::Undo => vec![Scope::Undo, Scope::List],
        Place::Review => vec![Scope::Review, Scope::List],
        Place::Way => vec![Scope::Way, Scope::List],
        Place::Context => vec![Scope::Context, Scope::List],
        Place::Stats => vec![Scope::Stats, Scope::List],
        Place::EverywhereLine => vec![Scope::EverywhereLine],
        Place::Everywhere => vec![Scope::Everywhere, Scope::List],
        Place::Find => vec![Scope::Find],
        Place::Settings => vec![Scope::Settings, Scope::List],
        Place::Grants => vec![Scope::Grants, Scope::List],
        // Whatever is pressed is meant as the new key, but for what must act everywhere.
        Place::SettingKey => Vec::new(),
        Place::Composer => vec![Scope::Composer],
        Place::Select => vec![Scope::Select, Scope::List],
        Place::Card => vec![Scope::Card, Scope::List],
        Place::Batch => vec![Scope::Batch, Scope::List],
        Place::Elsewhere => vec![Scope::Elsewhere, Scope::List, Scope::Global],
        Place::Rail => vec![Scope::Rail, Scope::List, Scope::Global],
        Place::Pane => vec![Scope::Pane, Scope::List, Scope::Global],
        Place::Inspector => vec![Scope::Inspector, Scope::List, Scope::Global],
        Place::Queue => vec![Scope::Queue, Scope::List, Scope::Global],
    };
    if app.replay.is_some() && scopes.contains(&Scope::Global) {
        scopes.insert(0, Scope::Replay);
    }
    scopes.push(Scope::Always);
    scopes
}
