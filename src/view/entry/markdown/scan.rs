//! The source of a message cut into blocks. A block that is *certain* is never changed by what comes after it, so that its
//! rows are made once, however long the message grows.

use super::table;

/// A line longer than this is taken in pieces, so that no delta costs more than this.
pub(in crate::view) const PIECE: usize = 4096;
/// A block longer than this goes on in another one.
const BLOCK: usize = 2 << 10;
/// A table of more rows goes on with the columns that it has.
const TABLE: usize = 32;

/// Whether more text may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::view) enum End {
    /// It may.
    Open,
    /// That is all.
    Closed,
}

/// A line of the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// The line without its ending.
    pub(super) text: &'a str,
    /// Its bytes with its ending.
    pub(super) len: usize,
    /// It has an ending.
    pub(super) ended: bool,
}

/// The lines of a text.
pub(super) fn lines(source: &str) -> impl Iterator<Item = Line<'_>> {
    source.split_inclusive('\n').map(|line| {
        let text = line.strip_suffix('\n');
        let bare = text.unwrap_or(line);
        Line { text: bare.strip_suffix('\r').unwrap_or(bare), len: line.len(), ended: text.is_some() }
    })
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An empty line.
    Blank,
    /// The first line of fenced code.
    Fence,
    /// A line of fenced code.
    Code,
    /// The last line of fenced code.
    Shut,
    /// A heading of one line.
    Heading,
    /// A rule across.
    Rule,
    /// One item of a list.
    Item,
    /// Lines that are quoted.
    Quote,
    /// A table, or more rows of the one before.
    Table,
    /// Where a link leads, told apart from it.
    Definition,
    /// Everything else.
    Text,
    /// A part of a line that is too long for one.
    Piece,
}

/// A block at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// What it is.
    pub(super) kind: Kind,
    /// Its bytes.
    pub(super) len: usize,
    /// Nothing that comes after it changes it.
    pub(super) certain: bool,
}

/// Fenced code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence<'a> {
    /// The character of the fence.
    pub(super) sign: u8,
    /// How many of them.
    pub(super) count: usize,
    /// What stands behind them.
    pub(super) info: &'a str,
}

/// What stands before an item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item<'a> {
    /// Its number; `None` for a bullet.
    pub(super) number: Option<u32>,
    /// Cells from the marker to the text.
    pub(super) hang: usize,
    /// The text.
    pub(super) text: &'a str,
}

/// What a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins<'a> {
    Blank,
    Fence(Fence<'a>),
    Heading,
    Rule,
    Item(Item<'a>),
    Quote,
    Definition,
    Text,
}

/// The cells and the bytes of the blanks before a line.
pub(super) fn indent(line: &str) -> (usize, usize) {
    let bytes = line.len() - line.trim_start_matches([' ', '\t']).len();
    let cells =
        line.as_bytes()[..bytes].iter().fold(0, |at, &byte| if byte == b'\t' { at / 4 * 4 + 4 } else { at + 1 });
    (cells, bytes)
}

/// What a line begins; `in_list` where a list goes on before it.
pub(super) fn begins(line: &str, in_list: bool) -> Begins<'_> {
    let (cells, from) = indent(line);
    let body = line[from..].trim_end();
    if body.is_empty() {
        return Begins::Blank;
    }
    if cells >= 4 && !in_list {
        return Begins::Text;
    }
    let first = body.as_bytes()[0];
    match first {
        b'`' | b'~' => fence(body).map_or(Begins::Text, Begins::Fence),
        b'#' if heading(body).is_some() => Begins::Heading,
        b'>' => Begins::Quote,
        b'[' if is_definition(body) => Begins::Definition,
        b'-' | b'*' | b'_' if is_rule(body) => Begins::Rule,
        _ => item(body).map_or(Begins::Text, Begins::Item),
    }
}

fn fence(body: &str) -> Option<Fence<'_>> {
    let sign = body.as_bytes()[0];
    let count = body.bytes().take_while(|&byte| byte == sign).count();
    let info = body[count..].trim();
    (count >= 3 && !(sign == b'`' && info.contains('`'))).then_some(Fence { sign, count, info })
}

