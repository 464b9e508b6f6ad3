//! What reads the words of others: every format of transcripts, and every protocol. Each takes any bytes, and what must hold
//! whatever they are is asserted here.

use crate::chance::Chance;
use crate::pool;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use taut::agent::{Back, Fact, Leave, Opening, Protocol, Tell, acp::Acp, claude::Claude, codex::Codex};
use taut::domain::{Decision, Event, Given, Record};
use taut::state::State;
use taut::transcript::{Beside, FORMATS, Format, Lines, Out, Stamp};

/// What is told of an input is at most so many times as long, and this much on top.
const TIMES: usize = 100;
const ON_TOP: usize = 512 << 10;

/// One decoder.
pub(crate) struct Decoder {
    pub(crate) name: String,
    pub(crate) pool: Vec<Vec<u8>>,
    kind: Kind,
}

/// Begins a protocol anew.
type New = fn() -> Box<dyn Protocol>;

enum Kind {
    Transcript(&'static dyn Format),
    Live(New),
}

/// All of them.
pub(crate) fn all() -> Vec<Decoder> {
    let formats = FORMATS.iter().zip(pool::transcripts(&FORMATS));
    let read = formats.map(|(format, pool)| Decoder::of(&format!("transcript {}", format.name()), pool, *format));
    let live: [(&str, &str, New); 3] = [
        ("acp", "wire", || Box::new(Acp::new())),
        ("claude", "claude_wire/logs", || Box::new(Claude::new())),
        ("codex", "codex_wire/logs", || Box::new(Codex::new())),
    ];
    let live = live.into_iter().map(|(name, folder, new)| Decoder {
        name: format!("live {name}"),
        pool: pool::heard(folder),
        kind: Kind::Live(new),
    });
    read.chain(live).collect()
}

impl Decoder {
    /// A format that begins with these lines.
    pub(crate) fn of(name: &str, pool: Vec<Vec<u8>>, format: &'static dyn Format) -> Self {
        Self { name: name.to_owned(), pool, kind: Kind::Transcript(format) }
    }

