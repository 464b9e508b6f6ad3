//! The settings in force: the last good reading of each file, and what is wrong with the newest.

use super::limits::budget_alone;
use super::{Config, Places, Scripts, changes};
use crate::domain::{Digest, SettingsFile, SettingsWait};
use crate::policy::{Fault, Policy};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

/// Faults that are said in one line.
const SAID: usize = 4;
/// Files of settings are never as long as this.
const LONGEST: u64 = 4 << 20;

/// The settings in force.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The configuration.
    pub config: Config,
    /// The policy; one that allows nothing while its file has faults.
    pub policy: Policy,
    /// What is wrong with the files as they are now.
    pub faults: Vec<Fault>,
    /// There is a budget, and it can't be read: nobody knows what may be spent.
    pub budget_doubt: bool,
    /// The last policy without faults.
    good: Policy,
    /// Whether the configuration was ever read without faults.
    was_good: bool,
    /// Whether the configuration has faults as it is now.
    config_doubted: bool,
    /// What is in force in the place of what is wrong.
    stands_in: &'static str,
    /// What else is to be checked of a configuration: what names in it are worth to others.
    check: Option<Check>,
    /// What that found last.
    named: Vec<Fault>,
    /// The texts as they were read last.
    seen: Option<[Result<Option<String>, String>; 2]>,
}

/// Finds what is wrong with a configuration that reads well.
pub type Check = fn(&Config, &Places) -> Vec<Fault>;

/// Whether a reading brought anything new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// The files are as they were.
    Same,
    /// Something changed: for the better or into a fault.
    New,
}

impl Settings {
    /// Reads both files. A missing file is as good as an empty one; a bad configuration leaves the defaults in force,
    /// and a bad policy asks for everything.
    #[must_use]
    pub fn load(places: &Places) -> Self {
        let mut settings = Self::default();
        settings.reload(places);
        settings
    }

    /// The same, with a check of what the configuration names beyond its own words: themes, keys. What it finds is told,
    /// and the rest of the configuration is in force.
    #[must_use]
    pub fn load_checked(places: &Places, check: Check) -> Self {
        let mut settings = Self { check: Some(check), ..Self::default() };
        settings.reload(places);
        settings
    }

    /// Reads both files again. Of each the last good reading stays in force; while the policy has faults it goes on
    /// denying and asking, and allows nothing.
    pub fn reload(&mut self, places: &Places) -> Turned {
        let texts = [read(&places.config, places.config_given), read(&places.policy, false)];
        if self.seen.as_ref() == Some(&texts) && !self.named_turned(places) {
            return Turned::Same;
        }
        let [config, policy] = &texts;
        let (mut faults, mut doubted) = (Vec::new(), false);
        let name = places.config.file_name().unwrap_or_default().to_string_lossy();
        match parsed(config, &name, Config::default, Config::parse) {
            Ok(config) => {
                self.named = self.check.map(|check| check(&config, places)).unwrap_or_default();
                faults.extend(self.named.iter().cloned());
                (self.config, self.was_good, self.budget_doubt) = (config, true, false);
                self.stands_in = match self.seen {
                    None => "the default is in force instead",
                    Some(_) => "the last good one is in force instead",
                };
            }
            Err(wrong) => {
                doubted = true;
                faults.extend(wrong);
                if !self.was_good {
                    // No last good one stands in for it. Without a limit more is allowed: what can be read of it counts.
                    let budget = config.as_ref().ok().and_then(Option::as_ref).map(|text| budget_alone(text));
                    let budget = budget.unwrap_or_default();
                    self.budget_doubt = budget.is_none();
                    self.config.limits.budget = budget.unwrap_or_default();
                }
                self.stands_in =
                    if self.was_good { "the last good one is in force" } else { "the defaults are in force" };
            }
        }
        match parsed(policy, "policy.toml", Policy::built_in, Policy::parse) {
            Ok(policy) => {
                self.good = policy.clone();
                self.policy = policy;
            }
            Err(wrong) => {
                self.policy = self.good.doubted(told(&wrong));
                faults.extend(wrong);
            }
        }
        (self.faults, self.config_doubted) = (faults, doubted);
        self.seen = Some(texts);
        Turned::New
    }

    /// Takes over of newer settings what lets nothing more pass: faults, looks, a demand for tokens. Gives what waits.
    pub(crate) fn follow(&mut self, newest: &Self) -> Vec<SettingsWait> {
        let mut waits = Vec::new();
        let ([_, policy], mine) = (newest.digests(), self.seen.clone());
        let same = |at: usize| mine.as_ref().map(|seen| &seen[at]) == newest.seen.as_ref().map(|seen| &seen[at]);
        match newest.policy.doubt() {
            // What is at fault allows nothing; what it goes on denying is what the human last let hold.
            Some(why) => self.policy = self.good.doubted(why),
            None if same(1) => self.policy = self.good.clone(),
            None => waits.push(SettingsWait { file: SettingsFile::Policy, digest: policy, keys: Vec::new() }),
        }
        if !newest.config_doubted {
            if newest.config.scripts == Scripts::Token {
                self.config.scripts = Scripts::Token;
            }
            let keys = changes(&self.config, &newest.config);
            if keys.is_empty() {
                self.take(SettingsFile::Config, newest);
            } else {
                let digest = newest.digests()[0];
                waits.push(SettingsWait { file: SettingsFile::Config, digest, keys });
            }
        }
        self.faults.clone_from(&newest.faults);
        self.named.clone_from(&newest.named);
        (self.config_doubted, self.stands_in) = (newest.config_doubted, newest.stands_in);
        waits
    }

