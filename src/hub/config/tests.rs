//! What `config.toml` says, and how the settings live on through faults.

use super::*;
use crate::domain::{Impact, Outcome};
use crate::policy::{CallView, Context, judge};
use serde_json::json;
use std::fs;
use std::path::Path;

const GOOD: &str = r#"
theme = "light"
mouse = false
deadline = "10m"
stall_after = 90
start_within = "never"

[agents.claude-code]
command = ["node", "x.js"]
env = { KEY = "secret" }
mode = ""
capabilities = { terminal_output = false }
mcp = ["tickets"]

[agents.mine]
command = "mine"

[mcp.tickets]
command = "tickets-mcp"
args = ["--stdio"]
env = { TOKEN = "secret" }

[mcp.docs]
url = "https://example.org/mcp"
headers = { Authorization = "secret" }

[keys]
next = ["j", "down"]
allow = "a f2"
quit = []
"#;

fn faults(text: &str) -> Vec<String> {
    Config::parse(text, "config.toml").err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn everything_is_read() {
    let config = Config::parse(GOOD, "config.toml").unwrap();
    assert_eq!((config.theme.clone(), config.mouse), (Some(ThemeWish::of("light")), false));
    assert_eq!((config.deadline, config.limits.silent), (Some(Duration::from_mins(10)), 90_000));
    assert_eq!((config.start_within, Config::default().start_within), (None, Some(Duration::from_mins(2))));
    let claude = &config.agents["claude"];
    assert_eq!(claude.command.as_deref(), Some(["node", "x.js"].map(String::from).as_slice()));
    assert_eq!((claude.mode.as_deref(), claude.terminal_output), (Some(""), Some(false)));
    assert_eq!(config.agents["mine"].command.as_deref(), Some(["mine".to_owned()].as_slice()));
    let keys: Vec<_> = config.keys.iter().map(|it| (it.action.as_str(), it.keys.join(","), it.line)).collect();
    assert_eq!(keys, [("next", "j,down".into(), 28), ("allow", "a,f2".into(), 29), ("quit", String::new(), 30)]);
}

#[test]
fn a_theme_may_depend_on_the_ground() {
    let theme = |text: &str| Config::parse(text, "config.toml").unwrap().theme.unwrap();
    let both = |dark: &str, light: &str| ThemeWish::ByGround { dark: dark.into(), light: light.into() };
    assert_eq!(theme("theme = \"auto\""), both("dark", "light"));
    assert_eq!(theme("theme = { dark = \"tide\" }"), both("tide", "light"));
    assert_eq!(theme("[theme]\nlight = \"chalk\""), both("dark", "chalk"));
    assert_eq!(faults("theme = { dusk = \"x\" }").len(), 1);
    assert_eq!(
        faults("marks = \"asci\"\nscreen = 1"),
        [
            "config.toml:1: `marks` knows no `asci`; did you mean `ascii`? (there are auto, unicode, ascii)",
            "config.toml:2: `screen` takes a text, as in \"x\", and not integer"
        ]
    );
}

#[test]
fn the_table_of_settings_is_what_the_reader_reads() {
    let docs = include_str!("mod.rs");
    for setting in &table::SETTINGS {
        assert!(!setting.about.is_empty() && !setting.accepts().is_empty());
        assert_eq!(table::setting(setting.key), Some(setting));
        let (section, key) = setting.key.rsplit_once('.').map_or(("", setting.key), |(section, key)| (section, key));
        assert!(docs.contains(&format!("//! {key} = ")), "{} is not in the documentation", setting.key);
        let value = match setting.takes {
            table::Takes::Switch | table::Takes::Number => setting.usual.to_owned(),
            _ if setting.usual.starts_with(['[', '{']) => setting.usual.to_owned(),
            _ => format!("{:?}", setting.usual),
        };
        let section = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
        let one = Config::parse(&format!("{section}{key} = {value}\n"), "config.toml").unwrap();
        let named = Config { theme: Config::default().theme, ..one };
        assert_eq!(named, Config::default(), "{}: what it says is usual is what is usual", setting.key);
    }
    assert!(Config::parse("nonsense = 1", "config.toml").is_err());
    let unknown = faults("nonsense = 1").remove(0);
    for setting in &table::SETTINGS {
        assert!(unknown.contains(setting.key.split('.').next().unwrap()), "{unknown}");
    }
}

#[test]
fn servers_are_handed_over_in_the_form_of_acp() {
    let config = Config::parse(GOOD, "config.toml").unwrap();
    let docs = json!({ "type": "http", "name": "docs", "url": "https://example.org/mcp",
        "headers": [{ "name": "Authorization", "value": "secret" }] });
    let tickets = json!({ "name": "tickets", "command": "tickets-mcp", "args": ["--stdio"],
        "env": [{ "name": "TOKEN", "value": "secret" }] });
    assert_eq!(config.mcp_for("gemini"), [docs, tickets.clone()]);
    assert_eq!(config.mcp_for("claude"), [tickets]);
    for server in config.mcp_for("gemini") {
        serde_json::from_value::<agent_client_protocol_schema::v1::McpServer>(server).unwrap();
    }
}

#[test]
fn secrets_are_in_no_debug_text() {
    assert!(!format!("{:?}", Config::parse(GOOD, "config.toml").unwrap()).contains("secret"));
}

#[test]
fn every_example_of_the_documentation_is_good() {
    for (source, docs) in [("config", include_str!("mod.rs")), ("policy", include_str!("../../policy/mod.rs"))] {
        let example: String = docs
            .lines()
            .skip_while(|line| *line != "//! ```toml")
            .skip(1)
            .take_while(|line| *line != "//! ```")
            .map(|line| line.trim_start_matches("//!").to_owned() + "\n")
            .collect();
        assert!(example.lines().count() > 5);
        let faults = match source {
            "config" => Config::parse(&example, source).err(),
            _ => crate::policy::Policy::parse(&example, source).err(),
        };
        assert_eq!(faults, None, "{example}");
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let text = r#"
them = "x"
mouse = "yes"
deadline = "soon"
stall_after = 0
[agents.gemini]
comand = ["x"]
mcp = ["tickts"]
[agents.gemini-cli]
mode = 3
[agents.gooze]
mode = "x"
[agents.x]
command = []
[mcp.tickets]
command = "x"
url = "y"
[mcp.docs]
url = "ftp://x"
type = "htp"
args = ["a"]
[keys]
next = 3
"#;
    let expected = [
        "config.toml:2: unknown key `them`; did you mean `theme`? (known are agents, mcp, keys, theme, marks, screen, mouse, scroll, clipboard, attention, deadline, stall_after, start_within, checkpoints, scripts, keep, recordings, watch, budget)",
        "config.toml:3: `mouse` takes true or false, and not string",
        "config.toml:4: `deadline` takes a length of time: a number of seconds, a text such as \"90s\", \"10m\", \"2h\", or \"never\"; at least a second, at most a year",
        "config.toml:5: `stall_after` takes a length of time: a number of seconds, a text such as \"90s\", \"10m\", \"2h\", or \"never\"; at least a second, at most a year",
        "config.toml:7: unknown key `comand` in [agents.gemini]; did you mean `command`? (known are command, env, mode, capabilities, mcp)",
        "config.toml:8: no MCP server is called `tickts`; did you mean `tickets`? (there are docs, tickets)",
        "config.toml:9: [agents.gemini-cli] is `gemini` once more: put both into one section",
        "config.toml:10: `mode` takes a text, as in \"x\", and not integer",
        "config.toml:11: no preset is called `gooze`, so it needs `command`; did you mean `goose`? (presets are claude, claude-agent-acp, codex, codex-acp, gemini, copilot, opencode, goose, qwen, kimi, mistral-vibe, demo)",
        "config.toml:14: `command` needs a program, as in [\"program\", \"arg\"]",
        "config.toml:15: the MCP server `tickets` needs either `command` or `url`",
        "config.toml:19: `url` takes an address with http:// or https://, and not `ftp://x`",
        "config.toml:20: `type` takes \"http\" or \"sse\", and not `htp`",
        "config.toml:21: `args` goes with `command`, and not with `url`",
        "config.toml:23: `next` takes a list of texts, as in [\"x\", \"y\"], and not integer",
    ];
    let told = faults(text);
    assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{told:#?}");
}

fn places(dir: &Path) -> Places {
    Places::find(&Given::default(), |name| (name == "XDG_CONFIG_HOME" || name == "HOME").then(|| dir.into())).unwrap()
}

fn outcome(settings: &Settings, command: &str) -> Outcome {
    let call = CallView {
        impact: Impact::Execute,
        command: Some(command.into()),
        payload: crate::domain::Completeness::Whole,
        ..CallView::default()
    };
    judge(&settings.policy, &call, &Context { workspace: "/w".into(), ..Context::default() }).outcome
}

#[test]
fn missing_files_are_fine() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = Settings::load(&places(dir.path()));
    assert_eq!((settings.config.clone(), settings.error()), (Config::default(), None));
    assert_eq!(settings.reload(&places(dir.path())), Turned::Same);
}

#[test]
fn the_last_good_reading_stays_and_a_bad_policy_allows_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let places = places(dir.path());
    fs::create_dir(dir.path().join("taut")).unwrap();
    let rules = "[[rule]]\nthen = \"allow\"\ncommand = \"make\"\n[[rule]]\nthen = \"deny\"\ncommand = \"rm\"\n";
    fs::write(&places.config, "theme = \"light\"").unwrap();
    fs::write(&places.policy, rules).unwrap();
    let mut settings = Settings::load(&places);
    assert_eq!((outcome(&settings, "make"), outcome(&settings, "rm")), (Outcome::Allow, Outcome::Deny));

    fs::write(&places.config, "theme = 3\nx = 1").unwrap();
    assert_eq!(settings.reload(&places), Turned::New);
    assert_eq!(settings.config.theme, Some(ThemeWish::of("light")));
    assert_eq!(outcome(&settings, "make"), Outcome::Allow);
    assert_eq!(
        settings.error().unwrap(),
        "config.toml:1: `theme` takes a theme's name, \"auto\", or { dark = \"tide\", light = \"chalk\" }, and not integer; config.toml:2: unknown key `x`; known are agents, mcp, keys, theme, marks, screen, mouse, scroll, clipboard, attention, deadline, stall_after, start_within, checkpoints, scripts, keep, recordings, watch, budget; the last good one is in force"
    );

    fs::write(&places.config, "").unwrap();
    fs::write(&places.policy, format!("{rules}[[rule]]\nthen = \"denny\"\n")).unwrap();
    settings.reload(&places);
    assert_eq!((outcome(&settings, "make"), outcome(&settings, "rm")), (Outcome::Ask, Outcome::Deny));
    assert_eq!(settings.config.theme, None);
    assert!(settings.error().unwrap().ends_with("until it is mended everything asks"));

    fs::write(&places.policy, [0xff, 0xfe]).unwrap();
    settings.reload(&places);
    assert!(settings.error().unwrap().contains("is not UTF-8 text (byte 0)"));
    assert_eq!((outcome(&settings, "make"), outcome(&settings, "rm")), (Outcome::Ask, Outcome::Deny));

    fs::write(&places.policy, rules).unwrap();
    settings.reload(&places);
    assert_eq!((outcome(&settings, "make"), settings.error()), (Outcome::Allow, None));
}

#[test]
fn a_first_reading_with_faults_asks_for_everything() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("taut")).unwrap();
    let places = places(dir.path());
    fs::write(&places.policy, "x").unwrap();
    let settings = Settings::load(&places);
    let call = CallView { impact: Impact::Read, places: vec!["a".into()], ..CallView::default() };
    let context = Context { workspace: "/w".into(), ..Context::default() };
    assert_eq!(judge(&settings.policy, &call, &context).outcome, Outcome::Ask);
}

