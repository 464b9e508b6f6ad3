//! Sessions and queries that never were, from a seed: few words, so that queries find something.

use crate::support::story::Dice;
use std::path::Path;
use taut::domain::{
    Asking, At, By, CallId, CallPatch, CallStatus, Completeness, Decision, Digest, Event, FileChange, Hit, HitIn,
    LookedAll, Offer, OfferKind, OutputPart, PromptId, RequestId, Seq, SessionId, Speaker, Stop, TurnNo,
};
use taut::domain::{Draft, Place};
use taut::search::{Each, Index, Query, scan, search};
use taut::store::{Durability, Store};

/// Beginnings and ends of words: small and large letters, of several scripts, marks of prose, what a query would mistake.
const PIECES: [&str; 20] = [
    "heron",
    "HERON",
    "Zeb",
    "ra",
    "**bo",
    "ld**",
    "`co",
    "de`",
    "größe",
    "GRÖẞE",
    "日本",
    "語",
    "\"q\"",
    "a.c",
    "x",
    "İs",
    "\u{1b}[31mred\u{1b}[0m",
    "é",
    "K",
    "OR",
];
const TOOLS: [&str; 4] = ["Bash", "Edit", "read", "größer"];

/// A text of several words.
fn text(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..=dice.below(8) {
        text.push_str(PIECES[usize::try_from(dice.below(PIECES.len() as u64)).unwrap()]);
        text.push_str(["", " ", "\n", "  "][usize::try_from(dice.below(4)).unwrap()]);
    }
    text
}

/// The next facts of a session; `n` counts its calls.
pub fn events(dice: &mut Dice, session: SessionId, seq: &mut u64, calls: &mut u64, count: u64) -> Vec<Draft> {
    let mut events = Vec::new();
    while (events.len() as u64) < count {
        let seq_now = *seq + events.len() as u64 + 1;
        match dice.below(12) {
            0 => events.push(Event::PromptSent {
                prompt: PromptId(1),
                text: text(dice).into(),
                turn: TurnNo(1),
                steer: false,
                by: None,
            }),
            1 => {
                let stop = if dice.below(2) == 0 { Stop::EndTurn } else { Stop::Other(text(dice)) };
                events.push(Event::TurnEnded { turn: TurnNo(1), stop, tokens: None });
            }
            2..=4 => {
                let who = if dice.below(4) == 0 { Speaker::Thought } else { Speaker::Agent };
                let message = Some(dice.below(3).to_string());
                events.push(Event::Said { who, message, text: text(dice).into() });
            }
            // A text that is kept by its digest.
            5 => {
                let long = format!("{}{}", "filler ".repeat(800), text(dice));
                let call = CallId(format!("c{calls}"));
                events.push(Event::CallOutput { call, part: OutputPart::Append(long.into()) });
            }
            6..=8 => {
                *calls += 1;
                let call = CallId(format!("c{calls}"));
                let path = format!("src/{}", text(dice).replace('\n', "/"));
                let change = FileChange {
                    path: path.clone(),
                    old: None,
                    new: Some(text(dice).into()),
                    patch: None,
                    fragment: false,
                    line: None,
                    moved_to: None,
                };
                let named = CallPatch {
                    tool: Some(TOOLS[usize::try_from(dice.below(4)).unwrap()].to_owned()),
                    title: Some(text(dice).into()),
                    command: (dice.below(2) == 0).then(|| text(dice).into()),
                    places: Some(vec![Place { path, line: None }]),
                    changes: (dice.below(3) == 0).then(|| vec![change]),
                    ..CallPatch::default()
                };
                events.push(Event::Called { call: call.clone(), patch: Box::new(named) });
                if dice.below(3) == 0 {
                    let request = RequestId { session, seq: Seq(seq_now + 1) };
                    events.push(asked(call, seq_now));
                    let decision = Decision::Allow { offer: "y".into() };
                    let digest = Digest::default();
                    events.push(Event::Decided { request, digest, decision, by: By::Human, overridden: false });
                }
            }
            _ => {
                let call = CallId(format!("c{}", calls.saturating_sub(dice.below(70))));
                let status = [CallStatus::Done, CallStatus::Failed][usize::try_from(dice.below(2)).unwrap()];
                events.push(Event::Called {
                    call,
                    patch: Box::new(CallPatch { status: Some(status), ..CallPatch::default() }),
                });
            }
        }
    }
    *seq += events.len() as u64;
    events.into_iter().map(|event| Draft::new(session, event)).collect()
}

