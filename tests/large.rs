//! An agent asks with an argument of 50 MB: it is asked about like any other, shown a screen at a time, and answered as the
//! whole that it is.
//!
//! Alone in its file, and one test, since it measures the whole process.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::path::Path;
use support::hub::Bench;
use support::memory::resident;
use taut::cli::demo_repo;
use taut::domain::{At, CallId, Command, Decision, Digest, Event, Reply, RequestId, SessionId};
use taut::keymap;
use taut::ui::update::update;
use taut::ui::{App, Chord, Effect, Msg, Press, Setup};
use taut::view::{Cache, layout, to_text};

const BYTES: usize = 50_000_000;
const SIZE: (u16, u16) = (120, 36);

/// An agent that asks about a call, in the midst of which so many bytes of a line stand, and keeps the answer.
fn agent(bench: &mut Bench, repo: &Path, call: (&str, &str), line: &str) -> SessionId {
    let (before, after) = call;
    let head = r#"{"jsonrpc":"2.0","id":9,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"c","#;
    let tail = r#"},"options":[{"optionId":"y","name":"Yes","kind":"allow_once"},{"optionId":"n","name":"No","kind":"reject_once"}]}}"#;
    let opens = r#"read -r a; echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}'; read -r a; echo '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s"}}'; read -r a"#;
    let script = format!(
        "{opens}; printf '%s' '{head}{before}'; yes '{line}' | tr -d '\\n' | head -c {BYTES}; printf '%s' '{after}'; \
         echo '{tail}'; read -r a; printf '%s' \"$a\" > answer; while read -r a; do :; done"
    );
    bench.start(repo, &["sh", "-c", &script], Some("go"))
}

/// The request of a session, once it asks, and the digest of what is asked.
fn asked(bench: &mut Bench, id: SessionId) -> (RequestId, Digest) {
    bench.until("the request", |bench| bench.state.session(id).is_some_and(|one| one.waiting().count() == 1));
    let (request, _, _) = bench.state.session(id).unwrap().waiting().next().unwrap();
    (request.id, request.digest)
}

/// What this thread has worked, in nanoseconds: no clock on the wall.
fn worked() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split_whitespace().next().and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

/// A console at the hub, with its screen.
struct Seat {
    app: App,
    cache: Cache,
    now: At,
    text: String,
    /// What was worked until the card stood.
    made: u64,
}

impl Seat {
    /// A console at which a request's card was opened, with all of it there.
    fn at(bench: &mut Bench, request: RequestId) -> Self {
        let app = App::new(Setup { size: SIZE, ..Setup::default() });
        let now = bench.state.session(request.session).unwrap().at;
        let mut seat = Self { app, cache: Cache::new(), now, text: String::new(), made: 0 };
        let known = Box::new(bench.state.clone());
        seat.tell(bench, Msg::Known(known));
        seat.app.queue_selected = Some(request);
        seat.press(bench, "w");
        assert_eq!(seat.app.card.as_ref().map(|card| card.request), Some(request));
        // First it is asked for, then it is there.
        seat.made = (0..3).map(|_| seat.frame(bench)).sum();
        seat
    }

    #[track_caller]
    fn reads(&self, part: &str) {
        assert!(self.text.contains(part), "{}", self.text);
    }

    fn tell(&mut self, bench: &mut Bench, msg: Msg) {
        let mut todo = update(&mut self.app, msg, self.now);
        while let Some(effect) = todo.pop() {
            match effect {
                Effect::Ask(query) => {
                    let before = bench.answers.len();
                    bench.link.ask(query);
                    bench.until("the answer", |bench| bench.answers.len() > before);
                    let answer = bench.answers.pop().unwrap();
                    todo.extend(update(&mut self.app, Msg::Answered(answer), self.now));
                }
                Effect::Send(id, command) => {
                    let reply = bench.command(command);
                    todo.extend(update(&mut self.app, Msg::Replied(id, reply), self.now));
                }
                _ => {}
            }
        }
    }

    /// A frame; gives what was worked for it.
    fn frame(&mut self, bench: &mut Bench) -> u64 {
        let from = worked();
        let scene = layout(&self.app, &mut self.cache, SIZE, self.now);
        let cost = worked() - from;
        self.text = to_text(&scene);
        let rows: usize = scene.regions.iter().map(|region| region.rows.len()).sum();
        assert!(rows < 4 * usize::from(SIZE.1), "a frame holds a screen and no more: {rows} rows");
        self.now.0 += 1_000;
        self.tell(bench, Msg::Painted(Box::new(scene.painted)));
        cost
    }

