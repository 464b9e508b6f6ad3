//! `taut keys` and `taut themes`: what the screen's lists show, as text.

use super::CliError;
use super::look::themes;
use super::out::Out;
use super::setup::Setup;
use crate::hub::config::ThemeWish;
use crate::keymap;
use crate::text;
use crate::ui::Scope;
use std::process::ExitCode;

/// Cells for the keys, and for an action's name.
const KEYS: usize = 24;
const NAME: usize = 18;

/// Prints every key by place: the keys, the action's name for `config.toml`, what it does, and what is rebound.
///
/// # Errors
/// The output can't be written.
pub(super) fn list(setup: &Setup) -> Result<ExitCode, CliError> {
    setup.warn();
    let mut out = Out::new();
    let rebound = super::look::rebound(setup);
    for (n, &scope) in Scope::ALL.iter().enumerate() {
        let rows: Vec<_> = keymap::rows().filter(|row| row.scope == scope).collect();
        if rows.is_empty() {
            continue;
        }
        if n > 0 {
            out.line("")?;
        }
        out.line(keymap::title(scope))?;
        for row in rows {
            let given = rebound.get(&row.action);
            let keys = match given {
                Some(chords) if chords.is_empty() => "no key".to_owned(),
                Some(chords) => chords.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
                None => row.keys.to_owned(),
            };
            let yours = if given.is_some() { format!(" (yours; usually {})", row.keys) } else { String::new() };
            let (keys, name) = (text::pad_end(&keys, KEYS), text::pad_end(row.action.name(), NAME));
            out.line(format!("  {keys}  {name}  {}{yours}", row.help).trim_end())?;
        }
    }
    out.line("")?;
    out.line(&format!(
        "Give an action other keys under [keys] in {}, or in the settings.",
        setup.places.config.display()
    ))?;
    out.done()
}

/// Prints every theme: its name, what it is, and which is in force.
///
/// # Errors
/// The output can't be written.
pub(super) fn list_themes(setup: &Setup) -> Result<ExitCode, CliError> {
    setup.warn();
    let mut out = Out::new();
    let wish = setup.theme.as_deref().map(ThemeWish::of).or_else(|| setup.settings.config.theme.clone());
    let in_force = |name: &str| match &wish {
        None => name == crate::theme::Theme::NAMES[0],
        Some(ThemeWish::Named(wished)) => wished == name,
        Some(ThemeWish::ByGround { dark, light }) => dark == name || light == name,
    };
    for (name, about) in themes::all(&setup.places.themes) {
        let now = if in_force(&name) { "  in force" } else { "" };
        let wrong = themes::named(&name, &setup.places.themes).err();
        let wrong = wrong.map(|wrong| format!("  at fault: {wrong}")).unwrap_or_default();
        out.line(&format!("{}  {about}{now}{wrong}", text::pad_end(&name, 20)))?;
    }
    out.line(&format!("{}  dark or light, by the terminal's ground", text::pad_end("auto", 20)))?;
    out.done()
}
