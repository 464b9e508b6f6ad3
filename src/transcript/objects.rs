//! The objects of a line. It mostly holds one; where an end of line was lost there are two, and both count.

use super::fields::Fields;
use super::{Line, LineText, Out};
use crate::domain::LaneId;

/// Hands over every object of a line, with its text; says what of the line is none.
pub(super) fn each(out: &mut Out, line: Line<'_>, each: &mut dyn FnMut(&mut Out, &Fields<'_>, &str)) {
    match line.text {
        LineText::Bytes(b"") => {}
        LineText::Bytes(bytes) => {
            // Nearly every line is text: to see that is much quicker than to look for what is not.
            let Ok(text) = std::str::from_utf8(bytes) else {
                of_text(out, &String::from_utf8_lossy(bytes), each);
                return out.damaged("bytes that are no text; each stands as a mark", "");
            };
            of_text(out, text, each);
        }
        LineText::TooLong(length) => {
            out.damaged(format!("{length} bytes on one line: it was passed over"), "");
        }
    }
}

fn of_text(out: &mut Out, text: &str, each: &mut dyn FnMut(&mut Out, &Fields<'_>, &str)) {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Fields<'_>>();
    loop {
        let from = objects.byte_offset();
        let raw = |to: usize| text.get(from..to).unwrap_or_default();
        match objects.next() {
            None => return,
            Some(Ok(fields)) => each(out, &fields, raw(objects.byte_offset())),
            Some(Err(error)) if error.is_data() => {
                return out.unrecognised(LaneId::ROOT, "JSON that is no object", raw(text.len()));
            }
            Some(Err(error)) => {
                let why = if error.is_eof() { "it ends in its middle" } else { "it is no JSON" };
                return out.damaged(format!("{why}, at column {}", error.column()), raw(text.len()));
            }
        }
    }
}