#[test]
fn what_is_no_file_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let given = |file: &Path| Given { config: Some(file.into()), state: Some(dir.path().into()) };
    let error =
        |file: &Path| Settings::load(&Places::find(&given(file), |_| None).unwrap()).error().unwrap_or_default();
    assert!(error(dir.path()).contains("is not a file"));
    assert!(error(&dir.path().join("missing.toml")).contains("can't be read"));
    assert!(error(Path::new("/dev/zero")).contains("longer than any settings"));
    assert_eq!(error(Path::new("/dev/null")), "");
}

#[test]
fn attention_and_copying_are_calm_unless_told_otherwise() {
    let usual = Config::parse("[attention]", "config.toml").unwrap();
    assert_eq!(usual, Config::default());
    let calm = Attention { bell: true, waiting: true, finished: false, quiet: None, ..Attention::default() };
    assert_eq!((usual.attention, usual.clipboard, usual.scroll), (calm, Clipboard::Osc52, 3));
    let text = r#"
clipboard = ["wl-copy", "-n"]
scroll = 1
[attention]
bell = false
notify = "auto"
command = ["notify-send", "taut", "{text}"]
on = ["waiting", "finished"]
quiet = "22:00-07:30"
"#;
    let config = Config::parse(text, "config.toml").unwrap();
    assert_eq!(config.clipboard, Clipboard::Command(vec!["wl-copy".into(), "-n".into()]));
    let said = config.attention;
    assert_eq!((said.bell, said.notify, said.waiting, said.finished), (false, Notify::Auto, true, true));
    assert_eq!((said.command.len(), said.quiet, config.scroll), (3, Some((1_320, 450)), 1));
    let none = Config::parse("[attention]\non = []\nquiet = \"\"", "config.toml").unwrap().attention;
    assert_eq!((none.waiting, none.finished, none.quiet), (false, false, None));
}

