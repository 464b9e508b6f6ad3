//! Text with its emphasis, its code and its links, as lines. A link never lies: its address stands behind it.

use crate::text::{self, human};
use crate::theme::Role;
use crate::view::Look;
use crate::view::flow::Styled;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

/// The role of code within prose.
pub(super) const CODE: Role = Role::SyntaxConstant;

/// The lines of a paragraph.
pub(super) fn lines(source: &str, look: Look) -> Vec<Styled> {
    if is_plain(source) {
        return source.lines().map(|line| text(line.trim(), look)).collect();
    }
    let parser = Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH);
    // What a parser takes for the address of links elsewhere would not be shown at all.
    if parser.reference_definitions().iter().next().is_some() {
        return source.lines().map(|line| text(line, look)).collect();
    }
    let mut maker = Maker { looks: vec![look], ..Maker::default() };
    parser.for_each(|event| maker.take(event));
    maker.flush();
    maker.out
}

/// Text of one line.
pub(super) fn inline(source: &str, look: Look) -> Styled {
    // A heading's text is read as nothing but text; the signs at its end would be taken for a part of the heading.
    let end = source.trim_end_matches('#');
    let guard = if end.len() < source.len() { "\\" } else { "" };
    let mut all = lines(&format!("# {end}{guard}{}", &source[end.len()..]), look).into_iter();
    let mut first = all.next().unwrap_or_default();
    all.for_each(|more| first.append(&more));
    first
}

/// A line without any markup.
pub(super) fn text(source: &str, look: Look) -> Styled {
    let mut line = Styled::default();
    line.push_visible(&text::prose(source), look);
    line
}

/// True where no parser is needed.
fn is_plain(source: &str) -> bool {
    let is_sign = |byte: u8| b"*_`[]<&\\~".contains(&byte);
    let begins_block = |line: &str| {
        let body = line.trim_start();
        line.len() - body.len() >= 4 || body.starts_with(|c: char| "=-+#>".contains(c) || c.is_ascii_digit())
    };
    !source.bytes().any(is_sign) && !source.lines().any(begins_block)
}

#[derive(Debug, Default)]
struct Maker<'a> {
    out: Vec<Styled>,
    now: Styled,
    looks: Vec<Look>,
    links: Vec<Link<'a>>,
    is_code: bool,
}

#[derive(Debug)]
struct Link<'a> {
    address: CowStr<'a>,
    title: CowStr<'a>,
    /// What is shown of it.
    text: String,
    is_email: bool,
}

impl<'a> Maker<'a> {
    fn look(&self) -> Look {
        self.looks.last().copied().unwrap_or_else(|| Role::Text.into())
    }

    fn flush(&mut self) {
        if !self.now.text().is_empty() {
            self.out.push(std::mem::take(&mut self.now));
        }
    }

    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => self.block(&text, CODE.into()),
            Event::Text(text) => self.say(&text),
            Event::Code(code) | Event::InlineMath(code) | Event::DisplayMath(code) => {
                let look = Look { role: CODE, ..self.look() };
                self.links.iter_mut().for_each(|link| link.text.push_str(&code));
                self.now.push_visible(&text::visible(&code), look);
            }
            Event::Html(html) => self.block(&html, Role::Muted.into()),
            Event::InlineHtml(html) => self.now.push_visible(&text::visible(&html), Look::from(Role::Muted)),
            Event::SoftBreak | Event::HardBreak => {
                self.links.iter_mut().for_each(|link| link.text.push(' '));
                self.flush();
            }
            Event::Rule => {
                self.flush();
                self.now.push("---", Role::Muted);
                self.flush();
            }
            Event::FootnoteReference(name) => self.say(&name),
            Event::TaskListMarker(done) => self.say(if done { "[x] " } else { "[ ] " }),
        }
    }

    fn say(&mut self, source: &str) {
        let look = self.look();
        self.links.iter_mut().for_each(|link| link.text.push_str(source));
        self.now.push_visible(&text::prose(source), look);
    }

    /// Lines as they stand.
    fn block(&mut self, source: &str, look: Look) {
        for line in source.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            self.now.push_visible(&text::visible(bare), look);
            if bare.len() < line.len() {
                self.flush();
            }
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        let look = self.look();
        match tag {
            Tag::Emphasis => self.looks.push(look.italic()),
            Tag::Strong => self.looks.push(look.bold()),
            Tag::Strikethrough => self.looks.push(look.struck()),
            Tag::Link { link_type, dest_url, title, .. } => {
                let is_email = link_type == LinkType::Email;
                self.links.push(Link { address: dest_url, title, text: String::new(), is_email });
            }
            Tag::Image { dest_url, title, .. } => {
                self.now.push("image: ", Role::Muted);
                self.links.push(Link { address: dest_url, title, text: String::new(), is_email: false });
            }
            Tag::Heading { .. } => {
                self.flush();
                self.looks.push(Look { role: look.role, ..look.bold() });
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                if let CodeBlockKind::Fenced(language) = kind {
                    self.now.push_visible(&text::visible(&language), Look::from(Role::Muted));
                    self.flush();
                }
                self.is_code = true;
            }
            Tag::Item => {
                self.flush();
                self.now.push("- ", Role::Muted);
            }
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => drop(self.looks.pop()),
            TagEnd::Link | TagEnd::Image => self.address(),
            TagEnd::Heading(_) => {
                self.flush();
                self.looks.pop();
            }
            TagEnd::CodeBlock => {
                self.flush();
                self.is_code = false;
            }
            _ => self.flush(),
        }
    }

    /// Where a link leads, behind its text: always, but where the text says the same.
    fn address(&mut self) {
        let Some(link) = self.links.pop() else { return };
        self.links.iter_mut().for_each(|outer| outer.text.push_str(&link.text));
        let is_told = link.text == link.address.as_ref() || link.is_email;
        if is_told && link.title.is_empty() {
            return;
        }
        let look = self.look();
        self.now.push(if link.text.is_empty() { "(" } else { " (" }, look);
        if !is_told {
            match data(&link.address) {
                Some(words) => self.now.push_visible(&text::visible(&words), Look::from(Role::Muted)),
                None => self.now.push_visible(&text::visible(&link.address), Look::from(Role::SyntaxLink)),
            }
        }
        if !link.title.is_empty() {
            let blank = if is_told { "" } else { " " };
            let title = format!("{blank}\"{}\"", link.title.replace(['\n', '\r'], " "));
            self.now.push_visible(&text::visible(&title), look);
        }
        self.now.push(")", look);
    }
}

/// A picture that is its own address, in words: its kind and its size.
fn data(address: &str) -> Option<String> {
    let (kind, body) = address.strip_prefix("data:")?.split_once(',')?;
    let bytes = if kind.ends_with(";base64") { body.len() / 4 * 3 } else { body.len() };
    let kind = kind.split(';').next().filter(|kind| !kind.is_empty()).unwrap_or("text/plain");
    Some(format!("{kind}, {} within the text", human::bytes(bytes as u64)))
}
