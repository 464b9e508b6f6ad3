//! What is searched: words that must stand in one entry, and what the entry and its session must be.

use super::Since;
use super::facets::{self, Facet};
use crate::domain::{At, FindKind};
use crate::state::{Entry, Session};
use crate::text::Needle;
use std::path::{Path, PathBuf};

/// What there is beside words.
const FACETS: [&str; 9] = ["agent", "model", "project", "since", "tool", "file", "cmd", "error", "decision"];
/// What a decision can be.
const DECISIONS: [&str; 5] = ["allow", "deny", "edit", "part", "reply"];

/// What is searched.
#[derive(Debug, Default)]
pub struct Query {
    words: Vec<Needle>,
    agent: Option<String>,
    model: Option<String>,
    project: Option<PathBuf>,
    since: Option<At>,
    tool: Option<String>,
    file: Option<String>,
    cmd: Option<Needle>,
    /// Only what failed; with some text in it, where one was given.
    fails: bool,
    error: Option<Needle>,
    decision: Option<String>,
}

/// What a query asks of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The agent.
    pub agent: String,
    /// Its model, as far as it is told.
    pub model: Option<String>,
    /// The folder it works in.
    pub cwd: String,
    /// When the last of it was written.
    pub at: At,
}

impl About {
    /// What is known of a session.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let model = session.model().map(|model| model.current.clone());
        Self { agent: session.agent.clone(), model, cwd: session.cwd.clone(), at: session.at }
    }
}

impl Query {
    /// Reads it. `folder` makes of a folder as it is typed the folder that is meant.
    ///
    /// # Errors
    /// One sentence: what of it can't be understood.
    pub fn parse(given: &[String], now: At, folder: &dyn Fn(&Path) -> PathBuf) -> Result<Self, String> {
        let mut query = Self::default();
        // A shell has parted them already, where it was not told to keep them together.
        for one in given.iter().flat_map(|text| parted(text)) {
            query.take(&one, now, folder)?;
        }
        let asks = !query.words.is_empty() || query.is_of_entries() || query.since.is_some();
        if !asks {
            return Err("the query has no word and says nothing of entries: add one, such as cmd:test".to_owned());
        }
        Ok(query)
    }

