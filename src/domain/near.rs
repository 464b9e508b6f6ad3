//! Which known name a wrong one was meant to be.

/// The known name nearest to a wrong one, where one is near enough to be what was meant.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong: Vec<char> = wrong.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if wrong.len() > LONGEST {
        return None;
    }
    let limit = (wrong.len() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|name| (steps(&wrong, &name.to_lowercase().chars().collect::<Vec<_>>()), name))
        .filter(|(far, _)| *far <= limit)
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// Names longer than this are nobody's slip of the finger.
const LONGEST: usize = 64;

/// Letters to insert, remove, replace or swap with their neighbour to get from one to the other.
fn steps(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let mut best = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let known = ["impact", "tool", "path", "command", "agent", "note", "then"];
        for (wrong, meant) in [("imapct", "impact"), ("Tool", "tool"), ("comand", "command"), ("paths", "path")] {
            assert_eq!(nearest(wrong, known), Some(meant));
        }
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }
}
