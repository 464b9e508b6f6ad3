//! What the user configured: `config.toml`, `policy.toml` beside it, where things are kept, and their live reload.
//!
//! # `config.toml`
//!
//! Read from `$XDG_CONFIG_HOME/taut/config.toml`, or from the file that `--config` names. All of it is optional.
//!
//! ```toml
//! theme = "terminal"              # a theme's name, "auto", or { dark = "tide", light = "chalk" }; --theme goes before it
//! marks = "auto"                  # "unicode" or "ascii"; auto takes ascii where the locale is not UTF-8
//! screen = "full"                 # "plain" prints what changes as lines; --plain goes before it
//! mouse = true                    # whether the mouse is taken; --no-mouse goes before it
//! scroll = 3                      # rows of one notch of the wheel
//! clipboard = "osc52"             # a copied text goes to the terminal; "off", or a command: ["wl-copy"]
//! deadline = "10m"                # a request that waits longer is denied; "never" (the default) lets it wait
//! stall_after = "60s"             # a turn that shows nothing for so long is called stalled; "never" for not at all
//! start_within = "2m"             # an agent that takes longer to start is ended; "never" lets it take its time
//! checkpoints = true              # whether the workspace is kept before and after each step, so that steps can be undone
//! scripts = "allow"               # "token": a script must show one of `taut token new` in TAUT_TOKEN, to do more than read
//!
//! [agents.claude]                 # a preset's name, or a name of your own (that needs `command`)
//! command = ["claude-agent-acp"]  # the whole command line, in place of the preset's
//! env = { ANTHROPIC_MODEL = "x" } # variables to set for it
//! mode = "default"                # the mode to set after the start; "" for none
//! capabilities = { terminal_output = true }  # what taut offers the agent
//! mcp = ["tickets"]               # the MCP servers it gets; without this line, all of [mcp]
//!
//! [mcp.tickets]                   # an MCP server, as a command ...
//! command = "tickets-mcp"
//! args = ["--stdio"]
//! env = { TOKEN = "x" }
//!
//! [mcp.docs]                      # ... or by its address
//! url = "https://example.org/mcp"
//! type = "http"                   # "http" (the default) or "sse"
//! headers = { Authorization = "Bearer x" }
//!
//! [attention]                     # how a person is called who looks elsewhere
//! bell = true                     # the terminal's bell
//! notify = "off"                  # the terminal's notifications: "osc9", "osc777", or "auto" where it is known
//! command = ["notify-send", "taut", "{text}"]  # it also has TAUT_TEXT, TAUT_EVENT, TAUT_WAITING, TAUT_SESSIONS
//! on = ["waiting"]                # and "finished", "alarm"
//! quiet = "22:00-07:00"           # hours in which nothing rings
//!
//! [watch]                         # when a session is flagged; its silence is `stall_after`, or `silent` here
//! repeat = 5                      # the same calls so often, one after the other; 0 for never
//! errors = "6/8"                  # so many of the last calls failed; "never" for not at all
//! unseen = "2m"                   # a request waits so long, and nobody opened it
//!
//! [budget]                        # what may be spent, as far as agents tell; "none" (the default) for no limit
//! session = "5 USD"               # beyond it, what rules allow is asked ...
//! session_hard = "10 USD"         # ... and beyond this the turn is interrupted, and takes no prompt
//! day = "20 USD"                  # the same for all sessions together, from midnight on
//! day_hard = "40 USD"
//!
//! [keep]                          # of the checkpoints of workspaces; those of live and pinned sessions always stay
//! age = "30d"                     # older ones go; "never" keeps them
//! size = "5 GB"                   # while all of them are more than this, the oldest go; "never" lets them grow
//! wide = []                       # folders that are kept though they are a home folder or hold one: ["~"]
//!
//! [recordings]                    # sessions of other tools on this machine: nothing of theirs is ever written
//! keep = true                     # whether the hub keeps a copy of each, so that the tool's own clearing can't destroy it
//! folders = []                    # where else to look, beside the tools' known places: ["~/old/claude"]
//! age = "never"                   # copies to which nothing was added for so long go
//! size = "never"                  # while all copies are more than this, the oldest go
//!
//! [keys]                          # an action's name, and its keys: one text parted by blanks, or a list
//! allow = "a"
//! down = ["j", "down"]            # an empty list takes the action's keys away
//! ```
//!
//! A length of time is a number of seconds, or a text such as "90s", "10m", "2h", "30d". A list of one may be written without
//! brackets. Anything else is a fault: one sentence with its file and line. While a file has faults, the last good
//! reading of it stays in force; a `policy.toml` with faults allows nothing meanwhile.

