//! Arguments as they are meant: the same for every order of keys and every use of blanks.

use super::Digest;
use serde_json::Value;

/// The digest of arguments that does not depend on the order of keys or on blanks.
#[must_use]
pub fn canonical(args: &str) -> Digest {
    match serde_json::from_str::<Value>(args) {
        Ok(mut value) => {
            value.sort_all_objects();
            // A tree of strings and numbers: writing it cannot fail.
            Digest::of(&serde_json::to_vec(&value).unwrap_or_default())
        }
        Err(_) => Digest::of(args.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_and_blanks_say_nothing_and_all_else_does() {
        let meant = Digest::of(br#"{"a":[{"c":1.5,"d":"x\"\n"},null],"b":{"e":true,"f":-2}}"#);
        let same = [
            r#"{"a":[{"c":1.5,"d":"x\"\n"},null],"b":{"e":true,"f":-2}}"#,
            r#" { "b" : {"f": -2, "e": true}, "a": [ {"d":"x\u0022\u000a","c":1.5}, null ] } "#,
        ];
        assert_eq!(same.map(canonical), [meant; 2]);
        assert_ne!(canonical(r#"{"a":[null,{"c":1.5,"d":"x\"\n"}],"b":{"e":true,"f":-2}}"#), meant);
        assert_eq!(canonical("{no json "), Digest::of(b"{no json "));
    }
}
