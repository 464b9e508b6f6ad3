//! The files of a review as places: a head each, and the lines of its difference. Hunks and lines are found by place, and
//! known again in other pages.

use super::{Mark, Reviewed, Sort, Spot};
use crate::diff::{Diff, Layout, Line, Sheet};
use crate::domain::{Changed, Changes, Digest, Hunks};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All files, and where the reader stands in them.
#[derive(Debug, Clone)]
pub struct Pages {
    /// What the hub told.
    pub changes: Arc<Changes>,
    /// Each file of it.
    pub files: Vec<Page>,
    /// The place of each file's head; behind the last one the end.
    starts: Vec<usize>,
    /// The place at hand: of a head or a line.
    pub at: usize,
    /// The first place shown, as settled by the last paint.
    pub top: usize,
    /// Places that the last paint showed.
    pub page: usize,
    /// What tells these pages from others.
    pub made: Digest,
}

impl PartialEq for Pages {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.top, self.page, self.made) == (other.at, other.top, other.page, other.made)
    }
}

/// A file.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its difference; nothing in it where it has no lines.
    pub diff: Diff,
    /// The lines of it that are shown.
    pub sheet: Sheet,
    /// What lines can't say.
    pub notes: Vec<String>,
    /// By what each hunk is known again.
    keys: Vec<Digest>,
}

impl Page {
    /// The line of a sheet: its number, what it says, and whether it is gone; nothing for one that folds others away.
    fn side(&self, line: u32) -> Option<(u32, &str, bool)> {
        let (side, gone) = match self.sheet.line(&self.diff, line)? {
            Line::Fold { .. } => return None,
            Line::Same { new, .. } | Line::Change { new: Some(new), .. } => (new, false),
            Line::Change { old, .. } => (old?, true),
        };
        Some((side.number, side.text, gone))
    }
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// The head of a file.
    Head(usize),
    /// A line of a file's sheet.
    Line(usize, u32),
}

impl Item {
    /// Which file.
    #[must_use]
    pub fn file(self) -> usize {
        match self {
            Self::Head(file) | Self::Line(file, _) => file,
        }
    }
}

impl Pages {
    /// Bytes of the texts that pages are made of.
    #[must_use]
    pub fn bytes(changes: &Changes) -> usize {
        let texts = changes.files.iter().flat_map(|file| [file.old.text(), file.new.text()]);
        texts.flatten().map(str::len).sum()
    }

    /// Takes in what the hub told.
    #[must_use]
    pub fn new(changes: Changes, sort: Sort) -> Self {
        let files: Vec<Page> = changes.files.iter().map(|file| page(file, sort)).collect();
        let mut starts = vec![0];
        for file in &files {
            let before = starts.last().copied().unwrap_or(0);
            starts.push(before + 1 + file.sheet.lines() as usize);
        }
        let mut made = [changes.before.0.as_bytes(), b" ", changes.after.0.as_bytes()].concat();
        for file in &changes.files {
            made.extend(file.path.as_bytes());
            let text = |stands: &crate::domain::Stands| stands.text().map(|text| Digest::of(text.as_bytes()));
            [text(&file.old), text(&file.new)].into_iter().flatten().for_each(|digest| made.extend(digest.0));
        }
        let made = Digest::of(&made);
        Self { changes: Arc::new(changes), files, starts, at: 0, top: 0, page: 1, made }
    }

    /// How many places there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// True where nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What stands at a place.
    #[must_use]
    pub fn item(&self, at: usize) -> Option<Item> {
        let file = self.starts.partition_point(|&start| start <= at).checked_sub(1)?;
        if file >= self.files.len() {
            return None;
        }
        let within = at - self.starts[file];
        Some(match within.checked_sub(1) {
            None => Item::Head(file),
            Some(line) => Item::Line(file, u32::try_from(line).unwrap_or(u32::MAX)),
        })
    }

    /// The place of a file's head.
    #[must_use]
    pub fn start(&self, file: usize) -> usize {
        self.starts.get(file).copied().unwrap_or_else(|| self.len())
    }

    /// The places at which hunks begin, in order; a file without lines is one.
    #[must_use]
    pub fn hunks(&self) -> Vec<usize> {
        let mut hunks = Vec::new();
        for (file, page) in self.files.iter().enumerate() {
            let start = self.start(file);
            if page.sheet.heads().is_empty() {
                hunks.push(start);
            }
            hunks.extend(page.sheet.heads().iter().map(|line| start + 1 + *line as usize));
        }
        hunks
    }

