//! What a call writes into a file, as a unified diff.

use crate::diff::{Diff, Ending, RowKind, Shape, parse};
use crate::domain::{FileChange, Text};

/// The lines of the diff. A change that was given as a patch is shown as it was given.
pub(in crate::cli) fn unified(read: &dyn Fn(&Text) -> String, change: &FileChange) -> Vec<String> {
    if let Some(patch) = &change.patch {
        let patch = read(patch);
        let mut lines: Vec<String> = patch.split('\n').map(str::to_owned).collect();
        lines.pop_if(|last| last.is_empty());
        if parse(&patch).files.iter().any(|file| file.is_miscounted) {
            lines.insert(0, "this patch has other numbers of lines than it says:".to_owned());
        }
        return lines;
    }
    let text = |text: &Option<Text>| text.as_ref().map(read);
    let (old, new) = (text(&change.old), text(&change.new));
    let mut lines = heads(change);
    if change.moved_to.is_some() && old.is_none() && new.is_none() {
        lines.push("the file moves, and its text stays".to_owned());
        return lines;
    }
    if !change.fragment && new.is_none() && old.as_deref() == Some("") {
        lines.push("the file is removed".to_owned());
        return lines;
    }
    let mut diff = Diff::of(&old.unwrap_or_default(), &new.unwrap_or_default());
    if change.fragment {
        match change.line {
            Some(line) => diff = diff.starting_at(line),
            None => lines.push("a piece of the file; where it stands is not known".to_owned()),
        }
    }
    rows(&diff, &mut lines);
    lines
}

/// The names of both sides.
fn heads(change: &FileChange) -> Vec<String> {
    // A piece of a file is there before and after, whatever of it is empty.
    let name = |there: bool| if there || change.fragment { change.path.as_str() } else { "/dev/null" };
    let after = change.moved_to.as_deref().unwrap_or_else(|| name(change.new.is_some()));
    vec![format!("--- {}", name(change.old.is_some())), format!("+++ {after}")]
}

fn rows(diff: &Diff, lines: &mut Vec<String>) {
    match diff.shape {
        Shape::Binary => lines.push("not text: there are no lines to show".to_owned()),
        Shape::Text | Shape::Large if diff.is_empty() => lines.push("nothing changes".to_owned()),
        Shape::Text | Shape::Large => {}
    }
    let usual = diff.usual_ending();
    let mut hunk = None;
    for index in 0..diff.row_count() {
        let Some(row) = diff.row(index) else { break };
        if hunk != Some(row.hunk) {
            hunk = Some(row.hunk);
            let of = &diff.hunks[row.hunk];
            lines.push(format!("{} {}", of.header(), of.heading).trim_end().to_owned());
        }
        let sign = match row.kind {
            RowKind::Gap(_) => continue,
            RowKind::Context => ' ',
            RowKind::Removed => '-',
            RowKind::Added => '+',
        };
        lines.push(format!("{sign}{}", row.text));
        match row.ending {
            ending if ending == usual => {}
            Ending::None => lines.push("\\ no newline at the end of the file".to_owned()),
            Ending::Lf => lines.push("\\ this line ends with LF alone, and others with CR and LF".to_owned()),
            Ending::CrLf => lines.push("\\ this line ends with CR and LF".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_was_or_will_not_be_there_has_no_name() {
        let change = |old: bool, new: bool, fragment| {
            let text = |there: bool| there.then(|| "x\n".into());
            heads(&FileChange {
                path: "/w/a".to_owned(),
                old: text(old),
                new: text(new),
                fragment,
                line: None,
                patch: None,
                moved_to: None,
            })
        };
        assert_eq!(change(false, true, false), ["--- /dev/null", "+++ /w/a"]);
        assert_eq!(change(true, false, false), ["--- /w/a", "+++ /dev/null"]);
        assert_eq!(change(false, true, true), ["--- /w/a", "+++ /w/a"], "lines put into a file");
        assert_eq!(change(true, false, true), ["--- /w/a", "+++ /w/a"], "lines taken out of it");
    }
}