    fn press(&mut self, bench: &mut Bench, key: &str) {
        self.now.0 += 1_000;
        let chord: Chord = key.parse().unwrap();
        let msg = match keymap::lookup(&self.app, chord.into()) {
            Some(action) => Msg::Did(action, Press::Alone),
            None => Msg::Typed(chord.into()),
        };
        self.tell(bench, msg);
    }
}

#[test]
fn an_argument_of_fifty_megabytes_is_shown_by_the_screen_and_answered_whole() {
    let folder = tempfile::tempdir().unwrap();
    let repo = |name: &str| {
        let repo = folder.path().join(name);
        demo_repo::make(&repo).unwrap();
        repo.canonicalize().unwrap()
    };
    let (first, second, third) = (repo("one"), repo("two"), repo("three"));
    let mut bench = Bench::new(folder.path());
    let begin = resident();
    let runs =
        |last: &str| (r#""kind":"execute","rawInput":{"command":"echo begins "#.to_owned(), format!("{last}\"}}"));
    let (head, tail) = runs("1");
    let id = agent(&mut bench, &first, (&head, &tail), "x");
    let (request, digest) = asked(&mut bench, id);
    let step = bench.state.session(id).unwrap().step_of(&CallId("c".into())).unwrap();
    assert!(step.command.as_ref().unwrap().inline().is_none(), "it is kept apart, and not in memory");
    // Another one that differs in its last byte is another request, and an answer to one is none to the other.
    let (head, tail) = runs("2");
    let twin = agent(&mut bench, &second, (&head, &tail), "x");
    let (theirs, other) = asked(&mut bench, twin);
    assert_ne!(other, digest);
    let deny = || Decision::Deny { offer: Some("n".into()), reason: None, interrupt: false };
    let decide = |request, digest| Command::Decide { request, digest, decision: deny(), overridden: false };
    assert!(matches!(bench.command(decide(theirs, digest)), Reply::Stale { .. }));
    assert_eq!(bench.command(decide(theirs, other)), Reply::Done);
    // On record each is a text apart: what is held is what the agents' own calls are known by until they are over.
    let kept = resident().saturating_sub(begin);
    assert!(begin == 0 || kept < 3 * BYTES as u64, "{} MB are held", kept >> 20);

    let mut seat = Seat::at(&mut bench, request);
    seat.reads("echo begins");
    let made = seat.made;
    for key in ["space", "space", "G", "k", "b", "g", "j", "G"] {
        seat.press(&mut bench, key);
        let cost = seat.frame(&mut bench);
        assert!(cost <= made / 20, "a frame of {key} costs {cost} of {made}: all of it is looked at again");
    }
    // The end was on the screen, and what stands between was not.
    seat.reads("xxxxx1");
    seat.press(&mut bench, "a");
    seat.frame(&mut bench);
    seat.reads("lines unseen");
    assert!(bench.state.request(request).unwrap().waits());
    // A word stands in for the reading, and is on record with what it stands in for.
    seat.press(&mut bench, "a");
    seat.frame(&mut bench);
    for letter in ["u", "n", "r", "e", "a", "d", "enter"] {
        seat.press(&mut bench, letter);
        seat.frame(&mut bench);
    }
    bench.until("the answer", |_| first.join("answer").exists());
    let decided = bench.records.iter().find_map(|record| match &record.event {
        Event::Decided { request: of, digest, overridden, .. } if *of == request => Some((*digest, *overridden)),
        _ => None,
    });
    assert_eq!(decided, Some((digest, true)), "bound to all of it");
    bench.until("all of the answer", |_| {
        std::fs::read_to_string(first.join("answer")).is_ok_and(|answer| answer.contains(r#""optionId":"y""#))
    });
    drop(seat);

    // A file of so many bytes in lines is a difference like any other.
    let change = r#""kind":"edit","rawInput":{"path":"big.txt"},"content":[{"type":"diff","path":"big.txt","oldText":null,"newText":""#;
    let id = agent(&mut bench, &third, (change, r#""}]"#), r"a line of a large file\n");
    let (request, digest) = asked(&mut bench, id);
    let mut seat = Seat::at(&mut bench, request);
    seat.reads("a line of a large file");
    let made = seat.made;
    for key in ["space", "G", "k", "b", "g", "]"] {
        seat.press(&mut bench, key);
        let cost = seat.frame(&mut bench);
        assert!(cost <= made / 20, "a frame of {key} costs {cost} of {made}: all of it is looked at again");
    }
    assert_eq!(bench.command(decide(request, digest)), Reply::Done);
    bench.leave();
}