fn asked(call: CallId, n: u64) -> Event {
    Event::Asked {
        call,
        native: n.to_string(),
        offers: vec![Offer { id: "y".into(), name: "Yes".into(), kind: OfferKind::AllowOnce }],
        digest: Digest::of(&n.to_le_bytes()),
        payload: Completeness::Whole,
        deadline: None,
        instead_of: None,
        changed: vec![],
        how: Asking::default(),
    }
}

/// Sessions of a log that grow.
pub struct Growing {
    pub dice: Dice,
    sessions: Vec<(SessionId, u64, u64)>,
    clock: i64,
}

impl Growing {
    pub fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), sessions: (1..=4).map(|n| (SessionId(n), 0, 0)).collect(), clock: 1 }
    }

    /// One of them grows.
    pub fn grow(&mut self, store: &mut Store, most: u64) {
        let at = usize::try_from(self.dice.below(self.sessions.len() as u64)).unwrap();
        let (id, seq, calls) = &mut self.sessions[at];
        let mut drafts = Vec::new();
        if *seq == 0 {
            let (name, agent) = (format!("s{}", id.0), if id.0.is_multiple_of(2) { "claude" } else { "codex" });
            drafts.push(started(*id, &name, agent));
            *seq = 1;
        }
        let count = 1 + self.dice.below(most);
        drafts.extend(events(&mut self.dice, *id, seq, calls, count));
        self.clock += i64::try_from(1 + self.dice.below(1000)).unwrap();
        store.append(&drafts, At(self.clock), Durability::Stream).unwrap();
    }

    /// A query that may find something.
    pub fn query(&mut self) -> Vec<String> {
        let dice = &mut self.dice;
        let mut query = Vec::new();
        for _ in 0..=dice.below(2) {
            let words = text(dice);
            let letters: Vec<char> = words.chars().filter(|c| *c != '"' && *c != '\u{1b}').collect();
            let from = usize::try_from(dice.below(letters.len().max(1) as u64)).unwrap();
            let length = usize::try_from(1 + dice.below(7)).unwrap();
            let word: String = letters.iter().skip(from).take(length).collect();
            let words = word.split_whitespace().next().unwrap_or("a").to_owned();
            query.push(if dice.below(4) == 0 { format!("\"{words} h\"") } else { words });
        }
        let facet = match dice.below(9) {
            0 => format!("tool:{}", TOOLS[usize::try_from(dice.below(4)).unwrap()]),
            1 => "error:".to_owned(),
            2 => format!("error:{}", ["he", "ron", "x"][usize::try_from(dice.below(3)).unwrap()]),
            3 => format!("cmd:{}", ["z", "her", "größ"][usize::try_from(dice.below(3)).unwrap()]),
            4 => format!("file:{}", ["src", "HER", "/x"][usize::try_from(dice.below(3)).unwrap()]),
            5 => "decision:allow".to_owned(),
            6 => "agent:claude".to_owned(),
            _ => return query,
        };
        if dice.below(2) == 0 {
            query.clear();
        }
        query.push(facet);
        query
    }
}

pub fn started(session: SessionId, name: &str, agent: &str) -> Draft {
    let event = Event::SessionStarted {
        name: name.to_owned(),
        agent: agent.to_owned(),
        driver: "acp".into(),
        cwd: "/w".into(),
        command: vec![],
        env: vec![],
    };
    Draft::new(session, event)
}

/// What a search tells, all of it.
#[derive(Debug, Default, PartialEq)]
pub struct All(pub Vec<(HitIn, Hit)>);

impl Each for All {
    fn hit(&mut self, of: &HitIn, hit: Hit) {
        self.0.push((of.clone(), hit));
    }
}

pub fn parsed(query: &[String]) -> Option<Query> {
    Query::parse(query, At(0), &Path::to_path_buf).ok()
}

/// By the index, as far as it goes.
pub fn found(state: &Path, query: &Query, limit: usize) -> (All, LookedAll) {
    let mut all = All::default();
    let looked = search(state, query, limit, &mut all).unwrap();
    (all, looked)
}

/// By reading alone.
pub fn read(state: &Path, query: &Query, limit: usize) -> (All, LookedAll) {
    let mut all = All::default();
    let looked = scan(state, query, limit, &mut all).unwrap();
    (all, looked)
}

/// Indexes all there is.
pub fn caught_up(state: &Path) {
    let caught = Index::open(state).unwrap().catch_up(state, &mut || true).unwrap();
    assert!(!caught.stopped);
}
