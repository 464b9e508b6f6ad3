//! Patterns of paths: what a rule or a grant covers.

use super::call::Context;
use super::place::{Spot, below};
use super::sensitive::{Kind, kind};
use globset::{GlobBuilder, GlobMatcher};

/// How exactly a pattern is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Lets something run: covers what it matches letter by letter, and no more.
    Narrow,
    /// Holds something back: covers also what lies below what it matches, in any case of letters.
    Wide,
}

/// From where a pattern is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Workspace,
    Home,
    Disk,
    /// Below any folder: `**/…`.
    Anywhere,
}

/// A pattern of paths.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub(super) text: String,
    reach: Reach,
    root: Root,
    glob: GlobMatcher,
    /// What lies below what the pattern means; only where it holds something back.
    inside: Option<GlobMatcher>,
    /// The folder whose whole content the pattern means: `src` of `src/**`.
    base: Option<String>,
    /// The beginning without wildcards.
    fixed: String,
    sensitive: Option<Kind>,
}

impl Pattern {
    /// Reads a pattern; or one sentence that says why it is none.
    pub(super) fn new(text: &str, reach: Reach) -> Result<Self, String> {
        let shown = super::toml_file::quoted(text);
        if text.trim().is_empty() {
            return Err("an empty pattern matches nothing; write a path such as \"src/**\"".to_owned());
        }
        if text.split('/').any(|part| part == "..") {
            return Err(format!("{shown} holds `..`; write the path from the workspace, from `~/` or from `/`"));
        }
        let (root, rest) = match text {
            "~" => (Root::Home, ""),
            _ if text.starts_with("~/") => (Root::Home, &text[2..]),
            _ if text.starts_with('~') => return Err(format!("{shown}: only your own home, `~/`, is known")),
            _ if text.starts_with('/') => (Root::Disk, text),
            _ if text.starts_with("**/") => (Root::Anywhere, text),
            _ => (Root::Workspace, text),
        };
        let parts: Vec<&str> = rest.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let mut clean = parts.join("/");
        if rest.ends_with('/') || parts.is_empty() {
            clean = if clean.is_empty() { "**".to_owned() } else { format!("{clean}/**") };
        }
        let told = |what: String| format!("{shown} is not a pattern: {what}");
        let glob = compiled(&clean, reach).map_err(told)?;
        let inside = match reach {
            Reach::Wide if clean != "**" && !clean.ends_with("/**") => {
                Some(compiled(&format!("{clean}/**"), reach).map_err(told)?)
            }
            Reach::Wide | Reach::Narrow => None,
        };
        let plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
        let fixed = clean.split('/').take_while(plain).collect::<Vec<_>>().join("/");
        let base = clean.strip_suffix("/**").map(str::to_owned).filter(|base| *base == fixed);
        Ok(Self { text: text.to_owned(), reach, root, glob, inside, base, fixed, sensitive: kind(text) })
    }

    /// Whether a place is meant. `taken` says that the call takes whole folders away.
    pub(super) fn covers(&self, spot: &Spot, taken: bool, ctx: &Context) -> bool {
        let Some(path) = self.seen_from_root(spot, ctx) else { return false };
        if self.glob.is_match(path) || self.inside.as_ref().is_some_and(|inside| inside.is_match(path)) {
            return true;
        }
        if self.reach == Reach::Narrow {
            return false;
        }
        let same = |folder: &str| folder.eq_ignore_ascii_case(path);
        let holds = taken && !self.fixed.is_empty() && below_any_case(&self.fixed, path);
        holds || self.base.as_deref().is_some_and(same)
    }

    /// Whether a sensitive place is meant: only a pattern that itself names such a thing does.
    pub(super) fn covers_sensitive(&self, kind: Kind, spot: &Spot, ctx: &Context) -> bool {
        self.sensitive == Some(kind) && self.covers(spot, false, ctx)
    }

    /// The place as the pattern would write it; `None` where the pattern does not reach.
    fn seen_from_root<'s>(&self, spot: &'s Spot, ctx: &Context) -> Option<&'s str> {
        let full = spot.full.trim_start_matches('/');
        match (self.root, self.reach) {
            (Root::Workspace, _) | (Root::Anywhere, Reach::Narrow) => spot.rest.as_deref(),
            (Root::Home, _) => below(&spot.full, &ctx.home),
            (Root::Disk, _) | (Root::Anywhere, Reach::Wide) => Some(full),
        }
    }
}

fn compiled(pattern: &str, reach: Reach) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).case_insensitive(reach == Reach::Wide).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| error.kind().to_string())
}

fn below_any_case(path: &str, folder: &str) -> bool {
    let (path, folder) = (path.to_ascii_lowercase(), folder.to_ascii_lowercase());
    folder.is_empty() || path == folder || path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, reach: Reach, path: &str, taken: bool) -> bool {
        let ctx = Context { workspace: "/w/app".into(), home: "/home/ada".into(), ..Context::default() };
        let spot = Spot::of(path, "/w/app", &ctx);
        Pattern::new(pattern, reach).expect("a pattern").covers(&spot, taken, &ctx)
    }

    #[test]
    fn narrow_patterns_cover_what_they_say() {
        for (pattern, path, yes) in [
            ("src/**", "src/a/b.rs", true),
            ("src/", "/w/app/src/a.rs", true),
            ("./src/*.rs", "src/a.rs", true),
            ("src/*.rs", "src/a/b.rs", false),
            ("src/**", "src", false),
            ("src/**", "SRC/a", false),
            ("src", "src/a", false),
            ("**", "/etc/passwd", false),
            ("**/*.md", "docs/a.md", true),
            ("**/*.md", "/etc/a.md", false),
            ("~/notes/**", "/home/ada/notes/x", true),
            ("/etc/*", "/etc/hosts", true),
            ("/w/app/**", "src/a", true),
            ("{a,b}/x", "b/x", true),
        ] {
            assert_eq!(covers(pattern, Reach::Narrow, path, false), yes, "{pattern} {path}");
        }
    }

    #[test]
    fn wide_patterns_cover_what_they_could_mean() {
        for (pattern, path, taken, yes) in [
            ("src", "src/a/b.rs", false, true),
            ("src/**", "src", false, true),
            ("src/**", "SRC/a", false, true),
            ("~/.ssh", "/home/ada/.ssh/id", false, true),
            ("**/.env", "/etc/app/.env", false, true),
            ("**/node_modules", "a/node_modules/x/y", false, true),
            ("src/keep/a.rs", "src", true, true),
            ("src/keep/a.rs", "src", false, false),
            ("src/keep/a.rs", ".", true, true),
            ("src/*", "docs/a", true, false),
            ("src/*", "src/a/b/c", false, true),
            ("*.d/{x,y}", "a.d/Y/z", false, true),
            ("a/**/b", "a/1/2/b/c", false, true),
            ("**", "a/b", false, true),
        ] {
            assert_eq!(covers(pattern, Reach::Wide, path, taken), yes, "{pattern} {path}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for bad in ["", "  ", "a/../b", "~bob/x", "a[", "{a"] {
            assert!(Pattern::new(bad, Reach::Wide).is_err(), "{bad:?}");
        }
    }
}
