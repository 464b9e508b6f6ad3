//! Watchdogs: what barks, when, and what does not.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::story::{Dice, records};
use taut::domain::{
    Asking, At, CallId, CallPatch, CallStatus, Completeness, Cost, Decision, Digest, Event, Impact, LaneId, Pos,
    PromptId, Record, RequestId, Seen, Seq, SessionId, TurnNo, Usage, VERSION,
};
use taut::state::watch::{next, watch};
use taut::state::{Alarm, Budget, CALLS, Caps, Limits, Over, Scope, Session, State, page};

const ID: SessionId = SessionId(3);

/// A session that is told of, second by second.
struct Told {
    state: State,
    now: At,
    seq: u64,
}

impl Told {
    fn begun() -> Self {
        let told = Self { state: State::default(), now: At(1_000_000), seq: 0 };
        let (name, agent) = ("work".to_owned(), "demo".to_owned());
        let start =
            Event::SessionStarted { name, agent, driver: "acp".into(), cwd: "/w".into(), command: vec![], env: vec![] };
        told.tell(start).tell(Event::Opened).prompt(1)
    }

    fn on(mut self, lane: u32, event: Event) -> Self {
        self.seq += 1;
        let record = Record {
            pos: Pos(self.seq),
            session: ID,
            seq: Seq(self.seq),
            lane: LaneId(lane),
            at: self.now,
            said_at: None,
            cites: None,
            version: VERSION,
            event,
        };
        self.state.apply(&record);
        self
    }

    fn tell(self, event: Event) -> Self {
        self.on(0, event)
    }

    fn prompt(self, turn: u32) -> Self {
        let prompt = PromptId(turn);
        self.tell(Event::PromptSent { prompt, text: "go".into(), turn: TurnNo(turn), steer: false, by: None })
    }

    fn wait(mut self, seconds: i64) -> Self {
        self.now.0 += seconds * 1_000;
        self
    }

    /// A call of a lane from its beginning to its end, in two words of the agent.
    fn ran(self, lane: u32, patch: CallPatch, status: CallStatus) -> Self {
        let call = CallId(format!("c{}", self.seq));
        let begun = CallPatch { title: Some("Tool".into()), status: Some(CallStatus::Pending), ..CallPatch::default() };
        let ended = CallPatch { status: Some(status), ..patch };
        self.on(lane, Event::Called { call: call.clone(), patch: Box::new(begun) })
            .wait(1)
            .on(lane, Event::Called { call, patch: Box::new(ended) })
    }

    fn run(self, command: &str) -> Self {
        self.ran(0, runs(command), CallStatus::Done)
    }

    fn costs(self, micros: u64, currency: [u8; 3]) -> Self {
        let cost = Some(Cost { micros, currency });
        self.tell(Event::Used { usage: Usage { cost, ..Usage::default() } })
    }

    fn session(&self) -> &Session {
        self.state.session(ID).unwrap()
    }

    fn alarms(&self) -> Vec<Alarm> {
        watch(self.session(), &Limits::default(), self.now)
    }
}

fn runs(command: &str) -> CallPatch {
    CallPatch { command: Some(command.into()), impact: Some(Impact::Execute), ..CallPatch::default() }
}

fn calls(tool: &str, args: &str) -> CallPatch {
    CallPatch { tool: Some(tool.into()), args: Some(args.into()), ..CallPatch::default() }
}

fn circle(alarms: &[Alarm]) -> Option<(Vec<&str>, u32)> {
    alarms.iter().find_map(|alarm| match alarm {
        Alarm::Circle(circle) => Some((circle.calls.iter().map(String::as_str).collect(), circle.rounds)),
        _ => None,
    })
}

#[test]
fn the_same_call_again_and_again_is_told_with_its_count() {
    let mut told = Told::begun();
    for round in 1..=7 {
        told = told.run("cargo test");
        let want = (round >= 5).then(|| (vec!["cargo test"], round));
        assert_eq!(circle(&told.alarms()), want, "round {round}");
    }
    // Another one ends it, and so does the human's next word.
    assert_eq!(circle(&told.run("cargo build").alarms()), None);
    let told = (0..9).fold(Told::begun(), |told, _| told.run("make")).prompt(2);
    assert_eq!(told.alarms(), []);
}