mod agents;
mod attention;
pub mod edit;
mod held;
mod keep;
mod limits;
mod looks;
mod mcp;
mod places;
mod recordings;
mod settings;
mod shown;
pub mod table;
mod watch;

#[cfg(test)]
mod tests;

pub use attention::{Attention, Clipboard, NOTCH, Notify};
pub use held::changes;
pub use keep::Keep;
pub use looks::{Marks, Screen, ThemeWish};
pub use mcp::{McpServer, Transport};
pub use places::{Given, NoHome, Places};
pub use recordings::Recordings;
pub use settings::{Check, Settings, Turned};
pub use watch::{WatchError, Watching, watch, watch_settings};

use crate::agent::presets::Override;
use crate::policy::Fault;
use crate::policy::toml_file::{Reading, quoted, read_toml};
use crate::state::Limits;
use std::collections::BTreeMap;
use std::time::Duration;
use table::top;
use toml::de::{DeTable, DeValue};

/// Long enough for any agent to start (acp.md: up to 21 s), short enough to say that one hangs.
const START_WITHIN: Duration = Duration::from_mins(2);

/// What `config.toml` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Agents, by the preset's name or one of their own.
    pub agents: BTreeMap<String, Override>,
    /// All MCP servers, by name.
    pub mcp: BTreeMap<String, McpServer>,
    /// The servers of agents that don't get all of them.
    pub mcp_chosen: BTreeMap<String, Vec<String>>,
    /// The theme; `None` for the terminal's own colours.
    pub theme: Option<ThemeWish>,
    /// Of what marks and lines are made.
    pub marks: Marks,
    /// How the console speaks.
    pub screen: Screen,
    /// Whether the mouse is taken.
    pub mouse: bool,
    /// Rows of one notch of the wheel.
    pub scroll: u8,
    /// Where a copied text goes.
    pub clipboard: Clipboard,
    /// How a person is called who looks elsewhere.
    pub attention: Attention,
    /// Keys for actions, as written; the key table says whether they are any.
    pub keys: Vec<KeyBinding>,
    /// After which wait a request is denied.
    pub deadline: Option<Duration>,
    /// When a session is flagged, and what may be spent.
    pub limits: Limits,
    /// How long an agent may take to start.
    pub start_within: Option<Duration>,
    /// Whether workspaces are kept before and after their steps.
    pub checkpoints: bool,
    /// How long checkpoints are kept, and how much of them.
    pub keep: Keep,
    /// What is kept of other tools' sessions.
    pub recordings: Recordings,
    /// What scripts are asked for.
    pub scripts: Scripts,
}

/// What a script is asked for before it may do anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scripts {
    /// Nothing beyond not coming from an agent.
    #[default]
    Allow,
    /// A token that was made at a terminal.
    Token,
}

/// Keys that the user gave to an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBinding {
    /// The action's name.
    pub action: String,
    /// Its keys; none takes them away.
    pub keys: Vec<String>,
    /// Where that stands in `config.toml`.
    pub line: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            agents: BTreeMap::new(),
            mcp: BTreeMap::new(),
            mcp_chosen: BTreeMap::new(),
            theme: None,
            marks: Marks::default(),
            screen: Screen::default(),
            mouse: true,
            scroll: NOTCH,
            clipboard: Clipboard::default(),
            attention: Attention::default(),
            keys: Vec::new(),
            deadline: None,
            limits: Limits::default(),
            start_within: Some(START_WITHIN),
            checkpoints: true,
            keep: Keep::default(),
            recordings: Recordings::default(),
            scripts: Scripts::default(),
        }
    }
}

