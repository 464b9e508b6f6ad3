//! taut's own files and program: nothing an agent does to them is ever allowed by a rule.

use super::call::{CallView, Context};
use super::place::{Spot, below, normal};
use crate::domain::{Impact, Text};

/// How a call touches taut itself, in words, if it does.
pub(super) fn touched(call: &CallView, spots: &[&Spot], impacts: &[Impact], ctx: &Context) -> Option<String> {
    let takes_folders = impacts.iter().any(|impact| matches!(impact, Impact::Delete | Impact::Move | Impact::Other));
    for own in ctx.own.iter().filter(|own| own.starts_with('/')) {
        let own = normal(own).to_ascii_lowercase();
        let hit = spots.iter().find(|spot| {
            let full = spot.full.to_ascii_lowercase();
            below(&full, &own).is_some() || (takes_folders && below(&own, &full).is_some())
        });
        if let Some(spot) = hit {
            return Some(format!("touches taut's own files: {}", super::place::short(&spot.full)));
        }
    }
    let command = call.command.as_ref().and_then(Text::inline).unwrap_or_default();
    let title = call.title.as_deref().unwrap_or_default();
    if [command, title].into_iter().any(|text| mentions(text, ctx)) || args_mention(call, ctx) {
        return Some("names taut's own files".to_owned());
    }
    runs_taut(command).then(|| "runs taut itself".to_owned())
}

fn args_mention(call: &CallView, ctx: &Context) -> bool {
    let Some(args) = call.args.as_ref().and_then(Text::inline) else { return false };
    match serde_json::from_str::<serde_json::Value>(args) {
        Ok(value) => any_text(&value, &mut |text| mentions(text, ctx) || leads_there(text, call, ctx)),
        Err(_) => mentions(args, ctx),
    }
}

/// Whether any text in a value fits. The depth is bounded by the parser that made the value.
fn any_text(value: &serde_json::Value, fits: &mut impl FnMut(&str) -> bool) -> bool {
    match value {
        serde_json::Value::String(text) => fits(text),
        serde_json::Value::Array(items) => items.iter().any(|item| any_text(item, fits)),
        serde_json::Value::Object(fields) => fields.iter().any(|(name, item)| fits(name) || any_text(item, fits)),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => false,
    }
}

/// Whether a text, taken as a path, leads to one of taut's own files: finds what detours hide.
fn leads_there(text: &str, call: &CallView, ctx: &Context) -> bool {
    if !text.contains('/') || text.len() > 4096 {
        return false;
    }
    let spot = Spot::of(text, call.cwd.as_deref().unwrap_or(&ctx.workspace), ctx);
    let full = spot.full.to_ascii_lowercase();
    ctx.own.iter().any(|own| own.starts_with('/') && below(&full, &normal(own).to_ascii_lowercase()).is_some())
}

/// Variables that lead to taut's folders, where the text speaks of taut as well.
const VARIABLES: [&str; 4] = ["xdg_config_home", "xdg_state_home", "xdg_runtime_dir", "taut_state"];

/// Whether a text names one of taut's own files in one of the ways in which they are written.
fn mentions(text: &str, ctx: &Context) -> bool {
    if text.is_empty() {
        return false;
    }
    let text = text.to_ascii_lowercase();
    let at_home = ctx.home.trim_end_matches('/').to_ascii_lowercase();
    let named = ctx.own.iter().any(|own| {
        let own = own.trim_end_matches('/').to_ascii_lowercase();
        // Below home, `~`, `$HOME` and other ways to write it have the rest in common.
        let rest = below(&own, &at_home).filter(|rest| rest.contains('/'));
        (own.len() > 1 && named(&text, &own)) || rest.is_some_and(|rest| named(&text, rest))
    });
    named || VARIABLES.iter().any(|name| text.contains(name) && text.contains("taut"))
}

/// Whether `name` stands in `text` and does not go on as another name.
fn named(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        !text[at + name.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '-')
    })
}

/// Whether a command line holds the program's name as a word of its own.
fn runs_taut(command: &str) -> bool {
    command
        .split(|c: char| !(c.is_alphanumeric() || "._/~-".contains(c)))
        .any(|word| word.rsplit('/').next() == Some("taut"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ctx() -> Context {
        Context {
            workspace: "/w/app".into(),
            home: "/home/ada".into(),
            own: ["/home/ada/.config/taut", "/home/ada/.local/state/taut", "/usr/bin/taut"].map(String::from).into(),
            ..Context::default()
        }
    }

    #[test]
    fn many_ways_to_write_it() {
        for text in [
            "cat /home/ada/.config/taut/policy.toml",
            "cat ~/.config/taut/policy.toml",
            "rm -rf \"$HOME/.local/state/taut\"",
            "rm -rf ${XDG_STATE_HOME}/taut/",
            "TAUT_STATE=/x taut ls",
            "cp x /usr/bin/taut",
        ] {
            assert!(mentions(text, &ctx()), "{text}");
        }
        for text in ["", "ls", "cat ~/.config/tautology/x", "/home/ada/.config/taut-like", "rm -rf build"] {
            assert!(!mentions(text, &ctx()), "{text}");
        }
    }

    #[test]
    fn the_program_as_a_word() {
        for command in ["taut ls", "x && ./target/debug/taut halt", "env A=1 taut", "echo $(taut show)"] {
            assert!(runs_taut(command), "{command}");
        }
        for command in ["", "tautology", "cat taut.md", "ls taut-x"] {
            assert!(!runs_taut(command), "{command}");
        }
    }

    #[test]
    fn a_detour_in_the_arguments_is_found() {
        let call = |args: &str| CallView { args: Some(args.into()), ..CallView::default() };
        for args in [
            r#"{"path":"/home/ada/x/../.config//taut/policy.toml"}"#,
            r#"{"deep":[{"p":"\/home\/ada\/.config\/taut"}]}"#,
            r#"{"path":"../../home/ada/.config/./taut/x"}"#,
            "not json: ~/.config/taut/x",
        ] {
            assert!(touched(&call(args), &[], &[], &ctx()).is_some(), "{args}");
        }
        assert_eq!(touched(&call(r#"{"path":"src/a.rs"}"#), &[], &[], &ctx()), None);
    }
}