#[test]
fn work_that_goes_on_is_no_circle_and_going_round_is_one() {
    // The same tests between edits that differ: how programs are made.
    let edit = |n: u32| calls("Edit", &format!(r#"{{"path":"a.rs","to":{n}}}"#));
    let told = (0..20).fold(Told::begun(), |told, n| told.ran(0, edit(n), CallStatus::Done).run("cargo test"));
    assert_eq!(circle(&told.alarms()), None);
    // The same edits as well: it goes round.
    let told = (0..5).fold(Told::begun(), |told, _| told.ran(0, edit(1), CallStatus::Done).run("cargo test"));
    assert_eq!(circle(&told.alarms()).map(|(calls, rounds)| (calls.len(), rounds)), Some((2, 5)));
    let told = told.run("ls").run("ls");
    assert_eq!(circle(&told.alarms()), None);
}

#[test]
fn arguments_are_the_same_by_what_they_mean() {
    let spelled = [r#"{"path":"a","limit":3}"#, r#"{ "limit" : 3, "path":"a" }"#];
    let again = |ways: [&'static str; 2]| {
        (0..6).fold(Told::begun(), |told, n| told.ran(0, calls("Read", ways[n % 2]), CallStatus::Done))
    };
    assert_eq!(circle(&again(spelled).alarms()).map(|it| it.1), Some(6));
    assert_eq!(circle(&again([spelled[0], r#"{"path":"b","limit":3}"#]).alarms()).map(|it| it.1), None, "3 of 2");
    // A command is its line: the agent describes it in new words each time.
    let described = |n: usize| CallPatch {
        args: Some(format!(r#"{{"command":"ls","description":"way {n}"}}"#).into()),
        ..runs("ls")
    };
    let told = (0..5).fold(Told::begun(), |told, n| told.ran(0, described(n), CallStatus::Done));
    assert!(circle(&told.alarms()).is_some());
}

#[test]
fn what_is_not_known_is_not_the_same() {
    let titled = |told: Told, n: u32| {
        let patch = CallPatch { title: Some("Tool".into()), ..CallPatch::default() };
        told.tell(Event::Called { call: CallId(format!("p{n}")), patch: Box::new(patch) })
    };
    assert_eq!((0..9).fold(Told::begun(), titled).alarms(), []);
    // A tool that takes nothing says so by its end.
    let told = (0..5).fold(Told::begun(), |told, _| told.ran(0, calls("Status", "{}"), CallStatus::Done));
    assert!(circle(&told.alarms()).is_some());
}

#[test]
fn each_subagent_goes_in_its_own_circles() {
    let each =
        |told: Told| (1..4).fold(told, |told, lane| told.ran(lane, runs(&format!("test {lane}")), CallStatus::Done));
    let told = (0..5).fold(Told::begun(), |told, _| each(told));
    assert_eq!(circle(&told.alarms()).map(|it| it.1), Some(5));
    let told = (1..4).fold(told, |told, lane| told.tell(Event::LaneEnded { ended: LaneId(lane) }));
    assert_eq!(told.alarms(), [], "they have ended");
}

#[test]
fn failures_are_counted_over_the_newest_calls_and_refusals_are_none() {
    let fail = |told: Told, n: u32| told.ran(0, runs(&format!("try {n}")), CallStatus::Failed);
    let failing = |told: &Told| {
        told.alarms().into_iter().find_map(|alarm| match alarm {
            Alarm::Failing { failed, of, last, .. } => Some((failed, of, last)),
            _ => None,
        })
    };
    let told = (0..5).fold(Told::begun(), fail);
    assert_eq!(failing(&told), None);
    assert_eq!(failing(&fail(told, 5)), Some((6, 6, "try 5".to_owned())));
    let told = (0..6).fold(Told::begun().run("a").run("b"), fail);
    assert_eq!(failing(&told), Some((6, 8, "try 5".to_owned())));
    assert_eq!(failing(&told.run("well").run("well")), Some((6, 8, "try 5".to_owned())));
    let told = (0..6).fold(Told::begun().run("a").run("b"), fail).run("c").run("d").run("e");
    assert_eq!(failing(&told), None);

    // What the human refused ends badly by the agent's word only.
    let refused = |mut told: Told, n: u32| {
        let call = CallId(format!("r{n}"));
        let patch = Box::new(runs(&format!("rm {n}")));
        told = told.tell(Event::Called { call: call.clone(), patch }).tell(asks(&call));
        let request = RequestId { session: ID, seq: Seq(told.seq) };
        let decision = Decision::Deny { offer: None, reason: None, interrupt: false };
        let by = taut::domain::By::Human;
        told = told.tell(Event::Decided { request, digest: Digest::default(), decision, by, overridden: false });
        let patch = CallPatch { status: Some(CallStatus::Failed), ..CallPatch::default() };
        told.tell(Event::Called { call, patch: Box::new(patch) })
    };
    assert_eq!((0..8).fold(Told::begun(), refused).alarms(), []);
}

fn asks(call: &CallId) -> Event {
    Event::Asked {
        call: call.clone(),
        native: "1".into(),
        offers: vec![],
        digest: Digest::default(),
        payload: Completeness::Whole,
        deadline: None,
        instead_of: None,
        changed: vec![],
        how: Asking::default(),
    }
}

#[test]
fn a_request_that_is_on_no_screen_is_told_of_in_time_and_no_more_once_it_was() {
    let call = CallId("c".into());
    let told = Told::begun().tell(Event::Called { call: call.clone(), patch: Box::new(runs("git push")) });
    let told = told.tell(asks(&call));
    let request = RequestId { session: ID, seq: Seq(told.seq) };
    let (asked, limits) = (told.now, Limits::default());
    assert_eq!(next(told.session(), &limits, told.now), Some(At(asked.0 + 120_000)));
    let told = told.wait(119);
    assert_eq!(told.alarms(), []);
    let told = told.wait(1);
    assert_eq!(told.alarms(), [Alarm::Unseen { request, since: asked, count: 1 }]);
    assert_eq!(next(told.session(), &limits, told.now), None, "nothing more comes by itself");
    let told = told.tell(Event::Shown { request, digest: Digest::default(), seen: Seen::default() });
    assert_eq!(told.alarms(), []);
}

#[test]
fn silence_is_the_stall_that_the_row_tells_of() {
    let told = Told::begun().run("make").wait(59);
    let limits = Limits::default();
    let due = next(told.session(), &limits, told.now).unwrap();
    assert_eq!((told.alarms(), due.since(told.now)), (vec![], 1_000));
    let told = told.wait(1);
    let last = Some("make".to_owned());
    assert_eq!(told.alarms(), [Alarm::Silent { since: told.session().heard, last }]);
    let never = Limits { silent: u64::MAX, ..limits };
    assert_eq!(watch(told.session(), &never, At(i64::MAX)), []);
    assert_eq!(next(told.session(), &never, told.now), None);
}

const fn usd(dollars: u64) -> Cost {
    Cost { micros: dollars * 1_000_000, currency: *b"USD" }
}

#[test]
fn money_reaches_its_limits_in_its_own_currency_and_the_unknown_reaches_none() {
    let caps = Caps { soft: Some(usd(5)), hard: Some(usd(10)) };
    let limits = Limits { budget: Budget { session: caps, day: Caps::default() }, ..Limits::default() };
    let reached = |told: &Told| {
        watch(told.session(), &limits, told.now).into_iter().find_map(|alarm| match alarm {
            Alarm::Spent(spend) => Some((spend.over, spend.spent.micros, spend.key())),
            _ => None,
        })
    };
    assert_eq!(reached(&Told::begun()), None, "nothing is told");
    let told = Told::begun().costs(4_999_999, *b"USD");
    assert_eq!(reached(&told), None);
    let told = told.costs(5_000_000, *b"USD");
    assert_eq!(reached(&told), Some((Over::Soft, 5_000_000, "budget.session")));
    let told = told.costs(12_000_000, *b"USD");
    assert_eq!(reached(&told), Some((Over::Hard, 12_000_000, "budget.session_hard")));
    assert_eq!(reached(&Told::begun().costs(99_000_000, *b"EUR")), None);
}

#[test]
fn a_day_is_the_users_own_and_counts_only_what_was_spent_in_it() {
    const HOUR: i64 = 3_600;
    // 22:30 of a day in UTC: past midnight in Delhi, five and a half hours ahead.
    let mut told = Told::begun();
    told.now = At((20_000 * 24 + 22) * HOUR * 1_000 + 1_800_000);
    let told = told.costs(1_000_000, *b"USD").wait(HOUR).costs(1_500_000, *b"USD").wait(HOUR).costs(3_500_000, *b"USD");
    let today = |offset: i64| told.state.today(told.now, i32::try_from(offset).unwrap()).sums;
    let of = |micros| vec![Cost { micros, currency: *b"USD" }];
    assert_eq!(today(0), of(2_000_000), "half past midnight: only the last of three");
    assert_eq!(today(5 * HOUR + 1_800), of(3_500_000));
    assert_eq!(today(-12 * HOUR), of(3_500_000));
    let budget = Budget { day: Caps { soft: Some(usd(2)), hard: None }, session: Caps::default() };
    let spend = budget.of_day(&told.state.today(told.now, 0)).unwrap();
    assert_eq!((spend.scope, spend.over, spend.key()), (Scope::Day, Over::Soft, "budget.day"));
    // The next day begins with nothing, and whoever works and tells nothing is counted as such.
    let told = told.wait(24 * HOUR);
    assert_eq!(told.state.today(told.now, 0).sums, []);
    let untold = Told::begun();
    assert_eq!(untold.state.today(untold.now, 0).untold, 1);
}

#[test]
fn an_older_conversations_bill_is_not_todays() {
    let told = Told::begun();
    let mut state = State::default();
    // It said something before its first prompt here: its first bill is not only of today.
    for record in [
        Event::Opened,
        Event::Said { who: taut::domain::Speaker::Agent, message: None, text: "welcome back".into() },
        Event::PromptSent { prompt: PromptId(1), text: "go".into(), turn: TurnNo(1), steer: false, by: None },
        Event::Used { usage: Usage { cost: Some(usd(70)), ..Usage::default() } },
        Event::Used { usage: Usage { cost: Some(usd(71)), ..Usage::default() } },
    ]
    .into_iter()
    .zip(1..)
    .map(|(event, n)| Record {
        pos: Pos(n),
        session: ID,
        seq: Seq(n),
        lane: LaneId::ROOT,
        at: told.now,
        said_at: None,
        cites: None,
        version: VERSION,
        event,
    }) {
        state.apply(&record);
    }
    assert_eq!(state.today(told.now, 0).sums, [usd(1)]);
}

#[test]
fn no_order_of_facts_breaks_a_watchdog_or_fills_the_memory() {
    let tight = Limits { silent: 1, repeat: 2, errors: (1, 2), unseen: 1, budget: Budget::default() };
    for seed in 0..40 {
        let mut all = records(ID, seed, 600);
        let mut dice = Dice::new(seed + 1_000);
        if seed % 2 == 1 {
            for at in 0..all.len() {
                let other = usize::try_from(dice.below(all.len() as u64)).unwrap();
                all.swap(at, other);
            }
        }
        let mut state = State::default();
        for (n, record) in all.iter().enumerate() {
            state.apply(record);
            if n % 7 == 0 {
                let session = state.session(ID).unwrap();
                for now in [At(0), record.at, At(i64::MAX), At(i64::MIN)] {
                    for alarm in watch(session, &tight, now) {
                        let _ = alarm.id();
                    }
                    assert!(next(session, &tight, now).is_none_or(|due| due > now));
                    let _ = state.today(now, i32::MAX);
                }
            }
        }
        let session = state.session(ID).unwrap();
        assert!(session.recent.calls.len() <= CALLS && session.recent.spent.len() <= 208);
    }
}

#[test]
fn many_calls_and_many_months_stay_small() {
    let (mut told, mut paged) = (Told::begun(), Told::begun());
    let step = |told: Told, n: u64| {
        let status = if n.is_multiple_of(3) { CallStatus::Failed } else { CallStatus::Done };
        told.ran(0, runs(&format!("{} {}", n % 2, "x".repeat(3_000))), status).wait(700).costs(n * 100, *b"USD")
    };
    for n in 0..3_000u64 {
        (told, paged) = (step(told, n), step(paged, n));
        // Page by page it comes to the same as in one go.
        if page::is_due(Seq(paged.seq)) || n % 500 == 0 {
            let read = page::read_keyframe(&page::keyframe(paged.session())).unwrap();
            paged.state.sessions.insert(ID, read);
        }
    }
    assert!(told.session().recent == paged.session().recent && told.session().recent.spent.len() > 100);
    let bytes = serde_json::to_vec(&told.session().recent).unwrap().len();
    assert!(bytes < 20_000, "{bytes}");
    // A keyframe of before it was known what a session did lately is read.
    let mut old: serde_json::Value = serde_json::from_slice(&page::keyframe(told.session())).unwrap();
    old.as_object_mut().unwrap().remove("recent");
    let read = page::read_keyframe(&serde_json::to_vec(&old).unwrap()).unwrap();
    assert!(read.recent.calls.is_empty());
}
