//! What a request of codex may be answered: each offer with the very result that is sent for it.

use crate::agent::look;
use crate::domain::{Offer, OfferKind};
use serde_json::{Map, Value, json};

/// Offers with their answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Offers {
    all: Vec<(Offer, Value)>,
    /// What is sent where none of them is chosen.
    none: Value,
}

impl Offers {
    fn with(mut self, id: &str, name: impl Into<String>, kind: OfferKind, result: Value) -> Self {
        self.all.push((Offer { id: id.to_owned(), name: name.into(), kind }, result));
        self
    }

    /// What is shown.
    pub(super) fn shown(&self) -> Vec<Offer> {
        self.all.iter().map(|(offer, _)| offer.clone()).collect()
    }

    /// What is sent for an offer; nothing for one that was not made.
    pub(super) fn result(&self, id: &str) -> Option<Value> {
        self.all.iter().find(|(offer, _)| offer.id == id).map(|(_, result)| result.clone())
    }

    /// What is sent where the turn shall end with it.
    pub(super) fn none(&self) -> Value {
        self.none.clone()
    }

    /// Whether an offer lets more than one call run.
    pub(super) fn is_lasting(&self, id: &str) -> bool {
        self.all.iter().any(|(offer, _)| offer.id == id && offer.kind == OfferKind::AllowAlways)
    }

    /// What is sent to refuse.
    pub(super) fn refusal(&self) -> Value {
        let refuses = |(offer, _): &&(Offer, Value)| offer.kind == OfferKind::RejectOnce;
        self.all.iter().find(refuses).map_or_else(|| self.none.clone(), |(_, result)| result.clone())
    }
}

fn decision(word: &str) -> Value {
    json!({"decision": word})
}

fn plain() -> Offers {
    Offers { all: vec![], none: decision("cancel") }.with("accept", "Allow", OfferKind::AllowOnce, decision("accept"))
}

/// A command. What codex lists as available is less than it takes: `decline` and `acceptForSession` always work.
pub(super) fn command(params: &Value) -> Offers {
    let mut offers = plain().with(
        "acceptForSession",
        "This agent's own: this very command for the rest of its session",
        OfferKind::AllowAlways,
        decision("acceptForSession"),
    );
    let listed = look::list(params, "availableDecisions");
    let amendment = |one: &Value| look::at(one, &["acceptWithExecpolicyAmendment", "execpolicy_amendment"]).cloned();
    let proposed = params.get("proposedExecpolicyAmendment").filter(|value| value.is_array()).cloned();
    let mut amendments: Vec<Value> = listed.iter().filter_map(amendment).collect();
    amendments.extend(proposed.filter(|one| !amendments.contains(one)));
    for (n, words) in amendments.into_iter().enumerate() {
        let name = format!("This agent's own, for ever: commands beginning with `{}`", line_of(&words));
        let result = json!({"decision": {"acceptWithExecpolicyAmendment": {"execpolicy_amendment": words}}});
        offers = offers.with(&format!("amend-{n}"), name, OfferKind::AllowAlways, result);
    }
    let network = |one: &Value| look::at(one, &["applyNetworkPolicyAmendment", "network_policy_amendment"]).cloned();
    let mut hosts: Vec<Value> = listed.iter().filter_map(network).collect();
    let more = look::list(params, "proposedNetworkPolicyAmendments").iter();
    hosts.extend(more.filter(|one| !hosts.contains(one)).cloned().collect::<Vec<_>>());
    for (n, host) in hosts.into_iter().enumerate() {
        let (name, allows) = (look::text(&host, "host").unwrap_or("a host"), look::text(&host, "action"));
        let (words, kind) = match allows {
            Some("allow") => (format!("This agent's own, for ever: reach {name}"), OfferKind::AllowAlways),
            Some("deny") => (format!("This agent's own, for ever: never reach {name}"), OfferKind::RejectAlways),
            Some(_) | None => (format!("This agent's own: {name}"), OfferKind::Unknown),
        };
        let result = json!({"decision": {"applyNetworkPolicyAmendment": {"network_policy_amendment": host}}});
        offers = offers.with(&format!("network-{n}"), words, kind, result);
    }
    offers.with("decline", "Deny", OfferKind::RejectOnce, decision("decline"))
}

/// A text for a command that runs. It takes an allowance for its session as well, and then asks about the next one all the
/// same: that is not offered.
pub(super) fn typing(params: &Value) -> Offers {
    let all = command(params).all.into_iter().filter(|(offer, _)| offer.id != "acceptForSession");
    Offers { all: all.collect(), none: decision("cancel") }
}

/// A file change.
pub(super) fn files() -> Offers {
    plain()
        .with(
            "acceptForSession",
            "This agent's own: changes of these files for the rest of its session",
            OfferKind::AllowAlways,
            decision("acceptForSession"),
        )
        .with("decline", "Deny", OfferKind::RejectOnce, decision("decline"))
}