#[test]
fn what_an_agent_wrote_never_becomes_a_part_of_a_shell_s_program() {
    let wrong = |text: &str| faults(&format!("[attention]\n{text}\n")).join("\n");
    assert!(wrong("command = [\"sh\", \"-c\", \"{text}\"]").contains("run as a program"));
    assert!(wrong("command = [\"sh\", \"-lc\", \"{text}\"]").contains("run as a program"));
    assert!(wrong("command = [\"sh\", \"-c\", \"say {text}\"]").contains("argument of its own"));
    assert!(wrong("command = [\"{text}\"]").contains("begins with a program"));
    assert!(wrong("command = [\"sh\", \"-c\", \"say \\\"$1\\\"\", \"sh\", \"{text}\"]").is_empty());
    assert!(wrong("notify = \"osc8\"").contains("config.toml:2: `notify` takes"));
    assert!(wrong("on = [\"waitng\"]").contains("`on` takes"));
    assert!(wrong("quiet = \"22-7\"").contains("22:00-07:00"));
    assert!(wrong("quiet = \"24:00-07:00\"").contains("22:00-07:00"));
    assert!(faults("clipboard = \"xclip\"")[0].contains("`clipboard` takes"));
    assert!(faults("clipboard = []")[0].contains("`clipboard` takes"));
    assert!(faults("scroll = 0")[0].contains("from 1 to 20"));
}

