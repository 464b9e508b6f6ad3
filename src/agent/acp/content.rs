//! Content blocks: text, or words that say what else it is.

use super::look;
use serde_json::Value;

/// What a content block is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text.
    Text(String),
    /// Something else, in words: `image/png, 12 kB`.
    Thing(String),
    /// Nothing that we know.
    Odd,
}

/// Reads a block. A bare string is text.
pub(super) fn read(block: &Value) -> Piece {
    let say = |key: &str| look::text(block, key);
    match (block, say("type")) {
        (Value::String(text), _) => Piece::Text(text.clone()),
        (_, Some("text")) => say("text").map_or(Piece::Odd, |text| Piece::Text(text.to_owned())),
        (_, Some(kind @ ("image" | "audio"))) => {
            let what = say("mimeType").unwrap_or(kind);
            let bytes = say("data").map_or(0, |data| data.len() / 4 * 3);
            let from = say("uri").map(|uri| format!(", {uri}")).unwrap_or_default();
            Piece::Thing(format!("{what}, {}{from}", look::size(bytes)))
        }
        (_, Some("resource_link")) => {
            let name = say("title").or(say("name")).unwrap_or("a resource");
            let uri = say("uri").filter(|uri| *uri != name).map(|uri| format!(" ({uri})")).unwrap_or_default();
            let bytes = block.get("size").and_then(look::count).and_then(|size| usize::try_from(size).ok());
            Piece::Thing(format!("{name}{uri}{}", bytes.map(|n| format!(", {}", look::size(n))).unwrap_or_default()))
        }
        (_, Some("resource")) => {
            let resource = block.get("resource").unwrap_or(&Value::Null);
            let uri = look::text(resource, "uri").unwrap_or("a resource");
            let bytes = match (look::text(resource, "text"), look::text(resource, "blob")) {
                (Some(text), _) => text.len(),
                (None, Some(blob)) => blob.len() / 4 * 3,
                (None, None) => 0,
            };
            Piece::Thing(format!("{uri}, {}", look::size(bytes)))
        }
        (_, Some(_) | None) => Piece::Odd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_are_text_or_named() {
        let thing = |block: Value| read(&block);
        assert_eq!(thing(json!({"type": "text", "text": "hi"})), Piece::Text("hi".into()));
        assert_eq!(thing(json!("hi")), Piece::Text("hi".into()));
        let image = json!({"type": "image", "mimeType": "image/png", "data": "A".repeat(16_000)});
        assert_eq!(thing(image), Piece::Thing("image/png, 12 kB".into()));
        let link = json!({"type": "resource_link", "name": "a.md", "uri": "file:///a.md", "size": 3});
        assert_eq!(thing(link), Piece::Thing("a.md (file:///a.md), 3 B".into()));
        let resource = json!({"type": "resource", "resource": {"uri": "file:///b", "text": "abc"}});
        assert_eq!(thing(resource), Piece::Thing("file:///b, 3 B".into()));
        for odd in [json!(null), json!(3), json!({}), json!({"type": "text"}), json!({"type": "hologram"})] {
            assert_eq!(thing(odd), Piece::Odd);
        }
    }
}