    /// Puts one of the files in force as newer settings have it.
    pub(crate) fn take(&mut self, file: SettingsFile, newest: &Self) {
        let at = match file {
            SettingsFile::Config => {
                self.config.clone_from(&newest.config);
                (self.was_good, self.budget_doubt) = (newest.was_good, newest.budget_doubt);
                0
            }
            SettingsFile::Policy => {
                self.good.clone_from(&newest.good);
                self.policy.clone_from(&newest.policy);
                1
            }
        };
        if let (Some(mine), Some(theirs)) = (&mut self.seen, &newest.seen) {
            mine[at].clone_from(&theirs[at]);
        }
    }

    /// Whether the configuration has faults as it is now, so that what it demands is not known.
    #[must_use]
    pub fn is_config_doubted(&self) -> bool {
        self.config_doubted
    }

    /// Digests of what the configuration and the policy say; `None` for a file that is not there or can't be read.
    #[must_use]
    pub fn digests(&self) -> [Option<Digest>; 2] {
        let of = |text: &Result<Option<String>, String>| Some(Digest::of(text.as_ref().ok()?.as_ref()?.as_bytes()));
        self.seen.as_ref().map_or([None, None], |seen| [of(&seen[0]), of(&seen[1])])
    }

    /// Whether all that the configuration names is there: keys, themes.
    pub(super) fn named_well(&self) -> bool {
        self.named.is_empty()
    }

    /// What a file said when it was read; nothing where it was not there.
    pub(super) fn text(&self, file: SettingsFile) -> &str {
        let at = match file {
            SettingsFile::Config => 0,
            SettingsFile::Policy => 1,
        };
        match self.seen.as_ref().map(|seen| &seen[at]) {
            Some(Ok(Some(text))) => text,
            Some(Ok(None) | Err(_)) | None => "",
        }
    }

    /// Whether what is named in the configuration, a theme's file, is wrong in another way than before.
    fn named_turned(&self, places: &Places) -> bool {
        self.check.is_some_and(|check| check(&self.config, places) != self.named)
    }

    /// What is wrong, or reads well and may mean something else than was meant, in one sentence for the header.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        match self.faults.is_empty() {
            false => Some(format!("{}; {}", told(&self.faults), self.in_force())),
            true => Some(self.policy.odd()).filter(|odd| !odd.is_empty()).map(|odd| told(&odd)),
        }
    }

    /// Everything that is wrong, for a command that has the room.
    #[must_use]
    pub fn all_errors(&self) -> Option<String> {
        let all = |faults: &[Fault]| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        match self.faults.is_empty() {
            false => Some(format!("{}; {}", all(&self.faults), self.in_force())),
            true => Some(self.policy.odd()).filter(|odd| !odd.is_empty()).map(|odd| all(&odd)),
        }
    }

    /// What stands in for what is wrong.
    fn in_force(&self) -> &'static str {
        if self.policy.doubt().is_some() { "until it is mended everything asks" } else { self.stands_in }
    }
}

/// The faults; of many the first, and how many there are beyond.
fn told(faults: &[Fault]) -> String {
    let (shown, rest) = faults.split_at(faults.len().min(SAID));
    let said = shown.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    if rest.is_empty() { said } else { format!("{said} (and {} more: `taut doctor` lists all)", rest.len()) }
}

fn parsed<T>(
    text: &Result<Option<String>, String>,
    name: &str,
    missing: impl FnOnce() -> T,
    parse: impl FnOnce(&str, &str) -> Result<T, Vec<Fault>>,
) -> Result<T, Vec<Fault>> {
    match text {
        Ok(None) => Ok(missing()),
        Ok(Some(text)) => parse(text, name),
        Err(what) => Err(vec![Fault { file: name.to_owned(), line: 0, what: what.clone() }]),
    }
}

/// The text of a file; `None` where there is none and none was promised; or one sentence.
fn read(path: &Path, promised: bool) -> Result<Option<String>, String> {
    let unread =
        |error: std::io::Error| format!("{} can't be read ({error}): check the file and its rights", path.display());
    let kind = match path.metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == ErrorKind::NotFound && !promised => return Ok(None),
        Err(error) => return Err(unread(error)),
    };
    // Reading a pipe would wait for ever.
    if kind.is_fifo() || kind.is_socket() || kind.is_dir() {
        return Err(format!("{} is not a file", path.display()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("{} is longer than any settings: at most {LONGEST} bytes are read", path.display()));
    }
    let text = String::from_utf8(bytes);
    text.map(Some)
        .map_err(|error| format!("{} is not UTF-8 text (byte {})", path.display(), error.utf8_error().valid_up_to()))
}
