//! A session that was exported has another id here, and its records perhaps other places: what names its requests and grants is
//! told with those.

use crate::domain::{Event, GrantId, RequestId, Seq, SessionId};
use serde_json::Value;
use std::collections::HashMap;

/// Which session it was, and which it is.
#[derive(Debug, Default)]
pub(super) struct Moved {
    here: SessionId,
    there: Option<SessionId>,
    /// How its name stands in JSON, and how the name of a request or grant of it begins there.
    marks: Vec<String>,
    /// Requests and grants that stand at another place here.
    places: HashMap<u64, u64>,
}

impl Moved {
    /// It is this session here.
    pub(super) fn here(&mut self, session: SessionId) {
        self.here = session;
    }

    /// It was this session there.
    pub(super) fn there(&mut self, session: SessionId) {
        let (request, grant) = (RequestId { session, seq: Seq(0) }, GrantId { session, seq: Seq(0) });
        self.there = Some(session);
        // Without the place, which follows the point.
        let names = [request.to_string(), grant.to_string()].map(|name| format!("\"{}", name.trim_end_matches('0')));
        self.marks = names.into_iter().chain([format!("\"{session}\"")]).collect();
    }

    /// Whether it was this session; the first that is named says which it was.
    pub(super) fn is_of(&mut self, session: SessionId) -> bool {
        if self.there.is_none() {
            self.there(session);
        }
        self.there == Some(session)
    }

    /// A fact as it is told here, where it stood at `seq` there and stands at `place` here.
    pub(super) fn event(&mut self, event: Event, body: &str, seq: u64, place: u64) -> Event {
        if seq != place && matches!(event, Event::Asked { .. } | Event::Granted { .. }) {
            self.places.insert(seq, place);
        }
        if !self.marks.iter().any(|mark| body.contains(mark.as_str())) || matches!(event, Event::Unknown(_)) {
            return event;
        }
        self.renamed(event)
    }

    fn renamed(&self, mut event: Event) -> Event {
        // A text that reads like the name of a request is a text.
        let mut texts = Vec::new();
        event.for_each_text(|text| texts.push(std::mem::take(text)));
        let renamed = serde_json::to_value(&event).ok().and_then(|mut value| {
            self.rename(&mut value);
            serde_json::from_value::<Event>(value).ok()
        });
        let mut event = renamed.unwrap_or(event);
        let mut texts = texts.into_iter();
        event.for_each_text(|text| *text = texts.next().unwrap_or_default());
        event
    }

    fn rename(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                let now = |seq: Seq| Seq(self.places.get(&seq.0).copied().unwrap_or(seq.0));
                let is_its = |session: SessionId| self.there == Some(session);
                if let Some(id) = text.parse().ok().filter(|id: &RequestId| is_its(id.session)) {
                    *text = RequestId { session: self.here, seq: now(id.seq) }.to_string();
                } else if let Some(id) = text.parse().ok().filter(|id: &GrantId| is_its(id.session)) {
                    *text = GrantId { session: self.here, seq: now(id.seq) }.to_string();
                } else if text.parse().is_ok_and(is_its) {
                    *text = self.here.to_string();
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|one| self.rename(one)),
            Value::Object(fields) => fields.values_mut().for_each(|one| self.rename(one)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Digest, Seen};

    #[test]
    fn names_are_told_anew_and_words_are_not() {
        let (there, here) = (SessionId(7), SessionId(8));
        let mut moved = Moved::default();
        moved.here(here);
        assert!(moved.is_of(there) && !moved.is_of(here));
        let shown = |session, seq| Event::Shown {
            request: RequestId { session, seq: Seq(seq) },
            digest: Digest::of(b"x"),
            seen: Seen::default(),
        };
        let tell = |moved: &mut Moved, event: Event, seq, place| {
            let body = event.to_stored();
            moved.event(event, &body, seq, place)
        };
        assert_eq!(tell(&mut moved, shown(there, 3), 4, 4), shown(here, 3));
        assert_eq!(tell(&mut moved, shown(SessionId(9), 3), 5, 5), shown(SessionId(9), 3), "another's stays");
        let name = RequestId { session: there, seq: Seq(3) }.to_string();
        let words = Event::Titled { title: name.as_str().into() };
        assert_eq!(tell(&mut moved, words.clone(), 6, 6), words);
        let forked = |from| Event::Forked { from, to: None };
        assert_eq!(tell(&mut moved, forked(there), 7, 7), forked(here));
    }
}
