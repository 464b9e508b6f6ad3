//! What a call wants beyond its sandbox, in the model's own words. Codex gives its hook the command alone, and asks about the
//! rest afterwards: two questions about one call. The raw items of an answer, which the thread is opened with, are told before
//! the hook is run (seen with 0.169; `experimentalRawEvents` of `thread/start`), so that one question can say all of it.
//! A thread that was resumed or forked tells none: there the second question is asked.

use crate::agent::look;
use serde_json::Value;
use std::collections::VecDeque;

/// Calls that are remembered: a model makes a few at a time.
const KEPT: usize = 64;

/// What the calls want that were made lately.
#[derive(Debug, Default)]
pub(super) struct Wants(VecDeque<Want>);

#[derive(Debug)]
struct Want {
    thread: String,
    item: String,
    outside: Outside,
}

/// A call that shall run outside its sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outside {
    /// Why, by its model.
    pub(super) why: Option<String>,
}

impl Wants {
    /// `rawResponseItem/completed`: what is no call that wants out of its sandbox does not matter here.
    pub(super) fn hear(&mut self, params: &Value) {
        let Some(item) = params.get("item").filter(|item| look::text(item, "type") == Some("function_call")) else {
            return;
        };
        let (Some(thread), Some(id)) = (look::text(params, "threadId"), look::text(item, "call_id")) else { return };
        let arguments = look::text(item, "arguments").unwrap_or_default();
        let arguments: Value = serde_json::from_str(arguments).unwrap_or_default();
        if !is_outside(&arguments) {
            return;
        }
        let why = look::owned(&arguments, "justification").filter(|why| !why.trim().is_empty());
        self.0.push_back(Want { thread: thread.to_owned(), item: id.to_owned(), outside: Outside { why } });
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    /// What a call said of it, where it said that it shall run outside its sandbox.
    pub(super) fn outside(&self, thread: &str, item: &str) -> Option<&Outside> {
        let of = |want: &&Want| want.thread == thread && want.item == item;
        self.0.iter().rev().find(of).map(|want| &want.outside)
    }
}

/// Where a model's arguments say it, and what they say.
const OUTSIDE_ARG: (&str, &str) = ("sandbox_permissions", "require_escalated");

/// Whether arguments say that their call shall leave its sandbox.
pub(super) fn is_outside(arguments: &Value) -> bool {
    look::text(arguments, OUTSIDE_ARG.0) == Some(OUTSIDE_ARG.1)
}

/// The arguments that codex gives its hook, and what it leaves out of them. What comes back of it, codex passes over (0.169).
pub(super) fn outside_args(input: &Value) -> String {
    let mut input = input.clone();
    input[OUTSIDE_ARG.0] = OUTSIDE_ARG.1.into();
    look::canonical(&input)
}

/// What a command wants beyond being run, in words.
pub(super) fn words(what: &str, why: Option<&str>) -> String {
    let why = why.map_or_else(|| ", and does not say why".to_owned(), |why| format!(": {}", look::cut(why)));
    format!("{what}{why}")
}

/// To run where nothing holds it.
pub(super) const OUTSIDE: &str = "it wants to run outside its sandbox";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(thread: &str, id: &str, arguments: &Value) -> Value {
        let item = json!({"type": "function_call", "name": "exec_command", "call_id": id,
            "arguments": arguments.to_string()});
        json!({"threadId": thread, "turnId": "t", "item": item})
    }

    #[test]
    fn only_what_a_call_says_of_itself_counts() {
        let mut wants = Wants::default();
        wants.hear(&said(
            "a",
            "1",
            &json!({"cmd": "x", "sandbox_permissions": "require_escalated", "justification": "why"}),
        ));
        wants.hear(&said("a", "2", &json!({"cmd": "x", "sandbox_permissions": "require_escalated"})));
        wants.hear(&said("a", "3", &json!({"cmd": "x", "sandbox_permissions": "use_default", "justification": "why"})));
        wants.hear(&said("a", "4", &json!("require_escalated")));
        wants.hear(&json!({"threadId": "a", "item": {"type": "message", "call_id": "5"}}));
        wants.hear(&json!({"item": 7}));
        let of = |item: &str| wants.outside("a", item).map(|outside| outside.why.as_deref().unwrap_or("-"));
        assert_eq!([of("1"), of("2"), of("3"), of("4"), of("5")], [Some("why"), Some("-"), None, None, None]);
        assert_eq!(wants.outside("b", "1"), None);
    }

    #[test]
    fn it_holds_few() {
        let mut wants = Wants::default();
        for n in 0..1000 {
            wants.hear(&said("a", &n.to_string(), &json!({"sandbox_permissions": "require_escalated"})));
        }
        assert_eq!(wants.0.len(), KEPT);
        assert!(wants.outside("a", "999").is_some() && wants.outside("a", "1").is_none());
    }
}
