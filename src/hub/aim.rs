//! Which files a call writes, as they really lie: what it names, and what its command line deletes or rewrites. Links
//! are followed, but where they go themselves. Put on record, so that two sessions in the same file are seen by everybody.

use super::actor::Hub;
use super::lead::real;
use crate::domain::path::joined;
use crate::domain::{FileChange, Impact, SessionId, Text};
use crate::policy::Contest;
use crate::shell::{self, How, Known, Line};
use crate::state::Step;
use std::collections::BTreeSet;
use std::path::Path;

/// Files of one call that are looked at.
const MOST: usize = 64;
/// Folders that one line goes to.
const FOLDERS: usize = 4;

impl Hub {
    /// The files that a step writes.
    pub(super) fn aimed(&self, session: SessionId, step: &Step) -> Vec<String> {
        let cwd = self.state.session(session).map_or("", |known| known.cwd.as_str());
        aimed(step, cwd, &self.home())
    }

    /// Those of them that other live sessions write too.
    pub(super) fn contested(&self, session: SessionId, files: &[String]) -> Vec<Contest> {
        let mut all = Vec::new();
        for mut collision in self.state.contested(session, files) {
            let files = std::mem::take(&mut collision.files);
            let how = collision.does();
            let one = |file| Contest { file, with: collision.name.clone(), how: how.to_owned() };
            all.extend(files.into_iter().map(one));
        }
        all
    }
}

fn aimed(step: &Step, cwd: &str, home: &str) -> Vec<String> {
    let folder = step.cwd.as_deref().map_or_else(|| cwd.to_owned(), |own| joined(cwd, own));
    let writes = matches!(step.impact, Impact::Edit | Impact::Delete | Impact::Move);
    let named = step.changes.iter().flat_map(FileChange::paths);
    let places = step.places.iter().filter(|_| writes).map(|place| place.path.as_str());
    let mut paths: BTreeSet<String> =
        named.chain(places).filter(|path| !path.is_empty()).take(MOST).map(|path| under(&folder, path, home)).collect();
    let mut going: BTreeSet<String> = BTreeSet::new();
    if let Some(command) = step.command.as_ref().and_then(Text::inline) {
        let line = shell::read(command);
        let folders = folders(&line, &folder, home);
        for touch in line.touches().iter().take(MOST) {
            let path = match touch.path.known {
                Known::Fixed => touch.path.text.as_str(),
                // All that git knows. Of any other pattern nobody can say which files it hits.
                Known::Pattern if touch.path.text == "**" => ".",
                Known::Pattern | Known::Unknown => continue,
            };
            let all = folders.iter().map(|folder| under(folder, path, home));
            // What goes or moves is the name itself; a `/` behind it means what it leads to.
            match touch.how {
                How::Deletes | How::Moves if !path.ends_with('/') => going.extend(all),
                How::Deletes | How::Moves | How::Rewrites | How::Appends => paths.extend(all),
            }
        }
    }
    let real =
        |path: &String| real(Path::new(path)).map_or_else(|| path.clone(), |it| it.to_string_lossy().into_owned());
    let itself = |path: &String| {
        let (folder, name) = path.rsplit_once('/').filter(|(_, name)| !matches!(*name, "" | "." | ".."))?;
        Some(format!("{}/{name}", real(&folder.to_owned()).trim_end_matches('/')))
    };
    let named = going.iter().map(|path| itself(path).unwrap_or_else(|| real(path)));
    let files: BTreeSet<String> =
        paths.iter().map(real).chain(named).filter(|path| !path.starts_with("/dev/")).collect();
    files.into_iter().take(MOST).collect()
}

/// The folders in which a line may write: where it goes, or where it begins.
fn folders(line: &Line, begins: &str, home: &str) -> Vec<String> {
    let mut all = vec![begins.to_owned()];
    let goes = |name: Option<&str>| matches!(name, Some("cd" | "pushd"));
    for simple in line.commands.iter().filter(|simple| goes(simple.name())) {
        if let (Some(path), true) = (simple.args().first().and_then(|word| word.fixed()), all.len() < FOLDERS) {
            let last = all.last().cloned().unwrap_or_default();
            all.push(under(&last, path, home));
        }
    }
    // `cd there && ...` writes nothing here.
    if all.len() == 2 && goes(line.commands.first().and_then(shell::Simple::name)) {
        all.remove(0);
    }
    all
}

fn under(folder: &str, path: &str, home: &str) -> String {
    match path.strip_prefix('~').filter(|_| !home.is_empty()) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => joined("/", &format!("{home}{rest}")),
        _ => joined(folder, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CallId, FileChange};

    fn runs(command: &str) -> Step {
        Step { call: CallId("c".into()), command: Some(command.into()), impact: Impact::Execute, ..Step::default() }
    }

    #[test]
    fn a_command_aims_at_what_it_rewrites_wherever_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap();
        std::fs::create_dir(at.join("src")).unwrap();
        std::fs::write(at.join("src/a"), "").unwrap();
        std::os::unix::fs::symlink("src/a", at.join("link")).unwrap();
        let cwd = at.to_string_lossy().into_owned();
        let of = |command: &str| -> Vec<String> {
            let below = |path: String| path.strip_prefix(&cwd).map_or(path.clone(), |rest| format!(".{rest}"));
            aimed(&runs(command), &cwd, &cwd).into_iter().map(below).collect()
        };
        assert_eq!(of("sed -i s/a/b/ link src/new"), ["./src/a", "./src/new"], "links are followed");
        assert_eq!(of("rm link"), ["./link"], "the link goes, and not what it leads to");
        assert_eq!(of("cd src && echo x > a"), ["./src/a"]);
        assert_eq!(of("echo x > a; cd src; echo x >> b"), ["./a", "./b", "./src/a", "./src/b"], "either may be");
        assert_eq!(of("rm -rf ~/src"), ["./src"]);
        assert_eq!(of("git reset --hard"), ["."]);
        assert!(of("cargo test; ls > /dev/null; rm *.log; cat $X > $Y").is_empty());
    }

    #[test]
    fn an_edit_aims_at_what_it_changes() {
        let change = |path: &str| FileChange {
            path: path.into(),
            old: None,
            new: Some("x".into()),
            fragment: false,
            line: None,
            patch: None,
            moved_to: None,
        };
        let changes = vec![change("a"), change("/else/b"), change("sub/../a"), change("")];
        let edit = Step { impact: Impact::Edit, changes, ..Step::default() };
        assert_eq!(aimed(&edit, "/nowhere/w", "/home/me"), ["/else/b", "/nowhere/w/a"]);
        let reads = Step {
            impact: Impact::Read,
            places: vec![crate::domain::Place { path: "a".into(), line: None }],
            ..Step::default()
        };
        assert!(aimed(&reads, "/nowhere/w", "").is_empty());
    }
}