/// More permissions: what is granted is exactly what was asked for, or nothing.
pub(super) fn permissions(params: &Value) -> Offers {
    let asked = params.get("permissions").unwrap_or(&Value::Null);
    let mut granted = json!({});
    for key in ["network", "fileSystem"] {
        if let Some(part) = asked.get(key).filter(|part| !part.is_null()) {
            granted[key] = part.clone();
        }
    }
    let answer = |permissions: Value, scope: &str| json!({"permissions": permissions, "scope": scope});
    Offers { all: vec![], none: answer(json!({}), "turn") }
        .with("turn", "Grant it for this turn", OfferKind::AllowOnce, answer(granted.clone(), "turn"))
        .with(
            "session",
            "This agent's own: for the rest of its session",
            OfferKind::AllowAlways,
            answer(granted, "session"),
        )
        .with("none", "Grant nothing", OfferKind::RejectOnce, answer(json!({}), "turn"))
}

/// Questions: answered by words, not by offers, or not at all.
pub(super) fn questions() -> Offers {
    let nothing = json!({"answers": {}});
    Offers { all: vec![], none: nothing.clone() }.with("none", "Don't answer", OfferKind::RejectOnce, nothing)
}

/// A call of an MCP server's tool. What it keeps of an answer goes beside that.
pub(super) fn mcp_call(params: &Value) -> Offers {
    let accept = |meta: Value| json!({"action": "accept", "content": {}, "_meta": meta});
    let refuse = |action: &str| json!({"action": action, "content": null, "_meta": null});
    let offers = Offers { all: vec![], none: refuse("cancel") };
    let mut offers = offers.with("accept", "Allow", OfferKind::AllowOnce, accept(Value::Null));
    for word in look::at(params, &["_meta", "persist"]).and_then(Value::as_array).into_iter().flatten() {
        let name = match word.as_str() {
            Some("session") => "This agent's own: this tool for the rest of its session",
            Some("always") => "This agent's own, for ever: this tool",
            Some(_) | None => continue,
        };
        let id = format!("persist-{}", word.as_str().unwrap_or_default());
        offers = offers.with(&id, name, OfferKind::AllowAlways, accept(json!({"persist": word})));
    }
    offers.with("decline", "Deny", OfferKind::RejectOnce, refuse("decline"))
}

/// A question of an MCP server. Accepted as it is only where it wants nothing to be filled in.
pub(super) fn elicitation(params: &Value) -> Offers {
    let answer = |action: &str, content: Value| json!({"action": action, "content": content, "_meta": null});
    let offers = Offers { all: vec![], none: answer("cancel", Value::Null) };
    let fields = look::at(params, &["requestedSchema", "properties"]).and_then(Value::as_object);
    let offers = if fields.is_none_or(Map::is_empty) {
        let content = if look::text(params, "mode") == Some("url") { Value::Null } else { json!({}) };
        offers.with("accept", "Accept", OfferKind::AllowOnce, answer("accept", content))
    } else {
        offers
    };
    offers.with("decline", "Decline", OfferKind::RejectOnce, answer("decline", Value::Null))
}

fn line_of(words: &Value) -> String {
    let list = words.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_may_be_declined_though_codex_does_not_list_it() {
        let params = json!({"availableDecisions": ["accept", {"acceptWithExecpolicyAmendment":
            {"execpolicy_amendment": ["git", "push"]}}, "cancel"], "proposedExecpolicyAmendment": ["git", "push"]});
        let offers = command(&params);
        let shown: Vec<_> = offers.shown().into_iter().map(|offer| (offer.id, offer.name)).collect();
        assert_eq!(shown.len(), 4, "{shown:?}");
        assert_eq!(shown[2].1, "This agent's own, for ever: commands beginning with `git push`");
        assert_eq!(offers.result("decline"), Some(json!({"decision": "decline"})));
        assert_eq!(offers.none(), json!({"decision": "cancel"}));
        assert_eq!(offers.result("amend-1"), None);
        let amend = json!({"decision": {"acceptWithExecpolicyAmendment": {"execpolicy_amendment": ["git", "push"]}}});
        assert_eq!(offers.result("amend-0"), Some(amend));
    }

    #[test]
    fn a_host_can_be_refused_for_ever_and_permissions_are_those_asked_for() {
        let params = json!({"proposedNetworkPolicyAmendments":
            [{"host": "a.b", "action": "allow"}, {"host": "a.b", "action": "deny"}, {"host": "c", "action": "hm"}]});
        let kinds: Vec<_> = command(&params).shown().into_iter().map(|offer| offer.kind).collect();
        assert_eq!(kinds[2..5], [OfferKind::AllowAlways, OfferKind::RejectAlways, OfferKind::Unknown]);
        let asked = json!({"permissions": {"network": {"enabled": true}, "fileSystem": null}});
        let granted = permissions(&asked).result("turn");
        assert_eq!(granted, Some(json!({"permissions": {"network": {"enabled": true}}, "scope": "turn"})));
        assert_eq!(permissions(&asked).refusal(), json!({"permissions": {}, "scope": "turn"}));
        let form = json!({"mode": "form", "requestedSchema": {"properties": {"a": {}}}});
        assert_eq!(elicitation(&form).shown().len(), 1, "a form that wants something can't be accepted empty");
    }
}
