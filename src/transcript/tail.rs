//! The end of a long transcript, read before all of it was: what stands there can be shown at once, as what it is. How much
//! came before, and what it came to, is not known until then.

use super::file::{self, Ends};
use super::{Format, Lines, Out, Stamp, Told};
use crate::domain::{Event, LaneId, Notice, Record, SessionId};
use crate::text::human;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Result, Seek, SeekFrom};
use std::path::Path;

/// A longer first line is not looked at: it says who the session is, and no more.
const HEAD: u64 = 256 << 10;

/// Tells what the last bytes of a file say, at most so many, from the beginning of a line on; how many that are. Nothing where
/// no line begins in them.
///
/// # Errors
/// It can't be read.
pub fn tail(
    path: &Path,
    format: &dyn Format,
    (session, ends): (SessionId, Ends),
    most: u64,
    each: &mut dyn FnMut(Record),
) -> Result<Option<u64>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    // The byte before says whether a line begins there.
    let from = length.saturating_sub(most + 1);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.by_ref().take(most + 1).read_to_end(&mut bytes)?;
    let begins = memchr::memchr(b'\n', &bytes).map(|end| end + 1).filter(|_| from > 0);
    let Some(last) = begins.and_then(|at| bytes.get(at..)).filter(|last| !last.is_empty()) else { return Ok(None) };
    let mut told = told(path, format, &[last], ends);
    let is_known = told.iter().any(|told| matches!(&told.event, Event::SessionStarted { cwd, .. } if !cwd.is_empty()));
    if !is_known {
        // Some say who they are in their first line only.
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        BufReader::new(file.take(HEAD)).read_until(b'\n', &mut head)?;
        told = self::told(path, format, &[&head, last], ends);
    }
    let read = last.len() as u64;
    let words = format!(
        "only the last {} of {} are read so far: what stands before comes as soon as all of it is",
        human::bytes(read),
        human::bytes(length)
    );
    let said_at = told.iter().find_map(|told| told.said_at);
    let note = Event::Noted { level: Notice::Info, text: words.into() };
    let mut stamp = Stamp::for_session(session);
    each(stamp.record(Told { lane: LaneId::ROOT, said_at, written: None, event: note }));
    told.into_iter().for_each(|told| each(stamp.record(told)));
    Ok(Some(read))
}

fn told(path: &Path, format: &dyn Format, pieces: &[&[u8]], ends: Ends) -> Vec<Told> {
    let mut reader = format.reader(&file::name(path), &[]);
    let (mut lines, mut out) = (Lines::default(), Out::unnumbered());
    for piece in pieces {
        lines.take(piece, &mut |line| reader.line(0, line, &mut out));
    }
    if ends == Ends::Over {
        lines.end(&mut |line| reader.line(0, line, &mut out));
        reader.end(&mut out);
    }
    out.told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{claude::ClaudeCode, codex::CodexRollout};

    fn line(n: u32) -> String {
        format!(
            concat!(
                r#"{{"type":"user","uuid":"u{n}","parentUuid":null,"sessionId":"s","cwd":"/w","#,
                r#""timestamp":"2026-01-02T03:04:{n:02}Z","message":{{"role":"user","content":"prompt {n}"}}}}"#,
                "\n"
            ),
            n = n
        )
    }

    fn of(format: &dyn Format, text: &str, most: u64) -> (Option<u64>, Vec<Event>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.jsonl");
        std::fs::write(&path, text).unwrap();
        let mut all = Vec::new();
        let read = tail(&path, format, (SessionId(7), Ends::Over), most, &mut |record| all.push(record.event)).unwrap();
        (read, all)
    }

    fn prompts(events: &[Event]) -> Vec<&str> {
        fn of(event: &Event) -> Option<&str> {
            if let Event::PromptSent { text, .. } = event { text.inline() } else { None }
        }
        events.iter().filter_map(of).collect()
    }

    #[test]
    fn whole_lines_of_the_end_are_told_and_that_they_are_not_all() {
        let text: String = (10..40).map(line).collect();
        let one = line(10).len() as u64;
        // To the byte, one less, one more.
        for (most, lines) in [(3 * one, 3), (3 * one - 1, 2), (3 * one + 1, 3)] {
            let (read, events) = of(&ClaudeCode, &text, most);
            assert_eq!(read, Some(lines * one));
            assert_eq!(prompts(&events).len() as u64, lines);
            assert_eq!(prompts(&events).last(), Some(&"prompt 39"));
            let Event::Noted { text, .. } = &events[0] else { panic!("{events:?}") };
            assert!(text.inline().unwrap().starts_with("only the last "), "{text:?}");
        }
        assert_eq!(of(&ClaudeCode, &text, one - 2), (None, Vec::new()), "no line begins there");
        assert_eq!(of(&ClaudeCode, &text, 1 << 20), (None, Vec::new()), "that is all of it");
    }

    #[test]
    fn a_damaged_line_of_the_end_has_no_number() {
        let (_, events) = of(&ClaudeCode, &(line(10) + &line(11) + "{\"type\":\n" + &line(12)), 200);
        let what = events.iter().find_map(|event| match event {
            Event::Unrecognised { what, .. } => Some(what.as_str()),
            _ => None,
        });
        assert!(what.unwrap().starts_with("damaged: "), "{what:?}");
    }

    #[test]
    fn one_that_says_only_at_its_beginning_who_it_is_is_known() {
        let meta = r#"{"timestamp":"2026-01-02T03:04:05Z","type":"session_meta","payload":{"id":"0198","cwd":"/where","timestamp":"2026-01-02T03:04:05Z","originator":"codex_cli_rs","cli_version":"0.1"}}"#;
        let said = |n| {
            format!(
                r#"{{"timestamp":"2026-01-02T03:04:{n}Z","type":"event_msg","payload":{{"type":"user_message","message":"words {n}"}}}}"#
            )
        };
        let text =
            std::iter::once(meta.to_owned()).chain((10..40).map(said)).map(|line| line + "\n").collect::<String>();
        let (_, events) = of(&CodexRollout, &text, 300);
        let cwd = events.iter().find_map(|event| match event {
            Event::SessionStarted { cwd, .. } => Some(cwd.as_str()),
            _ => None,
        });
        assert_eq!((cwd, prompts(&events)), (Some("/where"), vec!["words 38", "words 39"]));
    }
}
