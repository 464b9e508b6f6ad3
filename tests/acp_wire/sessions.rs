//! Points 30 to 32: history that is loaded, modes and settings, titles and commands.

use crate::came::inline;
use crate::play::{Came, Played, log, open, play};
use taut::agent::{Fact, Tell};
use taut::domain::{CallStatus, ConfigOption, Event, Notice, PlanStatus, Speaker, Stop};

/// The place of `Opened` in what came.
fn opened(played: &Played) -> usize {
    played.place(|f| matches!(f, Fact::Event(_, Event::Opened)))
}

fn modes(played: &Played) -> (Vec<String>, Option<String>) {
    let offered = played
        .events()
        .filter_map(|e| if let Event::ModesOffered { modes, current } = e { Some((modes, current)) } else { None });
    let (modes, current) = offered.last().expect("modes are offered");
    (modes.iter().map(|m| m.id.clone()).collect(), current.clone())
}

fn options(played: &Played) -> Vec<ConfigOption> {
    let offered = played
        .events()
        .filter_map(|e| if let Event::OptionsOffered { options } = e { Some(options.clone()) } else { None });
    offered.last().unwrap_or_default()
}

#[test]
fn p30_loaded_history_is_told_and_opens_no_turn() {
    for name in [
        "claude-agent-acp/reload",
        "codex-acp/reload",
        "goose/reload",
        "copilot/reload",
        "opencode/reload",
        "kimi-code/reload",
        "hermes/reload",
    ] {
        let played = play(name);
        let user = played.came[..opened(&played)]
            .iter()
            .any(|c| matches!(c, Came::Fact(Fact::Event(_, Event::Said { who: Speaker::User, .. }))));
        assert!(user, "{name}: the history comes before the session is open");
        assert!(played.said(Speaker::User).contains("Fix the typo in the greeting."), "{name}");
        assert!(played.calls().len() >= 3, "{name}: {:?}", played.calls());
        assert!(played.asks().is_empty(), "{name}");
        assert_eq!(played.stops(), [&Stop::EndTurn], "{name}: only the new prompt has an end");
        assert!(played.said(Speaker::Agent).ends_with("Nothing else needs a change."), "{name}");
    }
    // gemini replays after its answer, with texts of its own as the human's: nothing is lost, no turn is opened.
    let gemini = play("gemini-cli/reload");
    let at = opened(&gemini);
    assert!(
        gemini.came[at..]
            .iter()
            .any(|c| matches!(c, Came::Fact(Fact::Event(_, Event::Said { who: Speaker::User, .. }))))
    );
    assert!(gemini.said(Speaker::User).contains("[Function Response: read_file]"));
    assert_eq!(gemini.stops(), [&Stop::EndTurn]);
    let edit = gemini.calls().into_iter().map(|id| gemini.call(&id)).find(|c| c.changes.is_some()).unwrap();
    assert_eq!(edit.changes.unwrap()[0].path, "greet.py", "only a base name, as it says");
    // What is lost on the way is lost by the agents: thoughts (copilot), calls (fast-agent), all states but the last (vibe).
    assert_eq!(play("copilot/reload").said(Speaker::Thought), "");
    assert!(play("fast-agent/reload").calls().is_empty());
    let vibe = play("mistral-vibe/reload");
    assert_eq!(vibe.calls().iter().map(|id| vibe.call(id).status).collect::<Vec<_>>(), [Some(CallStatus::Done); 3]);
}

