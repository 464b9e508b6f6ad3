//! One console at the other end: its lines become wishes, what the hub publishes becomes lines, in order and without gaps.

use super::super::brake::Brake;
use super::super::{ConsoleId, Published, Wish, consoles::Line as Way};
use super::mailbox::{Mail, Mailbox};
use super::peer;
use super::wire::{self, LINE_MAX, ToConsole, ToHub, WIRE, lines};
use crate::domain::{Command, Pos, Query};
use crate::store::Reader;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;

/// How long a console may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);
/// Records read from the log at once.
const BATCH: usize = 512;

/// Serves one console, whose process was let in, until it goes or the hub ends.
pub(super) async fn serve(
    id: ConsoleId,
    pid: u32,
    stream: UnixStream,
    reader: Arc<Reader>,
    wishes: mpsc::UnboundedSender<Wish>,
    brake: Brake,
) {
    let (from_it, to_it) = stream.into_split();
    let (mut heard, mut out) = (Heard(BufReader::new(from_it)), Out(to_it));
    let hello = tokio::time::timeout(HELLO, heard.next()).await;
    let Ok(Some(Ok(ToHub::Hello { wire, version, from, role, token }))) = hello else {
        return out.refuse("a console says first who it is: this is no taut".to_owned()).await;
    };
    let own = wire::version();
    if wire != WIRE || version != own {
        return out.refuse_other(&own, &version).await;
    }
    let welcome = ToConsole::Welcome { version: own, pid: std::process::id() };
    if out.say(&welcome).await.is_err() {
        return;
    }
    let mailbox = Arc::new(Mailbox::default());
    if wishes.send(Wish::Join(id, Way::Away(Arc::clone(&mailbox)), peer::who(pid, role, token.as_deref()))).is_err() {
        return out.refuse("the hub is ending".to_owned()).await;
    }
    let mut writing = tokio::spawn({
        let (mailbox, wishes) = (Arc::clone(&mailbox), wishes.clone());
        let ask = move |query| drop(wishes.send(Wish::Ask(id, query)));
        async move {
            write(out, &mailbox, reader, from, ask).await;
            // It is gone: nothing is kept for it, and nobody waits for it to listen.
            mailbox.close();
        }
    });
    while let Some(line) = heard.next().await {
        let wish = match line {
            Ok(ToHub::Do { id: number, command }) => {
                mailbox.commanded();
                Wish::Do(id, number, Box::new(command))
            }
            Ok(ToHub::Ask { query }) => {
                let Some(query) = mailbox.ask(query) else {
                    mailbox.room().await;
                    continue;
                };
                Wish::Ask(id, query)
            }
            Ok(ToHub::Reconfigure) => Wish::Reconfigure,
            Ok(ToHub::Stop) => Wish::Leave,
            // Not understood: it can't be answered by number, so the console is let go.
            Ok(ToHub::Hello { .. }) | Err(_) => break,
        };
        // Pulled here: it waits for nothing that the hub is doing.
        match &wish {
            Wish::Do(_, _, command) if **command == Command::Halt => brake.pull(),
            Wish::Leave => brake.end_all(),
            _ => {}
        }
        if wishes.send(wish).is_err() {
            break;
        }
        mailbox.room().await;
    }
    drop(wishes.send(Wish::Part(id)));
    mailbox.close();
    // What was said last still goes out, to one that reads.
    if tokio::time::timeout(Duration::from_secs(1), &mut writing).await.is_err() {
        writing.abort();
    }
}

/// Tells whoever came why it is not let in.
pub(super) async fn turn_away(stream: UnixStream, why: String) {
    let (_, to_it) = stream.into_split();
    Out(to_it).refuse(why).await;
}

