//! The same of formats that share one way of telling: any lines fold, a prefix tells a prefix, pieces tell the same.

use super::follow_as;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use taut::state::State;
use taut::transcript::{
    Format, Stamp, atif::Atif, copilot::CopilotCli, opencode::OpenCode, openhands::OpenHands, own::Export, pi::Pi,
    swe::SweAgent,
};

/// Lines made of templates, in which `@` is an id, `~` a text and `%` a number.
fn lines(templates: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let id = prop::sample::select(vec!["a", "b", "c", ""]);
    let text = prop::sample::select(vec!["x", "é\\n\\u0000", "", "ls", "Command exited with code 3"]);
    let line = (prop::sample::select(templates), id, text, 0..9u8, 0..40usize);
    let line = line.prop_map(|(template, id, text, number, cut)| {
        let line = template.replace('@', id).replace('~', text).replace('%', &number.to_string());
        // Some are torn.
        let kept = if cut == 0 { line.len() / 2 } else { line.len() };
        line.bytes().take(kept).chain(*b"\n").collect::<Vec<u8>>()
    });
    prop::collection::vec(line, 0..16).prop_map(|lines| lines.concat())
}

fn holds(format: &dyn Format, templates: &'static [&'static str], grows: bool) {
    let file = (lines(templates), any::<prop::sample::Index>(), 1..64usize);
    let mut runner = TestRunner::default();
    let run = |(file, cut, size): (Vec<u8>, prop::sample::Index, usize)| {
        let whole = follow_as(format, [&file[..]], true);
        let pieces = follow_as(format, file.chunks(size), true);
        prop_assert_eq!(&whole.told, &pieces.told);
        prop_assert_eq!(whole.places, pieces.places);
        let (mut stamp, mut state) = (Stamp::of("x"), State::default());
        for told in whole.told {
            state.apply(&stamp.record(told));
        }
        let ends: Vec<usize> = (0..file.len()).filter(|&at| file[at] == b'\n').map(|at| at + 1).collect();
        let at = if ends.is_empty() { 0 } else { ends[cut.index(ends.len())] };
        let (part, all) = (follow_as(format, [&file[..at]], false), follow_as(format, [&file[..]], false));
        prop_assert!(!grows || all.told.starts_with(&part.told));
        Ok(())
    };
    runner.run(&file, run).unwrap();
}

#[test]
fn any_lines_of_copilot() {
    const TEMPLATES: &[&str] = &[
        r#"{"type":"session.start","data":{"sessionId":"@","context":{"cwd":"/w","branch":"~"}},"id":"@","timestamp":"2026-01-02T03:04:0%Z"}"#,
        r#"{"type":"user.message","data":{"content":"~","delivery":"steering","attachments":[{"type":"file"},%]},"id":"@"}"#,
        r#"{"type":"user.message","data":{"content":"~"},"agentId":"@","timestamp":"2026-01-02T03:04:0%Z"}"#,
        r#"{"type":"assistant.message","data":{"messageId":"@","content":"~","outputTokens":%,"toolRequests":[{"toolCallId":"@","name":"bash","arguments":"{\"command\":\"~\"}"}]}}"#,
        r#"{"type":"assistant.message","data":{"content":%,"parentToolCallId":"@","reasoningText":"~"}}"#,
        r#"{"type":"tool.execution_start","data":{"toolCallId":"@","toolName":"task","arguments":%}}"#,
        r#"{"type":"tool.execution_complete","data":{"toolCallId":"@","success":false,"result":{"content":"~"}}}"#,
        r#"{"type":"subagent.started","data":{"toolCallId":"@","agentName":"~"},"agentId":"c"}"#,
        r#"{"type":"subagent.failed","data":{"toolCallId":"@","error":"~"}}"#,
        r#"{"type":"session.shutdown","data":{"modelMetrics":{"m":{"usage":{"inputTokens":%,"outputTokens":5}}}}}"#,
        r#"{"type":"session.usage_record","data":{"usage":{"inputTokens":%,"apiCallId":"@"}}}"#,
        r#"{"type":"session.compaction_complete","data":{"preCompactionTokens":%}}"#,
        r#"{"type":"abort","data":{}}"#,
        r#"{"type":"hook.end","data":{"success":false,"error":%}}"#,
        r#"{"type":"new.kind","data":"~"} {"type":"~","data":{}}"#,
    ];
    holds(&CopilotCli, TEMPLATES, true);
}

