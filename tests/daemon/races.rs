//! Two answers to one request: the first one wins, whoever gives it, and the others hear what it was.

use super::place::Place;
use super::support::hub::{HEAR, OPENS, question, scripted, update};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use taut::domain::{Command, CommandId, Decision, Event, Reply};
use taut::hub::socket::{self, Role};
use taut::hub::{Link, Published};

/// Requests raced for. Each has two consoles that answer at once.
const RACES: u32 = 200;

fn reply(link: &mut Link, id: CommandId) -> Reply {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        match link.published.try_recv() {
            Ok(Published::Replied(other, reply)) if other == id => return reply,
            Ok(_) => {}
            Err(_) => {
                assert!(Instant::now() < end, "no reply");
                std::thread::sleep(Duration::from_micros(200));
            }
        }
    }
}

/// Does something, and gives the reply.
pub fn reply_to(link: &mut Link, command: Command) -> Reply {
    link.send(CommandId(1), command);
    reply(link, CommandId(1))
}

#[test]
fn of_two_answers_at_once_one_counts() {
    let place = Place::new();
    // An agent that asks again and again, each time about a call of another name.
    let mut lines: Vec<String> = OPENS.iter().map(|line| (*line).to_owned()).collect();
    lines.push(HEAR.to_owned());
    for n in 0..RACES {
        let call = update(&format!(r#""title":"step {n}","kind":"execute","rawInput":{{"command":"step {n}"}}"#))
            .replace("\"c\"", &format!("\"c{n}\""));
        let ask = question(100 + n, &format!(r#""title":"step {n}","kind":"execute""#))
            .replace("\"c\"", &format!("\"c{n}\""));
        lines.extend([call, ask, HEAR.to_owned()]);
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    place.done(&["daemon", "start"]);
    place.agent("racer", &scripted(&lines));
    let path = place.state().join("hub.sock");
    let (mut one, _) = socket::connect(&path, None, Role::Console).unwrap();
    let (mut other, _) = socket::connect(&path, None, Role::Console).unwrap();
    for n in 0..RACES {
        let (request, digest) = place.waiting();
        let (request, digest) = (request.parse().unwrap(), digest.parse().unwrap());
        let allow = Decision::Allow { offer: "y".into() };
        let deny = Decision::Deny { offer: Some("n".into()), reason: None, interrupt: false };
        let barrier = Arc::new(Barrier::new(2));
        let id = CommandId(u64::from(n) + 1);
        let race = |link: &mut Link, decision: Decision| {
            barrier.wait();
            link.send(id, Command::Decide { request, digest, decision, overridden: false });
            reply(link, id)
        };
        let (first, second) = std::thread::scope(|scope| {
            let first = scope.spawn(|| race(&mut one, allow.clone()));
            let second = scope.spawn(|| race(&mut other, deny.clone()));
            (first.join().unwrap(), second.join().unwrap())
        });
        match (&first, &second) {
            (Reply::Done, Reply::Already { decision }) => assert_eq!(*decision, allow),
            (Reply::Already { decision }, Reply::Done) => assert_eq!(*decision, deny),
            other => panic!("race {n}: {other:?}"),
        }
    }
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), RACES as usize);
}