    fn take(&mut self, one: &str, now: At, folder: &dyn Fn(&Path) -> PathBuf) -> Result<(), String> {
        let facet = one
            .split_once(':')
            .filter(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()));
        let Some((name, value)) = facet.filter(|(name, value)| FACETS.contains(name) || !value.is_empty()) else {
            self.words.extend(Needle::new(one));
            return Ok(());
        };
        let needs = |value: &str| match value.is_empty() {
            true => Err(format!("{name}: needs something behind it, as in {name}:{}", example(name))),
            false => Ok(value.to_owned()),
        };
        match name {
            "agent" => self.agent = Some(needs(value)?),
            "model" => self.model = Some(needs(value)?.to_lowercase()),
            "project" => self.project = Some(folder(Path::new(&needs(value)?))),
            "since" => {
                let since = Since::parse(value).map_err(|takes| format!("since: takes {takes}, and not {value:?}"))?;
                self.since = Some(since.at(now));
            }
            "tool" => self.tool = Some(needs(value)?.to_lowercase()),
            "file" => self.file = Some(needs(value)?),
            "cmd" => self.cmd = Needle::new(&needs(value)?),
            "error" => (self.fails, self.error) = (true, Needle::new(value)),
            "decision" if DECISIONS.contains(&value) => self.decision = Some(value.to_owned()),
            "decision" => return Err(format!("decision: takes one of {}, and not {value:?}", DECISIONS.join(", "))),
            // A word with a colon in it, such as a path with a line or an address.
            _ => self.words.extend(Needle::new(one)),
        }
        Ok(())
    }

    fn is_of_entries(&self) -> bool {
        let steps = self.tool.is_some() || self.file.is_some() || self.cmd.is_some();
        steps || self.fails || self.decision.is_some()
    }

    /// Whether something of a session may be meant.
    #[must_use]
    pub fn takes(&self, about: &About) -> bool {
        let model = about.model.as_ref().map(|model| model.to_lowercase());
        self.agent.as_ref().is_none_or(|agent| *agent == about.agent)
            && self.project.as_ref().is_none_or(|project| Path::new(&about.cwd).starts_with(project))
            && self.since.is_none_or(|since| about.at >= since)
            && self.model.as_ref().is_none_or(|part| model.is_some_and(|model| model.contains(part)))
    }

    /// Whether an entry is of the kind that is meant; its words are looked at afterwards.
    #[must_use]
    pub fn fits(&self, entry: &Entry) -> bool {
        let step = entry.step();
        self.since.is_none_or(|since| entry.until >= since)
            && (!self.fails || facets::failed(entry))
            && self
                .tool
                .as_ref()
                .is_none_or(|tool| step.is_some_and(|step| facets::tools(step).any(|name| name == *tool)))
            && self
                .file
                .as_ref()
                .is_none_or(|part| step.is_some_and(|step| facets::paths(step).any(|path| path.contains(part))))
            && (self.cmd.is_none() || step.is_some_and(|step| step.command.is_some()))
            && self
                .decision
                .as_ref()
                .is_none_or(|word| step.is_some_and(|step| facets::decisions(step).any(|decided| decided == word)))
    }

    /// What an entry must be, as far as the index knows.
    pub(super) fn facets(&self) -> Vec<Facet<'_>> {
        let tool = self.tool.iter().map(|tool| Facet::Tool(tool));
        let decided = self.decision.iter().map(|word| Facet::Decided(word));
        let failed = self.fails.then_some(Facet::Failed);
        let command = self.cmd.as_ref().map(|_| Facet::Command);
        tool.chain(decided).chain(failed).chain(command).collect()
    }

    /// What must stand in one of its paths.
    pub(super) fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Since when.
    pub(super) fn since(&self) -> Option<At> {
        self.since
    }

    /// What must stand in an entry, and in what of it.
    pub fn needles(&self) -> impl Iterator<Item = (&Needle, FindKind)> {
        let words = self.words.iter().map(|word| (word, FindKind::All));
        let cmd = self.cmd.iter().map(|cmd| (cmd, FindKind::Commands));
        cmd.chain(self.error.iter().map(|text| (text, FindKind::All))).chain(words)
    }
}

fn example(facet: &str) -> &'static str {
    match facet {
        "agent" => "claude",
        "model" => "sonnet",
        "project" => ".",
        "tool" => "Bash",
        "file" => "src/lib.rs",
        _ => "\"cargo test\"",
    }
}

/// Words, and what is quoted as one.
fn parted(text: &str) -> Vec<String> {
    let (mut all, mut one, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        match c {
            '"' => (quoted, any) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if any {
                    all.push(std::mem::take(&mut one));
                }
                any = false;
            }
            c => {
                one.push(c);
                any = true;
            }
        }
    }
    if any {
        all.push(one);
    }
    all.retain(|one| !one.trim().is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Query, String> {
        Query::parse(&[text.to_owned()], At(0), &Path::to_path_buf)
    }

    #[test]
    fn words_phrases_and_facets_are_told_apart() {
        assert_eq!(parted("a \"b c\"  d:\"e f\" \"\""), ["a", "b c", "d:e f"]);
        let query = parse("flaky cmd:\"cargo test\" tool:Bash http://x/y std::fs").unwrap();
        let words: Vec<&str> = query.words.iter().map(Needle::text).collect();
        assert_eq!(words, ["flaky", "http://x/y", "std::fs"]);
        assert_eq!((query.cmd.unwrap().text(), query.tool.unwrap().as_str()), ("cargo test", "bash"));
        let errors = parse("error:").unwrap();
        assert!(errors.fails && errors.error.is_none());
    }

    #[test]
    fn what_is_not_understood_is_one_sentence() {
        let why = |text: &str| parse(text).err().unwrap();
        assert!(why("since:soon").starts_with("since: takes a length of time"), "{}", why("since:soon"));
        assert!(why("decision:maybe").contains("allow, deny, edit, part, reply"));
        assert!(why("tool:").contains("as in tool:Bash"));
        assert!(why("agent:claude").contains("no word"));
        assert!(why("  ").contains("no word"));
    }
}
