//! A fragment in its file.

use std::ops::Range;

/// Where a fragment stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Located {
    /// Once: it begins at this line (from 1).
    At(u32),
    /// This often, first at this line.
    Several {
        /// The first line that it begins at.
        first: u32,
        /// How often it is there; counting stops at 1000.
        times: u32,
    },
    /// Not at all.
    Absent,
}

impl Located {
    /// The line, where it is sure.
    #[must_use]
    pub fn line(self) -> Option<u32> {
        match self {
            Self::At(line) => Some(line),
            Self::Several { .. } | Self::Absent => None,
        }
    }
}

/// Looks for a fragment in the text of its file.
#[must_use]
pub fn locate(file: &str, fragment: &str) -> Located {
    let mut found = file.match_indices(fragment).filter(|_| !fragment.is_empty()).take(1000);
    let Some((at, _)) = found.next() else { return Located::Absent };
    let first = line_of(file, at);
    match found.count() {
        0 => Located::At(first),
        more => Located::Several { first, times: u32::try_from(more + 1).unwrap_or(u32::MAX) },
    }
}

/// The file with the one place of a fragment replaced: then the whole files can be compared, with real numbers and real
/// lines around. `None` where the fragment is not there exactly once.
#[must_use]
pub fn splice(file: &str, fragment: &str, replacement: &str) -> Option<String> {
    locate(file, fragment).line()?;
    let at = file.find(fragment)?;
    let range: Range<usize> = at..at + fragment.len();
    Some([&file[..range.start], replacement, &file[range.end..]].concat())
}

fn line_of(file: &str, at: usize) -> u32 {
    let before = file[..at].matches('\n').count();
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}