    /// The hunk that a place belongs to: its file, and which of it; of a head the first one.
    #[must_use]
    pub fn hunk_at(&self, at: usize) -> Option<(usize, usize)> {
        let item = self.item(at)?;
        let page = &self.files[item.file()];
        let hunk = match item {
            Item::Head(_) => 0,
            Item::Line(_, line) => page.sheet.heads().partition_point(|head| *head <= line).saturating_sub(1),
        };
        Some((item.file(), hunk))
    }

    /// By what a hunk is known again: its path, and what it changes.
    #[must_use]
    pub fn key(&self, file: usize, hunk: usize) -> Option<Digest> {
        self.files.get(file)?.keys.get(hunk).copied()
    }

    /// Whether the line of a comment is among those of a file.
    #[must_use]
    pub fn has(&self, file: usize, spot: &Spot) -> bool {
        let Some(page) = self.files.get(file) else { return false };
        let mut lines = (0..page.sheet.lines()).filter_map(|line| page.side(line));
        lines.any(|(number, text, gone)| (number, text, gone) == (spot.line, spot.quote.as_str(), spot.gone))
    }

    /// What a human thinks of a hunk.
    #[must_use]
    pub fn mark(&self, reviewed: &Reviewed, file: usize, hunk: usize) -> Option<Mark> {
        if reviewed.marks.is_empty() { None } else { reviewed.marks.get(&self.key(file, hunk)?).copied() }
    }

    /// How many hunks a file has; at least one.
    #[must_use]
    pub fn hunks_of(&self, file: usize) -> usize {
        self.files.get(file).map_or(0, |page| page.diff.hunks.len().max(1))
    }

    /// The line at a place, as a comment names it.
    #[must_use]
    pub fn spot(&self, at: usize) -> Option<Spot> {
        let item = self.item(at)?;
        let path = self.changes.files.get(item.file())?.path.clone();
        let page = self.files.get(item.file())?;
        let Item::Line(_, line) = item else {
            return Some(Spot { path, line: 0, gone: false, quote: String::new() });
        };
        let (line, quote, gone) = page.side(line)?;
        Some(Spot { path, line, gone, quote: quote.to_owned() })
    }

    /// What is to be reverted: what is marked so, else the hunk at hand; and which steps made it.
    #[must_use]
    pub fn to_revert(&self, reviewed: &Reviewed) -> (Vec<Hunks>, Vec<u32>) {
        let is_marked = |file, hunk| self.mark(reviewed, file, hunk) == Some(Mark::Revert);
        let mut chosen: Vec<(usize, usize)> = (0..self.files.len())
            .flat_map(|file| (0..self.hunks_of(file)).map(move |hunk| (file, hunk)))
            .filter(|(file, hunk)| is_marked(*file, *hunk))
            .collect();
        if chosen.is_empty() {
            chosen.extend(self.hunk_at(self.at));
        }
        let mut files: Vec<(usize, Hunks)> = Vec::new();
        let mut steps = Vec::new();
        for (file, hunk) in chosen {
            let Some(told) = self.changes.files.get(file) else { continue };
            if let Some(makers) = told.hunks.get(hunk).or(told.hunks.first()) {
                steps.extend(&makers.steps);
            }
            let hunk = u32::try_from(hunk).unwrap_or(u32::MAX);
            match files.last_mut().filter(|(of, _)| *of == file) {
                Some((_, hunks)) => hunks.hunks.push(hunk),
                None => files.push((file, Hunks { path: told.path.clone(), hunks: vec![hunk] })),
            }
        }
        for (file, hunks) in &mut files {
            // All of a file: its mode, its being there.
            if hunks.hunks.len() == self.hunks_of(*file) {
                hunks.hunks.clear();
            }
        }
        steps.sort_unstable();
        steps.dedup();
        (files.into_iter().map(|(_, hunks)| hunks).collect(), steps)
    }

    /// Hunks with a mark.
    #[must_use]
    pub fn marked(&self, reviewed: &Reviewed, mark: Mark) -> usize {
        if reviewed.marks.is_empty() {
            return 0;
        }
        let all = (0..self.files.len()).flat_map(|file| (0..self.hunks_of(file)).map(move |hunk| (file, hunk)));
        all.filter(|(file, hunk)| self.mark(reviewed, *file, *hunk) == Some(mark)).count()
    }
}

