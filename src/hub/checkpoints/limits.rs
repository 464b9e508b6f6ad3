//! What can't be taken back, in words: a checkpoint holds files, and nothing else of the world.

use crate::shell::{self, Kind};
use crate::state::spans::Span;
use std::path::Path;

/// Things of one undo that are told.
const MOST: usize = 32;

/// What steps did that no checkpoint holds, `stays` first.
pub(super) fn cannot(meant: &[&Span], stays: Option<String>, root: &Path) -> Vec<String> {
    let mut told: Vec<String> = stays.into_iter().collect();
    let mut tell = |what: String| {
        if !told.contains(&what) {
            told.push(what);
        }
    };
    for span in meant {
        for claim in &span.claims {
            if is_outside(claim, root) {
                tell(format!("outside the workspace (step {}): {claim}", span.number));
            }
        }
        let Some(command) = &span.command else { continue };
        let line = shell::read(command);
        for harm in line.harms() {
            if reaches_out(harm.kind) {
                tell(format!("step {}: {}", span.number, harm.what));
            }
        }
        for touch in line.touches() {
            // A name that is no text lies somewhere all the same.
            let base = touch.base().map(str::to_owned).or_else(|| touch.path.lossy());
            match base {
                Some(path) if is_outside(&path, root) => {
                    tell(format!("outside the workspace (step {}): {}", span.number, touch.path.shown()));
                }
                Some(_) => {}
                None => tell(format!("step {}: where {} lies is not known", span.number, touch.path.shown())),
            }
        }
        if !line.doubts.is_empty() {
            tell(format!("step {}: what it did beside files is not known ({})", span.number, line.doubts.join("; ")));
        }
    }
    let more = told.len().saturating_sub(MOST);
    told.truncate(MOST);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    for span in meant.iter().filter(|span| !span.beside.is_empty() && span.claims.is_empty()).take(MOST) {
        told.push(format!(
            "step {} ran beside others: what they changed meanwhile can't be told apart, and is taken back with it",
            span.number
        ));
    }
    told
}

/// What a step did outside of files.
fn reaches_out(kind: Kind) -> bool {
    match kind {
        Kind::Disk
        | Kind::Piped
        | Kind::Privilege
        | Kind::History
        | Kind::Installs
        | Kind::Network
        | Kind::Processes
        | Kind::System => true,
        Kind::Secrets
        | Kind::Deletes
        | Kind::Discards
        | Kind::Permissions
        | Kind::Variables
        | Kind::Rewrites
        | Kind::RunsFile => false,
    }
}

fn is_outside(path: &str, root: &Path) -> bool {
    let full = root.join(path.strip_prefix("~/").map_or(path, |_| "/"));
    let mut depth: Vec<&std::ffi::OsStr> = Vec::new();
    for part in full.components() {
        match part {
            std::path::Component::ParentDir => drop(depth.pop()),
            std::path::Component::Normal(name) => depth.push(name),
            std::path::Component::RootDir | std::path::Component::CurDir | std::path::Component::Prefix(_) => {}
        }
    }
    let inside = root.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name),
        _ => None,
    });
    !inside.enumerate().all(|(at, name)| depth.get(at) == Some(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CallId;

    fn of(command: &str) -> Vec<String> {
        let span = Span { call: CallId("c".into()), number: 3, command: Some(command.to_owned()), ..Span::default() };
        cannot(&[&span], None, Path::new("/home/me/work"))
    }

    #[test]
    fn what_goes_out_is_named_and_what_stays_in_files_is_not() {
        assert_eq!(of("rm -rf build && sed -i s/a/b/ src/a.rs > log"), [""; 0]);
        assert!(of("git push origin main")[0].contains("git push"), "{:?}", of("git push origin main"));
        assert!(of("curl -X POST https://example.org")[0].starts_with("step 3"));
        assert!(of("rm ../other/file")[0].starts_with("outside the workspace (step 3)"));
        assert!(of("rm -rf /var/lib/x")[0].contains("/var/lib/x") && of("kill -9 77").len() == 1);
        assert_eq!(of("rm /home/me/work/a ./b c/../d"), [""; 0]);
        assert_eq!(of(r"rm $'bad\xff'"), [""; 0], "it is no text, and lies in the workspace");
        assert!(of(r"rm ../$'bad\xff'")[0].starts_with("outside the workspace"));
        assert!(of("rm $there").iter().any(|told| told.contains("where $there lies is not known")));
    }
}
