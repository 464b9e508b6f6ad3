//! A JSON object whose fields are found and not read: what nobody asks for costs no more than being passed over.

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
        let raw = self.raw(name).filter(|raw| raw.starts_with('{'))?;
        serde_json::from_str(raw).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
