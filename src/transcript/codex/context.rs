//! Who a session is and how it works: `session_meta`, `turn_context`; what it carries and spends; what became of its context.

use super::Codex;
use crate::domain::{Event, LaneId, Notice, Speaker, Usage};
use crate::shapes::codex::tokens;
use crate::shapes::look;
use crate::transcript::Out;
use crate::transcript::fields::Fields;
use serde_json::Value;

impl Codex {
    /// `session_meta`: at the beginning of each file, and of what was copied into one.
    pub(super) fn meta(&mut self, out: &mut Out, file: usize, meta: &Fields<'_>) {
        let id = meta.owned("id").or_else(|| meta.owned("session_id"));
        let is_first = self.lanes.is_first_meta(file);
        if self.lanes.is_child(file) {
            self.lane_of(out, file);
            return;
        }
        if !self.open.is_begun() {
            self.open.session = self.lanes.thread().map(str::to_owned).or(id);
            self.open.cwd = meta.owned("cwd").unwrap_or_default();
            self.open.branch = meta.object("git").and_then(|git| git.owned("branch"));
            self.open.version = meta.owned("cli_version");
            self.lanes.is_one(meta.object("source").is_some_and(|source| source.raw("subagent").is_some()));
            self.open.begin(out);
            if let Some(other) = meta.owned("forked_from_id") {
                out.note(LaneId::ROOT, Notice::Info, format!("it began as a copy of the session {other}"));
            }
            return;
        }
        if let Some(place) = meta.object("history_base").and_then(|base| base.count("end_ordinal_exclusive"))
            && is_first
            && file_goes_back(meta)
        {
            return self.goes_back(out, place);
        }
        if let Some(other) = meta.owned("forked_from_id") {
            self.turn_over(out, None);
            let said = format!("from here on it is a session of its own, begun as a copy of the session {other}");
            out.note(LaneId::ROOT, Notice::Info, said);
        } else if !is_first && id.is_some() && id != self.open.session {
            let other = id.unwrap_or_default();
            out.note(LaneId::ROOT, Notice::Info, format!("what follows was written by the session {other}"));
        }
        let version = meta.owned("cli_version");
        if version.is_some() && version != self.open.version && is_first {
            self.open.version = version;
            self.open.face(out);
        }
    }

    /// `turn_context`: written before each request.
    pub(super) fn context(&mut self, out: &mut Out, lane: LaneId, context: &Fields<'_>) {
        if lane != LaneId::ROOT {
            return;
        }
        let sandbox = context.object("sandbox_policy");
        let sandbox = sandbox.and_then(|sandbox| sandbox.owned("type").or_else(|| sandbox.owned("mode")));
        let (policy, model) = (context.owned("approval_policy"), context.owned("model"));
        self.works_as(out, policy.as_deref(), sandbox.as_deref(), model.as_deref());
    }

    /// What it asks before, what holds it, and its model.
    pub(super) fn works_as(&mut self, out: &mut Out, policy: Option<&str>, sandbox: Option<&str>, model: Option<&str>) {
        if let Some(policy) = policy {
            // By the names that taut has for these pairs.
            let mode = match (policy, sandbox) {
                ("on-request", Some("read-only")) => "read-only".to_owned(),
                ("untrusted", Some("read-only")) => "untrusted".to_owned(),
                ("on-request", Some("workspace-write")) => "auto".to_owned(),
                ("never", Some("danger-full-access")) => "full-access".to_owned(),
                (policy, Some(sandbox)) => format!("{policy}, {sandbox}"),
                (policy, None) => policy.to_owned(),
            };
            self.open.mode_is(out, &mode);
            self.policy = Some(mode);
        }
        if let Some(model) = model {
            self.open.model_is(out, model);
        }
    }

    /// `token_usage_record`: what one request spent.
    pub(super) fn used(&mut self, out: &mut Out, lane: LaneId, record: &Fields<'_>) {
        let usage = record.value("usage").unwrap_or_default();
        if self.lanes.spends_by_records(lane, record.owned("response_id")) {
            self.turns.spent(tokens::spent(&usage));
        } else {
            out.again += 1;
        }
    }

    /// `token_count`: what the last request carried, and the sum of all; often written again.
    pub(super) fn counted(&mut self, out: &mut Out, lane: LaneId, info: &Value) {
        let (Some(last), Some(total)) = (info.get("last_token_usage"), info.get("total_token_usage")) else { return };
        if let Some(more) = self.lanes.spends_by_sums(lane, last, total) {
            self.turns.spent(tokens::spent(&more));
        }
        let used = last.get("total_tokens").and_then(look::count).filter(|used| *used > 0);
        let window = info.get("model_context_window").and_then(look::count).filter(|window| *window > 0);
        let usage = Usage { used, window, cost: None };
        if used.is_some() && self.lanes.carries(lane, &usage) {
            out.event(lane, Event::Used { usage });
        }
    }

    /// `compacted`: what stood before is replaced by a summary.
    pub(super) fn summary(&mut self, out: &mut Out, lane: LaneId, compacted: &Fields<'_>) {
        let text = compacted.owned("message");
        let words = self.words.of(lane);
        if text.as_deref().is_some_and(|text| words.aside.as_deref().is_some_and(|aside| text.contains(aside))) {
            words.aside = None;
        }
        words.pause();
        self.compacts(out, lane);
        self.compacted = true;
        if let Some(text) = text {
            let said = Event::Said { who: Speaker::Thought, message: Some("compaction".to_owned()), text: text.into() };
            self.tell(out, lane, said);
        }
    }

    /// It is said once more that a compaction is over, or for the first time.
    pub(super) fn compaction_said(&mut self, out: &mut Out, lane: LaneId) {
        if !std::mem::take(&mut self.compacted) {
            self.compacts(out, lane);
        }
    }

    fn compacts(&mut self, out: &mut Out, lane: LaneId) {
        let before = self.lanes.carried(lane);
        self.tell(out, lane, Event::Compacted { before, after: None });
    }

    fn tell(&mut self, out: &mut Out, lane: LaneId, event: Event) {
        if lane == LaneId::ROOT { self.held(out, event) } else { out.event(lane, event) }
    }
}

/// A segment of one conversation goes back in it; a copy of another one goes on.
fn file_goes_back(meta: &Fields<'_>) -> bool {
    meta.raw("forked_from_id").is_none()
}
