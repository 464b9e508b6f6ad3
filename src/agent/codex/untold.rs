//! Commands of which codex tells no item, or no end of it. Of some that end quickly it tells only what their model was given
//! back (`function_call_output` among the raw items, seen with 0.169; where it tells the end, that comes first): they ran all
//! the same, and ended so.

use super::Codex;
use super::out::Out;
use crate::agent::look;
use crate::domain::{CallPatch, CallStatus, Event, Gate};
use serde_json::Value;

/// What stands before the code of a command that has ended ...
const ENDED: &str = "Process exited with code ";
/// ... and in what is said of one that goes on.
const GOES_ON: &str = "Process running with session ID";

impl Codex {
    /// `rawResponseItem/completed`: what is no answer to a call that waits for its item does not matter here.
    pub(super) fn given_back(&mut self, out: &mut Out, params: &Value) {
        let Some(item) = params.get("item").filter(|it| look::text(it, "type") == Some("function_call_output")) else {
            return;
        };
        let (Some(thread), Some(id)) = (look::text(params, "threadId"), look::text(item, "call_id")) else { return };
        let said = look::text(item, "output").or_else(|| look::text(item.get("output")?, "content"));
        let (Some(said), Some((lane, asked))) = (said, self.calls.pending(thread, id)) else { return };
        if said.contains(GOES_ON) {
            return;
        }
        let exit = said.split_once(ENDED).and_then(|(_, rest)| rest.lines().next()?.trim().parse::<i32>().ok());
        let status = if exit == Some(0) { CallStatus::Done } else { CallStatus::Failed };
        if !asked && self.mode.goes_by_own_rules() {
            let call = self.call_of(out, lane, thread, id, CallPatch::default());
            let gate = Gate::AgentMode("its sandbox or its own rules let it run".to_owned());
            out.event(lane, Event::CallGated { call, gate });
        }
        if let Some(part) = self.calls.output_of(thread, id, said) {
            let call = self.call_of(out, lane, thread, id, CallPatch::default());
            out.event(lane, Event::CallOutput { call, part });
        }
        self.call_of(out, lane, thread, id, CallPatch { status: Some(status), exit, ..CallPatch::default() });
        self.hook_forgets(thread, id);
        self.calls.is_over(thread, id);
    }
}
