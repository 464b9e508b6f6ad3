//! Searches over all sessions, on a thread of their own: a long one holds up nobody, and ends as soon as its console wants
//! another. What is found is told as it is found.

use super::Published;
use super::consoles::Line;
use super::log::now;
use crate::domain::{Answer, FindAll, Hit, HitIn, HitsIn, LookedAll};
use crate::search::{Each, Query, search};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// What is found within so long is told at once.
const TOLD: Duration = Duration::from_millis(40);

/// Who wants which search.
type Wanted = (Line, FindAll);

/// The thread that searches, once it was needed.
#[derive(Default)]
pub(super) struct Everywhere {
    wanted: Option<Sender<Wanted>>,
}

impl Everywhere {
    /// Searches, and tells what is found.
    pub(super) fn find(&mut self, state: &Path, line: &Line, find: &FindAll) {
        let wanted = self.wanted.get_or_insert_with(|| start(state.to_owned()));
        if wanted.send((line.clone(), find.clone())).is_err() {
            line.tell(Published::Answered(refused(find.number, "there is no thread to search on".to_owned())));
        }
    }
}

fn start(state: PathBuf) -> Sender<Wanted> {
    let (wanted, asked) = channel();
    let serve = move || {
        let mut waiting: VecDeque<Wanted> = VecDeque::new();
        while let Some((line, find)) = waiting.pop_front().or_else(|| asked.recv().ok()) {
            let mut telling = Telling { line: Some(&line), more: Some((&asked, &mut waiting)), ..Telling::of(&find) };
            let answer = found(&state, &find, &mut telling);
            let is_wanted = telling.goes_on();
            if let Some(answer) = answer.filter(|_| is_wanted) {
                line.tell(Published::Answered(answer));
            }
        }
    };
    drop(std::thread::Builder::new().name("search".to_owned()).spawn(serve));
    wanted
}

/// Everything that a search finds, at once.
pub(super) fn at_once(state: &Path, find: &FindAll) -> Answer {
    let answer = found(state, find, &mut Telling::of(find));
    answer.unwrap_or(Answer::Everywhere { number: find.number, groups: Vec::new(), looked: None })
}

/// Searches; gives the end of what is told. Nothing where nothing was asked for.
fn found(state: &Path, find: &FindAll, telling: &mut Telling<'_>) -> Option<Answer> {
    if find.text.trim().is_empty() {
        return None;
    }
    let folder = |typed: &Path| {
        let folder = Path::new(&find.folder).join(typed);
        folder.canonicalize().unwrap_or(folder)
    };
    let query = match Query::parse(std::slice::from_ref(&find.text), now(), &folder) {
        Ok(query) => query,
        Err(why) => return Some(refused(find.number, why)),
    };
    Some(match search(state, &query, find.limit as usize, telling) {
        Ok(looked) => telling.take(Some(Ok(looked))),
        Err(error) => telling.take(Some(Err(error.to_string()))),
    })
}

fn refused(number: u64, why: String) -> Answer {
    Answer::Everywhere { number, groups: Vec::new(), looked: Some(Err(why)) }
}

/// Gathers what is found, and tells it as soon as it is worth it.
struct Telling<'t> {
    number: u64,
    line: Option<&'t Line>,
    /// Searches that came meanwhile.
    more: Option<(&'t Receiver<Wanted>, &'t mut VecDeque<Wanted>)>,
    groups: Vec<HitsIn>,
    told: Instant,
}

impl Telling<'_> {
    fn of(find: &FindAll) -> Self {
        Self { number: find.number, line: None, more: None, groups: Vec::new(), told: Instant::now() }
    }

    fn take(&mut self, looked: Option<Result<LookedAll, String>>) -> Answer {
        self.told = Instant::now();
        Answer::Everywhere { number: self.number, groups: std::mem::take(&mut self.groups), looked }
    }
}

impl Each for Telling<'_> {
    fn hit(&mut self, of: &HitIn, hit: Hit) {
        match self.groups.last_mut().filter(|group| group.of == *of) {
            Some(group) => group.hits.push(hit),
            None => self.groups.push(HitsIn { of: of.clone(), hits: vec![hit] }),
        }
    }

    fn goes_on(&mut self) -> bool {
        let Some(line) = self.line else { return true };
        if let Some((asked, waiting)) = &mut self.more {
            waiting.extend(asked.try_iter());
            if line.is_gone() || waiting.iter().any(|(other, _)| other.is(line)) {
                return false;
            }
        }
        if !self.groups.is_empty() && self.told.elapsed() >= TOLD {
            let answer = self.take(None);
            line.tell(Published::Answered(answer));
        }
        true
    }
}