#[test]
fn any_lines_of_pi() {
    const TEMPLATES: &[&str] = &[
        r#"{"type":"session","id":"@","cwd":"/w","timestamp":"2026-01-02T03:04:0%Z","thinkingLevel":"~"}"#,
        r#"{"type":"message","id":"@","parentId":"b","timestamp":"2026-01-02T03:04:0%Z","message":{"role":"user","content":"~"}}"#,
        r#"{"type":"message","id":"@","parentId":null,"message":{"role":"user","content":[{"type":"text","text":"~"},{"type":"image","data":"~"},%]}}"#,
        r#"{"type":"message","id":"@","message":{"role":"assistant","content":[{"type":"toolCall","id":"@","name":"bash","arguments":{"command":"~"}},{"type":"thinking","thinking":"~"}],"usage":{"input":%,"output":2,"cost":{"total":1e%}},"stopReason":"aborted"}}"#,
        r#"{"type":"message","message":{"role":"toolResult","toolCallId":"@","toolName":"bash","content":"~","isError":true}}"#,
        r#"{"type":"message","message":{"role":"bashExecution","command":"~","exitCode":%}}"#,
        r#"{"type":"compaction","tokensBefore":%,"summary":"~"}"#,
        r#"{"type":"~","id":"@"}"#,
        r"[%]",
    ];
    holds(&Pi, TEMPLATES, true);
}

#[test]
fn any_documents_of_opencode() {
    const TEMPLATES: &[&str] = &[
        r#"{"id":"@","projectID":"p","directory":"/w","parentID":"b","revert":{"messageID":"@"},"time":{"created":%}}"#,
        r#"{"info":{"id":"@"},"messages":[{"info":{"id":"@","role":"user","sessionID":"a"},"parts":[{"type":"text","text":"~"},%]},%]}"#,
        r#"{"id":"@","sessionID":"a","role":"assistant","time":{"created":%},"tokens":{"input":%},"cost":%,"error":{"name":"~"}}"#,
        r#"{"id":"@","sessionID":"b","role":"user","time":{"created":%},"summary":{"title":"~"}}"#,
        r#"{"id":"@","messageID":"@","type":"tool","callID":"@","tool":"bash","state":{"status":"running","input":{"command":"~"},"metadata":{"sessionId":"@","exit":%}}}"#,
        r#"{"id":"@","messageID":"b","type":"text","text":"~"}"#,
        r#"{"messageID":"@","type":"~","text":%}"#,
    ];
    holds(&OpenCode, TEMPLATES, false);
}

#[test]
fn any_documents_of_openhands() {
    const TEMPLATES: &[&str] = &[
        r#"{"id":"@","timestamp":"2026-01-02T03:04:0%","source":"user","kind":"MessageEvent","llm_message":{"content":[{"text":"~"},{"image_urls":["x"]},%]}}"#,
        r#"{"kind":"ActionEvent","tool_call_id":"@","tool_name":"finish","tool_call":{"arguments":"{\"message\":\"~\"}"},"thinking_blocks":[{"thinking":"~"}]}"#,
        r#"{"kind":"ObservationEvent","tool_call_id":"@","observation":{"content":"~","exit_code":-1,"metadata":{"working_dir":"~"}}}"#,
        r#"{"kind":"AgentErrorEvent","tool_call_id":"@","error":"~"}"#,
        r#"{"stats":{"usage_to_metrics":{"@":{"accumulated_cost":%,"accumulated_token_usage":{"prompt_tokens":%}}}}}"#,
        r#"{"kind":"PauseEvent"}"#,
        r#"{"kind":"~"}"#,
        r#"[{"id":%,"source":"agent","action":"run","args":{"command":"~"}},{"cause":%,"observation":"error","content":"~"},%]"#,
        r#"{"id":%,"source":"user","action":"message","args":%,"llm_metrics":{"accumulated_cost":1e%}}"#,
    ];
    holds(&OpenHands, TEMPLATES, false);
}

