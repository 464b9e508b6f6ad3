//! One request, from the prompt to the agent's acting on the answer, and a hub that a test stops or kills on the way.

use super::support::hub::{Bench, OPENS, question, turn_end, update};
use super::support::place::{Place, kill, lives, until};
use rustix::process::{Pid, Signal, kill_process};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use taut::agent::process::tree;
use taut::domain::{Command, Decision, Event, Record, RequestId, Seen, SessionId};
use taut::state::Request;

/// The points of a request's life: kinds of records, written and not told yet, and three moments before one is written.
pub const POINTS: [&str; 9] =
    ["prompt_sent", "asking", "asked", "shown", "deciding", "decided", "answered", "sent", "taken_up"];

/// Where a point stands among them.
pub fn place_of(point: &str) -> usize {
    POINTS.iter().position(|other| *other == point).unwrap()
}

/// True from a point on.
pub fn is_from(point: &str, first: &str) -> bool {
    place_of(point) >= place_of(first)
}

/// A hub with one agent that asks once.
pub struct Stage {
    pub place: Place,
    pub hub: u32,
    pub bench: Bench,
}

impl Stage {
    /// A hub that does something to itself at a point (`kill@asked`), and a console that has heard everything.
    pub fn new(fault: &str) -> Self {
        Self::with("TAUT_FAULT", fault)
    }

    /// The same with any word for the hub alone.
    pub fn with(variable: &str, value: &str) -> Self {
        let place = Place::new();
        let output = place.command(&["daemon", "start"]).env(variable, value).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let bench = Bench::attached(&place.state().join("hub.sock"));
        Self { hub: place.hub(), place, bench }
    }

