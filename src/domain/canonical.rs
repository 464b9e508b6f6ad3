//! Arguments as they are meant: the same for every order of keys and every use of blanks.

use super::Digest;
use serde_json::Value;
use std::collections::BTreeMap;

/// The digest of arguments that does not depend on the order of keys or on blanks.
#[must_use]
pub fn canonical(args: &str) -> Digest {
    match serde_json::from_str::<Value>(args) {
        Ok(value) => Digest::of(sorted(value).to_string().as_bytes()),
        Err(_) => Digest::of(args.as_bytes()),
    }
}

/// The value with the keys of every object in order. The depth is bounded by the parser that made the value.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let ordered: BTreeMap<String, Value> = fields.into_iter().collect();
            Value::Object(ordered.into_iter().map(|(name, field)| (name, sorted(field))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}
