//! Themes by their names: built in, or files in the folder of themes.

use crate::cli::words;
use crate::hub::config::ThemeWish;
use crate::theme::{Ground, Theme};
use std::io::ErrorKind;
use std::path::Path;

/// Files of themes that are listed; nobody reads further.
const MOST: usize = 200;

/// The theme that is wished for. Where it depends on the ground and that is not known, the terminal's own colours are right
/// on any.
///
/// # Errors
/// Everything that is wrong with it, in one sentence.
pub(in crate::cli) fn of(wish: &ThemeWish, ground: Option<Ground>, folder: &Path) -> Result<Theme, String> {
    match (wish, ground) {
        (ThemeWish::Named(name), _) => named(name, folder),
        (ThemeWish::ByGround { dark, .. }, Some(Ground::Dark)) => named(dark, folder),
        (ThemeWish::ByGround { light, .. }, Some(Ground::Light)) => named(light, folder),
        (ThemeWish::ByGround { .. }, None) => Ok(Theme::default()),
    }
}

/// What is wrong with each theme of a wish.
pub(in crate::cli) fn faults(wish: &ThemeWish, folder: &Path) -> Vec<String> {
    match wish {
        ThemeWish::Named(name) => named(name, folder).err().into_iter().collect(),
        ThemeWish::ByGround { dark, light } => {
            [dark, light].into_iter().filter_map(|name| named(name, folder).err()).collect()
        }
    }
}

/// A theme by its name. The error is one sentence with every fault in it.
pub(in crate::cli) fn named(name: &str, folder: &Path) -> Result<Theme, String> {
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme);
    }
    let file = folder.join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::NotFound => format!("there is no {}", file.display()),
            _ => format!("{} can't be read: {}", file.display(), words::os(&error)),
        };
        format!("no theme is called {name:?}: built in are {}, and {why}", Theme::NAMES.join(", "))
    })?;
    let short = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Theme::read(&short, &text).map_err(|faults| {
        let all: Vec<String> =
            faults.0.iter().map(|fault| fault.to_string().trim_end_matches('.').to_owned()).collect();
        all.join("; ")
    })
}

/// Every theme that can be chosen, and what it is.
pub(in crate::cli) fn all(folder: &Path) -> Vec<(String, String)> {
    let built_in = Theme::NAMES.map(|name| (name.to_owned(), Theme::about(name).unwrap_or_default().to_owned()));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MOST);
    let own = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?.strip_suffix(".toml")?.to_owned();
        (Theme::built_in(&name).is_none() && !name.starts_with('.')).then_some(name)
    });
    let mut own: Vec<String> = own.collect();
    own.sort();
    built_in.into_iter().chain(own.into_iter().map(|name| (name, "your own".to_owned()))).collect()
}
