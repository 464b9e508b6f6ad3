//! One turn: what can be said and shown in it. Everything that takes time listens to the client.

use super::agent::{Agent, Session, Step, WINDOW};
use serde_json::{Value, json};
use std::path::PathBuf;

/// A turn of one session.
pub(super) struct Turn<'a> {
    pub(super) agent: &'a mut Agent,
    name: String,
    /// The call of the subagent that acts now.
    pub(super) lane: Option<String>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(agent: &'a mut Agent, name: String) -> Self {
        Self { agent, name, lane: None }
    }

    /// The session it belongs to.
    pub(super) fn session(&mut self) -> &mut Session {
        self.agent.sessions.entry(self.name.clone()).or_default()
    }

    pub(super) fn session_name(&self) -> &str {
        &self.name
    }

    /// A file of the workspace.
    pub(super) fn path(&mut self, name: &str) -> PathBuf {
        self.session().cwd.join(name)
    }

    /// What every turn begins with.
    pub(super) fn begin(&mut self, prompt: &str) -> Step {
        if self.session().turns == 1 {
            let title: String = prompt.lines().next().unwrap_or_default().chars().take(60).collect();
            self.update(json!({"sessionUpdate": "session_info_update", "title": title}));
        }
        self.spend(600)
    }

    /// Tells the client something about the session, in the lane that acts now.
    pub(super) fn update(&mut self, mut update: Value) {
        if let Some(lane) = &self.lane {
            update["_meta"]["claudeCode"]["parentToolUseId"] = json!(lane);
        }
        self.agent.out.notify("session/update", &json!({"sessionId": self.name, "update": update}));
    }

    /// Waits as long as a chunk takes.
    pub(super) fn pause(&mut self) -> Step {
        self.agent.listen(self.agent.pace)
    }

    /// Waits as long as a thought takes.
    pub(super) fn ponder(&mut self) -> Step {
        self.agent.listen(self.agent.pace * 12)
    }

    pub(super) fn say(&mut self, words: &str) -> Step {
        self.speak("agent_message_chunk", words)
    }

    pub(super) fn think(&mut self, words: &str) -> Step {
        self.speak("agent_thought_chunk", words)
    }

    /// Streams a text in pieces of a few words.
    fn speak(&mut self, kind: &str, words: &str) -> Step {
        self.session().messages += 1;
        let message = format!("message-{}", self.session().messages);
        let mut rest = words;
        while !rest.is_empty() {
            let end = rest.match_indices([' ', '\n']).nth(2).map_or(rest.len(), |(at, _)| at + 1);
            let (piece, after) = rest.split_at(end);
            self.update(json!({
                "sessionUpdate": kind, "messageId": message, "content": {"type": "text", "text": piece},
            }));
            self.pause()?;
            rest = after;
        }
        Ok(())
    }

    /// Shows the plan with so many of its lines done, and the next being done.
    pub(super) fn plan(&mut self, lines: &[&str], done: usize) -> Step {
        let status = |n: usize| match n.cmp(&done) {
            std::cmp::Ordering::Less => "completed",
            std::cmp::Ordering::Equal => "in_progress",
            std::cmp::Ordering::Greater => "pending",
        };
        let entry = |(n, line): (usize, &&str)| json!({"content": line, "priority": "medium", "status": status(n)});
        let entries: Vec<Value> = lines.iter().enumerate().map(entry).collect();
        self.update(json!({"sessionUpdate": "plan", "entries": entries}));
        self.pause()
    }

    /// Takes tokens into the window, and tells of it.
    pub(super) fn spend(&mut self, tokens: u64) -> Step {
        let session = self.session();
        session.used += tokens;
        session.paid += tokens;
        self.meter()
    }

    /// Compacts the conversation: the window empties, the cost stays.
    pub(super) fn compact(&mut self, summary: &str) -> Step {
        let turns = self.session().turns;
        let update = |status: &str| {
            json!({
                "sessionUpdate": "compaction_update", "compactionId": format!("compaction-{turns}"), "status": status,
            })
        };
        self.update(update("in_progress"));
        self.ponder()?;
        let mut done = update("completed");
        done["summary"] = json!([{"type": "text", "text": summary}]);
        self.update(done);
        self.session().used = 21_300;
        self.meter()
    }

    fn meter(&mut self) -> Step {
        let (used, paid) = (self.session().used, self.session().paid);
        // Three dollars a million tokens. Whole thousandths of a cent, so that the sum is the same everywhere.
        let micros = u32::try_from(paid * 3).unwrap_or(u32::MAX);
        let cost = json!({"amount": f64::from(micros) / 1e6, "currency": "USD"});
        let update = json!({"sessionUpdate": "usage_update", "used": used.min(WINDOW), "size": WINDOW, "cost": cost});
        // The meter is the session's, whoever acts.
        self.agent.out.notify("session/update", &json!({"sessionId": self.name, "update": update}));
        self.pause()
    }
}
