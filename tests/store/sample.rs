//! Every kind of event, with its fields filled.

use taut::domain::call::{CallPatch, CallStatus, FileChange, OutputPart, Place};
use taut::domain::event::{By, Cause, Notice, Speaker, Stop, Unknown};
use taut::domain::request::{
    Closing, Completeness, Grant, Matcher, Offer, OfferKind, Outcome, Risk, RuleRef, Seen, Verdict,
};
use taut::domain::session::{
    AgentFace, Capabilities, ConfigOption, LoginWay, Mode, PlanItem, PlanStatus, SlashCommand, Source, Workplace,
};
use taut::domain::usage::{Cost, Tokens, Usage};
use taut::domain::{
    Asking, At, Became, Beside, CallId, Carrier, Carries, Checkpoint, CheckpointId, Choice, Context, ContextPart,
    Decision, Digest, Effect, Event, Gate, Given, GrantId, Impact, LaneId, Left, Moment, PromptId, Question,
    ReasonGoes, RequestId, Seq, SessionId, Stood, TakenHunk, Text, Topic, TurnNo,
};

pub(crate) const SESSION: SessionId = SessionId(0x00c0_ffee);

/// How many kinds there are, the unknown one among them.
pub(crate) const KINDS: usize = 62;

/// A number for each kind. No wildcard: a new kind does not compile until it is here, and fails until it is golden.
pub(crate) fn number(event: &Event) -> usize {
    match event {
        Event::SessionStarted { .. } => 0,
        Event::Renamed { .. } => 1,
        Event::Starting { .. } => 2,
        Event::Connected { .. } => 3,
        Event::LoginNeeded { .. } => 4,
        Event::SourceAttached { .. } => 5,
        Event::Opened => 6,
        Event::ModesOffered { .. } => 7,
        Event::ModeChanged { .. } => 8,
        Event::OptionsOffered { .. } => 9,
        Event::CommandsOffered { .. } => 10,
        Event::Titled { .. } => 11,
        Event::Ended { .. } => 12,
        Event::Noticed => 13,
        Event::Archived { .. } => 14,
        Event::PromptQueued { .. } => 15,
        Event::PromptSent { .. } => 16,
        Event::PromptDropped { .. } => 17,
        Event::InterruptAsked { .. } => 18,
        Event::TurnEnded { .. } => 19,
        Event::LaneOpened { .. } => 20,
        Event::LaneEnded { .. } => 21,
        Event::Said { .. } => 22,
        Event::Attached { .. } => 23,
        Event::Planned { .. } => 24,
        Event::Called { .. } => 25,
        Event::CallOutput { .. } => 26,
        Event::CallGated { .. } => 27,
        Event::Asked { .. } => 28,
        Event::Judged { .. } => 29,
        Event::Shown { .. } => 30,
        Event::Decided { .. } => 31,
        Event::Sent { .. } => 32,
        Event::TakenUp { .. } => 33,
        Event::Unconfirmed { .. } => 34,
        Event::RequestClosed { .. } => 35,
        Event::Granted { .. } => 36,
        Event::Revoked { .. } => 37,
        Event::Loosened { .. } => 38,
        Event::Used { .. } => 39,
        Event::Compacted { .. } => 40,
        Event::Noted { .. } => 41,
        Event::Unrecognised { .. } => 42,
        Event::TokenMade { .. } => 45,
        Event::TokenUsed { .. } => 46,
        Event::TokenRevoked { .. } => 47,
        Event::RulesChanged { .. } => 48,
        Event::SettingsAccepted { .. } => 49,
        Event::CallEdited { .. } => 50,
        Event::Diverged { .. } => 51,
        Event::TurnBegan { .. } => 52,
        Event::TurnMarked { .. } => 53,
        Event::Rewound { .. } => 54,
        Event::Forked { .. } => 55,
        Event::ContextTold { .. } => 56,
        Event::Checkpointed { .. } => 57,
        Event::Undone { .. } => 58,
        Event::Aimed { .. } => 59,
        Event::Placed { .. } => 60,
        Event::Pinned { .. } => 61,
        Event::Unknown(_) => 43,
        Event::Deleted { .. } => 44,
    }
}

