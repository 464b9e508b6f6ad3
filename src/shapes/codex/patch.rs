//! The patches that Codex's model writes: `*** Begin Patch`, files, and in them pieces without lines of their own.

use crate::domain::{FileChange, Text};

/// The patch in a text: also where a command is given it on its input.
#[must_use]
pub fn inside(text: &str) -> Option<&str> {
    let from = text.find("*** Begin Patch")?;
    let rest = text.get(from..)?;
    Some(rest.split_once("*** End Patch").map_or(rest, |(patch, _)| patch))
}

/// What a patch would write.
#[must_use]
pub fn changes(patch: &str) -> Vec<FileChange> {
    let mut reader = Reader::default();
    patch.lines().for_each(|line| reader.line(line));
    reader.piece_over();
    reader.file_over();
    reader.made
}

#[derive(Debug, Default)]
struct Reader {
    made: Vec<FileChange>,
    file: Option<(Kind, String)>,
    /// Where it moves.
    to: Option<String>,
    old: String,
    new: String,
    /// Pieces of the file that is read.
    pieces: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    Update,
    Delete,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let head = |mark: &str| line.strip_prefix(mark).map(|path| path.trim().to_owned());
        let begins = [
            (Kind::Add, head("*** Add File: ")),
            (Kind::Update, head("*** Update File: ")),
            (Kind::Delete, head("*** Delete File: ")),
        ];
        if let Some((kind, Some(path))) = begins.into_iter().find(|(_, path)| path.is_some()) {
            self.piece_over();
            self.file_over();
            self.file = Some((kind, path));
        } else if let Some(to) = head("*** Move to: ") {
            self.to = Some(to);
        } else if line.starts_with("@@") {
            self.piece_over();
        } else if !line.starts_with("***") {
            let (sides, text) = match line.split_at_checked(1) {
                Some(("+", text)) => ((false, true), text),
                Some(("-", text)) => ((true, false), text),
                Some((" ", text)) => ((true, true), text),
                // An empty line of the context has lost its blank.
                _ => ((true, true), line),
            };
            for (side, is) in [(&mut self.old, sides.0), (&mut self.new, sides.1)] {
                if is {
                    side.push_str(text);
                    side.push('\n');
                }
            }
        }
    }

    fn piece_over(&mut self) {
        let (old, new) = (std::mem::take(&mut self.old), std::mem::take(&mut self.new));
        let Some((kind, path)) = &self.file else { return };
        if old.is_empty() && new.is_empty() {
            return;
        }
        let is_new = *kind == Kind::Add;
        self.pieces += 1;
        self.made.push(FileChange {
            path: path.clone(),
            old: (!is_new).then(|| Text::from(old)),
            new: Some(Text::from(new)),
            fragment: !is_new,
            line: None,
            patch: None,
            moved_to: self.to.clone(),
        });
    }

    /// A file without pieces is still spoken of: made empty, deleted, or moved.
    fn file_over(&mut self) {
        let moved_to = self.to.take();
        let Some((kind, path)) = self.file.take() else { return };
        if std::mem::take(&mut self.pieces) == 0 {
            let new = (kind == Kind::Add).then(|| Text::from(String::new()));
            self.made.push(FileChange {
                path,
                old: None,
                new,
                fragment: kind != Kind::Add,
                line: None,
                patch: None,
                moved_to,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_pieces_of_its_files() {
        let patch = "cat <<EOF\n*** Begin Patch\n*** Add File: a\n+one\n+two\n*** Update File: b\n@@ fn x\n same\n-old\n+new\n\n@@\n-gone\n*** Delete File: c\n*** End Patch\nEOF";
        let made = changes(inside(patch).unwrap());
        let side = |text: &Option<Text>| text.as_ref().and_then(|text| text.inline()).map(str::to_owned);
        let all: Vec<_> = made.iter().map(|it| (it.path.as_str(), side(&it.old), side(&it.new), it.fragment)).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            all,
            [
                ("a", None, text("one\ntwo\n"), false),
                ("b", text("same\nold\n\n"), text("same\nnew\n\n"), true),
                ("b", text("gone\n"), text(""), true),
                ("c", None, None, true),
            ]
        );
        let moved = changes("*** Update File: a\n*** Move to: b\n@@\n-x\n+y\n*** Update File: c\n*** Move to: d");
        let all: Vec<_> = moved.iter().map(|it| (it.path.as_str(), it.moved_to.as_deref(), side(&it.new))).collect();
        assert_eq!(all, [("a", Some("b"), text("y\n")), ("c", Some("d"), None)]);
        assert_eq!(inside("no patch"), None);
        assert_eq!(changes("*** Update File: \u{e9}\n\u{e9}"), changes("*** Update File: \u{e9}\n \u{e9}"));
    }
}
