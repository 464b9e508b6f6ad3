//! The log of the pictures: five sessions of the demo agent through a real hub, then freed of this machine and its clock.
//!
//! `UPDATE_DEMO=1 cargo test --test screenshots` records it anew. What happened, and its order within a session, stays as it
//! was recorded; when it happened is made up, since an agent without pauses does everything at once.

use crate::support::hub::{Bench, program};
use std::path::{Path, PathBuf};
use taut::cli::demo_repo;
use taut::domain::{
    At, CallStatus, Cause, Command, Decision, Digest, Event, Impact, OfferKind, Pos, Record, Reply, Seen, SessionId,
    StartSpec,
};

/// 2026-11-20 16:02:00 UTC.
const BEGAN: i64 = 1_795_190_520_000;

/// Where the log is kept.
pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/demo.jsonl")
}

/// The log as it is kept.
pub fn read() -> Vec<Record> {
    let text = std::fs::read_to_string(file()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Records the log anew, and keeps it.
pub fn renew() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let mut log = String::new();
    for record in timed(record(&folder)) {
        log.push_str(&free(&serde_json::to_string(&record).unwrap(), &folder));
        log.push('\n');
    }
    std::fs::write(file(), log).unwrap();
}

/// What a session does, and when it begins in seconds after the first.
struct Part {
    name: &'static str,
    prompt: &'static str,
    begins: i64,
    answers: &'static [OfferKind],
    then: Option<&'static str>,
}

/// Milliseconds between the pieces of what the agent says: enough that what is implied is written before what comes next.
const PACE: &str = "8";
const ONCE: OfferKind = OfferKind::AllowOnce;
const PARTS: [Part; 5] = [
    Part { name: "receipts", prompt: "Make the receipt add up", begins: 0, answers: &[ONCE; 3], then: None },
    Part {
        name: "cents",
        prompt: "Find out where the cents go, and mend it",
        begins: 175,
        answers: &[ONCE, ONCE, OfferKind::RejectOnce, ONCE],
        then: Some("and the readme?"),
    },
    Part { name: "nightly", prompt: "crash", begins: 181, answers: &[], then: None },
    Part {
        name: "totals",
        prompt: "Customers say the total is off by a cent",
        begins: 202,
        answers: &[ONCE],
        then: None,
    },
    Part { name: "discounts", prompt: "Discounts are rounded down twice: why?", begins: 272, answers: &[], then: None },
];

fn record(folder: &Path) -> Vec<(i64, Vec<Record>)> {
    let mut bench = Bench::new(folder);
    let mut sessions = Vec::new();
    for part in &PARTS {
        let cwd = folder.join("src").join(part.name);
        std::fs::create_dir_all(folder.join("src")).unwrap();
        demo_repo::make(&cwd).unwrap();
        let program = program().to_string_lossy().into_owned();
        let spec = StartSpec {
            agent: "demo".into(),
            command: Some(vec![program, "demo-agent".into(), "--pace".into(), PACE.into()]),
            cwd: cwd.to_string_lossy().into_owned(),
            name: Some(part.name.into()),
            prompt: Some(part.prompt.into()),
            env: std::env::vars().collect(),
            ..StartSpec::default()
        };
        let Reply::Started { session } = bench.command(Command::Start(Box::new(spec))) else { panic!("not started") };
        play(&mut bench, session, part);
        sessions.push((part.begins, session));
    }
    let records = bench.leave();
    let of = |id: SessionId| records.iter().filter(|record| record.session == id).cloned().collect();
    sessions.into_iter().map(|(begins, id)| (begins, of(id))).collect()
}

fn play(bench: &mut Bench, id: SessionId, part: &Part) {
    let is_over =
        |bench: &Bench| bench.state.session(id).is_some_and(|session| session.stopped.is_some() || !session.is_live());
    let asks = move |bench: &Bench| bench.state.queue().iter().any(|waiting| waiting.session.id == id);
    let mut then = part.then;
    for &kind in part.answers {
        bench.until("a request, or the end of the turn", |bench| asks(bench) || is_over(bench));
        if !asks(bench) {
            let Some(text) = then.take() else { break };
            bench.command(Command::Prompt { session: id, text: text.into(), steer: false });
            bench.until("a request", asks);
        }
        answer(bench, id, kind);
    }
    bench.until("the next request, or the end", |bench| asks(bench) || is_over(bench));
}

/// Reads a request to its end, and answers it.
fn answer(bench: &mut Bench, id: SessionId, kind: OfferKind) {
    let queue = bench.state.queue();
    let request = queue.iter().find(|waiting| waiting.session.id == id).unwrap().request.clone();
    for end in [false, true] {
        let seen = Seen { lines: if end { 7 } else { 5 }, of: 7, end };
        bench.command(Command::Shown { request: request.id, digest: request.digest, seen });
    }
    let offer = request.offers.iter().find(|offer| offer.kind == kind).unwrap().id.clone();
    let decision = if kind == ONCE {
        Decision::Allow { offer }
    } else {
        let reason = Some("the changelog is written at the release".into());
        Decision::Deny { offer: Some(offer), reason, interrupt: false }
    };
    bench.command(Command::Decide { request: request.id, digest: request.digest, decision, overridden: false });
    bench.until("the answer to be taken up", |bench| bench.state.waiting_request(request.id).is_none());
}

/// Gives every record a time, and all of them one order.
fn timed(sessions: Vec<(i64, Vec<Record>)>) -> Vec<Record> {
    let mut all = Vec::new();
    for (begins, records) in sessions {
        let mut at = BEGAN + begins * 1000;
        let mut impact = Impact::Other;
        for mut record in records {
            // Between two thirds and four thirds, by what it is and where it stands.
            let dice = Digest::of(format!("{}{}{begins}", record.seq.0, record.event.kind()).as_bytes()).0[0];
            at += pause(&record, &mut impact) * (170 + i64::from(dice)) / 297;
            (record.at, record.said_at) = (At(at), None);
            if let Event::SessionStarted { env, .. } = &mut record.event {
                *env = ["HOME", "LANG", "PATH", "TERM"].map(str::to_owned).to_vec();
            }
            all.push(record);
        }
    }
    all.sort_by_key(|record| (record.at, record.session, record.seq));
    for (pos, record) in (1..).zip(&mut all) {
        record.pos = Pos(pos);
    }
    all
}

/// Milliseconds before a record, about.
fn pause(record: &Record, impact: &mut Impact) -> i64 {
    match &record.event {
        Event::Connected { .. } => 640,
        Event::Opened => 90,
        Event::PromptSent { turn, .. } if turn.0 > 1 => 14_000,
        Event::PromptSent { .. } => 400,
        Event::Planned { .. } => 600,
        Event::Said { .. } => 450,
        Event::Called { patch, .. } => {
            *impact = patch.impact.unwrap_or(*impact);
            match patch.status {
                // Nobody answered, until taut was left.
                Some(CallStatus::Abandoned) => 1_200_000,
                Some(CallStatus::Done | CallStatus::Failed) => match impact {
                    Impact::Execute => 1_900,
                    Impact::Edit | Impact::Delete | Impact::Move => 45,
                    _ => 28,
                },
                Some(CallStatus::Pending) => 1_300,
                Some(CallStatus::Running) | None => 15,
            }
        }
        Event::CallOutput { .. } => 60,
        Event::Asked { .. } => 110,
        Event::Shown { seen, .. } => {
            if seen.end {
                6_000
            } else {
                9_000
            }
        }
        Event::Decided { .. } => 17_000,
        Event::Sent { .. } => 3,
        Event::TakenUp { .. } => 40,
        Event::Compacted { .. } => 4_200,
        Event::TurnEnded { .. } => 300,
        Event::Ended { cause: Cause::Quit, .. } => 600_000,
        Event::Ended { .. } => 2_000,
        _ => 2,
    }
}

/// Frees a line of the machine it was recorded on.
fn free(line: &str, folder: &Path) -> String {
    let program = program();
    line.replace(folder.to_str().unwrap(), "/home/demo").replace(program.to_str().unwrap(), "taut")
}