#[test]
fn watchdogs_and_budgets_are_read_and_their_faults_told() {
    let text = r#"
[watch]
silent = "never"
repeat = 3
errors = "2/4"
unseen = 90
[budget]
session = "5 USD"
session_hard = "$10"
day = "20.50 EUR"
"#;
    let limits = Config::parse(text, "config.toml").unwrap().limits;
    assert_eq!((limits.silent, limits.repeat, limits.errors, limits.unseen), (u64::MAX, 3, (2, 4), 90_000));
    let micros = |cost: Option<crate::domain::Cost>| cost.map(|cost| cost.micros);
    let (session, day) = (limits.budget.session, limits.budget.day);
    assert_eq!((micros(session.soft), micros(session.hard)), (Some(5_000_000), Some(10_000_000)));
    assert_eq!((micros(day.soft), micros(day.hard)), (Some(20_500_000), None));
    let off =
        Config::parse("[watch]\nrepeat = 0\nerrors = \"never\"\nunseen = \"never\"", "config.toml").unwrap().limits;
    assert_eq!((off.repeat, off.errors.0, off.unseen), (0, 0, u64::MAX));

    let text = r#"
stall_after = 3
[watch]
silent = 4
repeat = 1
errors = "8/6"
unseen = "soon"
[budget]
session = 5
session_hard = "five"
day = "5 USD"
day_hard = "4 USD"
hour = "1 USD"
"#;
    let expected = [
        "config.toml:4: `silent` is the same as `stall_after` above: give one of them",
        "config.toml:5: `repeat` takes how often the same call may come, from 2 to 16, or 0 for never",
        "config.toml:6: `errors` takes how many of the last calls may fail, as in \"6/8\", at most of 32; or \"never\"",
        "config.toml:7: `unseen` takes a length of time: a number of seconds, a text such as \"90s\", \"10m\", \"2h\", or \"never\"; at least a second, at most a year",
        "config.toml:9: `session` takes a text, as in \"x\", and not integer",
        "config.toml:10: `session_hard` takes money, as in \"5 USD\", \"12.50 EUR\" or \"$5\"; or \"none\"",
        "config.toml:12: `day_hard` is less than `day`: it would be reached before anybody is asked",
        "config.toml:13: unknown key `hour` in [budget]; known are session, session_hard, day, day_hard",
    ];
    assert_eq!(faults(text), expected);
    let mixed = faults("[budget]\nday = \"5 USD\"\nday_hard = \"9 EUR\"");
    assert_eq!(mixed, ["config.toml:3: `day_hard` is in another currency than `day`: they are limits of one sum"]);
}

#[test]
fn a_budget_that_cannot_be_read_is_in_doubt_until_it_is_and_other_faults_leave_it_alone() {
    let dir = tempfile::tempdir().unwrap();
    let places = places(dir.path());
    fs::create_dir(dir.path().join("taut")).unwrap();
    let write = |text: &str| fs::write(&places.config, text).unwrap();
    write("[budget]\nsession = \"five\"");
    let mut settings = Settings::load(&places);
    assert!(settings.budget_doubt && settings.error().unwrap().contains("takes money"));
    write("theme = 3\n[budget]\nsession = \"5 USD\"");
    settings.reload(&places);
    let soft = |settings: &Settings| settings.config.limits.budget.session.soft.map(|cost| cost.micros);
    assert_eq!((settings.budget_doubt, soft(&settings)), (false, Some(5_000_000)));
    write("[budget]\nsession = \"6 USD\"");
    settings.reload(&places);
    assert_eq!((settings.error(), soft(&settings)), (None, Some(6_000_000)));
    // Of what was good once, the last good one stays in force.
    write("[budget]\nsession = \"seven\"");
    settings.reload(&places);
    assert_eq!((settings.budget_doubt, soft(&settings)), (false, Some(6_000_000)));
}