/// The level of a heading and its text.
pub(super) fn heading(body: &str) -> Option<(usize, &str)> {
    let level = body.bytes().take_while(|&byte| byte == b'#').count();
    let rest = &body[level..];
    ((1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t']))).then_some((level, rest.trim()))
}

fn is_rule(body: &str) -> bool {
    let sign = body.as_bytes()[0];
    let count = body.bytes().filter(|&byte| byte == sign).count();
    count >= 3 && body.bytes().all(|byte| byte == sign || byte == b' ' || byte == b'\t')
}

/// `[name]: address`, which a reader of markdown never sees: an agent's word all the same.
fn is_definition(body: &str) -> bool {
    body.find("]:").is_some_and(|at| at > 1 && !body[1..at].contains(['[', ']']))
}

fn item(body: &str) -> Option<Item<'_>> {
    let bytes = body.as_bytes();
    let (number, marker) = match bytes[0] {
        b'-' | b'*' | b'+' => (None, 1),
        b'0'..=b'9' => {
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let is_marked = digits <= 9 && matches!(bytes.get(digits), Some(b'.' | b')'));
            (Some(body[..digits].parse().ok().filter(|_| is_marked)?), digits + 1)
        }
        _ => return None,
    };
    let rest = &body[marker..];
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let (blanks, from) = indent(rest);
    // A text far behind its marker is code; what is meant is the text.
    let hang = marker + if (1..=4).contains(&blanks) && !rest.trim().is_empty() { blanks } else { 1 };
    Some(Item { number, hang, text: &rest[from..] })
}

/// The box of a task and what stands behind it.
pub(super) fn task(text: &str) -> Option<(&'static str, &str)> {
    let (sign, rest) = match text.as_bytes() {
        [b'[', b' ', b']', ..] => ("[ ] ", &text[3..]),
        [b'[', b'x' | b'X', b']', ..] => ("[x] ", &text[3..]),
        _ => return None,
    };
    rest.starts_with(' ').then(|| (sign, rest.trim_start()))
}

/// Whether the text of an item is the first line of fenced code.
fn begins_code(item: Item<'_>) -> bool {
    let text = task(item.text).filter(|_| item.number.is_none()).map_or(item.text, |(_, rest)| rest);
    matches!(begins(text, true), Begins::Fence(_))
}

/// A cut line ends here: behind a space where there is one.
fn cut(rest: &str) -> usize {
    let space = rest.as_bytes()[..PIECE].iter().rposition(|&byte| byte == b' ').map(|at| at + 1);
    space.unwrap_or_else(|| rest.floor_char_boundary(PIECE))
}

/// What the text before leaves open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    /// Fenced code: its sign, and how many of them.
    pub(super) fence: Option<(u8, usize)>,
    /// A list.
    pub(super) list: bool,
    /// A table.
    pub(super) table: bool,
    /// A line that is too long for one piece.
    pub(super) within: bool,
}

/// The block at the beginning of a text.
pub(super) fn next(rest: &str, before: Before, end: End) -> Option<Block> {
    let first = lines(rest).next()?;
    let sure = first.ended || end == End::Closed;
    let one = |kind| Some(Block { kind, len: first.len, certain: sure });
    if first.text.len() > PIECE {
        return Some(Block { kind: Kind::Piece, len: cut(rest), certain: true });
    }
    if let Some((sign, count)) = before.fence {
        return one(if !before.within && shuts(first.text, sign, count) { Kind::Shut } else { Kind::Code });
    }
    if before.within {
        return one(Kind::Text);
    }
    let kind = match begins(first.text, before.list) {
        Begins::Blank => return one(Kind::Blank),
        Begins::Fence(_) => return one(Kind::Fence),
        Begins::Heading => return one(Kind::Heading),
        Begins::Rule => return one(Kind::Rule),
        Begins::Definition if !before.table => return one(Kind::Definition),
        // Code may begin right behind the marker.
        Begins::Item(item) if begins_code(item) => return one(Kind::Item),
        Begins::Item(_) => Kind::Item,
        Begins::Quote => Kind::Quote,
        Begins::Text | Begins::Definition if before.table || table_at(rest, end) != Table::No => Kind::Table,
        Begins::Text | Begins::Definition => Kind::Text,
    };
    Some(gather(rest, kind, before.list || kind == Kind::Item, end))
}

