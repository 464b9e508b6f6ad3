//! Files and conversation shall be taken back, and the agent fails in between: the files are, the conversation is not, that is
//! said, and the agent hears of the files in words.

use super::support::hub::Bench;
use super::support::place::{Place, until};
use std::fs;
use std::path::Path;
use taut::domain::{Answer, Command, Event, Moment, Notice, OfferKind, Query, Reply, StartSpec, Talk, TurnNo, Undo};
use taut::state::Life;

/// An agent that speaks as Codex does, runs one command in its first turn, and does this when its conversation shall go back.
fn script(command: &str, back: &str) -> String {
    let item = |status: &str| {
        format!(
            r#"{{"type":"commandExecution","id":"c1","command":"{command}","cwd":"/","status":"{status}","commandActions":[]}}"#
        )
    };
    let about = r#""threadId":"th","turnId":"t1""#;
    let (begun, done) = (item("inProgress"), item("completed"));
    format!(
        r#"n=0
say() {{ printf '%s\n' "$1"; }}
over() {{ say '{{"method":"turn/completed","params":{{"threadId":"th","turn":{{"id":"t'$n'","items":[],"status":"completed","error":null}}}}}}'; }}
while read -r heard; do
i=${{heard#*'"id":'}}
i=${{i%%[,\}}]*}}
case $heard in
*'"method":"initialize"'*) say '{{"id":'$i',"result":{{"userAgent":"taut/0.169.0 (sh)"}}}}';;
*'"method":"initialized"'*) ;;
*'"method":"account/read"'*) say '{{"id":'$i',"result":{{"account":null,"requiresOpenaiAuth":false}}}}';;
*'"method":"thread/start"'*|*'"method":"thread/resume"'*) say '{{"id":'$i',"result":{{"thread":{{"id":"th"}}}}}}';;
*'"method":"turn/start"'*) n=$((n+1))
say '{{"id":'$i',"result":{{"turn":{{"id":"t'$n'","items":[],"status":"inProgress","error":null}}}}}}'
say '{{"method":"turn/started","params":{{"threadId":"th","turn":{{"id":"t'$n'","items":[],"status":"inProgress","error":null}}}}}}'
case $heard in
*begin*) say '{{"method":"item/started","params":{{"item":{begun},{about}}}}}'
say '{{"method":"item/commandExecution/requestApproval","id":900,"params":{{"kind":"command","itemId":"c1","command":"{command}","cwd":"/",{about}}}}}';;
*) over;;
esac;;
*'"id":900,'*) {command}
say '{{"method":"item/completed","params":{{"item":{done},{about}}}}}'
over;;
*'"method":"thread/revert"'*) {back};;
*'"method":'*'"params"'*) say '{{"id":'$i',"error":{{"code":-32601,"message":"not known"}}}}';;
esac
done
"#
    )
}

const HALF: &str = "the files were taken back, and the conversation was not (";
const TOLD: &str = "The user has taken back what these steps of yours did to files: \"touch made\"";

/// Makes it the program that is meant by `codex`.
fn installed(folder: &Path, config: &Path, script: &str) {
    let agent = folder.join("agent.sh");
    fs::write(&agent, script).unwrap();
    fs::create_dir_all(config).unwrap();
    fs::write(config.join("config.toml"), format!("[agents.codex]\ncommand = [\"sh\", {agent:?}]\n")).unwrap();
}

fn told_in(text: &str) -> bool {
    text.contains(TOLD) && text.ends_with("go on")
}

