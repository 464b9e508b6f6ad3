//! How quick the hub apart is beside twenty agents that talk, and what it costs when they are silent. Figures, no verdict:
//! `TAUT_SPEED=60 TAUT_TEST_PROGRAM=target/release/taut cargo test --test soak` (a full path for the program).

use super::support::hub::Bench;
use super::support::place::Place;
use super::support::pty::Terminal;
use super::support::weight::{pss, sleeps};
use super::{AGENTS, agent};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use taut::domain::StartSpec;

/// What each of the others says in a second.
const RATE: u64 = 50;

/// The time that all processes here share, in microseconds.
pub fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap()
}

pub fn measure(seconds: u64) {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let mut bench = Bench::attached(&place.state().join("hub.sock"));
    let began = Instant::now();
    for _ in 1..AGENTS {
        let mut talker = agent(&place, RATE * seconds, RATE);
        talker.command.as_mut().unwrap().push("0".into());
        bench.launch(talker);
    }
    let asker = StartSpec { name: Some("asker".into()), ..agent(&place, 0, 0) };
    let id = bench.launch(asker);
    bench.listen(Duration::from_millis(500));
    let terminal = Terminal::apart(place.path(), &["attach", &id.to_string()]);
    terminal.shows("asker");
    let (mut painted, mut on_its_way) = (Vec::new(), Vec::new());
    let mut last = 0;
    while began.elapsed() < Duration::from_secs(seconds) {
        bench.listen(Duration::from_millis(1));
        let Some(asked) = seen(&terminal.screen()).filter(|at| *at > last) else { continue };
        // The first one may have been asked before anybody looked.
        if last > 0 {
            painted.push(now() - asked);
        }
        last = asked;
        // A person opens the card, reads it to its end, and allows it.
        std::thread::sleep(Duration::from_millis(200));
        while !terminal.screen().contains("REVIEW") {
            terminal.keys("w");
            std::thread::sleep(Duration::from_millis(200));
        }
        std::thread::sleep(Duration::from_millis(450));
        terminal.keys(" ");
        std::thread::sleep(Duration::from_millis(150));
        let pressed = now();
        terminal.keys("a");
        let heard = place.path().join("heard");
        terminal
            .until("the answer", |_| fs::read_to_string(&heard).is_ok_and(|text| text.starts_with(&asked.to_string())));
        let text = fs::read_to_string(&heard).unwrap();
        on_its_way.push(text.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap().saturating_sub(pressed));
        terminal.keys("\x1b");
        terminal.hides("REVIEW");
    }
    let load = fs::read_to_string("/proc/loadavg").unwrap();
    println!("load {}; {AGENTS} sessions, {RATE} things a second each", load.trim());
    say("asked by the agent -> painted", &mut painted);
    say("key -> heard by the agent", &mut on_its_way);
    say("a sync of one page (floor of the latter)", &mut syncs(&place));
    drop(terminal);
    bench.until("all turns but one", |bench| {
        bench.state.sessions.values().filter(|session| session.stopped.is_some()).count() == AGENTS - 1
    });
    std::thread::sleep(Duration::from_secs(2));
    let (hub, before) = (place.hub(), sleeps(place.hub()));
    std::thread::sleep(Duration::from_secs(10));
    println!("idle for 10 s: {} wake-ups; PSS {:.1} MB", sleeps(hub) - before, pss(hub) as f64 / 1e6);
}

/// When the newest question on the screen was asked.
fn seen(screen: &str) -> Option<u64> {
    let each = screen.split("asked-at-").skip(1);
    each.filter_map(|rest| rest.get(..16)?.parse().ok()).max()
}

/// How long the disk takes to sync a page, in microseconds.
fn syncs(place: &Place) -> Vec<u64> {
    let mut file = OpenOptions::new().create(true).append(true).open(place.path().join("page")).unwrap();
    let sync = |_| {
        file.write_all(&[7; 4096]).unwrap();
        let began = Instant::now();
        file.sync_data().unwrap();
        u64::try_from(began.elapsed().as_micros()).unwrap()
    };
    (0..60).map(sync).collect()
}

fn say(what: &str, micros: &mut [u64]) {
    micros.sort_unstable();
    let at =
        |share: f64| micros.get(((micros.len() as f64 * share) as usize).min(micros.len() - 1)).copied().unwrap_or(0);
    let ms = |micros: u64| micros as f64 / 1000.0;
    println!("{what}: p50 {:.1} ms, p99 {:.1} ms, {} times", ms(at(0.5)), ms(at(0.99)), micros.len());
}
