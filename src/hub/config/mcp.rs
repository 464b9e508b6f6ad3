//! `[mcp.NAME]`: servers of the Model Context Protocol that are handed to the agents.

use crate::policy::toml_file::{Reading, quoted};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue};

const KEYS: [&str; 6] = ["command", "args", "env", "url", "type", "headers"];

/// An MCP server.
#[derive(Clone, PartialEq, Eq)]
pub enum McpServer {
    /// A program that the agent starts.
    Command {
        /// The program.
        command: String,
        /// Its arguments.
        args: Vec<String>,
        /// Variables to set for it.
        env: Vec<(String, String)>,
    },
    /// A server that runs elsewhere.
    Address {
        /// How it is spoken with.
        transport: Transport,
        /// Where.
        url: String,
        /// Headers to send.
        headers: Vec<(String, String)>,
    },
}

/// How a server that runs elsewhere is spoken with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Streamable HTTP.
    Http,
    /// Server-sent events.
    Sse,
}

impl fmt::Debug for McpServer {
    /// Values of variables and headers may be secrets: only their names are shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        match self {
            Self::Command { command, args, env } => {
                f.debug_tuple("Command").field(command).field(args).field(&names(env)).finish()
            }
            Self::Address { transport, url, headers } => {
                f.debug_tuple("Address").field(transport).field(url).field(&names(headers)).finish()
            }
        }
    }
}

impl McpServer {
    /// The server in the form in which ACP hands it over.
    #[must_use]
    pub fn to_acp(&self, name: &str) -> Value {
        let list = |pairs: &[(String, String)]| -> Vec<Value> {
            pairs.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
        };
        match self {
            Self::Command { command, args, env } => {
                json!({ "name": name, "command": command, "args": args, "env": list(env) })
            }
            Self::Address { transport, url, headers } => {
                let kind = match transport {
                    Transport::Http => "http",
                    Transport::Sse => "sse",
                };
                json!({ "type": kind, "name": name, "url": url, "headers": list(headers) })
            }
        }
    }
}

/// Reads `[mcp]`.
pub(super) fn servers(reading: &mut Reading, table: &DeTable<'_>) -> BTreeMap<String, McpServer> {
    let mut servers = BTreeMap::new();
    let Some(inner) = reading.table(table, "mcp") else { return servers };
    for (key, value) in inner {
        let name = key.get_ref().as_ref();
        let DeValue::Table(said) = value.get_ref() else {
            reading.wrong(&format!("mcp.{name}"), "a table", value);
            continue;
        };
        reading.only(said, &format!("[mcp.{}]", name.escape_debug()), &KEYS);
        let server = match (said.contains_key("command"), said.contains_key("url")) {
            (true, false) => command(reading, said),
            (false, true) => address(reading, said),
            (true, true) | (false, false) => {
                let what = format!("the MCP server {} needs either `command` or `url`", quoted(name));
                reading.fault(&key.span(), what);
                None
            }
        };
        servers.extend(server.map(|server| (name.to_owned(), server)));
    }
    servers
}

fn command(reading: &mut Reading, said: &DeTable<'_>) -> Option<McpServer> {
    for key in ["type", "headers"] {
        if let Some(value) = said.get(key) {
            reading.fault(&value.span(), format!("`{key}` goes with `url`, and not with `command`"));
        }
    }
    let args = reading.texts(said, "args").unwrap_or_default().into_iter().map(|(text, _)| text).collect();
    let env = reading.pairs(said, "env");
    let command = reading.text(said, "command")?;
    if command.trim().is_empty() {
        let span = said.get("command").map(toml::Spanned::span).unwrap_or_default();
        reading.fault(&span, "`command` needs a program");
        return None;
    }
    Some(McpServer::Command { command, args, env })
}

fn address(reading: &mut Reading, said: &DeTable<'_>) -> Option<McpServer> {
    for key in ["args", "env"] {
        if let Some(value) = said.get(key) {
            reading.fault(&value.span(), format!("`{key}` goes with `command`, and not with `url`"));
        }
    }
    let headers = reading.pairs(said, "headers");
    let span = |key: &str| said.get(key).map(toml::Spanned::span).unwrap_or_default();
    let transport = match reading.text(said, "type").as_deref() {
        None | Some("http") => Transport::Http,
        Some("sse") => Transport::Sse,
        Some(other) => {
            reading.fault(&span("type"), format!("`type` takes \"http\" or \"sse\", and not {}", quoted(other)));
            Transport::Http
        }
    };
    let url = reading.text(said, "url")?;
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        reading
            .fault(&span("url"), format!("`url` takes an address with http:// or https://, and not {}", quoted(&url)));
        return None;
    }
    Some(McpServer::Address { transport, url, headers })
}
