//! A JSON object whose fields are found and not read: what nobody asks for costs no more than being passed over. Only the
//! outermost object is looked at for being JSON at all; what stands in it is known to be from then on.

use crate::shapes::look;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The fields of an object, as they stand. Of two with one name the last one counts.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    all: Vec<(Cow<'a, str>, &'a str)>,
}

#[derive(Deserialize)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    /// What stands under a name, unread.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        let found = self.all.iter().rev().find(|(other, _)| other == name)?;
        (found.1 != "null").then_some(found.1)
    }

    /// The object under a name.
    pub(super) fn object(&self, name: &str) -> Option<Fields<'a>> {
        within(self.raw(name)?)
    }

    /// The text under a name.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        word(self.raw(name)?)
    }

    /// The text under a name, where it is not empty.
    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty()).map(Cow::into_owned)
    }

    /// Whether `true` stands under a name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|raw| raw == "true")
    }

    /// The whole number under a name.
    pub(super) fn count(&self, name: &str) -> Option<u64> {
        self.value(name).as_ref().and_then(look::count)
    }

    /// What stands under a name, read.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        self.raw(name).and_then(|raw| serde_json::from_str(raw).ok())
    }

    /// An object of some of the fields, read.
    pub(super) fn some(&self, names: &[&str]) -> Value {
        let pair = |name: &&str| Some(((*name).to_owned(), self.value(name)?));
        Value::Object(names.iter().filter_map(pair).collect())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::with_capacity(16);
                while let Some(Word(name)) = map.next_key()? {
                    all.push((name, map.next_value::<&RawValue>()?.get()));
                }
                Ok(Fields { all })
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// The text that a JSON string says.
fn word(raw: &str) -> Option<Cow<'_, str>> {
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inside));
    }
    serde_json::from_str::<Word<'_>>(raw).ok().map(|word| word.0)
}

/// The fields of what is known to be JSON, where it is an object. Nothing is looked at but where each of them ends.
fn within(object: &str) -> Option<Fields<'_>> {
    let bytes = object.as_bytes();
    let mut all = Vec::with_capacity(16);
    let mut at = blank_end(bytes, object.starts_with('{').then_some(1)?);
    while bytes.get(at)? != &b'}' {
        let name = at..string_end(bytes, at)?;
        // Behind its colon.
        let from = blank_end(bytes, blank_end(bytes, name.end) + 1);
        let to = value_end(bytes, from)?;
        all.push((word(object.get(name)?)?, object.get(from..to)?));
        at = blank_end(bytes, to);
        if bytes.get(at) == Some(&b',') {
            at = blank_end(bytes, at + 1);
        }
    }
    Some(Fields { all })
}

fn blank_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at)? == &b'"' {
            return Some(at + 1);
        }
        // What stands behind the mark belongs to it.
        at += 2;
    }
}

fn value_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        at = match bytes.get(at)? {
            b'"' => string_end(bytes, at)?,
            b'{' | b'[' => {
                depth += 1;
                at + 1
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at + 1
            }
            _ if depth == 0 => {
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
                let rest = bytes.get(at..)?;
                return Some(at + rest.iter().position(ends).unwrap_or(rest.len()));
            }
            _ => at + 1,
        };
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_found_whatever_stands_in_them() {
        let text = r#"{"a":"x\n","b":{"c":[1,2]},"d":true,"n":3.0,"z":null,"a":"last"}"#;
        let fields: Fields<'_> = serde_json::from_str(text).unwrap();
        assert_eq!(fields.text("a").as_deref(), Some("last"));
        assert_eq!(fields.object("b").unwrap().value("c"), Some(serde_json::json!([1, 2])));
        assert!(fields.is("d") && !fields.is("a"));
        assert_eq!((fields.count("n"), fields.count("d")), (Some(3), None));
        assert!(fields.raw("z").is_none() && fields.object("a").is_none());
        assert_eq!(fields.some(&["n", "none"]), serde_json::json!({"n": 3.0}));
        assert!(serde_json::from_str::<Fields<'_>>("[1]").is_err());
    }

    /// Values of every kind, with what could be taken for the end of one.
    fn value() -> impl Strategy<Value = serde_json::Value> {
        let text = "[a\\\\\"{}\\[\\],: é\n]{0,8}";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f32>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            let fields = prop::collection::vec((text, inner.clone()), 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..5).prop_map(Value::from),
                fields.prop_map(|all| Value::Object(all.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn fields_within_are_those_that_a_parser_finds(value in value(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let parsed = serde_json::from_str::<Fields<'_>>(&text).ok().map(|fields| fields.all);
            prop_assert_eq!(within(&text).map(|fields| fields.all), parsed);
        }

        #[test]
        fn what_is_no_json_is_no_panic(text in "[a\\\\\"{}\\[\\],: é\n]{0,40}") {
            let _ = within(&text);
            let _ = word(&text);
        }
    }
}
