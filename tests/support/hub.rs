//! A hub with real agents, and a console of nothing but a fold.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use taut::domain::{
    Command, CommandId, Decision, Event, HubStatus, OfferKind, Pos, Query, Record, Reply, RequestId, SessionId,
    StartSpec,
};
use taut::hub::config::{Given, Places, Settings};
use taut::hub::{self, Link, Published, Setup};
use taut::state::{State, Waiting};

/// How long anything is waited for, unless a test says otherwise: long enough for a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// A line of the agent in a [`scripted`] one: it waits for one of ours.
pub const HEAR: &str = "<";
/// The answers of a scripted agent to `initialize` and `session/new`.
pub const OPENS: [&str; 4] = [
    HEAR,
    r#"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentInfo":{"name":"scripted","version":"1"}}}"#,
    HEAR,
    r#"{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s"}}"#,
];

/// The command line of an agent that says these lines, and waits for one of ours at each [`HEAR`]. Then it stays until
/// its stdin ends.
pub fn scripted(lines: &[&str]) -> Vec<String> {
    let say = |line: &&str| match *line {
        HEAR => "read -r heard\n".to_owned(),
        line => format!("printf '%s\\n' '{line}'\n"),
    };
    let script: String = lines.iter().map(say).collect();
    ["sh", "-c", &format!("{script}while read -r heard; do :; done")].map(str::to_owned).to_vec()
}

