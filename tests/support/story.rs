//! Records of a session that never was: every kind of fact, in odd orders, from a seed.

use taut::domain::{
    Asking, At, By, CallId, CallPatch, CallStatus, Cause, Closing, Completeness, Decision, Digest, Event, Gate, Impact,
    LaneId, Notice, Offer, OfferKind, OutputPart, PlanItem, PlanStatus, Pos, PromptId, Record, RequestId, Seen, Seq,
    SessionId, Speaker, Stop, Text, TurnNo, Usage, VERSION,
};

/// A small generator of numbers, so that a seed is a story.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// `count` records of one session.
pub fn records(session: SessionId, seed: u64, count: u64) -> Vec<Record> {
    stream(session, seed, count).collect()
}

/// The same records one by one, so that a long session needs no room.
pub fn stream(session: SessionId, seed: u64, count: u64) -> impl Iterator<Item = Record> {
    let mut dice = Dice::new(seed);
    let mut asked: Vec<Seq> = Vec::new();
    let (mut calls, mut turn) = (0u64, 0u32);
    (1..=count).map(move |n| {
        let lane = LaneId(u32::from(dice.below(5) == 0));
        let event = if n == 1 {
            Event::SessionStarted {
                name: "story".into(),
                agent: "demo".into(),
                driver: "acp".into(),
                cwd: "/home/demo".into(),
                command: vec!["demo".into()],
                env: vec![],
            }
        } else if n == 2 {
            Event::Opened
        } else {
            event(&mut dice, session, Seq(n), &mut asked, &mut calls, &mut turn)
        };
        record(session, n, lane, event)
    })
}

/// The worst that an agent can do: a question that waits, and calls that never end, each with more output than is kept.
pub fn heavy(session: SessionId, count: u64) -> impl Iterator<Item = Record> {
    (1..=count).map(move |n| {
        let call = CallId(format!("c{}", n / 20));
        let event = match n % 20 {
            0 => Event::Called { call, patch: Box::new(CallPatch::default()) },
            1 if n == 1 => Event::Asked {
                call,
                native: "1".into(),
                offers: vec![Offer { id: "y".into(), name: "Yes".into(), kind: OfferKind::AllowOnce }],
                digest: Digest::default(),
                payload: Completeness::Whole,
                deadline: None,
                instead_of: None,
                changed: vec![],
                how: Asking::default(),
            },
            _ => Event::CallOutput { call, part: OutputPart::Append("x".repeat(4096).into()) },
        };
        record(session, n, LaneId::ROOT, event)
    })
}

fn record(session: SessionId, n: u64, lane: LaneId, event: Event) -> Record {
    Record {
        pos: Pos(n),
        session,
        seq: Seq(n),
        lane,
        at: At(1_000 * n.cast_signed()),
        said_at: None,
        cites: None,
        version: VERSION,
        event,
    }
}

fn event(
    dice: &mut Dice,
    session: SessionId,
    seq: Seq,
    asked: &mut Vec<Seq>,
    calls: &mut u64,
    turn: &mut u32,
) -> Event {
    // Mostly calls of late; now and then one long gone.
    let old = dice.below(40) == 0;
    let back = dice.below(if old { 400 } else { 6 });
    let call = CallId(format!("c{}", calls.saturating_sub(back)));
    let pick = |dice: &mut Dice, asked: &[Seq]| {
        let n = dice.below(asked.len().max(1) as u64) as usize;
        RequestId { session, seq: asked.get(n).copied().unwrap_or(Seq(3)) }
    };
    let text = |dice: &mut Dice| Text::Inline("word ".repeat(dice.below(30) as usize) + "\n");
    match dice.below(30) {
        0..=3 => Event::Said { who: Speaker::Agent, message: None, text: text(dice) },
        4 => Event::Said { who: Speaker::Thought, message: Some("t".into()), text: text(dice) },
        5..=9 => {
            *calls += 1;
            let patch = CallPatch {
                title: Some(text(dice)),
                impact: Some([Impact::Read, Impact::Edit, Impact::Execute][dice.below(3) as usize]),
                args: Some("{}".into()),
                ..CallPatch::default()
            };
            Event::Called { call: CallId(format!("c{calls}")), patch: Box::new(patch) }
        }
        10..=16 => {
            let status = [CallStatus::Running, CallStatus::Done, CallStatus::Done, CallStatus::Failed];
            let patch = CallPatch { status: Some(status[dice.below(4) as usize]), ..CallPatch::default() };
            Event::Called { call, patch: Box::new(patch) }
        }
        17 | 18 => Event::CallOutput { call, part: OutputPart::Append(text(dice)) },
        19 => Event::CallOutput { call, part: OutputPart::Replace(text(dice)) },
        20 => {
            asked.push(seq);
            Event::Asked {
                call,
                native: format!("{}", seq.0),
                offers: vec![Offer { id: "y".into(), name: "Yes".into(), kind: OfferKind::AllowOnce }],
                digest: Digest::of(&seq.0.to_le_bytes()),
                payload: Completeness::Whole,
                deadline: None,
                instead_of: None,
                changed: vec![],
                how: Asking::default(),
            }
        }
        21 => {
            let request = pick(dice, asked);
            let decision = Decision::Allow { offer: "y".into() };
            Event::Decided { request, digest: Digest::default(), decision, by: By::Human, overridden: false }
        }
        22 => Event::TakenUp { request: pick(dice, asked) },
        23 => Event::RequestClosed { request: pick(dice, asked), how: Closing::Expired },
        24 => {
            let seen = Seen { lines: 3, of: 9, end: false };
            Event::Shown { request: pick(dice, asked), digest: Digest::default(), seen }
        }
        25 => {
            *turn += 1;
            Event::PromptSent { prompt: PromptId(*turn), text: text(dice), turn: TurnNo(*turn), steer: false, by: None }
        }
        26 => Event::TurnEnded { turn: TurnNo(*turn), stop: Stop::EndTurn, tokens: None },
        27 => Event::Used { usage: Usage { used: Some(dice.below(200_000)), window: Some(200_000), cost: None } },
        28 => match dice.below(6) {
            0 => Event::Compacted { before: Some(9), after: Some(3) },
            1 => Event::LaneOpened { opened: LaneId(1), native: None, name: "helper".into(), call: Some(call) },
            2 => Event::Noted { level: Notice::Info, text: text(dice) },
            3 => Event::Unrecognised { what: "frame".into(), raw: text(dice) },
            4 => Event::Ended { cause: Cause::Human, last_words: Text::default(), survivors: vec![] },
            _ => Event::Loosened { why: "all edits".into() },
        },
        _ => match dice.below(3) {
            0 => Event::CallGated { call, gate: Gate::Ungated },
            1 => Event::Planned { items: vec![PlanItem { text: text(dice), status: PlanStatus::Doing }] },
            _ => Event::from_stored("of_the_future", r#"{"kind":"of_the_future"}"#),
        },
    }
}