fn page(file: &Changed, sort: Sort) -> Page {
    let diff = match (sort, file.texts()) {
        (Sort::Changes, texts) => texts.map_or_else(Diff::default, |(old, new)| Diff::of(old, new)),
        (Sort::File, Some((old, new))) if old != new => Diff::of(old, new),
        // The same, or nobody knows what became of it: as it was.
        (Sort::File, _) => Diff::whole(file.old.text().or(file.new.text()).unwrap_or_default()),
    };
    let sheet = Sheet::new(&diff, Layout::Unified, |_| sort == Sort::File);
    let keys = keys(file, &diff);
    Page { diff, sheet, notes: file.notes(), keys }
}

/// By what the hunks of a file are known again; those that are equal by their order. At least one.
fn keys(file: &Changed, diff: &Diff) -> Vec<Digest> {
    let mut equal: BTreeMap<Digest, u64> = BTreeMap::new();
    let key = |bytes: &[&[u8]]| {
        let parts = bytes.iter().flat_map(|part| [&(part.len() as u64).to_le_bytes(), *part].concat());
        Digest::of(&parts.collect::<Vec<u8>>())
    };
    let mut keys: Vec<Digest> = (0..diff.hunks.len())
        .map(|hunk| {
            let (goes, comes) = (diff.goes(hunk).unwrap_or_default(), diff.comes(hunk).unwrap_or_default());
            let changes = key(&[file.path.as_bytes(), goes.as_bytes(), comes.as_bytes()]);
            let before = equal.entry(changes).or_default();
            *before += 1;
            key(&[&changes.0, &before.to_le_bytes()])
        })
        .collect();
    if keys.is_empty() {
        keys.push(key(&[file.path.as_bytes(), format!("{:?} {:?}", file.old, file.new).as_bytes()]));
    }
    keys
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{Became, CheckpointId, Makers, SessionId, Stands, Stretch};

    pub(in crate::ui::review) fn pages(files: &[(&str, &str, &str)]) -> Pages {
        let file = |(path, old, new): &(&str, &str, &str)| {
            let of = |text: &str| Stands::File { mode: 0o644, bytes: text.len() as u64, text: Some(text.into()) };
            let hunks = Diff::of(old, new).hunks.len();
            let hunks =
                (0..hunks).map(|at| Makers { steps: vec![u32::try_from(at).unwrap() + 1], others: false }).collect();
            Changed { path: (*path).into(), became: Some(Became::Changed), old: of(old), new: of(new), hunks }
        };
        let id = |id: &str| CheckpointId(id.into());
        let files = files.iter().map(file).collect();
        let (session, stretch) = (SessionId(1), Stretch::WHOLE);
        let changes = Changes {
            session,
            stretch,
            paths: vec![],
            before: id("a"),
            after: id("b"),
            steps: vec![],
            files,
            more: 0,
            notes: vec![],
        };
        Pages::new(changes, Sort::Changes)
    }

    #[test]
    fn every_place_is_found_and_hunks_are_known_again() {
        let far = "x\n".repeat(20);
        let (old, new) = (format!("a\n{far}b\n"), format!("A\n{far}B\n"));
        let mut pages = pages(&[("one", &old, &new), ("two", "q\n", "r\n")]);
        assert_eq!(pages.item(0), Some(Item::Head(0)));
        assert_eq!(pages.item(pages.start(1)), Some(Item::Head(1)));
        assert_eq!(pages.item(pages.len()), None);
        let hunks = pages.hunks();
        assert_eq!(hunks.iter().map(|at| pages.hunk_at(*at).unwrap()).collect::<Vec<_>>(), [(0, 0), (0, 1), (1, 0)]);
        pages.at = hunks[1];
        let mut reviewed = Reviewed::default();
        let (files, steps) = pages.to_revert(&reviewed);
        assert_eq!((files, steps), (vec![Hunks { path: "one".into(), hunks: vec![1] }], vec![2]));
        for hunk in 0..2 {
            reviewed.marks.insert(pages.key(0, hunk).unwrap(), Mark::Revert);
        }
        let (files, steps) = pages.to_revert(&reviewed);
        assert_eq!((files, steps), (vec![Hunks { path: "one".into(), hunks: vec![] }], vec![1, 2]), "all of it");
        assert_eq!(pages.marked(&reviewed, Mark::Revert), 2);
    }
}
