//! A session of taut's as a brief, from its log: page by page, so that a long one needs no more memory than a short one.

use crate::brief::{Brief, Gather};
use crate::domain::{Answer, Seq, SessionId, Text};
use crate::recordings::{ReadError, Recordings};
use crate::state::{Entry, Pages, Session, What, page};
use crate::store::{Reader, StoreError};
use crate::stories::{page_entries, session_at};

/// The brief of a session as it is now.
///
/// # Errors
/// The log can't be read.
pub fn brief(reader: &Reader, id: SessionId) -> Result<Brief, StoreError> {
    let session = session_at(reader, id, reader.last_seq(id)?)?;
    let full = |text: &Text| match text {
        Text::Inline(text) => text.clone(),
        Text::Body(body) => match reader.body(body) {
            Ok(Some(text)) => text,
            Ok(None) | Err(_) => format!("[a text of {} bytes that is not there any more]", body.bytes),
        },
    };
    let mut gather = Gather::default();
    let mut past = 0_u32;
    let told = before(reader, &session, &mut |entry| {
        past += 1;
        gather.take(entry, &session, &full);
    });
    if let Err(error) = told {
        gather.lacks(format!("what was said before it went on here, as that can't be read ({error})"));
    }
    // What its agent has replayed of that stands before the first prompt that was given here.
    let mut own = past == 0;
    let mut take = |entry: &Entry| {
        own |= matches!(entry.what, What::Prompt { .. });
        if own {
            gather.take(entry, &session, &full);
        }
    };
    for number in 0..=page::page_of(session.seq).0 {
        page_entries(reader, &session, number)?.iter().for_each(&mut take);
    }
    session.timeline.unsettled().for_each(|no| take(&session.timeline.entries[&no]));
    Ok(gather.write(&session, &full))
}

/// What was said in the same conversation before this session began, where a recording of it is kept: it went on here from that,
/// or from an earlier session of taut's, of which its agent's own transcript tells as well.
fn before(reader: &Reader, session: &Session, each: &mut dyn FnMut(&Entry)) -> Result<(), ReadError> {
    let Some(source) = session.sources.last().filter(|source| !source.native.is_empty()) else { return Ok(()) };
    let Ok(Some(kept)) = Recordings::open_for_reading(reader.folder()) else { return Ok(()) };
    let all = kept.named(&source.native).unwrap_or_default();
    let Some(one) = all.iter().find(|one| one.native == source.native) else { return Ok(()) };
    let (mut pages, mut over) = (Pages::new(one.id), false);
    kept.read(one.id, &mut |record| {
        over |= record.at >= session.started;
        if !over {
            pages.take(record).iter().for_each(&mut *each);
        }
    })?;
    pages.end().iter().for_each(each);
    Ok(())
}

/// The brief of a session of another tool, where a recording of it is kept.
fn recorded(reader: &Reader, id: SessionId) -> Result<Option<Brief>, ReadError> {
    let Ok(Some(kept)) = Recordings::open_for_reading(reader.folder()) else { return Ok(None) };
    let Ok(Some(one)) = kept.one(id) else { return Ok(None) };
    // A transcript's texts all stand in its records.
    let full = |text: &Text| text.inline().unwrap_or_default().to_owned();
    let (mut gather, mut pages) = (Gather::default(), Pages::new(id));
    let mut take = |entries: &[Entry]| entries.iter().for_each(|entry| gather.take(entry, &one.session, &full));
    kept.read(id, &mut |record| take(&pages.take(record)))?;
    take(&pages.end());
    Ok(Some(gather.write(&one.session, &full)))
}

pub(super) fn answer(reader: &Reader, session: SessionId) -> Result<Answer, StoreError> {
    let brief = match reader.last_seq(session)? {
        Seq(0) => match recorded(reader, session) {
            Ok(Some(brief)) => brief,
            Ok(None) => return Ok(Answer::Failed { why: format!("there is no session {session}") }),
            Err(why) => return Ok(Answer::Failed { why: why.to_string() }),
        },
        _ => brief(reader, session)?,
    };
    let secrets = u32::try_from(brief.secrets.values().sum::<usize>()).unwrap_or(u32::MAX);
    Ok(Answer::Brief { session, text: brief.text, secrets })
}
