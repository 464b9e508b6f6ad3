//! What a person would look for among events.

use super::{events, follow_as};
use taut::domain::{CallPatch, Event, Speaker, Stop, Tokens};
use taut::transcript::Format;

/// Reads a file of which all is known.
pub(super) fn read(format: &dyn Format, text: &str) -> Vec<Event> {
    let out = follow_as(format, [text.as_bytes()], true);
    assert_eq!(out.places, [], "all of it is known");
    events(out.told)
}

/// What is told of it as a notice.
pub(super) fn notes(events: &[Event]) -> Vec<&str> {
    fn note(event: &Event) -> Option<&str> {
        match event {
            Event::Noted { text, .. } => text.inline(),
            _ => None,
        }
    }
    events.iter().filter_map(note).collect()
}

pub(super) fn said(events: &[Event], by: Speaker) -> Vec<&str> {
    let said = |event| match event {
        &Event::Said { who, ref text, .. } if who == by => text.inline(),
        _ => None,
    };
    events.iter().filter_map(said).collect()
}

pub(super) fn prompts(events: &[Event]) -> Vec<&str> {
    fn prompt(event: &Event) -> Option<&str> {
        match event {
            Event::PromptSent { text, .. } => text.inline(),
            _ => None,
        }
    }
    events.iter().filter_map(prompt).collect()
}

pub(super) fn ends(events: &[Event]) -> Vec<(&Stop, Option<Tokens>)> {
    let end = |event| match event {
        &Event::TurnEnded { ref stop, tokens, .. } => Some((stop, tokens)),
        _ => None,
    };
    events.iter().filter_map(end).collect()
}

pub(super) fn call(events: &[Event], id: &str) -> CallPatch {
    let mut known = CallPatch::default();
    for event in events {
        if let Event::Called { call, patch } = event
            && call.0 == id
        {
            let _ = known.news((**patch).clone());
        }
    }
    known
}
