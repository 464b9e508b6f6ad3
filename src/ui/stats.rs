//! What sessions came to, as a table: which rows, in which order, and what stands in their cells.

use crate::domain::{Cost, Tallied, Tallies, TallyBy};
use crate::text::human;
use std::cmp::Reverse;
use std::time::Duration;

/// What nobody told.
const UNTOLD: &str = "—";

/// A column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Sessions in it.
    Sessions,
    /// Turns that began.
    Turns,
    /// Calls that began.
    Calls,
    /// Calls that failed.
    Failed,
    /// Calls that were made again after they had failed; and those that failed again.
    Retried,
    /// Tokens read fresh.
    Input,
    /// Tokens written.
    Output,
    /// Tokens read from a cache, or written into one.
    Cache,
    /// What it cost.
    Cost,
    /// Requests that a human or a script answered.
    Answered,
    /// How long those waited.
    Waited,
}

impl Column {
    /// All of them, in their order.
    pub const ALL: [Self; 11] = [
        Self::Sessions,
        Self::Turns,
        Self::Calls,
        Self::Failed,
        Self::Retried,
        Self::Input,
        Self::Output,
        Self::Cache,
        Self::Cost,
        Self::Answered,
        Self::Waited,
    ];
    /// Those by which rows can be sorted, beside their names.
    pub const SORTS: [Self; 6] = [Self::Cost, Self::Turns, Self::Calls, Self::Retried, Self::Output, Self::Waited];

    /// Its head.
    #[must_use]
    pub fn head(self) -> &'static str {
        match self {
            Self::Sessions => "SESSIONS",
            Self::Turns => "TURNS",
            Self::Calls => "CALLS",
            Self::Failed => "FAILED",
            Self::Retried => "RETRIED",
            Self::Input => "INPUT",
            Self::Output => "OUTPUT",
            Self::Cache => "CACHE",
            Self::Cost => "COST",
            Self::Answered => "ANSWERED",
            Self::Waited => "WAITED",
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn cell(self, one: &Tallied) -> String {
        let told = |count: Option<u64>| count.map_or_else(|| UNTOLD.to_owned(), human::count);
        match self {
            Self::Sessions => one.sessions.to_string(),
            Self::Turns => one.turns.to_string(),
            Self::Calls => one.calls.to_string(),
            Self::Failed => one.failed.to_string(),
            Self::Retried if one.failed_again > 0 => format!("{} ({} again)", one.retried, one.failed_again),
            Self::Retried => one.retried.to_string(),
            Self::Input => told(one.tokens.input),
            Self::Output => told(one.tokens.output),
            Self::Cache => told(cached(one)),
            Self::Cost => cost(one),
            Self::Answered => one.answered.to_string(),
            Self::Waited if one.answered == 0 => UNTOLD.to_owned(),
            Self::Waited => human::duration(Duration::from_millis(one.waited)),
        }
    }

    /// By what it is sorted; what is not known comes last.
    fn weight(self, one: &Tallied) -> Option<u64> {
        match self {
            Self::Sessions => Some(one.sessions),
            Self::Turns => Some(one.turns),
            Self::Calls => Some(one.calls),
            Self::Failed => Some(one.failed),
            Self::Retried => Some(one.retried),
            Self::Input => one.tokens.input,
            Self::Output => one.tokens.output,
            Self::Cache => cached(one),
            // Sums of different currencies can't be compared: by their number all the same.
            Self::Cost => one.told.iter().chain(&one.priced).map(|cost| cost.micros).reduce(u64::saturating_add),
            Self::Answered => Some(one.answered),
            Self::Waited => (one.answered > 0).then_some(one.waited),
        }
    }
}

fn cached(one: &Tallied) -> Option<u64> {
    match (one.tokens.cache_read, one.tokens.cache_write) {
        (None, None) => None,
        (read, write) => Some(read.unwrap_or(0).saturating_add(write.unwrap_or(0))),
    }
}

/// What it cost: as agents told it, and `~` where it is made of prices; `?` where tokens have no price.
fn cost(one: &Tallied) -> String {
    let money = |sign: &'static str| move |cost: &Cost| format!("{sign}{}", human::money(cost.micros, cost.currency));
    let mut parts: Vec<String> = one.told.iter().map(money("")).chain(one.priced.iter().map(money("~"))).collect();
    if one.unknown {
        parts.push("?".to_owned());
    }
    if parts.is_empty() { UNTOLD.to_owned() } else { parts.join(" + ") }
}

/// The open table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatsUi {
    /// What it is of.
    pub by: TallyBy,
    /// By what it is sorted; by names, or the newest day first, where by no column.
    pub sort: Option<Column>,
    /// The selected row.
    pub selected: usize,
    /// What was told: nothing while it is counted.
    pub told: Option<Result<Tallies, String>>,
}