/// Writes what the hub publishes. Records come once and without gaps: what the mailbox lacks is read from the log.
async fn write(mut out: Out, mailbox: &Mailbox, reader: Arc<Reader>, from: Option<Pos>, ask: impl Fn(Query)) {
    // The newest record that it has; `None` for a console that wants none before the first live one.
    let mut has = from.map(|from| Pos(from.0.saturating_sub(1)));
    while let Some(mail) = mailbox.next().await {
        let said = match mail {
            Mail::Lagged(first, last) => match out.say(&ToConsole::Lagged).await {
                Ok(()) => {
                    has = has.or(Some(Pos(first.0.saturating_sub(1))));
                    backfill(&mut out, &reader, &mut has, last).await
                }
                gone => gone,
            },
            Mail::Published(Published::Records(records)) => {
                let first = records.first().map_or(Pos(0), |record| record.pos);
                let filled = match has {
                    Some(pos) if pos.0 + 1 < first.0 => backfill(&mut out, &reader, &mut has, Pos(first.0 - 1)).await,
                    _ => Ok(()),
                };
                let known = has.unwrap_or_default();
                let new = records.iter().position(|record| record.pos > known).unwrap_or(records.len());
                if let Some(last) = records.last() {
                    has = Some(known.max(last.pos));
                }
                match filled {
                    Ok(()) if new < records.len() => {
                        out.say(&ToConsole::Records { records: lines(&records[new..]) }).await
                    }
                    other => other,
                }
            }
            Mail::Published(Published::Status(status)) => {
                // The first status says how far the log is: what was asked for from there on is read now.
                let filled = match has {
                    Some(pos) if pos < status.head => backfill(&mut out, &reader, &mut has, status.head).await,
                    _ => Ok(()),
                };
                match filled {
                    Ok(()) => out.say(&ToConsole::Status { status }).await,
                    Err(error) => Err(error),
                }
            }
            Mail::Part(line) => out.0.write_all(&line).await,
            Mail::Whole(head) => {
                let said = out.say(&ToConsole::Known { head }).await;
                mailbox.answered().into_iter().for_each(&ask);
                said
            }
            Mail::Published(other) => {
                let (replies, answers) =
                    (matches!(other, Published::Replied(..)), matches!(other, Published::Answered(_)));
                let said = match ToConsole::of(other) {
                    Some(words) => out.say(&words).await,
                    None => Ok(()),
                };
                if replies {
                    mailbox.replied();
                }
                if answers {
                    mailbox.answered().into_iter().for_each(&ask);
                }
                said
            }
        };
        if said.is_err() {
            return;
        }
    }
}

/// Records up to `until` from the log, in pieces, so that a long way costs no memory.
async fn backfill(out: &mut Out, reader: &Arc<Reader>, has: &mut Option<Pos>, until: Pos) -> std::io::Result<()> {
    while let Some(pos) = has.filter(|pos| *pos < until) {
        let reader = Arc::clone(reader);
        let read = tokio::task::spawn_blocking(move || reader.records_by_pos(Pos(pos.0 + 1), BATCH)).await;
        let Ok(Ok(mut records)) = read else {
            return Err(std::io::Error::other("the log can't be read"));
        };
        records.retain(|record| record.pos <= until);
        let Some(last) = records.last() else { break };
        *has = Some(last.pos);
        out.say(&ToConsole::Records { records: lines(&records) }).await?;
    }
    Ok(())
}

/// Lines from a console.
struct Heard(BufReader<OwnedReadHalf>);

impl Heard {
    /// The next line; `None` at the end, an error where it is not understood.
    async fn next(&mut self) -> Option<Result<ToHub, String>> {
        let mut line = Vec::new();
        let most = u64::try_from(LINE_MAX).unwrap_or(u64::MAX);
        let read = (&mut self.0).take(most).read_until(b'\n', &mut line).await;
        match read {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(serde_json::from_slice(&line).map_err(|error| error.to_string())),
        }
    }
}

/// Whether a version comes before another one; what is no version does not.
fn is_older(version: &str, than: &str) -> bool {
    let parts = |version: &str| version.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>();
    matches!((parts(version), parts(than)), (Some(version), Some(than)) if version < than)
}

/// Lines to a console.
struct Out(OwnedWriteHalf);

impl Out {
    async fn say(&mut self, words: &ToConsole) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(words)?;
        line.push(b'\n');
        self.0.write_all(&line).await
    }

    async fn refuse(mut self, why: String) {
        // Where it is gone, there is nobody to tell.
        drop(self.say(&ToConsole::Refused { why, other: None }).await);
    }

    async fn refuse_other(mut self, own: &str, other: &str) {
        let mend = if is_older(other, own) {
            "leave this one, and start taut again"
        } else {
            "`taut daemon restart` brings the hub up to it, and says first what becomes of each session"
        };
        let why = format!("the hub is taut {own} and this is taut {other}: {mend}");
        drop(self.say(&ToConsole::Refused { why, other: Some(own.to_owned()) }).await);
    }
}
