//! Where a path lies: compared by its text alone, against the workspace.

use super::call::{Context, Touch};
pub(super) use crate::domain::path::{below, normal};

/// Longer paths than Linux takes are nothing that can be understood.
const LONGEST: usize = 4096;

/// A path with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// Absolute, without `.` and `..`.
    pub(super) full: String,
    /// Below the workspace: the rest of it, empty for the workspace itself. `None` outside.
    pub(super) rest: Option<String>,
    /// Why it can't be trusted to be where it seems to be.
    pub(super) doubt: Option<Doubt>,
}

/// Why a path is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// There is nothing in it.
    Empty,
    /// It goes up with `..`, which leads elsewhere where a link stands before it.
    Up,
    /// It is in the home folder of a user by name.
    UserHome,
    /// It is an address and no file.
    Address,
    /// It holds a control character.
    Control,
    /// It is longer than paths are.
    Long,
    /// It is relative, and to what is not known.
    Adrift,
}

impl Doubt {
    /// In words.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Empty => "names an empty path",
            Self::Up => "names a path with `..`",
            Self::UserHome => "names another user's home folder",
            Self::Address => "names an address in place of a file",
            Self::Control => "names a path with control characters",
            Self::Long => "names a path that is too long",
            Self::Adrift => "names a relative path outside any workspace",
        }
    }
}

impl Spot {
    /// Where a path leads that is relative to `base`.
    pub(super) fn of(path: &str, base: &str, ctx: &Context) -> Self {
        let mut doubt = None;
        let mut doubted = |why: Doubt| doubt = doubt.or(Some(why));
        let path = path.strip_prefix("file://").unwrap_or(path);
        if path.len() > LONGEST {
            doubted(Doubt::Long);
        }
        if path.trim().is_empty() {
            doubted(Doubt::Empty);
        }
        if path.chars().any(char::is_control) {
            doubted(Doubt::Control);
        }
        if path.contains("://") {
            doubted(Doubt::Address);
        }
        if path.split('/').any(|part| part == "..") {
            doubted(Doubt::Up);
        }
        if path.strip_prefix('~').is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) {
            doubted(Doubt::UserHome);
        }
        let full = joined(path, base, ctx);
        if !full.starts_with('/') {
            doubted(Doubt::Adrift);
        }
        let full = normal(&full);
        let rest = below(&full, &ctx.workspace).map(str::to_owned);
        Self { full, rest, doubt }
    }

    /// Where a touch leads: the place that counts, and another that may only make things stricter.
    pub(super) fn pair(touch: &Touch, base: &str, ctx: &Context) -> (Self, Option<Self>) {
        let named = Self::of(&touch.path, base, ctx);
        match &touch.real {
            Some(real) => (Self::of(real, base, ctx), Some(named)),
            None => (named, None),
        }
    }

    /// True where it lies in the workspace.
    pub(super) fn inside(&self) -> bool {
        self.rest.is_some()
    }

    /// The path for people: below the workspace without it, else in full; cut where it is long.
    pub(super) fn shown(&self) -> String {
        match self.rest.as_deref() {
            Some("") => "the workspace's root".to_owned(),
            Some(rest) => short(rest),
            None => short(&self.full),
        }
    }
}

/// A path as it is written, from the root on: what is asked of the disk, where `..` leads on from behind a link.
pub(super) fn joined(path: &str, base: &str, ctx: &Context) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path);
    match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{}{rest}", ctx.home),
        None if path.starts_with('/') => path.to_owned(),
        Some(_) | None => format!("{base}/{path}"),
    }
}

/// A text cut to what fits into a reason: its end, since that tells files apart.
pub(super) fn short(text: &str) -> String {
    const WIDE: usize = 72;
    let count = text.chars().count();
    if count <= WIDE { text.to_owned() } else { format!("…{}", text.chars().skip(count - WIDE).collect::<String>()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ctx() -> Context {
        Context { workspace: "/w/app".into(), home: "/home/ada".into(), ..Context::default() }
    }

    #[test]
    fn places_are_found_by_text() {
        for (path, full, rest, doubt) in [
            ("src/a.rs", "/w/app/src/a.rs", Some("src/a.rs"), None),
            ("/w/app/src//./a.rs", "/w/app/src/a.rs", Some("src/a.rs"), None),
            ("/w/app", "/w/app", Some(""), None),
            ("/w/apple/x", "/w/apple/x", None, None),
            ("~/x", "/home/ada/x", None, None),
            ("file:///w/app/x", "/w/app/x", Some("x"), None),
            ("../x", "/w/x", None, Some(Doubt::Up)),
            ("src/../x", "/w/app/x", Some("x"), Some(Doubt::Up)),
            ("/../../etc", "/etc", None, Some(Doubt::Up)),
            ("", "/w/app", Some(""), Some(Doubt::Empty)),
            ("~bob/x", "/w/app/~bob/x", Some("~bob/x"), Some(Doubt::UserHome)),
            ("http://a/b", "/w/app/http:/a/b", Some("http:/a/b"), Some(Doubt::Address)),
            ("a\nb", "/w/app/a\nb", Some("a\nb"), Some(Doubt::Control)),
        ] {
            let spot = Spot::of(path, "/w/app", &ctx());
            assert_eq!((spot.full.as_str(), spot.rest.as_deref(), spot.doubt), (full, rest, doubt), "{path:?}");
        }
    }

    #[test]
    fn without_a_workspace_nothing_is_inside() {
        let spot = Spot::of("a", "", &Context::default());
        assert!(!spot.inside(), "{spot:?}");
        assert!(!Spot::of("/a", "", &Context::default()).inside());
        assert_eq!(Spot::of("a", "rel", &Context::default()).doubt, Some(Doubt::Adrift));
    }
}