impl StatsUi {
    /// A table as it is looked at first: the dearest first, or the newest day.
    #[must_use]
    pub fn of(by: TallyBy) -> Self {
        let sort = (by != TallyBy::Day).then_some(Column::Cost);
        Self { by, sort, ..Self::default() }
    }

    /// The rows, in their order.
    #[must_use]
    pub fn rows(&self) -> Vec<&Tallied> {
        let Some(Ok(tallies)) = &self.told else { return Vec::new() };
        let mut rows: Vec<&Tallied> = tallies.by(self.by).iter().collect();
        match (self.sort, self.by) {
            (Some(column), _) => rows.sort_by_key(|one| Reverse(column.weight(one))),
            (None, TallyBy::Day) => rows.reverse(),
            (None, TallyBy::Session) => {
                rows.sort_by_key(|one| (one.name.to_lowercase(), one.key.clone()));
            }
            (None, _) => {}
        }
        rows
    }

    /// The word for how it is sorted.
    #[must_use]
    pub fn sorted(&self) -> String {
        match (self.sort, self.by) {
            (Some(column), _) => format!("by {}", column.head().to_lowercase()),
            (None, TallyBy::Day) => "the newest first".to_owned(),
            (None, _) => "by name".to_owned(),
        }
    }

    /// The next way to sort it.
    pub fn sort_next(&mut self) {
        let all = Column::SORTS;
        let at = self.sort.and_then(|now| all.iter().position(|column| *column == now));
        self.sort = match at {
            None => Some(all[0]),
            Some(at) => all.get(at + 1).copied(),
        };
        self.selected = 0;
    }

    /// Another table.
    pub fn turn(&mut self, by: usize) {
        let all = TallyBy::TABLES;
        let at = all.iter().position(|table| *table == self.by).unwrap_or(0);
        *self = Self { told: self.told.take(), ..Self::of(all[(at + by) % all.len()]) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(key: &str, turns: u64, micros: Option<u64>) -> Tallied {
        let priced = micros.map(|micros| Cost { micros, currency: *b"USD" }).into_iter().collect();
        Tallied { key: key.to_owned(), turns, priced, ..Tallied::default() }
    }

    #[test]
    fn rows_are_sorted_and_what_is_not_known_comes_last() {
        let days = vec![one("2026-01-01", 5, None), one("2026-01-02", 7, Some(3)), one("2026-01-03", 1, Some(9))];
        let told = Some(Ok(Tallies { days, ..Tallies::default() }));
        let mut ui = StatsUi { by: TallyBy::Day, told, ..StatsUi::default() };
        let keys = |ui: &StatsUi| ui.rows().iter().map(|one| one.key[8..].to_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!((keys(&ui).as_str(), ui.sorted().as_str()), ("03 02 01", "the newest first"));
        ui.sort_next();
        assert_eq!((keys(&ui).as_str(), ui.sorted().as_str()), ("03 02 01", "by cost"));
        ui.sort_next();
        assert_eq!((keys(&ui).as_str(), ui.sorted().as_str()), ("02 01 03", "by turns"));
        (0..5).for_each(|_| ui.sort_next());
        assert_eq!(ui.sort, None, "it comes round");
        let all: Vec<TallyBy> = (0..4)
            .map(|_| {
                ui.turn(1);
                ui.by
            })
            .collect();
        assert_eq!(all, [TallyBy::Project, TallyBy::Model, TallyBy::Session, TallyBy::Day]);
    }

    #[test]
    fn what_nobody_told_is_not_nothing() {
        let mut row = one("x", 0, None);
        assert_eq!((Column::Cost.cell(&row), Column::Input.cell(&row)), ("—".to_owned(), "—".to_owned()));
        assert_eq!(Column::Waited.cell(&row), "—");
        row.unknown = true;
        assert_eq!(Column::Cost.cell(&row), "?");
        row.priced.push(Cost { micros: 1_500_000, currency: *b"USD" });
        row.told.push(Cost { micros: 250_000, currency: *b"USD" });
        assert_eq!(Column::Cost.cell(&row), "$0.25 + ~$1.50 + ?");
        (row.retried, row.failed_again) = (3, 1);
        assert_eq!(Column::Retried.cell(&row), "3 (1 again)");
    }
}