#[test]
fn p31_modes_are_in_one_of_two_places_or_in_both() {
    // gemini: in `modes` only. opencode: in the settings only. claude: in both, once.
    let gemini = play("gemini-cli/modes");
    assert_eq!(modes(&gemini).0, ["default", "autoEdit", "yolo", "plan"]);
    assert!(options(&gemini).is_empty());
    let opencode = play("opencode/modes");
    assert_eq!(modes(&opencode).0, ["build", "plan"]);
    let claude = play("claude-agent-acp/modes");
    assert_eq!(modes(&claude).0, ["default", "acceptEdits", "plan", "auto", "bypassPermissions"]);
    assert!(options(&claude).iter().any(|o| o.category.as_deref() == Some("model")));
    let goose = play("goose/modes");
    assert_eq!(modes(&goose).0, ["auto", "approve", "smart_approve", "chat"]);
    // Ids may be URLs.
    let copilot = play("copilot/modes");
    assert!(modes(&copilot).0.iter().all(|id| id.starts_with("https://agentclientprotocol.com/")));
    // A mode that was set is the mode, whoever says so and how often.
    for (name, last) in
        [("gemini-cli/modes", "plan"), ("claude-agent-acp/modes", "bypassPermissions"), ("opencode/modes", "plan")]
    {
        let played = play(name);
        let changed: Vec<_> = played
            .events()
            .filter_map(|e| if let Event::ModeChanged { mode, .. } = e { Some(mode.as_str()) } else { None })
            .collect();
        assert_eq!(changed.last(), Some(&last), "{name}: {changed:?}");
        assert!(changed.windows(2).all(|m| m[0] != m[1]), "{name}: {changed:?}");
    }
    // A switch is a switch (cline).
    let cline = options(&play("cline/modes"));
    assert!(
        cline.iter().any(|o| o.switch && o.values.is_empty() && matches!(o.current.as_str(), "true" | "false")),
        "{cline:?}"
    );
    // A mode that is refused, or that is not offered, is said and changes nothing.
    let lines = log("claude-agent-acp/modes");
    let first = lines.iter().position(|l| l.method() == Some("session/set_mode")).unwrap();
    let mut refused = open(&lines);
    refused.go(&lines[..first]);
    refused.tell(Tell::Mode("nonsense".to_owned()));
    refused.tell(Tell::Mode("plan".to_owned()));
    let id = refused.lines().last().unwrap()["id"].clone();
    refused.says(&format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32602,"message":"Invalid mode"}}}}"#));
    let errors: Vec<_> = refused
        .events()
        .filter_map(|e| if let Event::Noted { level: Notice::Error, text } = e { Some(inline(text)) } else { None })
        .collect();
    assert!(errors.len() == 2 && errors[0].contains("nonsense") && errors[1].contains("Invalid mode"), "{errors:?}");
    assert!(!refused.events().any(|e| matches!(e, Event::ModeChanged { .. })));
}

#[test]
fn p32_titles_and_commands_come_when_they_like() {
    let titles = |name: &str| {
        play(name)
            .events()
            .filter_map(|e| if let Event::Titled { title } = e { Some(inline(title).to_owned()) } else { None })
            .collect::<Vec<_>>()
    };
    // codex: first the prompt itself, then, after the turn, a title.
    assert_eq!(titles("codex-acp/edit"), ["Fix the typo in the greeting.", "Fix the greeting"]);
    assert!(titles("gemini-cli/edit").is_empty());
    // Commands: before the first prompt (copilot), after it (codex), twice (claude).
    let commands = |name: &str| {
        let played = play(name);
        let at: Vec<_> = (0..played.came.len())
            .filter(|&n| matches!(&played.came[n], Came::Fact(Fact::Event(_, Event::CommandsOffered { .. }))))
            .collect();
        let prompt =
            played.came.iter().position(|c| matches!(c, Came::Sent(m) if m["method"] == "session/prompt")).unwrap();
        (at.iter().filter(|&&n| n < prompt).count(), at.iter().filter(|&&n| n > prompt).count())
    };
    assert!(commands("copilot/edit").0 >= 1);
    assert_eq!(commands("codex-acp/edit").0, 0);
    assert!(commands("codex-acp/edit").1 >= 1);
    // The whole list each time, with hints.
    let codex = play("codex-acp/edit");
    let list = codex
        .events()
        .find_map(|e| if let Event::CommandsOffered { commands } = e { Some(commands) } else { None })
        .unwrap();
    assert_eq!(
        list.iter().map(|c| (c.name.as_str(), c.hint.as_deref())).collect::<Vec<_>>(),
        [("plan", None), ("mcp", Some("[reconnect]")), ("skills", None)]
    );
}

#[test]
fn a_login_is_asked_for_with_the_agents_own_ways() {
    let openhands = play("openhands/start");
    let needed = openhands
        .events()
        .find_map(|e| if let Event::LoginNeeded { said, ways } = e { Some((said, ways)) } else { None });
    let (said, ways) = needed.expect("a login is needed");
    assert!(inline(said).contains("Authentication required"));
    assert_eq!(
        ways.iter().map(|w| (w.id.as_str(), w.name.as_str())).collect::<Vec<_>>(),
        [("oauth", "OAuth with OpenHands Cloud")]
    );
    assert!(!openhands.facts().any(|f| matches!(f, Fact::Ready | Fact::StartFailed(_))));
}

#[test]
fn a_plan_is_told_whole() {
    let kimi = play("kimi-code/multi");
    let plans: Vec<_> =
        kimi.events().filter_map(|e| if let Event::Planned { items } = e { Some(items) } else { None }).collect();
    let states = |n: usize| plans[n].iter().map(|i| i.status).collect::<Vec<_>>();
    assert_eq!(plans.len(), 2);
    assert_eq!(states(0), [PlanStatus::Doing, PlanStatus::Pending, PlanStatus::Pending]);
    assert_eq!(states(1), [PlanStatus::Done; 3]);
    assert_eq!(inline(&plans[0][2].text), "Add a changelog");
}