fn request(seq: u64) -> RequestId {
    RequestId { session: SESSION, seq: Seq(seq) }
}

fn call() -> CallId {
    "call-1".into()
}

/// Every kind at least once; more than once where its parts have kinds of their own.
pub(crate) fn every_event() -> Vec<Event> {
    [start(), turns(), calls(), requests(), rest(), every_place(), every_author(), vec![Event::Pinned { pinned: true }]]
        .concat()
}

fn start() -> Vec<Event> {
    let way = LoginWay { id: "oauth".into(), name: "Sign in".into(), help: Some("run `agent login`".into()) };
    vec![
        Event::SessionStarted {
            name: "fox".into(),
            agent: "gemini".into(),
            driver: "acp".into(),
            cwd: "/home/me/project".into(),
            command: vec!["gemini".into(), "--acp".into()],
            env: vec!["GEMINI_API_KEY".into()],
        },
        Event::Renamed { name: "füchsin \u{202e}\u{1b}[31m".into() },
        Event::Starting { doing: "initialize".into() },
        Event::Connected {
            face: AgentFace { name: Some("gemini-cli".into()), title: None, version: Some("1.2".into()) },
            can: Capabilities { load: true, mcp_http: true, ..Capabilities::default() },
            login: vec![way.clone()],
        },
        Event::LoginNeeded { said: "who are you?".into(), ways: vec![way] },
        Event::SourceAttached {
            source: Source { channel: "acp".into(), vendor: "google".into(), native: "0b1c".into() },
        },
        Event::Opened,
        Event::ModesOffered {
            modes: vec![Mode { id: "plan".into(), name: "Plan".into(), help: None }],
            current: Some("plan".into()),
        },
        Event::ModeChanged { mode: "default".into(), by: By::Agent },
        Event::OptionsOffered {
            options: vec![ConfigOption {
                id: "model".into(),
                name: "Model".into(),
                category: Some("model".into()),
                current: "big".into(),
                values: vec![("big".into(), "Big".into())],
                switch: false,
            }],
        },
        Event::CommandsOffered {
            commands: vec![SlashCommand { name: "compact".into(), help: "makes room".into(), hint: None }],
        },
        Event::Titled { title: "Mend the parser".into() },
    ]
}

fn turns() -> Vec<Event> {
    let stops = [
        Stop::EndTurn,
        Stop::MaxTokens,
        Stop::MaxRequests,
        Stop::Refusal,
        Stop::Cancelled,
        Stop::Error(-32603, "internal".into()),
        Stop::Other("tired".into()),
        Stop::Lost,
    ];
    let tokens = Tokens { input: Some(12), output: Some(0), cumulative: true, ..Tokens::default() };
    let ended = (1..).zip(stops).map(|(n, stop)| Event::TurnEnded { turn: TurnNo(n), stop, tokens: Some(tokens) });
    let mut all = vec![
        Event::PromptQueued { prompt: PromptId(1), text: "do it".into(), by: None },
        Event::PromptSent { prompt: PromptId(1), text: "do it".into(), turn: TurnNo(1), steer: false, by: None },
        Event::PromptDropped { prompt: PromptId(2) },
        Event::InterruptAsked { by: By::Hub("its turn was too long".into()) },
    ];
    all.extend(ended);
    all
}

