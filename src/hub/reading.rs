//! Queries, on a thread of their own: reading never holds up the writer.

use super::brief;
use super::checkpoints::{Stays, Wanted, find_old};
use super::consoles::Line;
use super::elsewhere;
use super::everywhere::{self, Everywhere};
use super::files::{self, Files};
use super::log::now;
use super::loss::{self, Keeping, Previews};
use super::numbers::{self, Numbers};
use super::past::{self, Back};
use super::{Published, Wish, search};
use crate::domain::{Answer, HubStatus, PageNo, Query, Record, Reply, Seq, SessionId};
use crate::state::spans::Spans;
use crate::state::{ScriptTokens, State, page};
use crate::store::{Reader, StoreError};
use crate::stories::session_at;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc as std_mpsc;
use tokio::sync::mpsc;

/// A query, who asks, and whether workspaces are kept.
pub(super) type Asked = (Line, Query, Keeping);

/// Starts the thread that answers queries.
pub(super) fn start(reader: Result<Reader, StoreError>, config: PathBuf) -> std_mpsc::Sender<Asked> {
    let (queries, asked) = std_mpsc::channel::<Asked>();
    let serve = move || {
        let (mut files, mut previews, mut back) = (Files::default(), Previews::default(), Back::default());
        let (mut numbers, mut everywhere) = (Numbers::default(), Everywhere::default());
        while let Ok((line, query, keeping)) = asked.recv() {
            let answer = match (&reader, &query) {
                (Ok(reader), Query::Files { session, near }) => {
                    files.find(reader, &line, *session, near);
                    continue;
                }
                (Ok(reader), Query::Losses { request, most, instead }) => {
                    previews.find(reader, &line, (*request, instead), (*most, keeping));
                    continue;
                }
                (Ok(reader), Query::Changes { .. } | Query::Tree { .. }) => {
                    back.find(reader, &line, &query);
                    continue;
                }
                (Ok(reader), Query::Numbers) => {
                    numbers.count(reader, &config, &line);
                    continue;
                }
                (Ok(reader), Query::Everywhere(find)) => {
                    everywhere.find(reader.folder(), &line, find);
                    continue;
                }
                (Ok(reader), _) => answer(reader, &query),
                (Err(error), _) => Published::Answered(Answer::Failed { why: error.to_string() }),
            };
            line.tell(answer);
        }
    };
    // Without the thread every query goes unanswered, which a console shows as loading: rare enough.
    drop(std::thread::Builder::new().name("reader".to_owned()).spawn(serve));
    queries
}

/// Answers one query.
///
/// Total: what cannot be read is an answer too.
pub fn answer(reader: &Reader, query: &Query) -> Published {
    let answered = match query {
        Query::Snapshot => match state(reader) {
            Ok(state) => return Published::Known(Box::new(state.known())),
            Err(error) => Err(error),
        },
        Query::Page { session, page } => read_page(reader, *session, *page),
        Query::Records { session, from, limit } => reader
            .records(*session, *from, *limit as usize)
            .map(|records| Answer::Records { session: *session, records }),
        Query::Files { session, near } => Ok(files::answer(reader, *session, near)),
        Query::Losses { request, most, instead } => Ok(loss::answer(reader, *request, instead, *most)),
        Query::Judge { request, of, .. } => Ok(Answer::Judged {
            request: *request,
            of: *of,
            verdict: Box::new(Err("policy is asked by a hub, and none runs here".to_owned())),
        }),
        Query::Body { body } => reader.body(body).map(|text| Answer::Body { digest: body.digest, text }),
        Query::Weigh { session } => weigh(reader, *session),
        Query::Prunable => Ok(Answer::Failed {
            why: "checkpoints are pruned by a hub, and none runs here: start one by `taut`".to_owned(),
        }),
        // Where no hub runs, nothing waits: what the files say is in force.
        Query::Settings => Ok(Answer::Settings { waits: Vec::new() }),
        Query::UndoPlan { .. } => Ok(Answer::Failed {
            why: "steps are taken back by a hub, and none runs here: start one by `taut`".to_owned(),
        }),
        Query::Changes { .. } | Query::Tree { .. } => Ok(past::answer(reader, query)),
        Query::Search(search) => Ok(search::step(reader, search)),
        Query::Brief { session } => brief::answer(reader, *session),
        Query::Elsewhere => Ok(elsewhere::kept(reader.folder())),
        Query::Numbers => Ok(numbers::at_once(reader.folder())),
        Query::Everywhere(find) => Ok(everywhere::at_once(reader.folder(), find)),
    };
    Published::Answered(answered.unwrap_or_else(|error| Answer::Failed { why: error.to_string() }))
}

