//! A resumed thread: what was said in it before, read page by page, so that a human sees what the agent remembers.

use super::out::Out;
use super::{Codex, Sent, handshake};
use crate::agent::envelope::Refusal;
use crate::agent::look;
use crate::domain::{LaneId, Notice};
use serde_json::{Value, json};

/// Things a page.
const PAGE: usize = 100;
/// Pages that are read: of a longer thread only the beginning is shown, and that is said.
const PAGES: usize = 20;

/// How far it is read.
#[derive(Debug, Default)]
pub(super) struct History {
    pages: usize,
}

impl Codex {
    /// Asks for a page of it.
    pub(super) fn ask_history(&mut self, out: &mut Out, cursor: Option<&str>) {
        let mut params = json!({"threadId": self.thread, "limit": PAGE, "sortDirection": "asc"});
        if let Some(cursor) = cursor {
            params["cursor"] = json!(cursor);
        }
        handshake::starting(out, "thread/items/list");
        self.request(out, Sent::History, "thread/items/list", params);
    }

    /// A page came. A version that has none to give opens all the same.
    pub(super) fn history_came(&mut self, out: &mut Out, outcome: Result<Value, Refusal>) {
        let page = match outcome {
            Ok(page) => page,
            Err(refusal) => {
                let why = format!("codex does not show what was said before: {}", refusal.said);
                out.note(LaneId::ROOT, Notice::Warning, why);
                return self.ready(out);
            }
        };
        for entry in look::list(&page, "data") {
            self.item_before(out, entry.get("item").unwrap_or(entry));
        }
        self.history.pages += 1;
        match look::text(&page, "nextCursor") {
            Some(cursor) if self.history.pages < PAGES => {
                let cursor = cursor.to_owned();
                self.ask_history(out, Some(&cursor));
            }
            Some(_) => {
                let said = format!("only the first {} things that were said before are shown", PAGE * PAGES);
                out.note(LaneId::ROOT, Notice::Warning, said);
                self.ready(out);
            }
            None => self.ready(out),
        }
    }
}
