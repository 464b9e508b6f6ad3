//! Which Codex speaks: by the user agent that it gives.

/// The versions that the wire logs of the tests come from, and that the tests with a real agent were run with.
pub const TESTED: [&str; 1] = ["0.169.0"];

/// The version in `taut/0.169.0 (Debian 12.0.0; x86_64) xterm (taut; 0.1.0)`: what follows the first slash.
pub(super) fn of(user_agent: &str) -> Option<&str> {
    let version = user_agent.split_once('/')?.1.split_whitespace().next()?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
}

/// What is to be said of a version, where there is something to be said.
pub(super) fn doubt(version: Option<&str>) -> Option<String> {
    let tested = TESTED.join(" and ");
    match version {
        Some(version) if TESTED.contains(&version) => None,
        Some(version) => Some(format!(
            "this is codex {version}, and taut was tested with {tested}: what it says in new ways is shown as it came"
        )),
        None => Some(format!("this codex does not tell its version; taut was tested with {tested}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_stands_in_the_user_agent() {
        let agent = "taut/0.169.0 (Debian 12.0.0; x86_64) xterm (taut; 0.1.0)";
        assert_eq!(of(agent), Some("0.169.0"));
        assert_eq!(doubt(of(agent)), None);
        assert!(doubt(of("taut/0.170.1-alpha.2 (x)")).is_some_and(|said| said.contains("0.170.1-alpha.2")));
        for none in ["", "taut", "taut/", "taut/(x)"] {
            assert_eq!(of(none), None, "{none}");
            assert!(doubt(of(none)).is_some());
        }
    }
}
