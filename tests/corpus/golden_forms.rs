//! Facts of chosen files of Copilot CLI, opencode, pi and `OpenHands`, found in the same way.

use super::golden::Golden;

pub(super) const GOLDEN_FORMS: [Golden; 12] = [
    (
        "pi/badlogic__pi-mono/packages/coding-agent/test/fixtures/before-compaction.jsonl",
        55,
        457,
        [3_689, 187_895, 54_693_675, 1_685_320],
        "5d57d39e",
    ),
    (
        "pi/badlogic__pi-mono/packages/coding-agent/test/fixtures/large-session.jsonl",
        88,
        391,
        [1_049, 83_156, 43_229_469, 4_296_232],
        "368c60be",
    ),
    ("pi/kenn-io__agentsview/internal/parser/testdata/pi/session.jsonl", 2, 1, [300, 60, 0, 0], "ff99d7ae"),
    (
        "pi/arcreflex__agent-transcripts/test/fixtures/pi-coding-agent/branching.input.jsonl",
        3,
        0,
        [400, 65, 0, 0],
        "459e0e8a",
    ),
    (
        "copilot-cli/jazzyalex__agent-sessions/Resources/Fixtures/stage0/agents/copilot/large.jsonl",
        3,
        2,
        [0, 0, 0, 0],
        "843ac011",
    ),
    (
        "copilot-cli/jazzyalex__agent-sessions/Resources/Fixtures/stage0/agents/copilot/schema_drift.jsonl",
        0,
        2,
        [200, 50, 800, 0],
        "787bd5ae",
    ),
    (
        "copilot-cli/jazzyalex__agent-sessions/Resources/Fixtures/stage0/agents/copilot/small.jsonl",
        2,
        2,
        [100, 15, 5, 0],
        "6ff13f88",
    ),
    (
        "copilot-cli/jazzyalex__agent-sessions/Resources/Fixtures/stage0/agents/copilot/subdir_v1/aaaabbbb-1111-2222-3333-ccccddddeeee/events.jsonl",
        1,
        1,
        [0, 26, 0, 0],
        "23ba6739",
    ),
    (
        "opencode/italo-luz__pfm-categorization/opencode-session.json",
        5,
        25,
        [38, 71_366, 1_555_785, 503_963],
        "965eee38",
    ),
    (
        "openhands/OpenHands__OpenHands-CLI/tests/trajectories/confirmation_mode/event-00000-06e06079-f1ce-41af-b119-961407f8502d.json",
        3,
        3,
        [0, 0, 0, 0],
        "b94d27b9",
    ),
    (
        "openhands/OpenHands__OpenHands-CLI/tests/trajectories/creating_agent_plan/event-00000-4a85ce69-8df5-42b0-9987-a782f294f782.json",
        1,
        2,
        [0, 0, 0, 0],
        "a51e8aae",
    ),
    (
        "openhands/OpenHands__OpenHands-CLI/tests/trajectories/simple_echo_hello_world/event-00000-65867a0d-6fc0-421d-bafc-7474d174aef8.json",
        1,
        1,
        [0, 0, 0, 0],
        "b94d27b9",
    ),
];
