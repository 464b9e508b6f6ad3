//! What holds for any bytes: nothing panics, a prefix tells a prefix, and how a file comes makes no difference.

use super::{follow, follow_as, whole};
use proptest::prelude::*;
use taut::state::State;
use taut::transcript::{Format, Stamp, codex::CodexRollout, gemini::GeminiCli};

/// Lines that Claude Code might have written, and lines that it never would.
fn line() -> impl Strategy<Value = String> {
    let id = || prop::sample::select(vec!["a", "b", "c", "d", ""]);
    let text =
        || prop::sample::select(vec!["x", "<task-notification>", "[Request interrupted by user]", "é\\n\\u0000"]);
    let block = (id(), text(), 0..6).prop_map(|(id, text, kind)| match kind {
        0 => format!(r#"{{"type":"text","text":"{text}"}}"#),
        1 => format!(r#"{{"type":"tool_use","id":"{id}","name":"Bash","input":{{"command":"{text}"}}}}"#),
        2 => format!(r#"{{"type":"tool_result","tool_use_id":"{id}","content":"{text}","is_error":true}}"#),
        3 => format!(r#"{{"type":"tool_use","id":"{id}","name":"Task","input":{{"prompt":"{text}"}}}}"#),
        4 => r#"{"type":"thinking","thinking":3}"#.to_owned(),
        _ => "7".to_owned(),
    });
    let kind = prop::sample::select(vec!["user", "assistant", "system", "progress", "attachment", "summary", "new"]);
    let time = prop::sample::select(vec!["2026-01-02T03:04:05Z", "2026-01-02T03:04:01Z", "soon"]);
    (kind, id(), id(), block, time, any::<bool>(), id()).prop_map(|(kind, uuid, parent, block, time, side, message)| {
        format!(
            r#"{{"type":"{kind}","uuid":"{uuid}","parentUuid":"{parent}","isSidechain":{side},"timestamp":"{time}","cwd":"/w","leafUuid":"{parent}","summary":"s","message":{{"id":"{message}","content":[{block}],"usage":{{"output_tokens":3}}}}}}"#
        )
    })
}

/// Lines that Codex might have written, and lines that it never would.
fn rollout_line() -> impl Strategy<Value = String> {
    let id = || prop::sample::select(vec!["a", "b", "c", ""]);
    let text =
        || prop::sample::select(vec!["x", "<turn_aborted>", "# AGENTS.md instructions", "Wall time: 1\\nOutput:\\n"]);
    let usage = r#"{"last_token_usage":{"input_tokens":5,"total_tokens":6},"total_token_usage":{"input_tokens":5}}"#;
    let payload = (id(), text(), 0..14).prop_map(move |(id, text, kind)| match kind {
        0 => ("session_meta", format!(r#"{{"id":"{id}","cwd":"/w","history_base":{{"end_ordinal_exclusive":3}}}}"#)),
        1 => ("event_msg", r#"{"type":"task_started"}"#.to_owned()),
        2 => ("event_msg", r#"{"type":"task_complete","error":7}"#.to_owned()),
        3 => ("event_msg", r#"{"type":"turn_aborted","reason":"interrupted"}"#.to_owned()),
        4 => ("event_msg", format!(r#"{{"type":"user_message","message":"{text}","images":["data:x",3]}}"#)),
        5 => ("event_msg", format!(r#"{{"type":"item_completed","item":{{"type":"AgentMessage","content":[{{"text":"{text}"}}]}}}}"#)),
        6 => ("event_msg", format!(r#"{{"type":"token_count","info":{usage}}}"#)),
        7 => ("event_msg", format!(r#"{{"type":"exec_command_end","call_id":"{id}","command":["bash","-lc","{text}"],"exit_code":-1}}"#)),
        8 => ("response_item", format!(r#"{{"type":"message","role":"user","content":[{{"text":"{text}"}}]}}"#)),
        9 => ("response_item", format!(r#"{{"type":"function_call","call_id":"{id}","name":"spawn_agent","arguments":"{{}}"}}"#)),
        10 => ("response_item", format!(r#"{{"type":"custom_tool_call","call_id":"{id}","name":"apply_patch","input":"*** Begin Patch\\n{text}"}}"#)),
        11 => ("response_item", format!(r#"{{"type":"function_call_output","call_id":"{id}","output":"{text}"}}"#)),
        12 => ("compacted", format!(r#"{{"message":"{text}"}}"#)),
        _ => ("new", "[]".to_owned()),
    });
    (payload, prop::sample::select(vec!["2026-01-02T03:04:05Z", "soon"]), 0..9).prop_map(
        |((kind, payload), time, place)| {
            format!(r#"{{"type":"{kind}","timestamp":"{time}","ordinal":{place},"payload":{payload}}}"#)
        },
    )
}

/// Lines that Gemini CLI might have written, and lines that it never would.
fn chat_line() -> impl Strategy<Value = String> {
    let id = || prop::sample::select(vec!["a", "b", "c", ""]);
    let text = || prop::sample::select(vec!["x", "xy", "Request cancelled.", ""]);
    let status = prop::sample::select(vec!["success", "error", "cancelled", "executing", "new"]);
    let kind = prop::sample::select(vec!["user", "gemini", "info", "error", "new"]);
    (kind, id(), text(), status, id(), 0..9).prop_map(|(kind, id, text, status, call, form)| match form {
        0 => format!(r#"{{"$rewindTo":"{id}"}}"#),
        1 => format!(r#"{{"$set":{{"messages":[{{"id":"{id}","type":"{kind}","content":"{text}"}},7]}}}}"#),
        2 => format!(r#"{{"sessionId":"{id}","projectHash":"h","summary":"{text}"}}"#),
        3 => "{".to_owned(),
        _ => format!(
            r#"{{"id":"{id}","type":"{kind}","timestamp":"2026-01-02T03:04:05Z","content":"{text}","thoughts":[{{"subject":"{text}"}}],"tokens":{{"input":5,"output":{form}}},"toolCalls":[{{"id":"{call}","name":"run_shell_command","status":"{status}","args":{{"command":"{text}"}}}}]}}"#
        ),
    })
}

fn rollout() -> impl Strategy<Value = Vec<u8>> {
    file_of(rollout_line().boxed())
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    file_of(line().boxed())
}

/// A file of such lines, some of them torn, among bytes of nobody.
fn file_of(line: BoxedStrategy<String>) -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..40);
    let torn = (line.clone(), 0..200usize).prop_map(|(line, at)| line.as_bytes().iter().copied().take(at).collect());
    let end = prop::sample::select(vec![&b"\n"[..], b"\r\n", b"", b"\0\n"]);
    let line = prop_oneof![6 => line.prop_map(String::into_bytes), 1 => bytes, 1 => torn];
    prop::collection::vec((line, end), 0..12)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end.to_vec()].concat()).collect())
}

/// What the lines up to one of them tell is the beginning of what all of them tell.
fn prefix_of(format: &dyn Format, file: &[u8], cut: prop::sample::Index) -> Result<(), TestCaseError> {
    let ends: Vec<usize> = (0..file.len()).filter(|&at| file[at] == b'\n').map(|at| at + 1).collect();
    let at = if ends.is_empty() { 0 } else { ends[cut.index(ends.len())] };
    let (part, all) = (follow_as(format, [&file[..at]], false), follow_as(format, [file], false));
    prop_assert!(all.told.starts_with(&part.told));
    Ok(())
}

proptest! {
    #[test]
    fn nothing_panics_and_all_of_it_folds(file in file()) {
        let out = follow([&file[..]], true);
        let (mut stamp, mut state) = (Stamp::of("x"), State::default());
        let mut last = taut::domain::At(0);
        for told in out.told {
            let record = stamp.record(told);
            prop_assert!(record.at >= last, "a clock stepped back");
            last = record.at;
            state.apply(&record);
        }
    }

    #[test]
    fn a_rollout_of_any_lines_folds_and_its_prefix_tells_a_prefix(file in rollout(), cut in any::<prop::sample::Index>()) {
        let (mut stamp, mut state) = (Stamp::of("x"), State::default());
        for told in follow_as(&CodexRollout, [&file[..]], true).told {
            state.apply(&stamp.record(told));
        }
        prefix_of(&CodexRollout, &file, cut)?;
    }

    #[test]
    fn a_chat_of_any_lines_folds_and_its_prefix_tells_a_prefix(file in file_of(chat_line().boxed()), cut in any::<prop::sample::Index>()) {
        let (mut stamp, mut state) = (Stamp::of("x"), State::default());
        for told in follow_as(&GeminiCli, [&file[..]], true).told {
            state.apply(&stamp.record(told));
        }
        prefix_of(&GeminiCli, &file, cut)?;
    }

    #[test]
    fn a_file_that_comes_in_pieces_tells_the_same(file in file(), size in 1..64usize) {
        let (one, many) = (follow([&file[..]], true), follow(file.chunks(size), true));
        prop_assert_eq!(one.told, many.told);
        prop_assert_eq!(one.places, many.places);
    }

    #[test]
    fn what_a_prefix_tells_is_a_prefix(file in file(), cut in any::<prop::sample::Index>()) {
        prefix_of(&taut::transcript::claude::ClaudeCode, &file, cut)?;
    }

    #[test]
    fn bytes_of_nobody_are_told_as_damaged(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let out = follow([&bytes[..]], true);
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
        let has_words = bytes.split(|byte| *byte == b'\n').any(|line| line.iter().any(|byte| !is_blank(byte)));
        prop_assert!(!out.places.is_empty() || !has_words || bytes.starts_with(b"\xef\xbb\xbf"));
    }
}

#[test]
fn a_million_brackets_are_a_damaged_line_and_no_overflow() {
    let deep = format!("{}\n{}\n", "[".repeat(1_000_000), r#"{"a":"#.repeat(1_000_000));
    assert_eq!(whole(&deep).places.len(), 2);
}