fn calls() -> Vec<Event> {
    let change = FileChange {
        path: "src/main.rs".into(),
        old: Some("a\n".into()),
        new: Some("a very long line\n".repeat(300).into()),
        fragment: true,
        line: Some(7),
        patch: None,
        moved_to: None,
    };
    let patch = CallPatch {
        tool: Some("Edit".into()),
        title: Some("Edit main.rs".into()),
        impact: Some(Impact::Edit),
        status: Some(CallStatus::Pending),
        args: Some(r#"{"path":"src/main.rs"}"#.into()),
        places: Some(vec![Place { path: "src/main.rs".into(), line: Some(7) }]),
        changes: Some(vec![change]),
        parent: Some("call-0".into()),
        ..CallPatch::default()
    };
    let gates = [
        Gate::Unknown,
        Gate::Asked,
        Gate::Granted("every read".into()),
        Gate::ReadClass,
        Gate::AgentMode("acceptEdits".into()),
        Gate::Ungated,
    ];
    let mut all = vec![
        Event::LaneOpened {
            opened: LaneId(1),
            native: Some("task-9".into()),
            name: "tester".into(),
            call: Some(call()),
        },
        Event::LaneEnded { ended: LaneId(1) },
        Event::Said { who: Speaker::Agent, message: Some("m1".into()), text: "I will \"mend\" it.\n".into() },
        Event::Said { who: Speaker::Thought, message: None, text: "\0\u{feff}hm".into() },
        Event::Said { who: Speaker::User, message: None, text: Text::default() },
        Event::Attached { who: Speaker::Agent, what: "image/png, 12 kB".into() },
        Event::Planned { items: vec![PlanItem { text: "look".into(), status: PlanStatus::Doing }] },
        Event::Called { call: call(), patch: Box::new(patch) },
        Event::CallOutput { call: call(), part: OutputPart::Append("ok\n".into()) },
        Event::CallOutput { call: call(), part: OutputPart::Replace("x".repeat(5000).into()) },
    ];
    all.extend(gates.map(|gate| Event::CallGated { call: call(), gate }));
    all
}

fn requests() -> Vec<Event> {
    let rule = RuleRef { source: "policy.toml".into(), line: Some(3), text: "edits ask".into() };
    let verdict = Verdict {
        outcome: Outcome::Ask,
        rule,
        risk: Risk::Mid,
        reasons: vec!["it writes".into()],
        policy: Digest::of(b"policy"),
    };
    let deny = Decision::Deny { offer: None, reason: Some("not there".into()), interrupt: true };
    let closings = [
        Closing::Withdrawn("turn ended".into()),
        Closing::Expired,
        Closing::AgentGone,
        Closing::Refused("no".into()),
        Closing::Superseded,
    ];
    let matchers = [
        Matcher::AgentsOwn { offer: "Always".into() },
        Matcher::Exact { tool: "Edit".into(), args: Digest::of(b"args") },
        Matcher::Impact(Impact::Read),
        Matcher::Tool("grep".into()),
        Matcher::Path("src/**".into()),
    ];
    let mut all = vec![
        Event::Asked {
            call: call(),
            native: "0".into(),
            offers: vec![Offer { id: "ok".into(), name: "Allow".into(), kind: OfferKind::AllowOnce }],
            digest: Digest::of(b"asked"),
            payload: Completeness::Whole,
            deadline: Some(At(1_800_000_000_000)),
            instead_of: Some(request(4)),
            changed: vec!["main.rs changed".into()],
            how: Asking::default(),
        },
        Event::Judged { request: Some(request(9)), call: call(), verdict: Box::new(verdict) },
        Event::Shown { request: request(9), digest: Digest::of(b"asked"), seen: Seen { lines: 9, of: 9, end: true } },
        Event::Decided {
            request: request(9),
            digest: Digest::of(b"asked"),
            decision: Decision::Allow { offer: "ok".into() },
            by: By::Human,
            overridden: false,
        },
        Event::Decided {
            request: request(10),
            digest: Digest::of(b"other"),
            decision: deny,
            by: By::Rule,
            overridden: true,
        },
        Event::Sent { request: request(9) },
        Event::TakenUp { request: request(9) },
        Event::Unconfirmed { request: request(10) },
    ];
    all.extend(closings.map(|how| Event::RequestClosed { request: request(11), how }));
    all.extend(matchers.map(|matcher| Event::Granted {
        grant: Box::new(Grant { matcher, origin: Some(request(9)), call: Some(call()), until: Some(At(7)) }),
    }));
    all.push(Event::Revoked { grant: GrantId { session: SESSION, seq: Seq(40) }, by: None });
    all.push(Event::Loosened { why: "Always".into() });
    all
}

fn rest() -> Vec<Event> {
    let causes = [
        Cause::Human,
        Cause::Quit,
        Cause::Itself { code: Some(1), signal: None },
        Cause::HubDied,
        Cause::Failed("no such program".into()),
    ];
    let cost = Cost { micros: 1_250_000, currency: *b"EUR" };
    let mut all = vec![
        Event::Used { usage: Usage { used: Some(u64::MAX), window: None, cost: Some(cost) } },
        Event::Compacted { before: Some(100), after: None },
        Event::Noted { level: Notice::Warning, text: "slow".into() },
        Event::Unrecognised { what: "session/update".into(), raw: "{\"x\":1}".into() },
        Event::Unknown(Unknown { kind: "teleported".into(), body: r#"{"kind":"teleported", "to": 1.50}"#.into() }),
        Event::Noticed,
        Event::Archived { archived: true },
    ];
    all.extend(causes.map(|cause| Event::Ended {
        cause,
        last_words: "panic!".into(),
        survivors: vec![(4711, "sleep".into())],
    }));
    all.push(Event::Deleted { texts: 3, bytes: 90_000, frames: 12 });
    let terminal = || Some("pts/3".to_owned());
    all.extend(
        [
            By::Console { terminal: "pts/3".into() },
            By::Script { terminal: terminal(), token: Some("ci".into()) },
            By::Script { terminal: None, token: None },
        ]
        .map(|by| Event::InterruptAsked { by }),
    );
    let by = By::Console { terminal: "pts/3".into() };
    let hash = Digest::of(b"a secret");
    let only = vec!["allow".into(), "deny".into()];
    all.push(Event::TokenMade { name: "ci".into(), hash, expires: At(1_700_000_000_000), only, by: by.clone() });
    all.push(Event::TokenUsed { name: "ci".into(), what: "allow".into(), session: Some(SESSION) });
    all.push(Event::TokenUsed { name: "ci".into(), what: "run".into(), session: None });
    all.push(Event::TokenRevoked { name: "ci".into(), by: by.clone() });
    all.push(Event::RulesChanged { file: "policy.toml".into(), before: None, after: Some(hash) });
    all.push(Event::RulesChanged { file: "config.toml".into(), before: Some(hash), after: None });
    all.push(Event::SettingsAccepted { file: "policy.toml".into(), digest: Some(hash), by: by.clone() });
    all.push(Event::SettingsAccepted { file: "config.toml".into(), digest: None, by });
    all.extend(every_decision());
    all.extend(every_checkpoint());
    all
}

/// What came with editing, parts, grants, questions and plans.
fn every_checkpoint() -> Vec<Event> {
    let checkpoint = |checkpoint: Checkpoint| Event::Checkpointed { checkpoint: Box::new(checkpoint) };
    let effects = [Became::Added, Became::Removed, Became::Changed, Became::Mode, Became::Kind];
    let effects: Vec<Effect> =
        effects.into_iter().enumerate().map(|(n, became)| Effect { path: format!("f{n}"), became }).collect();
    let id = |letter: &str| Some(CheckpointId(letter.repeat(40)));
    let of = |moment, call: Option<CallId>| Checkpoint {
        step: u32::from(call.is_some()) * 3,
        turn: TurnNo(2),
        id: id("a"),
        ..Checkpoint::of(moment, call)
    };
    vec![
        checkpoint(of(Moment::Before, Some(call()))),
        checkpoint(Checkpoint {
            base: id("a"),
            effects: effects.clone(),
            more: 7,
            beside: vec![Beside { session: SESSION, call: "call-2".into() }],
            uncovered: 2,
            head: Some("b".repeat(40)),
            ..of(Moment::After, Some(call()))
        }),
        checkpoint(Checkpoint {
            id: None,
            why: Some("the disk is full".into()),
            ..of(Moment::LastKnown, Some(call()))
        }),
        checkpoint(Checkpoint { base: id("c"), effects: effects[..1].to_vec(), ..of(Moment::Outside, None) }),
        Event::Undone {
            call: "taut-1".into(),
            steps: vec![call()],
            files: effects,
            left: vec![Left { path: "g".into(), why: "it was changed meanwhile".into() }],
            by: By::Human,
        },
    ]
}

fn every_decision() -> Vec<Event> {
    let question = Question {
        id: "q1".into(),
        header: "Colour".into(),
        text: "Which?".into(),
        choices: vec![Choice { label: "red".into(), about: "as blood".into() }],
        many: true,
        free: true,
        secret: false,
    };
    let carries = Carries { edit: Carrier::Agent, part: Carrier::Hub, reason: ReasonGoes::Answer };
    let asked = |seq: u64, how: Asking| Event::Asked {
        call: call(),
        native: seq.to_string(),
        offers: vec![],
        digest: Digest::of(b"asked"),
        payload: Completeness::Whole,
        deadline: None,
        instead_of: None,
        changed: vec![],
        how,
    };
    let decided = |seq: u64, decision: Decision| Event::Decided {
        request: request(seq),
        digest: Digest::of(b"asked"),
        decision,
        by: By::Console { terminal: "pts/3".into() },
        overridden: false,
    };
    let verdict = Verdict {
        outcome: Outcome::Ask,
        rule: RuleRef { source: "built-in".into(), line: None, text: "silence asks".into() },
        risk: Risk::High,
        reasons: vec!["it deletes".into()],
        policy: Digest::of(b"policy"),
    };
    let patch = CallPatch { args: Some("{}".into()), command: Some("ls".into()), ..CallPatch::default() };
    vec![
        asked(
            1,
            Asking {
                topic: Topic::Questions(vec![question]),
                carries,
                scopes: vec![Matcher::Path("src/**".into()), Matcher::Prefix(vec!["cargo".into(), "test".into()])],
                stood: vec![],
            },
        ),
        asked(2, Asking { topic: Topic::Plan("1. look".into()), ..Asking::default() }),
        decided(
            20,
            Decision::AllowFor { offer: "ok".into(), matcher: Matcher::Tool("Edit".into()), until: Some(At(9)) },
        ),
        decided(21, Decision::Edit { offer: Some("ok".into()), args: r#"{"command":"ls"}"#.into(), reason: None }),
        decided(
            22,
            Decision::Take {
                hunks: vec![TakenHunk { hunk: 1, edited: None }, TakenHunk { hunk: 3, edited: Some("x\n".into()) }],
                reason: Some("not the second".into()),
            },
        ),
        decided(23, Decision::Reply { given: vec![Given { question: "q1".into(), answers: vec!["red".into()] }] }),
        Event::CallEdited {
            request: request(21),
            call: call(),
            edited: Box::new(patch),
            by: Carrier::Hub,
            verdict: Box::new(verdict),
        },
        Event::Diverged { call: call(), how: "main.rs is not what was decided".into() },
        Event::TurnBegan { turn: TurnNo(2), why: "a command in the background has ended".into() },
        asked(
            3,
            Asking {
                stood: vec![
                    Stood { path: "src/main.rs".into(), text: Some("fn main() {}\n".into()) },
                    Stood { path: "src/new.rs".into(), text: None },
                ],
                ..Asking::default()
            },
        ),
        Event::TurnMarked { turn: TurnNo(2), mark: "01a2-b3".into() },
        Event::Rewound { to: TurnNo(1) },
        Event::Forked { from: SESSION, to: None },
        Event::Forked { from: SESSION, to: Some(TurnNo(1)) },
        Event::ContextTold {
            context: Context {
                parts: vec![ContextPart { name: "Messages".into(), tokens: 1200 }],
                used: Some(36_000),
                window: Some(200_000),
            },
        },
        Event::ContextTold { context: Context::default() },
    ]
}

fn every_place() -> Vec<Event> {
    vec![
        Event::Aimed { call: call(), files: vec!["/srv/app/src/main.rs".into()] },
        Event::Placed {
            place: Box::new(Workplace {
                folder: "/srv/app-fox/src".into(),
                root: Some("/srv/app-fox".into()),
                repo: Some("/srv/app/.git".into()),
                branch: Some("taut/fox".into()),
                commit: Some("0123456789012345678901234567890123456789".into()),
                worktree: Some("fox".into()),
            }),
        },
    ]
}

fn every_author() -> Vec<Event> {
    let taut = || Some(By::Hub("what was done in place of a request".into()));
    let script = Some(By::Script { terminal: None, token: Some("ci".into()) });
    let sent = |n, text: &str, by| {
        let (prompt, text, turn) = (PromptId(n), text.into(), TurnNo(n));
        Event::PromptSent { prompt, text, turn, steer: false, by }
    };
    vec![
        Event::PromptQueued { prompt: PromptId(2), text: "it was done".into(), by: taut() },
        sent(2, "it was done", taut()),
        sent(3, "more", script),
    ]
}