#[test]
fn one_that_dies_hears_of_the_files_when_it_is_reopened() {
    let folder = tempfile::tempdir().unwrap();
    let cwd = folder.path().join("work");
    fs::create_dir(&cwd).unwrap();
    installed(folder.path(), &folder.path().join("config"), &script("touch made", "exit 3"));
    let mut bench = Bench::new(folder.path());
    let session = bench.launch(StartSpec {
        agent: "codex".into(),
        cwd: cwd.to_string_lossy().into_owned(),
        prompt: Some("begin".into()),
        env: std::env::vars().collect(),
        ..StartSpec::default()
    });
    let request = bench.waiting();
    assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
    bench.until("the end of the turn, and the checkpoint after its step", |bench| {
        let is_there = |what: fn(&Event) -> bool| bench.records.iter().any(|record| what(&record.event));
        is_there(|event| matches!(event, Event::TurnEnded { .. }))
            && is_there(
                |event| matches!(event, Event::Checkpointed { checkpoint } if checkpoint.moment == Moment::After),
            )
    });
    assert!(cwd.join("made").exists());
    bench.link.ask(Query::UndoPlan { session, undo: Undo::Last });
    bench.until("a plan", |bench| !bench.answers.is_empty());
    let answer = bench.answers.remove(0);
    let Answer::UndoPlan { plan } = answer else { panic!("{answer:?}") };
    assert_eq!(plan.talk, Talk::Back { to: TurnNo(0), turns: 1, stand: 0 });
    let talk = Some(TurnNo(0));
    let undo = Command::Undo { session, undo: Undo::Last, digest: plan.digest, sides: vec![], talk };
    let Reply::Refused { why } = bench.command(undo) else { panic!() };
    assert!(why.starts_with(HALF) && why.contains("its agent is gone"), "{why}");
    assert!(!cwd.join("made").exists());
    let noted = |event: &Event| match event {
        Event::Noted { level: Notice::Error, text } => text.inline().is_some_and(|text| text.starts_with(HALF)),
        _ => false,
    };
    assert_eq!(bench.records.iter().filter(|record| noted(&record.event)).count(), 1, "in the timeline");
    bench.until("its end", |bench| !bench.state.session(session).unwrap().is_live());
    let env = std::env::vars().collect();
    let Reply::Started { session } = bench.command(Command::Reopen { session, env }) else { panic!() };
    bench.until("it to open", |bench| bench.state.session(session).is_some_and(|it| it.life == Life::Open));
    assert_eq!(bench.command(Command::Prompt { session, text: "go on".into(), steer: false }), Reply::Done);
    let told = |event: &Event| matches!(event, Event::PromptSent { text, .. } if told_in(text.inline().unwrap()));
    bench.until("it to be told", |bench| bench.records.iter().any(|record| told(&record.event)));
    bench.leave();
}

/// An agent that ran its command in its first turn, apart; its session.
fn ran(place: &Place, back: &str) -> String {
    installed(place.path(), &place.path().join(".config/taut"), &script("touch made", back));
    fs::create_dir(place.path().join("work")).unwrap();
    let started = place.command(&["daemon", "start"]).env("TAUT_BACK_MS", "1000").output().unwrap();
    assert!(started.status.success(), "{started:?}");
    let session = place.done(&["run", "--agent", "codex", "--detach", "--name", "mute", "--cwd", "work", "begin"]);
    let (request, digest) = place.waiting();
    place.done(&["allow", &request, "--digest", &digest]);
    until("the end of the turn", || place.count(|event| matches!(event, Event::TurnEnded { .. })) == 1);
    assert!(place.path().join("work/made").exists());
    session
}

#[test]
fn one_that_forgot_the_step_is_told_nothing_and_why_the_step_is_not_in_its_conversation_is_said() {
    let place = Place::new();
    let session = ran(&place, r#"say '{"id":'$i',"result":{}}'"#);
    let said = place.taut(&["undo", &session, "--with-conversation"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(place.count(|event| matches!(event, Event::Rewound { to: TurnNo(0) })), 1);
    let said = place.taut(&["undo", &session, "--to", "1", "--with-conversation"]);
    let why = "nothing was undone: the conversation can't be taken back, for step 1 ran in turn 1, which the agent's \
               conversation does not hold any more; leave out --with-conversation to take back the files alone";
    assert!(said.code != Some(0) && said.err.contains(why), "{said:?}");
    place.done(&["send", &session, "go on"]);
    let alone = |event: &Event| matches!(event, Event::PromptSent { text, .. } if text.inline() == Some("go on"));
    until("the prompt", || place.count(alone) == 1);
    // Whatever it took back again, it was only told of.
    let said = place.taut(&["undo", &session, "--step", "2", "--with-conversation"]);
    assert!(said.err.contains("step 2 is an undo, with which no turn of the conversation goes"), "{said:?}");
}

#[test]
fn one_that_says_nothing_is_not_waited_for_and_hears_of_the_files_with_its_next_prompt() {
    let place = Place::new();
    let session = ran(&place, ":");
    let said = place.taut(&["undo", &session, "--with-conversation"]);
    assert_eq!(said.code, Some(10), "undone in part: {said:?}");
    assert!(said.err.contains(HALF) && said.err.contains("said nothing of it within"), "{said:?}");
    assert!(!place.path().join("work/made").exists());
    assert!(place.done(&["show", &session]).contains(HALF), "in the timeline");
    place.done(&["send", &session, "go on"]);
    let told = |event: &Event| matches!(event, Event::PromptSent { text, .. } if told_in(text.inline().unwrap()));
    until("it to be told", || place.count(told) == 1);
}
