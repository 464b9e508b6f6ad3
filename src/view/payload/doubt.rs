//! What in a payload is not what it looks like, counted, and in words.

use crate::text::{self, Kind, Why};
use crate::theme::Role;
use crate::view::payload::ink::Ink;

/// Hosts that are named in words; more are counted.
const HOSTS: usize = 3;

/// What in a text is not what it looks like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::view) struct Doubts {
    /// Characters that cannot be seen, and are shown as marks.
    hidden: usize,
    /// Hosts, and what is odd about each.
    hosts: Vec<(String, Why)>,
    /// Hosts beyond these.
    more_hosts: usize,
}

impl Doubts {
    /// Looks at one more line.
    pub(in crate::view) fn look(&mut self, line: &str) {
        let odd = |byte: u8| !(b' '..=b'~').contains(&byte) && byte != b'\t';
        let is_odd = line.bytes().fold(false, |any, byte| any | odd(byte));
        if is_odd {
            self.hidden += text::visible(line).spans().filter(|(_, kind)| *kind == Kind::Mark).count();
        }
        // Nothing else can be odd about a host: see `text::suspicious_hosts`.
        if is_odd || line.contains("xn--") || line.contains("XN--") || (line.contains("://") && line.contains('@')) {
            for doubt in text::suspicious_hosts(line) {
                self.host(line[doubt.range].to_owned(), doubt.why);
            }
        }
    }

    fn host(&mut self, host: String, why: Why) {
        if self.hosts.iter().any(|(known, _)| *known == host) {
            return;
        }
        if self.hosts.len() < HOSTS {
            self.hosts.push((host, why));
        } else {
            self.more_hosts += 1;
        }
    }

    /// Adds those of another text.
    pub(in crate::view) fn add(&mut self, other: &Self) {
        self.hidden += other.hidden;
        self.more_hosts += other.more_hosts;
        other.hosts.iter().for_each(|(host, why)| self.host(host.clone(), why.clone()));
    }

    /// In words, a sentence each.
    pub(in crate::view) fn sentences(&self) -> Vec<Ink> {
        let mut all = Vec::new();
        match self.hidden {
            0 => {}
            1 => all.push(Ink::plain("1 hidden character is shown as a mark", Role::Warn)),
            many => all.push(Ink::plain(&format!("{many} hidden characters are shown as marks"), Role::Warn)),
        }
        for (host, why) in &self.hosts {
            let ink = Ink::plain("the host ", Role::Warn).and(&text::visible(host).text, Role::Danger);
            all.push(ink.and(&format!(" {}", text::visible(&why.to_string()).text), Role::Warn));
        }
        if self.more_hosts > 0 {
            all.push(Ink::plain(&format!("{} more hosts look odd", self.more_hosts), Role::Warn));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(lines: &[&str]) -> Vec<String> {
        let mut doubts = Doubts::default();
        for line in lines {
            doubts.look(line);
        }
        doubts.sentences().iter().map(|ink| ink.text().to_owned()).collect()
    }

    #[test]
    fn honest_text_raises_no_doubt() {
        assert!(
            said(&["cargo test\t--all", "ssh me@host.example", "Größe über 日本", "https://github.com/a@b"]).is_empty()
        );
    }

    #[test]
    fn what_is_odd_is_said_in_words() {
        assert_eq!(
            said(&["rm a\u{202e}b\u{200b}", "curl https://gіthub.com/x"]),
            [
                "2 hidden characters are shown as marks",
                "the host gіthub.com mixes Latin and Cyrillic letters in one name"
            ]
        );
        assert_eq!(said(&["a\u{7}"]), ["1 hidden character is shown as a mark"]);
        assert!(said(&["https://github.com@evil.example/"])[0].contains("is the real host"));
        let many: Vec<String> = (0..5).map(|n| format!("https://xn--80ak6aa92{n}e.com/")).collect();
        assert_eq!(said(&many.iter().map(String::as_str).collect::<Vec<_>>()).last().unwrap(), "2 more hosts look odd");
    }
}
