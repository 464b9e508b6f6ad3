//! `taut` is a supervision console for AI agents: one person runs, watches, approves, denies and replays the work of many
//! agents in one terminal. The agents are somebody else's; taut is the harness around them, made visible.
//!
//! What matters, in the order in which it wins: **safe, true, clear, quick, small.**
//!
//! # One log, one fold
//!
//! Everything on the screen is a fold over an append-only log of facts. A live session, a replay and a test differ only in
//! who supplies the records.
//!
//! ```text
//! agent process ── agent::acp ──▶ Fact ────────┐            ┌─▶ store: SQLite, hash-chained
//! key ─ Action ─ update ─ Effect ─ Command ─▶ hub ─ Record ─┼─▶ State ─ layout ─▶ Scene ─ paint ─▶ terminal
//!                policy::judge ────────────────┘            └─▶ taut show, taut replay --print, tests
//! ```
//!
//! # The rooms
//!
//! | room | what it is | may use |
//! |---|---|---|
//! | [`domain`] | the vocabulary: records, events, calls, requests, commands, ids | nothing |
//! | [`text`] | width, hostile text made visible, wrapping, redaction of secrets | nothing |
//! | [`diff`] | lines, words, hunks; reading unified diffs | text |
//! | [`shell`] | what a command line really does: parsed, never guessed | nothing |
//! | [`state`] | what is known: the fold, its pages and keyframes, the queue, the meter, the watchdogs | domain |
//! | [`numbers`] | what sessions came to: turns, calls, tokens by kind, waits; what that costs by a list of prices | domain |
//! | [`brief`] | what a session came to, written for another agent that goes on with the work | domain, state, text |
//! | [`policy`] | may it? `judge(rules, call, context)` gives a verdict with its rule and reasons | domain, shell |
//! | [`store`] | append, read, verify; long texts, raw frames, keyframes | domain, text |
//! | [`checkpoint`] | a workspace before and after: snapshot, diff, the way back | domain, diff, text |
//! | [`shapes`] | what agents write, over a protocol or into a file: tools, results, tokens, read without fail | domain |
//! | [`agent`] | one folder a protocol, the transport apart from it, the agents known by name | domain, text, shapes |
//! | [`transcript`] | what other tools write down of their sessions, read: one format a folder | domain, text, shapes |
//! | [`recordings`] | sessions of other tools: found, kept byte for byte, read again | domain, numbers, state, store, transcript, text |
//! | [`stories`] | sessions read from their beginning to their end, taut's own and other tools' alike | domain, recordings, state, store |
//! | [`search`] | what is searched over all sessions: the query, the index beside the log, and the looking | domain, recordings, state, store, stories, text |
//! | [`worktree`] | work trees of git: where a folder stands; made, listed and removed for a human | domain, text |
//! | [`hub`] | the actor that owns the agents and alone writes the log; the configuration | all above |
//! | [`ui`] | the console as a function: `App`, `Msg`, `Effect`, `update` | domain, state, policy, text, diff |
//! | [`keymap`] | one table of keys: dispatch, footer, help and `config.toml` read it | ui |
//! | [`theme`] | roles and palettes, colour depth | nothing |
//! | [`view`] | layout and paint | ui, domain, state, text, diff, keymap, theme |
//! | [`tui`] | the loop, the terminal, the pacer: the only place of the console that waits | everything |
//! | [`cli`] | the command line, and every command that needs no screen | everything |
//!
//! `tests/layers.rs` reads the sources and fails on any other arrow. The rooms [`domain`], [`text`], [`diff`], [`shell`], [`shapes`],
//! [`state`], [`numbers`], [`brief`], [`policy`], [`ui`], [`keymap`] and [`view`] are pure: no file, network, process, clock or chance; the same test sees to it.
//!
//! There are two boundaries. Between console and hub go [`domain::Command`], [`domain::Query`] and [`hub::Published`], plain
//! data: the hub is a process of its own (`taut daemon`), and [`hub::socket`] carries them as lines of JSON; with `--embedded`
//! both live in one process, and nothing else differs. Between hub and agent stands [`agent::Protocol`]: lines in, facts and lines out,
//! no input or output of its own, and no way to fail.
//!
//! # What always holds
//!
//! 1. The fold, `judge`, the codecs, `layout` and `paint` are total: any input, any order, any size, no panic.
//! 2. Time and ids come in as data, stamped at the edge: by the hub, by the loop.
//! 3. Nothing an agent says is dropped. What can't be read is [`domain::Event::Unrecognised`] and is shown as such.
//! 4. **Commit before allow.** What lets something run leaves only after its decision is synced to the disk; where the store
//!    fails, it is held. The brake is never held: a denial, an interrupt, an end act at once.
//! 5. **No decision by accident.** A key decides only on a card that has the focus, was whole on the screen for
//!    [350 ms](ui::card::DWELL_MS), and, to allow, was read to its end or overridden by a typed word. Keys that come together,
//!    held keys, pastes and the mouse never decide. All of it is in `ui::update::card`; several that are alike are decided
//!    at once by `ui::update::batch`, under the same guards, on a card that shows every payload whole.
//! 6. **What was shown is what was answered.** A request's digest covers its arguments, offers, folder and the files that it
//!    would change; if one of them changed, it is asked anew. A payload says whether it is whole, a fragment or a title.
//! 7. Agent text never reaches the terminal raw: control, bidirectional and invisible characters are visible marks
//!    ([`text::visible()`]); only tool output keeps colours.
//! 8. **Fail closed.** An error in policy, store or codec means ask. Silence asks. A wait ends only by a deadline that is on
//!    the card.
//! 9. **An agent can't decide.** The socket takes nothing from a process that comes from an agent, by the kernel's word for
//!    who it is, its parents, its marks and its control group. `hook.sock` takes one thing from it: a question about a call of
//!    its own session, to which it hears the answer. Calls that touch taut's own files or program are top risk, and
//!    no rule or grant allows them.
//! 10. A replay never acts and never judges anew; its frames equal the live ones, with the clock as an argument.
//! 11. Lost, late and unknown are visible: unknown numbers are `—`, a call that ran unasked is
//!     [`UNGATED`](domain::Gate::Ungated).
//! 12. **Dead hub, dead agents.** Every agent has `taut __agent` as its parent ([`cli::agent_parent`]), which ends the whole
//!     tree when the pipe to the hub closes, however the hub died.
//! 13. Memory is bounded: 256 entries and 8 MB of a session, older ones are pages of the log (`tests/memory.rs`).
//! 14. Files are 0600 in folders 0700. No telemetry, no network of taut's own.
//! 15. The user's repository is never touched by bookkeeping: checkpoints have a store, an index and a configuration of their
//!     own. Only what makes a work tree (`taut run --worktree`, the form for a session), and `taut worktree remove` and
//!     `restore`, write there, since that is what they are asked for.
//!
//! # A walk: one edit
//!
//! 1. The agent writes a line. `agent::process` makes a [`Frame::Line`](agent::process::Frame::Line) of it; `Hub::hear`
//!    (`hub/sessions.rs`) keeps it as a raw frame and hands it to [`Acp::hear`](agent::Protocol::hear), which answers with a
//!    [`Turnout`](agent::Turnout): what is now known of the call, and a [`Fact::Ask`](agent::Fact::Ask).
//! 2. `Hub::asked` (`hub/requests.rs`) takes the digest of what is asked (`hub/digest.rs`), asks [`policy::judge()`], and drafts
//!    `Asked` and `Judged`. `Hub::commit` (`hub/log.rs`) appends them with [`Store::append`](store::Store::append), folds them
//!    into its own [`State`](state::State), and only then publishes.
//! 3. The loop in `tui/console.rs` hears [`Published::Records`](hub::Published::Records) and calls
//!    [`update`](ui::update::update) with [`Msg::Heard`](ui::Msg::Heard): the same fold, so the queue grows. It draws:
//!    [`view::layout`] makes a [`Scene`](view::Scene), [`view::paint()`] its cells, one `write` takes them out.
//! 4. The human presses `w`. [`keymap::lookup`] says `NextWaiting`; the card opens. Its first frame comes back as
//!    [`Msg::Painted`](ui::Msg::Painted) with a receipt of which request, which digest and which rows were on the screen:
//!    `ui/update/reading.rs` counts them and sends `Shown` at the first sight and at the end.
//! 5. The human reads to the end and presses `a`. `ui/update/card.rs` finds nothing against it and lets
//!    [`Command::Decide`](domain::Command::Decide) go. `Hub::decide` compares the digest, has the workspace kept as it is
//!    now (`hub/checkpoints`, on a thread of its own), looks at the files again, appends `Checkpointed` and `Decided` with [`Durability::Decision`](store::Durability::Decision), which syncs, and tells the agent its own option.
//! 6. The agent works. Its next word about the call makes `Hub::witness` add `TakenUp`; output and result follow as records,
//!    and then a second checkpoint: what the call really did, which `u` can take back.
//! 7. Weeks later `taut replay` (`cli/print.rs`) takes the nearest keyframe and at most 1,023 records
//!    ([`stories::session_at`]), gives the session to the same `update` as [`Msg::Sought`](ui::Msg::Sought), and the same
//!    `layout` draws the same card, with the clock of then.
//!
//! # Words
//!
//! - *session*: one agent's conversation in one workspace. *lane*: a subagent in it. *turn*: from a prompt to the agent's stop.
//! - *call*: a tool call as the agent tells of it. *step*: a call from proposal to result, as a person reads it.
//!   *impact*: what a call may do (read, edit, delete, move, run, fetch).
//! - *request*: a call that waits for a decision. *card*: its face on the screen. *offer*: an answer that the agent takes.
//! - *verdict*: what policy says. *decision*: what was answered, and by whom. *grant*: a standing allowance.
//!   *gate*: how a call came to run. *batch*: requests that are alike, on one card, each answered by itself.
//! - *record*: one fact, with its place in the order of everything (*pos*) and in its session (*seq*). *draft*: a fact not
//!   written yet. *body*: a long text, kept by its digest. *keyframe*: a session as of a record. *page*: 1,024 records.
//! - *checkpoint*: a workspace at a moment. *span*: a step between two of them. *undo*: files become what they were before a
//!   step; itself a step.
//! - *interrupt* a turn, *end* a session, *halt* everything. Commands are imperative, facts are in the past tense.

pub mod agent;
pub mod brief;
pub mod checkpoint;
pub mod cli;
pub mod diff;
pub mod domain;
pub mod hub;
pub mod keymap;
pub mod numbers;
pub mod policy;
pub mod recordings;
pub mod search;
pub mod shapes;
pub mod shell;
pub mod state;
pub mod store;
pub mod stories;
pub mod text;
pub mod theme;
pub mod transcript;
pub mod tui;
pub mod ui;
pub mod view;
pub mod worktree;
