//! Facts of chosen files, found by scripts that share no code with the readers.

/// A file; its prompts, calls, and tokens (fresh, written, from a cache, into a cache); what the agent said last, as the
/// beginning of its SHA-256: none of it is quoted here. Found by a script that shares no code with the reader.
pub(super) type Golden = (&'static str, usize, usize, [u64; 4], &'static str);
pub(super) const GOLDEN: [Golden; 15] = [
    (
        "claude-code/entireio__cli/checkpoints/5c/5cb639eac4/0/full.jsonl",
        37,
        311,
        [1_248, 1_457, 22_792_446, 1_754_639],
        "2dc5cad4",
    ),
    (
        "claude-code/entireio__cli/checkpoints/ad/a8171575ce/0/full.jsonl",
        2,
        94,
        [10_350, 3_971, 4_965_483, 168_976],
        "16a4048b",
    ),
    (
        "claude-code/moredip__session-share/session-viewer/test/INTEGRATION/fixtures/general-tool-calls.jsonl",
        13,
        65,
        [2_908, 105, 2_980_648, 366_948],
        "85caba2f",
    ),
    (
        "claude-code/moredip__session-share/samples/claude-code-projects/0ccf1a04-1b4c-43b6-8aa5-79e41db43a68.jsonl",
        7,
        12,
        [88, 51, 278_912, 71_257],
        "f1242ebe",
    ),
    (
        "growing/entireio__cli__3a782158/03_e3-67e53d89ee-0.jsonl",
        9,
        93,
        [1_306, 20_478, 9_927_565, 766_182],
        "73598c86",
    ),
    (
        "growing/entireio__cli__3a782158/07_7d-66f047ac98-0.jsonl",
        13,
        111,
        [1_551, 30_519, 12_364_183, 891_471],
        "a559da6b",
    ),
    (
        "assembled/claude-code_entireio_46MB.dev.jsonl",
        298,
        2_558,
        [93_254, 145_723, 186_591_368, 12_106_968],
        "892deb56",
    ),
    ("codex/ShoomanKhatri__SolHawk-Agent/codex-session.jsonl", 1, 7, [12_466, 1_884, 72_704, 0], "18fc86c9"),
    ("codex/kunalcode12__openclaw_agent/codex-session.jsonl", 2, 13, [46_443, 2_248, 210_048, 0], "0d892994"),
    (
        "codex/madshn__localpush/src-tauri/tests/fixtures/codex/2026-02-23/raw/sessions/rollout-2026-02-23T12-40-23-019c8a4c-ed82-79a1-aa28-7738fc5ab61a.jsonl",
        5,
        105,
        [367_673, 36_075, 6_836_352, 0],
        "9807ecde",
    ),
    (
        "codex/madshn__localpush/src-tauri/tests/fixtures/codex/2026-02-23/raw/sessions/rollout-2026-02-23T12-54-34-019c8a59-e9dd-71f0-9ae3-4079fe9726a9.jsonl",
        33,
        372,
        [2_188_981, 133_999, 31_621_504, 0],
        "3f02d3b5",
    ),
    (
        "codex/madshn__localpush/src-tauri/tests/fixtures/codex/2026-02-23/raw/sessions/rollout-2026-02-23T20-34-25-019c8bfe-ec25-79e0-97d7-bda6a9c575ff.jsonl",
        1,
        5,
        [59_525, 1_123, 238_848, 0],
        "9de13153",
    ),
    ("../wire/codex-rollouts/06-compaction-manual-and-auto.jsonl", 4, 1, [401_921, 280, 0, 0], "89d0178d"),
    ("../wire/codex-rollouts/07-steer.jsonl", 1, 2, [32_175, 120, 0, 0], "1414e446"),
    ("../wire/codex-rollouts/14-code-mode.jsonl", 1, 3, [29_886, 80, 0, 0], "611fb1c5"),
];