impl Config {
    /// Reads the text of a configuration. `source` is the name that faults carry.
    ///
    /// # Errors
    /// Every fault in the text, in the order of lines.
    pub fn parse(text: &str, source: &str) -> Result<Self, Vec<Fault>> {
        read_toml(text, source, |reading, table| {
            reading.only(table, "", &top());
            let mcp = mcp::servers(reading, table);
            let servers = table.get("mcp").and_then(|value| value.get_ref().as_table());
            let servers: Vec<&str> =
                servers.into_iter().flat_map(|it| it.keys().map(|key| key.get_ref().as_ref())).collect();
            let (agents, mcp_chosen) = agents::agents(reading, table, &servers);
            Self {
                agents,
                mcp,
                mcp_chosen,
                theme: looks::theme(reading, table),
                marks: looks::marks(reading, table),
                screen: looks::screen(reading, table),
                mouse: reading.switch(table, "mouse").unwrap_or(true),
                scroll: attention::notch(reading, table),
                clipboard: attention::clipboard(reading, table),
                attention: attention::attention(reading, table),
                keys: keys(reading, table),
                deadline: time(reading, table, "deadline", None),
                limits: limits::limits(reading, table),
                start_within: time(reading, table, "start_within", Some(START_WITHIN)),
                checkpoints: reading.switch(table, "checkpoints").unwrap_or(true),
                keep: keep::keep(reading, table),
                recordings: recordings::recordings(reading, table),
                scripts: scripts(reading, table),
            }
        })
    }

    /// The MCP servers of an agent, in the form in which ACP hands them over.
    #[must_use]
    pub fn mcp_for(&self, agent: &str) -> Vec<serde_json::Value> {
        match self.mcp_chosen.get(agent) {
            None => self.mcp.iter().map(|(name, server)| server.to_acp(name)).collect(),
            Some(chosen) => chosen.iter().filter_map(|name| Some(self.mcp.get(name)?.to_acp(name))).collect(),
        }
    }
}

fn keys(reading: &mut Reading, table: &DeTable<'_>) -> Vec<KeyBinding> {
    let Some(inner) = reading.table(table, "keys") else { return Vec::new() };
    let mut bindings = Vec::with_capacity(inner.len());
    for key in inner.keys() {
        let action = key.get_ref().as_ref();
        let Some(texts) = reading.texts(inner, action) else { continue };
        let keys = texts.iter().flat_map(|(text, _)| text.split_whitespace()).map(str::to_owned).collect();
        bindings.push(KeyBinding { action: action.to_owned(), keys, line: reading.line(&key.span()) });
    }
    bindings.sort_by_key(|binding| binding.line);
    bindings
}

/// The length of time under a key, `None` for "never"; `usual` where nothing fitting was given.
fn time(reading: &mut Reading, table: &DeTable<'_>, key: &str, usual: Option<Duration>) -> Option<Duration> {
    const ACCEPTED: &str =
        "a number of seconds, a text such as \"90s\", \"10m\", \"2h\", or \"never\"; at least a second, at most a year";
    const YEAR: u64 = 365 * 24 * 3_600;
    let Some(value) = table.get(key) else { return usual };
    let seconds = match value.get_ref() {
        DeValue::String(text) if text == "never" => return None,
        DeValue::String(text) => seconds(text),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', "").parse().ok(),
        _ => None,
    };
    if let Some(seconds @ 1..=YEAR) = seconds {
        return Some(Duration::from_secs(seconds));
    }
    reading.fault(&value.span(), format!("{} takes a length of time: {ACCEPTED}", quoted(key)));
    usual
}

fn scripts(reading: &mut Reading, table: &DeTable<'_>) -> Scripts {
    let Some(value) = table.get("scripts") else { return Scripts::default() };
    match value.get_ref() {
        DeValue::String(text) if text == "allow" => Scripts::Allow,
        DeValue::String(text) if text == "token" => Scripts::Token,
        _ => {
            reading.fault(&value.span(), format!("{} takes \"allow\" or \"token\"", quoted("scripts")));
            Scripts::Token
        }
    }
}

fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let unit = match unit.trim() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 24 * 3_600,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}