/// A block of many lines: up to the line that begins another.
fn gather(rest: &str, kind: Kind, in_list: bool, end: End) -> Block {
    let (mut len, mut count) = (0, 0);
    for line in lines(rest) {
        let is_full = len >= BLOCK || (kind == Kind::Table && count >= TABLE);
        if len > 0 && (is_full || line.text.len() > PIECE) {
            return Block { kind, len, certain: true };
        }
        let sure = line.ended || end == End::Closed;
        if len > 0 {
            match goes_on(&rest[len..], line, kind, in_list, end) {
                // Lines stay lines, so that most of them need not be read again with those that follow.
                Goes::On if kind == Kind::Text && !in_list && sure && parts(&rest[..len], line.text) => {
                    return Block { kind, len, certain: true };
                }
                Goes::On => {}
                Goes::Last => return Block { kind, len: len + line.len, certain: sure },
                Goes::Not => return Block { kind, len, certain: sure },
                Goes::Perhaps => return Block { kind, len, certain: false },
            }
        }
        (len, count) = (len + line.len, count + 1);
    }
    Block { kind, len, certain: end == End::Closed }
}

/// Whether a text and the line behind it mean the same apart: no mark is open between them, and the line makes no heading of
/// the text.
fn parts(text: &str, next: &str) -> bool {
    let count = |sign: u8| text.bytes().filter(|&byte| byte == sign).count();
    let is_closed = [b'`', b'*', b'_', b'~'].into_iter().all(|sign| count(sign).is_multiple_of(2))
        && count(b'[') == count(b']')
        && count(b'(') == count(b')')
        && !text.contains(['<', '\\']);
    is_closed && indent(next).0 < 4 && !next.trim().bytes().all(|byte| byte == b'=' || byte == b'-')
}

/// Whether a block goes on with a line.
enum Goes {
    On,
    /// With this one, and no further.
    Last,
    Not,
    /// Not, as it seems: what comes next will tell.
    Perhaps,
}

fn goes_on(rest: &str, line: Line<'_>, kind: Kind, in_list: bool, end: End) -> Goes {
    let is_dashes = || line.text.trim().bytes().all(|byte| byte == b'-');
    match (begins(line.text, in_list), kind) {
        (Begins::Quote, Kind::Quote) => Goes::On,
        // A line of dashes below a text makes a heading of it.
        (Begins::Rule, Kind::Text) if is_dashes() => Goes::Last,
        // `2019. It was` within a text is no list.
        (Begins::Item(item), Kind::Text | Kind::Quote) if !in_list => match item.number {
            None if item.text.is_empty() => Goes::On,
            None | Some(1) => Goes::Not,
            Some(_) => Goes::On,
        },
        (Begins::Blank | Begins::Fence(_) | Begins::Heading | Begins::Rule | Begins::Quote | Begins::Item(_), _) => {
            Goes::Not
        }
        (Begins::Text | Begins::Definition, Kind::Text | Kind::Item) => match table_at(rest, end) {
            Table::Yes => Goes::Not,
            Table::Perhaps => Goes::Perhaps,
            Table::No => Goes::On,
        },
        (Begins::Text | Begins::Definition, _) => Goes::On,
    }
}

/// Whether a table begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Yes,
    /// Its second line is still to come.
    Perhaps,
    No,
}

/// Whether a table begins: a row, and below it the line of dashes. One of which the second line is still to come is taken
/// for one, so that it does not look otherwise for a moment.
fn table_at(rest: &str, end: End) -> Table {
    let mut two = lines(rest);
    let Some(first) = two.next().filter(|line| line.text.contains('|')) else { return Table::No };
    let sure = |is_one| if is_one { Table::Yes } else { Table::No };
    let perhaps = |is_one| if is_one { Table::Perhaps } else { Table::No };
    let looks_so = first.text.trim_start().starts_with('|') && first.text.trim().len() > 1;
    match two.next() {
        None => perhaps(end == End::Open && looks_so),
        Some(second) if second.ended || end == End::Closed => {
            sure(table::columns(second.text).is_some_and(|all| all.len() == table::cells(first.text).len()))
        }
        Some(second) => perhaps(looks_so && second.text.bytes().all(|byte| b"|-: \t".contains(&byte))),
    }
}

fn shuts(line: &str, sign: u8, count: usize) -> bool {
    let body = line.trim();
    body.len() >= count && body.bytes().all(|byte| byte == sign)
}
