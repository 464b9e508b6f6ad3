//! How a fact is stored: its kind, its bytes, and the texts in it that may be long.

use super::event::Event;
use super::{CallPatch, Decision, OutputPart, Text, Topic};
use serde::{Deserialize, Serialize};

/// A kind that this version does not know: kept and written back as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// Its kind.
    pub kind: String,
    /// Its stored bytes.
    pub body: String,
}

impl Event {
    /// The kind, as stored.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::SessionStarted { .. } => "session_started",
            Self::Placed { .. } => "placed",
            Self::Renamed { .. } => "renamed",
            Self::Starting { .. } => "starting",
            Self::Connected { .. } => "connected",
            Self::LoginNeeded { .. } => "login_needed",
            Self::SourceAttached { .. } => "source_attached",
            Self::Opened => "opened",
            Self::ModesOffered { .. } => "modes_offered",
            Self::ModeChanged { .. } => "mode_changed",
            Self::OptionsOffered { .. } => "options_offered",
            Self::CommandsOffered { .. } => "commands_offered",
            Self::Titled { .. } => "titled",
            Self::Ended { .. } => "ended",
            Self::Noticed => "noticed",
            Self::Archived { .. } => "archived",
            Self::Pinned { .. } => "pinned",
            Self::Deleted { .. } => "deleted",
            Self::PromptQueued { .. } => "prompt_queued",
            Self::PromptSent { .. } => "prompt_sent",
            Self::TurnBegan { .. } => "turn_began",
            Self::PromptDropped { .. } => "prompt_dropped",
            Self::InterruptAsked { .. } => "interrupt_asked",
            Self::TurnEnded { .. } => "turn_ended",
            Self::TurnMarked { .. } => "turn_marked",
            Self::Rewound { .. } => "rewound",
            Self::Forked { .. } => "forked",
            Self::LaneOpened { .. } => "lane_opened",
            Self::LaneEnded { .. } => "lane_ended",
            Self::Said { .. } => "said",
            Self::Attached { .. } => "attached",
            Self::Planned { .. } => "planned",
            Self::Called { .. } => "called",
            Self::Aimed { .. } => "aimed",
            Self::CallOutput { .. } => "call_output",
            Self::CallGated { .. } => "call_gated",
            Self::Asked { .. } => "asked",
            Self::Judged { .. } => "judged",
            Self::Shown { .. } => "shown",
            Self::Decided { .. } => "decided",
            Self::CallEdited { .. } => "call_edited",
            Self::Diverged { .. } => "diverged",
            Self::Sent { .. } => "sent",
            Self::TakenUp { .. } => "taken_up",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::RequestClosed { .. } => "request_closed",
            Self::Granted { .. } => "granted",
            Self::Revoked { .. } => "revoked",
            Self::Loosened { .. } => "loosened",
            Self::Checkpointed { .. } => "checkpointed",
            Self::Undone { .. } => "undone",
            Self::TokenMade { .. } => "token_made",
            Self::TokenUsed { .. } => "token_used",
            Self::TokenRevoked { .. } => "token_revoked",
            Self::RulesChanged { .. } => "rules_changed",
            Self::SettingsAccepted { .. } => "settings_accepted",
            Self::Used { .. } => "used",
            Self::ContextTold { .. } => "context_told",
            Self::Compacted { .. } => "compacted",
            Self::Noted { .. } => "noted",
            Self::Unrecognised { .. } => "unrecognised",
            Self::Unknown(unknown) => &unknown.kind,
        }
    }

    /// The stored bytes of it: JSON with its `kind`. `Unknown` gives back what it was read from.
    #[must_use]
    pub fn to_stored(&self) -> String {
        match self {
            Self::Unknown(unknown) => unknown.body.clone(),
            // Every type in here is a tree of strings and numbers: this cannot fail.
            event => serde_json::to_string(event).unwrap_or_default(),
        }
    }

    /// Reads stored bytes. Total: what this version does not know is `Unknown`.
    #[must_use]
    pub fn from_stored(kind: &str, body: &str) -> Self {
        serde_json::from_str(body)
            .unwrap_or_else(|_| Self::Unknown(Unknown { kind: kind.to_owned(), body: body.to_owned() }))
    }

    /// Applies `f` to every text in it that may be long.
    pub fn for_each_text(&mut self, mut f: impl FnMut(&mut Text)) {
        match self {
            Self::Said { text, .. }
            | Self::PromptQueued { text, .. }
            | Self::PromptSent { text, .. }
            | Self::TurnBegan { why: text, .. }
            | Self::Noted { text, .. }
            | Self::Unrecognised { raw: text, .. }
            | Self::LoginNeeded { said: text, .. }
            | Self::Titled { title: text }
            | Self::Attached { what: text, .. }
            | Self::LaneOpened { name: text, .. }
            | Self::Ended { last_words: text, .. }
            | Self::CallOutput { part: OutputPart::Append(text) | OutputPart::Replace(text), .. } => f(text),
            Self::Planned { items } => items.iter_mut().for_each(|item| f(&mut item.text)),
            Self::Called { patch, .. } => texts_of(patch, &mut f),
            Self::CallEdited { edited, .. } => texts_of(edited, &mut f),
            Self::Diverged { how, .. } => f(how),
            Self::Decided { decision: Decision::Edit { args, .. }, .. } => f(args),
            Self::Asked { how, .. } => {
                if let Topic::Plan(text) = &mut how.topic {
                    f(text);
                }
                how.stood.iter_mut().filter_map(|stood| stood.text.as_mut()).for_each(f);
            }
            Self::SessionStarted { .. }
            | Self::Placed { .. }
            | Self::Renamed { .. }
            | Self::Starting { .. }
            | Self::Connected { .. }
            | Self::SourceAttached { .. }
            | Self::Opened
            | Self::ModesOffered { .. }
            | Self::ModeChanged { .. }
            | Self::OptionsOffered { .. }
            | Self::CommandsOffered { .. }
            | Self::Noticed
            | Self::Archived { .. }
            | Self::Pinned { .. }
            | Self::Deleted { .. }
            | Self::PromptDropped { .. }
            | Self::InterruptAsked { .. }
            | Self::TurnEnded { .. }
            | Self::TurnMarked { .. }
            | Self::Rewound { .. }
            | Self::Forked { .. }
            | Self::LaneEnded { .. }
            | Self::Aimed { .. }
            | Self::CallGated { .. }
            | Self::Judged { .. }
            | Self::Shown { .. }
            | Self::Decided { .. }
            | Self::Sent { .. }
            | Self::TakenUp { .. }
            | Self::Unconfirmed { .. }
            | Self::RequestClosed { .. }
            | Self::Granted { .. }
            | Self::Revoked { .. }
            | Self::Loosened { .. }
            | Self::Checkpointed { .. }
            | Self::Undone { .. }
            | Self::TokenMade { .. }
            | Self::TokenUsed { .. }
            | Self::TokenRevoked { .. }
            | Self::RulesChanged { .. }
            | Self::SettingsAccepted { .. }
            | Self::Used { .. }
            | Self::ContextTold { .. }
            | Self::Compacted { .. }
            | Self::Unknown(_) => {}
        }
    }
}

fn texts_of(patch: &mut CallPatch, f: &mut impl FnMut(&mut Text)) {
    [&mut patch.title, &mut patch.args, &mut patch.command].into_iter().flatten().for_each(&mut *f);
    for change in patch.changes.iter_mut().flatten() {
        [&mut change.old, &mut change.new, &mut change.patch].into_iter().flatten().for_each(&mut *f);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Speaker;

    #[test]
    fn a_kind_of_the_future_comes_back_as_it_was() {
        let body = r#"{"kind":"teleported","to":"mars"}"#;
        let event = Event::from_stored("teleported", body);
        assert_eq!(event.kind(), "teleported");
        assert_eq!(event.to_stored(), body);
    }

    #[test]
    fn the_stored_kind_is_the_named_kind() {
        let event = Event::Said { who: Speaker::Agent, message: None, text: "hi".into() };
        let stored = event.to_stored();
        assert!(stored.contains(&format!("\"kind\":\"{}\"", event.kind())), "{stored}");
        assert_eq!(Event::from_stored(event.kind(), &stored), event);
    }
}
