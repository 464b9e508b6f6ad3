//! What the locale can show: where it is not UTF-8, marks and lines are of ASCII.

use crate::cli::setup::Setup;
use crate::hub::config::Marks as Wished;
use crate::tui::Marks;

/// Of what marks are made, by the configuration and the locale.
#[must_use]
pub(in crate::cli) fn marks(setup: &Setup) -> Marks {
    wished(setup.settings.config.marks, marks_of(|key| std::env::var(key).ok()))
}

pub(super) fn wished(wish: Wished, locale: Marks) -> Marks {
    match wish {
        Wished::Auto => locale,
        Wished::Unicode => Marks::Unicode,
        Wished::Ascii => Marks::Ascii,
    }
}

/// Of what the locale can show marks. Where no locale is set at all the terminal is most likely a modern one.
pub(super) fn marks_of(variable: impl Fn(&str) -> Option<String>) -> Marks {
    let set =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|key| variable(key).filter(|value| !value.is_empty()));
    let Some(locale) = set else { return Marks::Unicode };
    let locale = locale.to_ascii_lowercase();
    if locale.contains("utf-8") || locale.contains("utf8") { Marks::Unicode } else { Marks::Ascii }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_that_is_not_utf_8_has_ascii_marks() {
        let of = |pairs: &[(&str, &str)]| {
            marks_of(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(of(&[]), Marks::Unicode);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Marks::Unicode);
        assert_eq!(of(&[("LANG", "C.utf8")]), Marks::Unicode);
        assert_eq!(of(&[("LANG", "C")]), Marks::Ascii);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "POSIX")]), Marks::Ascii);
        assert_eq!(of(&[("LC_ALL", ""), ("LC_CTYPE", "en_US.ISO-8859-1")]), Marks::Ascii);
        assert_eq!(wished(Wished::Unicode, Marks::Ascii), Marks::Unicode);
        assert_eq!(wished(Wished::Ascii, Marks::Unicode), Marks::Ascii);
    }
}