/// The command line of an agent that asks about a command, hears the answer, runs it if it was allowed, and ends its turn.
/// What it is denied it does not do, and says so.
pub fn obeying(command: &str) -> Vec<String> {
    let say = |line: &str| match line {
        HEAR => "read -r heard\n".to_owned(),
        line => format!("printf '%s\\n' '{line}'\n"),
    };
    let json = serde_json::to_string(command).unwrap().replace('\'', "'\\''");
    let asks = question(9, &format!(r#""kind":"execute","status":"pending","rawInput":{{"command":{json}}}"#));
    let begin: String = [&OPENS[..], &[HEAR, &asks, HEAR]].concat().into_iter().map(say).collect();
    let (done, failed) = (say(&update(r#""status":"completed""#)), say(&update(r#""status":"failed""#)));
    let end = say(&turn_end(3, "end_turn"));
    let script = format!(
        "{begin}case $heard in *'\"y\"'*) {command}\n{done};; *) {failed};; esac\n{end}while read -r heard; do :; done"
    );
    ["sh", "-c", &script].map(str::to_owned).to_vec()
}

/// An update about a call of a scripted agent: its fields.
pub fn update(fields: &str) -> String {
    let head = r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"#;
    format!(r#"{head}"tool_call_update","toolCallId":"c",{fields}}}}}}}"#)
}

/// A question of a scripted agent about its call: its number, and what it says of the call.
pub fn question(number: u32, fields: &str) -> String {
    let head = r#""method":"session/request_permission","params":{"sessionId":"s","#;
    let options = r#""options":[{"optionId":"y","name":"Yes","kind":"allow_once"},{"optionId":"n","name":"No","kind":"reject_once"}]"#;
    format!(r#"{{"jsonrpc":"2.0","id":{number},{head}"toolCall":{{"toolCallId":"c",{fields}}},{options}}}}}"#)
}

/// The end of a turn of a scripted agent: the number of the prompt's request, and the reason.
pub fn turn_end(number: u32, reason: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{number},"result":{{"stopReason":"{reason}"}}}}"#)
}

/// What a denial does to the turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    GoesOn,
    Ends,
}

/// A hub, and what it has published.
pub struct Bench {
    pub link: Link,
    pub state: State,
    pub status: HubStatus,
    pub records: Vec<Record>,
    /// How long anything is waited for.
    pub patience: Duration,
    /// Why the link to a hub apart is lost, while it is.
    pub lost: Option<String>,
    /// Answers to queries that nobody here expects.
    pub answers: Vec<taut::domain::Answer>,
    /// Sessions of other tools that were otherwise than before, in their order.
    pub elsewhere: Vec<taut::domain::Elsewhere>,
    replies: Vec<(CommandId, Reply)>,
    commands: u64,
    left: bool,
    begun: bool,
}

/// The program that is tested.
pub fn program() -> PathBuf {
    // Measurements are of the optimised one.
    PathBuf::from(std::env::var("TAUT_TEST_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_taut").to_owned()))
}

/// The places below a folder.
pub fn places(folder: &Path) -> Places {
    let given = Given { config: Some(folder.join("config/config.toml")), state: Some(folder.join("state")) };
    let home = folder.to_path_buf();
    let mut places = Places::find(&given, |key| (key == "HOME").then(|| home.clone().into_os_string())).unwrap();
    places.config_given = false;
    places
}

impl Bench {
    /// Starts a hub whose state and configuration are below `folder`.
    pub fn new(folder: &Path) -> Self {
        let places = places(folder);
        let settings = Settings::load(&places);
        Self::following(hub::start(Setup { places, program: program(), settings }).unwrap())
    }

    /// A console at the hub of a socket, which hears the log from its beginning.
    #[track_caller]
    pub fn attached(socket: &Path) -> Self {
        let (link, _) =
            hub::socket::connect(socket, socket.parent().unwrap(), Some(Pos(1)), hub::socket::Role::Console).unwrap();
        Self { begun: true, ..Self::over(link) }
    }

    /// A console that begins with what is known now.
    #[track_caller]
    pub fn following(link: Link) -> Self {
        let mut bench = Self::over(link);
        bench.link.ask(Query::Snapshot);
        bench.until("the snapshot", |bench| bench.begun);
        bench
    }

    fn over(link: Link) -> Self {
        Self {
            link,
            state: State::default(),
            status: HubStatus::default(),
            records: Vec::new(),
            patience: PATIENCE,
            lost: None,
            answers: Vec::new(),
            elsewhere: Vec::new(),
            replies: Vec::new(),
            commands: 0,
            left: false,
            begun: false,
        }
    }

    /// Takes in what the hub says until something holds.
    #[track_caller]
    pub fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + self.patience;
        while !holds(self) {
            assert!(Instant::now() < end, "waited in vain for {what}; the last records: {:#?}", self.last());
            match self.link.published.try_recv() {
                Ok(published) => self.take(published),
                Err(_) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    /// The last things that happened, for a message.
    fn last(&self) -> Vec<String> {
        self.records.iter().rev().take(8).map(|record| record.event.to_stored()).collect()
    }

    fn take(&mut self, published: Published) {
        match published {
            Published::Records(records) => {
                for record in records.iter() {
                    self.state.apply(record);
                    self.records.push(record.clone());
                }
            }
            Published::Status(status) => self.status = status,
            Published::Replied(id, reply) => self.replies.push((id, reply)),
            // What came before it is in it.
            Published::Known(state) => (self.state, self.begun) = (*state, true),
            Published::Link(why) => self.lost = why,
            Published::Answered(answer) => self.answers.push(answer),
            Published::Elsewhere(listed) => self.elsewhere.extend(listed.iter().cloned()),
            Published::Absent(why) => panic!("{why}"),
            Published::Failed(error) => panic!("{error}"),
            Published::Left => self.left = true,
        }
    }

    /// Takes in what is there for a while.
    pub fn listen(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            match self.link.published.try_recv() {
                Ok(published) => self.take(published),
                Err(_) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    /// Gives a command, and does not wait.
    pub fn send(&mut self, command: Command) -> CommandId {
        self.commands += 1;
        let id = CommandId(self.commands);
        self.link.send(id, command);
        id
    }

    /// Gives a command and waits for its reply.
    #[track_caller]
    pub fn command(&mut self, command: Command) -> Reply {
        let id = self.send(command);
        self.until("a reply", |bench| bench.replies.iter().any(|(other, _)| *other == id));
        let at = self.replies.iter().position(|(other, _)| *other == id).unwrap();
        self.replies.remove(at).1
    }

    /// Starts an agent by its command line.
    #[track_caller]
    pub fn start(&mut self, cwd: &Path, command: &[&str], prompt: Option<&str>) -> SessionId {
        let spec = StartSpec {
            agent: "test".into(),
            command: Some(command.iter().map(|&word| word.to_owned()).collect()),
            cwd: cwd.to_string_lossy().into_owned(),
            prompt: prompt.map(str::to_owned),
            env: std::env::vars().collect(),
            ..StartSpec::default()
        };
        self.launch(spec)
    }

    /// Starts what a console would.
    #[track_caller]
    pub fn launch(&mut self, spec: StartSpec) -> SessionId {
        match self.command(Command::Start(Box::new(spec))) {
            Reply::Started { session } => session,
            other => unreachable!("not started: {other:?}"),
        }
    }

    /// Starts an agent that opens its conversation and then says these lines (see [`scripted`]).
    #[track_caller]
    pub fn script(&mut self, cwd: &Path, lines: &[&str], prompt: Option<&str>) -> SessionId {
        let command = scripted(&[&OPENS, lines].concat());
        self.start(cwd, &command.iter().map(String::as_str).collect::<Vec<_>>(), prompt)
    }

    /// Starts the demo agent.
    #[track_caller]
    pub fn demo(&mut self, cwd: &Path, prompt: Option<&str>) -> SessionId {
        let program = program();
        self.start(cwd, &[program.to_str().unwrap(), "demo-agent", "--pace", "0"], prompt)
    }

    /// The next request that waits.
    #[track_caller]
    pub fn waiting(&mut self) -> RequestId {
        self.until("a request", |bench| bench.state.waiting() > 0);
        self.state.queue()[0].request.id
    }

    /// Answers a request by the kind of its offer.
    #[track_caller]
    pub fn answer(&mut self, id: RequestId, kind: OfferKind) -> Reply {
        let Waiting { request, .. } = self.state.waiting_request(id).unwrap();
        let offer = request.offers.iter().find(|offer| offer.kind == kind).map(|offer| offer.id.clone());
        let digest = request.digest;
        let decision = match kind {
            OfferKind::AllowOnce | OfferKind::AllowAlways => Decision::Allow { offer: offer.unwrap() },
            _ => Decision::Deny { offer, reason: None, interrupt: false },
        };
        self.command(Command::Decide { request: id, digest, decision, overridden: false })
    }

    /// Refuses a request, with a reason; ends the turn as well where told so.
    #[track_caller]
    pub fn deny(&mut self, id: RequestId, reason: &str, end: Turn) -> Reply {
        let Waiting { request, .. } = self.state.waiting_request(id).unwrap();
        let reject = request.offers.iter().find(|offer| offer.kind == OfferKind::RejectOnce);
        let (offer, digest) = (reject.map(|offer| offer.id.clone()), request.digest);
        let decision = Decision::Deny { offer, reason: Some(reason.to_owned()), interrupt: end == Turn::Ends };
        self.command(Command::Decide { request: id, digest, decision, overridden: false })
    }

    /// Where a record of a kind stands that fits.
    pub fn position(&self, fits: impl Fn(&Event) -> bool) -> Option<usize> {
        self.records.iter().position(|record| fits(&record.event))
    }

    /// Leaves, and waits until nothing is left.
    #[track_caller]
    pub fn leave(mut self) -> Vec<Record> {
        self.link.leave();
        self.until("the farewell", |bench| bench.left);
        self.link.join();
        self.records
    }
}