#[test]
fn any_lines_of_an_export() {
    const TEMPLATES: &[&str] = &[
        r#"{"taut_export":%,"session":"s000000%","version":"~"}"#,
        r#"{"pos":1,"session":"s0000001","seq":%,"lane":%,"at":%,"said_at":null,"cites":null,"version":1,"event":{"kind":"said","who":"agent","text":"~"}}"#,
        r#"{"session":"s0000001","seq":%,"at":-%,"event":{"kind":"called","call":"@","patch":{"tool":"~","status":"done"}}}"#,
        r#"{"session":"s0000001","seq":%,"at":7,"said_at":9,"event":{"kind":"taken_up","request":"r0000001.%"}}"#,
        r#"{"session":"s0000001","seq":%,"event":{"kind":"@","text":"r0000001.%"}}"#,
        r#"{"session":"s000000%","seq":%,"event":{"kind":"opened"}}"#,
        r#"{"session":"~","seq":-%,"event":[%]}"#,
    ];
    holds(&Export, TEMPLATES, true);
}

#[test]
fn any_documents_of_atif() {
    const TEMPLATES: &[&str] = &[
        r#"{"schema_version":"ATIF-v1.5","session_id":"@","agent":{"name":"~","model_name":"m"},"steps":[{"source":"user","message":"~"},{"source":"agent","message":[{"text":"~"},{"type":"image"},%],"tool_calls":[{"tool_call_id":"@","function_name":"bash","arguments":{"keystrokes":"~"}},%],"observation":{"results":[{"content":"~"},%]},"metrics":{"prompt_tokens":%,"cached_tokens":5,"cost_usd":1e%}},%]}"#,
        r#"{"steps":[{"source":"system","message":"~","observation":{"results":[{"subagent_trajectory_ref":[{"session_id":"@"},%]}]}}],"subagent_trajectories":[{"session_id":"@","steps":[{"source":"user","message":"~"},{"source":"agent","is_copied_context":true}]},{"session_id":"@","steps":[{"source":"agent","observation":{"results":[{"subagent_trajectory_ref":{"session_id":"b"}}]}}]}]}"#,
        r#"{"steps":[{"source":"~","message":%}],"final_metrics":{"total_prompt_tokens":%,"total_cost_usd":0.5},"continued_trajectory_ref":"~"}"#,
        r#""steps":[{"source":"agent""#,
    ];
    holds(&Atif, TEMPLATES, false);
}

#[test]
fn any_documents_of_swe_agent() {
    const TEMPLATES: &[&str] = &[
        r#"{"trajectory":[{"action":"~","observation":"~","thought":"~","state":"{\"working_dir\": \"/@\"}"},{"action":"edit ~","state":{"open_file":"@"}},%],"history":[{"role":"system","content":"~"},{"role":"user","content":[{"text":"~"}]},{"role":"assistant","action":"~"},%],"info":{"exit_status":"~","model_stats":{"tokens_sent":%,"total_cost":1e%}}}"#,
        r#"{"history":[{"role":"assistant","content":"~","tool_calls":[{"function":{"name":"open","arguments":"~"}}]},{"role":"tool","content":"~"},{"role":"@"},{"role":"user","is_demo":true}],"attempts":[%]}"#,
        r#"{"trajectory":%,"replay_config":"~"}"#,
        r#"{"trajectory":[{"action":"~""#,
    ];
    holds(&SweAgent, TEMPLATES, false);
}
