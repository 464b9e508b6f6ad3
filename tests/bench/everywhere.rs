//! Searching 10,000 small sessions: half of them taut's own, half recordings of another tool; by the index, and what it costs
//! to make that.

use super::clock::measure;
use super::table::Table;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use taut::domain::{At, CallId, CallPatch, CallStatus, Draft, Event, Hit, HitIn, PromptId, SessionId, Speaker, TurnNo};
use taut::recordings::{Recordings, places};
use taut::search::{Each, Index, Query, scan, search};
use taut::store::{Durability, Opened, Store};

const EACH: u32 = 5_000;
const TURNS: u32 = 3;
const WORDS: [&str; 12] = [
    "parser", "token", "receipt", "basket", "rounding", "compare", "constant", "timeout", "schema", "migrate", "retry",
    "cache",
];

fn words(n: u32) -> String {
    let mut text = String::new();
    for at in 0..24 {
        let word = WORDS[((n.wrapping_mul(2_654_435_761) >> 7).wrapping_add(at * (n % 7 + 1)) as usize) % WORDS.len()];
        let _ = write!(text, "{word}{} ", (n * 31 + at) % 97);
    }
    if n.is_multiple_of(2_501) {
        text.push_str("a Pelican");
    }
    text
}

fn own(store: &mut Store, n: u32) {
    let id = SessionId(n);
    let mut events = vec![Event::SessionStarted {
        name: format!("own-{n}"),
        agent: "claude".into(),
        driver: "acp".into(),
        cwd: format!("/home/demo/p{}", n % 50),
        command: vec![],
        env: vec![],
    }];
    for turn in 1..=TURNS {
        let call = CallId(format!("c{turn}"));
        let (text, said) = (words(n * 8 + turn).into(), words(n * 8 + turn + 4).into());
        let patch = CallPatch {
            tool: Some("Bash".into()),
            command: Some(format!("cargo test {}", WORDS[(n + turn) as usize % WORDS.len()]).into()),
            status: Some(if n.is_multiple_of(97) { CallStatus::Failed } else { CallStatus::Done }),
            ..CallPatch::default()
        };
        events.push(Event::PromptSent { prompt: PromptId(turn), text, turn: TurnNo(turn), steer: false, by: None });
        events.push(Event::Called { call, patch: Box::new(patch) });
        events.push(Event::Said { who: Speaker::Agent, message: Some(turn.to_string()), text: said });
    }
    let drafts: Vec<Draft> = events.into_iter().map(|event| Draft::new(id, event)).collect();
    store.append(&drafts, At(i64::from(n) * 1_000), Durability::Stream).unwrap();
}

fn kept(recordings: &mut Recordings, folder: &Path, n: u32) {
    let path = folder.join(format!("{n:08}.jsonl"));
    let mut text = String::new();
    for turn in 1..=TURNS {
        for (kind, said) in [("user", words(n * 16 + turn)), ("assistant", words(n * 16 + turn + 8))] {
            let content = match kind {
                "user" => format!("\"{said}\""),
                _ => format!("[{{\"type\":\"text\",\"text\":\"{said}\"}}]"),
            };
            let (minute, second) = (n / 60 % 60, n % 60);
            let _ = writeln!(
                text,
                "{{\"type\":\"{kind}\",\"uuid\":\"{n}{kind}{turn}\",\"sessionId\":\"{n:08}\",\"cwd\":\"/w/p{}\",\"timestamp\":\
                 \"2026-01-02T03:{minute:02}:{second:02}Z\",\"message\":{{\"id\":\"{turn}{kind}\",\"role\":\"{kind}\",\"content\":{content}}}}}",
                n % 50
            );
        }
    }
    fs::write(&path, text).unwrap();
    let format = places::format_of(&path).unwrap();
    recordings.keep(&path, format, true, At(1)).unwrap();
}

#[derive(Default)]
struct Count(usize);

impl Each for Count {
    fn hit(&mut self, _: &HitIn, _: Hit) {
        self.0 += 1;
    }
}

pub fn everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let (state, theirs) = (folder.path().join("state"), folder.path().join("theirs"));
    fs::create_dir_all(&theirs).unwrap();
    let Opened::Writer(mut store) = Store::open(&state).unwrap() else { unreachable!("nobody else has it") };
    (1..=EACH).for_each(|n| own(&mut store, n));
    let mut recordings = Recordings::open(&state).unwrap();
    (1..=EACH).for_each(|n| kept(&mut recordings, &theirs, n));
    drop(recordings);

    let mut table = Table::new("search everywhere: 10,000 small sessions", "search");
    let began = Instant::now();
    Index::open(&state).unwrap().catch_up(&state, &mut || true).unwrap();
    let took = began.elapsed();
    let holds = Index::open(&state).unwrap().holds().unwrap();
    assert_eq!(holds.sessions, u64::from(2 * EACH));

    let floor = measure(
        9,
        || (),
        |()| {
            let index = Index::read(&state).unwrap().unwrap();
            drop(black_box(index.names().unwrap()));
        },
    );
    table.floor("read the names of all sessions from the index", 1, &floor);
    let mut slowest = 0.0_f64;
    for (what, query) in [
        ("a word in a few of them", "pelican"),
        ("a word in all of them", "receipt"),
        ("two words", "receipt13 basket"),
        ("nothing: pieces that stand everywhere", "receiptbasket"),
        ("a command that failed", "error: cmd:basket"),
        ("an agent's, since a day, in a folder", "agent:claude since:2026-01-01 project:/w/p7 token"),
    ] {
        let parsed = Query::parse(&[query.to_owned()], At(0), &Path::to_path_buf).unwrap();
        let mut count = 0;
        let cost = measure(
            9,
            || (),
            |()| {
                let mut found = Count::default();
                let looked = search(&state, &parsed, 50, &mut found).unwrap();
                assert_eq!((looked.scanned, looked.why), (0, None), "all of it is in the index");
                count = found.0;
            },
        );
        slowest = slowest.max(cost.wall.as_secs_f64() * 1e3);
        table.row(&format!("{what}: {count} hits"), 1, &cost);
        table.note(&format!("{query:?}: {:.1} ms on the wall", cost.wall.as_secs_f64() * 1e3));
    }
    table.note(&format!("the slowest: {slowest:.1} ms on the wall, and 100 ms is the limit"));
    let parsed = Query::parse(&["pelican".to_owned()], At(0), &Path::to_path_buf).unwrap();
    let began = Instant::now();
    scan(&state, &parsed, usize::MAX, &mut Count::default()).unwrap();
    table.note(&format!("the same by reading all of them: {:.0} ms", began.elapsed().as_secs_f64() * 1e3));
    let kib = holds.bytes as f64 / 1024.0;
    table.note(&format!("the index: made in {:.1} s, {kib:.0} KiB", took.as_secs_f64()));
}
