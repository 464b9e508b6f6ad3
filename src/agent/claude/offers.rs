//! What a question may be answered, in words: once, not at all, and what Claude itself suggests to allow from now on.

use super::look;
use crate::domain::{Offer, OfferKind, Topic};
use serde_json::Value;

/// Lets this call run.
pub(super) const ALLOW: &str = "allow";
/// Refuses this call.
pub(super) const DENY: &str = "deny";

/// The answers to a question: one a suggestion between *once* and *deny*.
pub(super) fn offers(topic: &Topic, suggestions: &[Value]) -> Vec<Offer> {
    let offer = |id: &str, name: String, kind| Offer { id: id.to_owned(), name, kind };
    let (allow, deny) = match topic {
        Topic::Call => (Some("Allow once"), "Deny"),
        Topic::Plan(_) => (Some("Accept the plan"), "Go on planning"),
        // Without its answers there is nothing to allow.
        Topic::Questions(_) => (None, "Don't answer"),
    };
    let mut offers: Vec<Offer> =
        allow.map(|name| offer(ALLOW, name.to_owned(), OfferKind::AllowOnce)).into_iter().collect();
    for (n, suggestion) in suggestions.iter().enumerate() {
        offers.push(offer(&id(n), name(suggestion), OfferKind::AllowAlways));
    }
    offers.push(offer(DENY, deny.to_owned(), OfferKind::RejectOnce));
    offers
}

/// The id of a suggestion's offer.
fn id(n: usize) -> String {
    format!("suggestion-{n}")
}

/// The suggestion of an offer.
pub(super) fn suggestion<'s>(suggestions: &'s [Value], offer: &str) -> Option<&'s Value> {
    suggestions.iter().enumerate().find(|(n, _)| id(*n) == offer).map(|(_, suggestion)| suggestion)
}

fn name(suggestion: &Value) -> String {
    let text = |key: &str| look::text(suggestion, key);
    let place = match text("destination") {
        Some("session") | None => "for this session".to_owned(),
        Some("localSettings") => "for this folder, in .claude/settings.local.json".to_owned(),
        Some("projectSettings") => "for the project, in .claude/settings.json".to_owned(),
        Some("userSettings") => "for you everywhere, in your settings".to_owned(),
        Some(other) => format!("in {other}"),
    };
    match text("type") {
        Some("setMode") => {
            format!("Allow, and set the mode {} {place}", text("mode").unwrap_or("?"))
        }
        Some("addRules") if matches!(text("behavior"), Some("allow") | None) => {
            let rules: Vec<String> = look::list(suggestion, "rules").iter().map(rule).collect();
            format!("Allow {} {place}", rules.join(", "))
        }
        Some("addDirectories") => {
            let folders: Vec<&str> = look::list(suggestion, "directories").iter().filter_map(Value::as_str).collect();
            format!("Allow, and let it work in {} {place}", folders.join(", "))
        }
        _ => format!("Allow, and change its rules {place}: {}", look::cut(&suggestion.to_string())),
    }
}

fn rule(rule: &Value) -> String {
    let tool = look::text(rule, "toolName").unwrap_or("?");
    match look::text(rule, "ruleContent") {
        Some(content) => format!("{tool}({content})"),
        None => format!("{tool}, whatever it does,"),
    }
}