    /// Reads an input, in a way that chance chooses. Panics where something that must hold does not.
    pub(crate) fn run(&self, input: &[u8], chance: &mut Chance) {
        match self.kind {
            Kind::Transcript(format) => read(format, input, chance),
            Kind::Live(new) => live(&mut *new(), input, chance),
        }
    }
}

/// Reads it as the lines of one file or of several, in pieces, and folds what is told.
fn read(format: &dyn Format, input: &[u8], chance: &mut Chance) {
    let _ = format.sniff(input);
    let about = *chance.of_these(&["", "{}", r#"{"agentType":"x","toolUseId":"a","description":3}"#, "["]);
    let files = if chance.percent(75) { 1 } else { 2 + chance.below(2) };
    let beside: Vec<Beside> = (1..files)
        .map(|n| Beside { path: format!("session/subagents/agent-{n}.jsonl").into(), about: about.to_owned() })
        .collect();
    let mut reader = format.reader("session", &beside);
    let mut all: Vec<Lines> = (0..files).map(|_| Lines::default()).collect();
    let (mut out, mut told) = (Out::default(), Told::new(input));
    let ends = chance.percent(80);
    let mut rest = input;
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(1 + chance.below(rest.len().min(4_000)));
        rest = later;
        let file = chance.below(files);
        all[file].take(piece, &mut |line| {
            if let taut::transcript::LineText::Bytes(bytes) = line.text {
                let _ = format.when(bytes);
            }
            reader.line(file, line, &mut out);
        });
        told.take(&mut out);
    }
    if ends {
        for (file, lines) in all.iter_mut().enumerate() {
            lines.end(&mut |line| reader.line(file, line, &mut out));
        }
        reader.end(&mut out);
    }
    told.take(&mut out);
}

/// What was told, folded.
struct Told {
    stamp: Stamp,
    state: State,
    bytes: usize,
    most: usize,
}

impl Told {
    fn new(input: &[u8]) -> Self {
        let most = input.len() * TIMES + ON_TOP;
        Self { stamp: Stamp::of("fuzz"), state: State::default(), bytes: 0, most }
    }

    fn take(&mut self, out: &mut Out) {
        for told in out.told.drain(..) {
            let record = self.stamp.record(told);
            self.bytes += kept(&record);
            self.state.apply(&record);
        }
        assert!(self.bytes <= self.most, "it tells {} bytes, and at most {} are right", self.bytes, self.most);
    }
}

/// A record is what it was, once it was written and read: its bytes.
fn kept(record: &Record) -> usize {
    let json = serde_json::to_vec(record).unwrap();
    let read: Record = serde_json::from_slice(&json).unwrap_or_else(|error| {
        panic!("a record that can't be read again: {error}: {}", String::from_utf8_lossy(&json))
    });
    assert_eq!(&read, record, "a record that is another one once it was written");
    json.len()
}

/// An agent says these lines, and is told this and that between them.
fn live(codec: &mut dyn Protocol, input: &[u8], chance: &mut Chance) {
    let load = chance.percent(20).then(|| "a-session".to_owned());
    let opening = Opening { cwd: "/w".to_owned(), load, mark: "m".to_owned(), ..Opening::default() };
    let most = input.len() * TIMES + ON_TOP;
    let (mut asked, mut bytes) = (vec!["1".to_owned(), "\"x\"".to_owned()], 0);
    let mut took = |turnout: taut::agent::Turnout, asked: &mut Vec<String>| {
        for line in &turnout.lines {
            assert!(!line.contains('\n'), "a line for the agent that is two: {line}");
            // An id is given back as it came, also one that no number holds.
            serde_json::from_str::<serde::de::IgnoredAny>(line).expect("a line for the agent that is no JSON");
            bytes += line.len();
        }
        for fact in turnout.facts {
            match fact {
                Fact::Event(_, event) => bytes += stored(&event),
                Fact::Ask(ask) | Fact::HeldBack(ask) | Fact::ByOwnRules(ask) => asked.push(ask.native),
                Fact::Leaves(leaves) => asked.push(leaves.native),
                _ => {}
            }
        }
        assert!(bytes <= most, "it tells {bytes} bytes, and at most {most} are right");
    };
    took(codec.open(opening), &mut asked);
    let from = chance.number();
    for line in input.split(|byte| *byte == b'\n') {
        // What is told behind a line hangs on that line alone, so that an input can be cut down.
        let mut hasher = DefaultHasher::new();
        line.hash(&mut hasher);
        let chance = &mut Chance::of(from ^ hasher.finish());
        took(codec.hear(line), &mut asked);
        if chance.percent(25) {
            let native = chance.of_these(&asked).clone();
            took(codec.tell(tell(chance, native)), &mut asked);
        }
        if chance.percent(4) {
            let native = chance.of_these(&asked).clone();
            took(codec.unhooked(&native, None), &mut asked);
        }
    }
    took(codec.gone(), &mut asked);
}

fn stored(event: &Event) -> usize {
    let json = serde_json::to_vec(event).unwrap();
    let read: Event = serde_json::from_slice(&json).expect("an event that can't be read again");
    assert_eq!(&read, event, "an event that is another one once it was written");
    json.len()
}

fn tell(chance: &mut Chance, native: String) -> Tell {
    let some = || "x".to_owned();
    let back = || Back { first: some(), last: some() };
    match chance.below(14) {
        0 => Tell::Prompt(some()),
        1 => Tell::Steer(some()),
        2 => Tell::Interrupt,
        3 => Tell::Leave(native, if chance.percent(50) { Leave::No } else { Leave::ToItsRules }),
        4 => Tell::Mode(some()),
        5 => Tell::Model(some()),
        6 => Tell::Back(back()),
        7 => Tell::Context,
        8 => Tell::Login(some()),
        9 => Tell::Answer(native, Decision::Allow { offer: some() }),
        10 => Tell::Answer(native, Decision::Allow { offer: "allow".to_owned() }),
        11 => Tell::Answer(native, Decision::Deny { offer: None, reason: Some(some()), interrupt: chance.percent(50) }),
        12 => Tell::Answer(native, Decision::Edit { offer: None, args: "{\"a\":1}".into(), reason: None }),
        _ => Tell::Answer(native, Decision::Reply { given: vec![Given { question: some(), answers: vec![some()] }] }),
    }
}
