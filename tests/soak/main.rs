//! Many agents talk at once for a while, and consoles come and go: nothing is lost, and the hub grows by nothing.
//!
//! `TAUT_SOAK` says for how many seconds; without it, nothing runs. `TAUT_SPEED` measures instead (`speed`): it prints, and
//! asserts nothing. This program is the agent, too.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::pedantic,
    reason = "a test by hand and of CI"
)]

mod agent;
mod speed;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use support::hub::Bench;
use support::place::{Place, until};
use support::pty::Terminal;
use support::weight::{files, pss};
use taut::agent::process::tree;
use taut::domain::{Command, Decision, Event, OfferKind, Record, SessionId, StartSpec, Text};

/// Agents.
const AGENTS: usize = 20;
/// What each says in a second.
const RATE: u64 = 200;

fn main() {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("agent") {
        return agent::run(args.map(|word| word.parse().unwrap()).collect());
    }
    let seconds = |name: &str| std::env::var(name).ok().and_then(|seconds| seconds.parse::<u64>().ok());
    match (seconds("TAUT_SOAK"), seconds("TAUT_SPEED")) {
        (_, Some(seconds)) => speed::measure(seconds),
        (Some(seconds), None) => soak(seconds),
        (None, None) => println!("skipped: the soak runs where TAUT_SOAK says for how many seconds"),
    }
}

/// An agent of this program: so many things in all, at this rate.
pub fn agent(place: &Place, events: u64, rate: u64) -> StartSpec {
    let own = std::env::current_exe().unwrap().to_string_lossy().into_owned();
    StartSpec {
        agent: "soak".into(),
        command: Some(vec![own, "agent".into(), events.to_string(), rate.to_string()]),
        cwd: place.path().to_string_lossy().into_owned(),
        prompt: Some("go".into()),
        env: vec![("PATH".into(), std::env::var("PATH").unwrap_or_default())],
        ..StartSpec::default()
    }
}

fn soak(seconds: u64) {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let hub = place.hub();
    let path = place.state().join("hub.sock");
    let mut follower = Bench::attached(&path);
    follower.patience = Duration::from_secs(seconds + 240);
    let events = RATE * seconds;
    let (over, came) = (AtomicBool::new(false), AtomicU32::new(0));
    let before = files(hub);
    let began = Instant::now();
    let ids: Vec<SessionId> = (0..AGENTS).map(|_| follower.launch(agent(&place, events, RATE))).collect();
    let mut weights = Vec::new();
    std::thread::scope(|scope| {
        for seat in 0..2 {
            let (over, came, path) = (&over, &came, &path);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    decide_a_while(path, Duration::from_millis(400 + 300 * seat));
                    came.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let (over, came, place) = (&over, &came, &place);
        scope.spawn(move || {
            while !over.load(Ordering::Relaxed) {
                // Killed as it is dropped.
                let terminal = Terminal::apart(place.path(), &[]);
                terminal.until("its first frame", |terminal| terminal.screen().contains("taut"));
                std::thread::sleep(Duration::from_millis(1500));
                came.fetch_add(1, Ordering::Relaxed);
            }
        });
        let idle = |bench: &Bench| bench.state.sessions.values().filter(|session| session.stopped.is_some()).count();
        let end = Instant::now() + Duration::from_secs(seconds * 4 + 120);
        while idle(&follower) < AGENTS {
            assert!(Instant::now() < end, "the turns do not end: {} of {AGENTS}", idle(&follower));
            follower.listen(Duration::from_millis(500));
            weights.push(pss(hub));
        }
        over.store(true, Ordering::Relaxed);
    });
    let took = began.elapsed();
    follower.listen(Duration::from_millis(300));
    let records = place.records();
    assert_eq!(follower.records.len(), records.len(), "what is on record is what a follower received");
    assert!(follower.records == records);
    for id in &ids {
        counts(*id, &records, events);
    }
    assert!(place.done(&["verify"]).contains("sound"));
    // Warm after a third of the time; a hub that kept what it heard would have grown threefold.
    let (warm, end) = (weights[weights.len() / 3], *weights.last().unwrap());
    println!(
        "soak: {AGENTS} agents said {} things in {:.0} s ({} records); {} consoles came and went; the hub \
         weighed {:.1} MB after a third of it, {:.1} MB at its end",
        events * AGENTS as u64,
        took.as_secs_f64(),
        records.len(),
        came.load(Ordering::Relaxed),
        warm as f64 / 1e6,
        end as f64 / 1e6,
    );
    assert!(end <= warm + warm / 4 + (16 << 20), "it grows: {weights:?}");
    // The agents' pipes, the follower, and little more: what consoles had open is closed.
    let most = before + 8 * AGENTS + 8;
    until(&format!("its files to be closed, {} now, at most {most}", files(hub)), || files(hub) <= most);
    place.done(&["daemon", "stop"]);
    for id in ids {
        until("the end of its processes", || tree::alive(&id.to_string()).is_empty());
    }
}

/// A console comes, answers what waits, and goes.
fn decide_a_while(path: &std::path::Path, time: Duration) {
    let Ok((link, _)) =
        taut::hub::socket::connect(path, path.parent().unwrap(), None, taut::hub::socket::Role::Console)
    else {
        return;
    };
    let mut bench = Bench::following(link);
    let end = Instant::now() + time;
    while Instant::now() < end {
        bench.listen(Duration::from_millis(20));
        let waiting: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.clone()).collect();
        for request in waiting {
            let offer = request.offers.iter().find(|offer| offer.kind == OfferKind::AllowOnce).unwrap().id.clone();
            let (id, digest) = (request.id, request.digest);
            bench.command(Command::Decide {
                request: id,
                digest,
                decision: Decision::Allow { offer },
                overridden: false,
            });
        }
    }
    bench.leave();
}

/// What a session said is on record: every piece once and in its order, every call, every question with one decision.
fn counts(id: SessionId, records: &[Record], events: u64) {
    let own = records.iter().filter(|record| record.session == id);
    let (mut said, mut calls, mut asked, mut decided) = (String::new(), BTreeMap::new(), 0, 0);
    for record in own {
        match &record.event {
            Event::Said { text: Text::Inline(text), .. } => said.push_str(text),
            Event::Called { call, .. } => *calls.entry(call.0.clone()).or_insert(0) += 1,
            Event::Asked { .. } => asked += 1,
            Event::Decided { .. } => decided += 1,
            _ => {}
        }
    }
    let numbers: Vec<u64> = said.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let plan = agent::Plan::of(events);
    assert!(numbers.iter().copied().eq(0..plan.pieces), "{id}: {} of {}", numbers.len(), plan.pieces);
    assert_eq!((calls.len() as u64, asked, decided), (plan.calls, plan.questions, plan.questions), "{id}");
}
