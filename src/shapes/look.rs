//! Reading JSON that may be anything: every look gives something or nothing, never an error.

use crate::domain::Digest;
use serde_json::Value;
use std::fmt::Write;

/// The longest piece of a frame that is shown where the frame was not understood.
pub const RAW_MAX: usize = 4000;

/// The text under a key.
#[must_use]
pub fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

/// The first text under any of these keys.
#[must_use]
pub fn first_text<'v>(value: &'v Value, keys: &[&str]) -> Option<&'v str> {
    keys.iter().find_map(|key| text(value, key))
}

/// An owned text under a key, where it is not empty.
#[must_use]
pub fn owned(value: &Value, key: &str) -> Option<String> {
    text(value, key).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// What stands at the end of a path of keys.
#[must_use]
pub fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// The list under a key; nothing where there is none.
#[must_use]
pub fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether a capability is there: `true`, or an object (`{}` means yes).
#[must_use]
pub fn offered(value: &Value, path: &[&str]) -> bool {
    match at(value, path) {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::Object(_)) => true,
        Some(Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_)) | None => false,
    }
}

/// A whole number, also where it is written as `12.0`. Nothing for what is negative or has a fraction.
#[must_use]
pub fn count(value: &Value) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked: whole, not negative, below 2^53"
    )]
    let whole =
        |float: f64| (float.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&float)).then_some(float as u64);
    value.as_u64().or_else(|| value.as_f64().and_then(whole))
}

/// JSON text with sorted keys and no spaces: equal values have equal texts.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (n, (key, value)) in keys.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                // A string always has a JSON text, and writing to a String can't fail.
                let _ = write!(out, "{}:", Value::from(key.as_str()));
                write_canonical(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = write!(out, "{value}");
        }
    }
}

/// The text, or its beginning with its length said.
#[must_use]
pub fn cut(text: &str) -> String {
    if text.len() <= RAW_MAX {
        return text.to_owned();
    }
    let end = (0..=RAW_MAX).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    format!("{}… ({} bytes in all)", &text[..end], text.len())
}

/// The digest of a text, for telling whether something changed without keeping it.
#[must_use]
pub fn print_of(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

/// Bytes in words: `12 kB`.
#[must_use]
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{} MB", bytes.div_ceil(1_000_000)),
    }
}

/// A call with more bytes than this is heavy: of those that are over, only the newest one is remembered.
pub const HEAVY: usize = 1 << 20;

/// About how many bytes a value holds.
#[must_use]
pub fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields.iter().map(|(key, value)| key.len() + weight(value)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn canonical_text_does_not_depend_on_the_order_of_keys() {
        let one: Value = serde_json::from_str(r#"{"b":[1,{"z":null,"a":"x\"y"}],"a":true}"#).unwrap();
        let two: Value = serde_json::from_str(r#"{"a":true, "b":[1, {"a":"x\"y","z":null}]}"#).unwrap();
        assert_eq!(canonical(&one), canonical(&two));
        assert_eq!(canonical(&one), r#"{"a":true,"b":[1,{"a":"x\"y","z":null}]}"#);
    }

    #[test]
    fn numbers_that_are_no_counts_are_nothing() {
        assert_eq!(count(&json!(12)), Some(12));
        assert_eq!(count(&json!(12.0)), Some(12));
        for odd in [json!(-1), json!(1.5), json!(-0.5), json!(1e300), json!("12"), json!(null)] {
            assert_eq!(count(&odd), None, "{odd}");
        }
    }

    #[test]
    fn what_is_cut_says_its_length() {
        let long = "é".repeat(RAW_MAX);
        let cut = cut(&long);
        assert!(cut.len() < RAW_MAX + 40);
        assert!(cut.ends_with("(8000 bytes in all)"), "{}", &cut[RAW_MAX - 10..]);
    }
}
