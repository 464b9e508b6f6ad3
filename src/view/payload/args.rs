//! A call's arguments as JSON that can be read: every key and every value, but what is shown already.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The arguments without what is shown elsewhere word for word, as lines; `None` where nothing is left.
///
/// Works on the text and not on values, so that a key that is given twice is shown twice and a number as it was written.
/// What is no JSON is shown as it is.
pub(super) fn rest(source: &str, is_shown: &dyn Fn(&str) -> bool) -> Option<String> {
    let Ok(whole) = serde_json::from_str::<&RawValue>(source) else {
        return Some(source.to_owned()).filter(|text| !text.trim().is_empty());
    };
    let Ok(Pairs(pairs)) = serde_json::from_str::<Pairs<'_>>(whole.get()) else {
        let nothing = matches!(whole.get(), "null" | "[]" | "\"\"");
        return (!nothing && !all_shown(whole.get(), is_shown)).then(|| pretty(whole.get()));
    };
    let left: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !all_shown(value.get(), is_shown))
        .map(|(key, value)| format!("{}:{}", serde_json::Value::from(key.as_str()), value.get()))
        .collect();
    (!left.is_empty()).then(|| pretty(&format!("{{{}}}", left.join(","))))
}

/// The arguments without one of them; `None` where they are no object that can be read.
pub(super) fn without(source: &str, name: &str) -> Option<String> {
    let Pairs(pairs) = serde_json::from_str::<Pairs<'_>>(source).ok()?;
    let left = pairs.iter().filter(|(key, _)| key != name);
    let left = left.map(|(key, value)| format!("{}:{}", serde_json::Value::from(key.as_str()), value.get()));
    Some(format!("{{{}}}", left.collect::<Vec<_>>().join(",")))
}

/// True where a value consists of nothing but texts that are shown.
fn all_shown(value: &str, is_shown: &dyn Fn(&str) -> bool) -> bool {
    if let Ok(text) = serde_json::from_str::<String>(value) {
        return is_shown(&text);
    }
    if let Ok(Pairs(pairs)) = serde_json::from_str::<Pairs<'_>>(value) {
        return !pairs.is_empty() && pairs.iter().all(|(_, value)| all_shown(value.get(), is_shown));
    }
    match serde_json::from_str::<Vec<&RawValue>>(value) {
        Ok(items) => !items.is_empty() && items.iter().all(|item| all_shown(item.get(), is_shown)),
        Err(_) => false,
    }
}

/// An object as it was written: in order, and with keys that stand twice.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Each).map(Pairs)
    }
}

/// JSON with a line for every value. Blanks between values go; everything else stays as it was written.
fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if in_text {
            out.push(c);
            (escaped, in_text) = (!escaped && c == '\\', escaped || c != '"');
            continue;
        }
        match c {
            ' ' | '\t' | '\n' | '\r' => {}
            '{' | '[' => {
                out.push(c);
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(end) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                out.push(c);
                in_text = c == '"';
            }
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn left(source: &str, shown: &[&str]) -> Option<String> {
        rest(source, &|text| shown.contains(&text))
    }

    #[test]
    fn what_is_shown_already_is_left_out() {
        assert_eq!(left(r#"{"command":"ls","cwd":"/w"}"#, &["ls", "/w"]), None);
        assert_eq!(
            left(r#"{"command":"ls","timeout":1e3,"env":{"A":"1"}}"#, &["ls"]).as_deref(),
            Some("{\n  \"timeout\": 1e3,\n  \"env\": {\n    \"A\": \"1\"\n  }\n}")
        );
        assert_eq!(left(r#"{"edits":[{"old":"a","new":"b"}]}"#, &["a", "b"]), None);
        assert!(left(r#"{"edits":[{"old":"a","new":"c"}]}"#, &["a", "b"]).is_some());
        assert_eq!(left("{}", &[]), None);
        assert_eq!(left("", &[]), None);
    }

    #[test]
    fn a_key_that_stands_twice_is_shown_twice() {
        let shown = left(r#"{"command":"rm -rf /","command":"ls"}"#, &["ls"]).unwrap();
        assert!(shown.contains("rm -rf /") && !shown.contains("\"ls\""), "{shown}");
        let nested = left(r#"{"o":{"c":"rm","c":"ls"}}"#, &["ls"]).unwrap();
        assert!(nested.contains("rm") && nested.contains("ls"), "{nested}");
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_is() {
        assert_eq!(left("{not json", &[]).as_deref(), Some("{not json"));
        assert_eq!(left("[1, 2]", &[]).as_deref(), Some("[\n  1,\n  2\n]"));
        assert_eq!(left(r#""say \"hi\"""#, &[]).as_deref(), Some(r#""say \"hi\"""#));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn nothing_is_lost_by_making_it_readable(source in "(\\{|\\}|\\[|\\]|\"|:|,|a|\\\\| |1|\\PC){0,40}") {
            let _ = rest(&source, &|_| false);
            if let Ok(value) = serde_json::from_str::<serde_json::Value>(&source) {
                prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&pretty(&source)).unwrap(), value);
            }
        }

        #[test]
        fn objects_come_back(keys in prop::collection::btree_map("\\PC{0,6}", "\\PC{0,9}|[\\\\\"{}:, ]{0,9}", 1..6)) {
            let source = serde_json::to_string(&keys).unwrap();
            let shown = rest(&source, &|_| false).unwrap();
            prop_assert_eq!(serde_json::from_str::<std::collections::BTreeMap<String, String>>(&shown).unwrap(), keys);
        }
    }
}