/// What a deletion of a session would wipe.
fn weigh(reader: &Reader, session: SessionId) -> Result<Answer, StoreError> {
    let mut weight = reader.holdings(session)?.weight;
    // What can't be told of them is not counted: the deletion itself says what went.
    let mut stay = BTreeMap::new();
    if let Ok(old) = find_old(reader, &Wanted::Of(session), &Stays::default(), now()) {
        (weight.checkpoints, weight.checkpoint_bytes) = (old.count(), old.bytes);
        stay = old.stay.0;
    }
    Ok(Answer::Weighed { session, weight, stay })
}

fn read_page(reader: &Reader, session: SessionId, number: PageNo) -> Result<Answer, StoreError> {
    let (first, last) = page::bounds(number);
    let keyframe = match reader.keyframe(session, Seq(first.0 - 1))? {
        Some(bytes) if page::read_keyframe(&bytes).is_some() => Some(bytes),
        _ if number.0 == 0 => None,
        // Missing, damaged or of another version: folded again from what there is before it.
        _ => Some(page::keyframe(&session_at(reader, session, Seq(first.0 - 1))?)),
    };
    let limit = usize::try_from(last.0 - first.0 + 1).unwrap_or(usize::MAX);
    let records = reader.records(session, first, limit)?;
    Ok(Answer::Page { session, page: number, keyframe, records })
}

/// Everything that is known, from the log.
///
/// # Errors
/// The log can't be read.
pub fn state(reader: &Reader) -> Result<State, StoreError> {
    let mut state = State { head: reader.head()?.pos, ..State::default() };
    for span in reader.sessions()? {
        state.put(session_at(reader, span.session, Seq(span.count))?);
    }
    Ok(state)
}

/// The tokens that scripts were given, from the hub's own records.
///
/// # Errors
/// The log can't be read.
pub fn tokens(reader: &Reader) -> Result<ScriptTokens, StoreError> {
    let mut tokens = ScriptTokens::default();
    each_of_hub(reader, |record| tokens.apply(record))?;
    Ok(tokens)
}

/// Every record of the hub's own, in order.
///
/// # Errors
/// The log can't be read.
pub fn each_of_hub(reader: &Reader, mut each: impl FnMut(&Record)) -> Result<(), StoreError> {
    let mut from = Seq(1);
    loop {
        let records = reader.records(SessionId::HUB, from, 1_024)?;
        let Some(last) = records.last() else { return Ok(()) };
        from = Seq(last.seq.0 + 1);
        records.iter().for_each(&mut each);
    }
}

/// Every step of a session that stands between two checkpoints, from its log.
///
/// # Errors
/// The log can't be read.
pub fn spans(reader: &Reader, id: SessionId) -> Result<Spans, StoreError> {
    let mut spans = Spans::default();
    let mut from = Seq(1);
    loop {
        let records = reader.records(id, from, 1_024)?;
        let Some(last) = records.last() else { return Ok(spans) };
        from = Seq(last.seq.0 + 1);
        records.iter().for_each(|record| spans.apply(record));
    }
}

/// The hub of a process that can only look: answers queries, refuses commands.
pub(super) fn run_read_only(
    reader: &Reader,
    why: &str,
    mut wished: mpsc::UnboundedReceiver<Wish>,
    publish: &mpsc::UnboundedSender<Published>,
) {
    let status = HubStatus { read_only: Some(why.to_owned()), ..HubStatus::default() };
    drop(publish.send(Published::Status(status)));
    while let Some(wish) = wished.blocking_recv() {
        match wish {
            Wish::Do(_, id, _) => drop(publish.send(Published::Replied(id, Reply::Refused { why: why.to_owned() }))),
            Wish::Ask(_, query) => drop(publish.send(answer(reader, &query))),
            Wish::Reconfigure
            | Wish::Look
            | Wish::Hook(_)
            | Wish::HookGone(_)
            | Wish::Join(..)
            | Wish::Part(_)
            | Wish::Halted { .. }
            | Wish::Swept(..) => {}
            Wish::Leave | Wish::Stop => break,
        }
    }
    drop(publish.send(Published::Left));
}