    /// What the agent heard, a line each, in all its lives.
    pub fn heard(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.place.path().join("heard")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// How often its question was answered.
    pub fn answers(&self) -> usize {
        self.heard().iter().filter(|line| line.contains(r#""id":9"#) && line.contains("result")).count()
    }

    /// Lets the agent act.
    pub fn go(&self) {
        std::fs::write(self.place.path().join("go"), "").unwrap();
    }

    /// The session, by the log.
    pub fn session(&self) -> SessionId {
        session(&self.place)
    }

    /// The request, where there is one.
    pub fn request(&self) -> Option<Request> {
        let records = self.place.records();
        let asked = records.iter().find(|record| matches!(record.event, Event::Asked { .. }))?;
        self.bench.state.request(RequestId { session: asked.session, seq: asked.seq }).cloned()
    }

    /// Starts the agent, looks at its request and allows it, as far as it comes, until the hub is where the test wants it;
    /// then does something.
    #[track_caller]
    pub fn play(&mut self, is_there: impl Fn(u32) -> bool, then: impl FnOnce(&Place)) {
        let Self { place, hub, bench } = self;
        std::thread::scope(|scope| {
            // The hub may stand still before this command has its answer.
            let started = scope.spawn(|| start(place));
            play(place, bench, |_| is_there(*hub));
            then(place);
            started.join().unwrap();
        });
    }

    /// Waits until nothing of the agent is left.
    #[track_caller]
    pub fn nothing_is_left(&self) {
        let mark = self.session().to_string();
        until("the end of the agent's tree", || tree::alive(&mark).is_empty());
    }

    /// The chain is whole, and the console has heard exactly what is on record: no gap, nothing twice, nothing else.
    #[track_caller]
    pub fn is_whole(&mut self) -> Vec<Record> {
        assert!(self.place.done(&["verify"]).contains("sound"));
        let records = self.place.records();
        let last = records.last().unwrap().pos;
        self.bench.until("the last record", |bench| bench.records.last().is_some_and(|record| record.pos >= last));
        let heard: Vec<&Record> = self.bench.records.iter().take_while(|record| record.pos <= last).collect();
        assert_eq!(heard, records.iter().collect::<Vec<_>>());
        let mut decided = std::collections::BTreeSet::new();
        for record in &records {
            if let Event::Decided { request, .. } = &record.event {
                assert!(decided.insert(*request), "{request} was decided twice");
            }
        }
        records
    }
}

/// Starts the agent. It acts on its answer as soon as there is a file `go`.
pub fn start(place: &Place) {
    // Where the hub dies early, this ends with it.
    place.command(&["run", "--detach", "--name", "one", "hi", "--"]).args(agent()).output().unwrap();
}

pub fn play(place: &Place, bench: &mut Bench, is_there: impl Fn(&Bench) -> bool) {
    let (mut shown, mut decided) = (false, false);
    let end = Instant::now() + Duration::from_secs(60);
    while !is_there(bench) {
        assert!(Instant::now() < end, "waited in vain; {:?}", place.records().last());
        bench.listen(Duration::from_millis(5));
        let Some(id) = bench.state.queue().first().map(|waiting| waiting.request.id) else { continue };
        let request = bench.state.request(id).unwrap();
        let digest = request.digest;
        if !shown {
            let seen = Seen { lines: 4, of: 4, end: true };
            bench.send(Command::Shown { request: id, digest, seen });
            shown = true;
        } else if request.shown.is_some() && !decided {
            let decision = Decision::Allow { offer: "y".into() };
            bench.send(Command::Decide { request: id, digest, decision, overridden: false });
            decided = true;
        }
    }
}

/// The session of the stage, by the log.
pub fn session(place: &Place) -> SessionId {
    place.records().first().unwrap().session
}

/// How many records are of a kind.
pub fn count(records: &[Record], kind: &str) -> usize {
    records.iter().filter(|record| record.event.kind() == kind).count()
}

/// The command line of the agent. It writes down all that it hears.
fn agent() -> Vec<String> {
    let say = |line: &str| format!("printf '%s\\n' '{line}'\n");
    let mut script = String::from("hear() { IFS= read -r line || exit 0; printf '%s\\n' \"$line\" >> heard; }\n");
    let can = OPENS[1].replace(r#""agentInfo""#, r#""agentCapabilities":{"loadSession":true},"agentInfo""#);
    for line in ["hear", &say(&can), "hear", &say(OPENS[3]), "hear"] {
        script.push_str(line);
        script.push('\n');
    }
    let call = update(r#""title":"make install","kind":"execute","rawInput":{"command":"make install"}"#);
    script.push_str(&say(&call));
    script.push_str(&say(&question(9, r#""title":"make install","kind":"execute""#)));
    script.push_str("hear\nwhile [ ! -e go ]; do sleep 0.05; done\n");
    script.push_str(&say(&update(r#""status":"in_progress""#)));
    script.push_str(&say(&update(r#""status":"completed""#)));
    script.push_str(&say(&turn_end(3, "end_turn")));
    script.push_str("while hear; do :; done");
    ["sh", "-c", &script].map(str::to_owned).to_vec()
}

/// True where a process has ended.
pub fn is_dead(pid: u32) -> bool {
    !lives(pid)
}

/// True where a process was stopped by a signal.
pub fn is_stopped(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") T "))
}

/// Lets a stopped process go on.
pub fn go_on(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, Signal::CONT).unwrap();
}

/// Kills the agent itself, and leaves its parent of taut's own alone.
pub fn kill_agent(session: SessionId) {
    let agent = agent_of(session);
    kill(agent);
    until("the end of the agent", || is_dead(agent));
}

/// Kills the agent's parent of taut's own.
pub fn kill_parent(session: SessionId) {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", agent_of(session))).unwrap();
    let parent = stat.rsplit(')').next().unwrap().split_whitespace().nth(1).unwrap().parse().unwrap();
    let words = std::fs::read_to_string(format!("/proc/{parent}/cmdline")).unwrap();
    assert!(words.contains("__agent"), "{words}");
    kill(parent);
}

/// The process of the agent: the first shell of its tree.
fn agent_of(session: SessionId) -> u32 {
    let all = tree::alive(&session.to_string());
    all.iter().filter(|(_, name)| name == "sh").map(|(pid, _)| *pid).min().unwrap_or_else(|| panic!("{all:?}"))
}

/// Does something for every point at the same time: most of it is waiting.
pub fn for_each(points: &[&'static str], does: impl Fn(&'static str) + Sync) {
    let failed: Vec<String> = std::thread::scope(|scope| {
        let each: Vec<_> = points.iter().map(|&point| (point, scope.spawn(|| does(point)))).collect();
        let failed = each.into_iter().filter_map(|(point, thread)| thread.join().err().map(|_| point.to_owned()));
        failed.collect()
    });
    assert!(failed.is_empty(), "failed at: {failed:?}");
}

/// The file of the socket.
pub fn socket(place: &Place) -> PathBuf {
    place.state().join("hub.sock")
}

/// True for the end of a session.
pub fn is_end(event: &Event) -> bool {
    matches!(event, Event::Ended { .. })
}
