//! Tokens for scripts, as the log tells of them: a name, a hash, and until when. The secret itself is nowhere.

use crate::domain::{At, By, Digest, Event, Record};
use std::collections::BTreeMap;

/// What is known of one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Of its secret.
    pub hash: Digest,
    /// When it was made.
    pub made: At,
    /// By whom.
    pub by: By,
    /// From when on it is worth nothing.
    pub expires: At,
    /// What it may do; everything where this is empty.
    pub only: Vec<String>,
    /// When it was taken back.
    pub revoked: Option<At>,
    /// When it was used last.
    pub used: Option<At>,
    /// How often.
    pub uses: u64,
}

impl Token {
    /// True while it is worth anything.
    #[must_use]
    pub fn holds(&self, now: At) -> bool {
        self.revoked.is_none() && now < self.expires
    }
}

/// Why a token does not do: one sentence, with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nobody made it.
    #[error("TAUT_TOKEN holds no token that was made here: make one with `taut token new NAME` in a terminal")]
    Unknown,
    /// Its time is over.
    #[error("the token {0} has expired: make another with `taut token new NAME` in a terminal")]
    Expired(String),
    /// It was taken back.
    #[error("the token {0} was revoked: make another with `taut token new NAME` in a terminal")]
    Revoked(String),
    /// It is for other things.
    #[error("the token {name} is not for `{what}`, only for {only}: make another with `taut token new NAME`")]
    NotFor {
        /// Its name.
        name: String,
        /// What was to be done.
        what: String,
        /// What it is for.
        only: String,
    },
}

/// All tokens by name: a fold over the records of the hub's own session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptTokens(BTreeMap<String, Token>);

impl ScriptTokens {
    /// Folds one record; those that tell of no token change nothing.
    pub fn apply(&mut self, record: &Record) {
        match &record.event {
            Event::TokenMade { name, hash, expires, only, by } => {
                let token = Token {
                    hash: *hash,
                    made: record.at,
                    by: by.clone(),
                    expires: *expires,
                    only: only.clone(),
                    revoked: None,
                    used: None,
                    uses: 0,
                };
                self.0.insert(name.clone(), token);
            }
            Event::TokenUsed { name, .. } => {
                if let Some(token) = self.0.get_mut(name) {
                    (token.used, token.uses) = (Some(record.at), token.uses.saturating_add(1));
                }
            }
            Event::TokenRevoked { name, .. } => {
                if let Some(token) = self.0.get_mut(name) {
                    token.revoked = token.revoked.or(Some(record.at));
                }
            }
            _ => {}
        }
    }

    /// The name of the token with this hash, where it may do this now.
    ///
    /// # Errors
    /// Why it may not.
    pub fn admit(&self, hash: &Digest, what: &str, now: At) -> Result<&str, Unfit> {
        let (name, token) = self.0.iter().find(|(_, token)| token.hash == *hash).ok_or(Unfit::Unknown)?;
        if token.revoked.is_some() {
            return Err(Unfit::Revoked(name.clone()));
        }
        if !token.holds(now) {
            return Err(Unfit::Expired(name.clone()));
        }
        if !token.only.is_empty() && !token.only.iter().any(|word| word == what) {
            return Err(Unfit::NotFor { name: name.clone(), what: what.to_owned(), only: token.only.join(", ") });
        }
        Ok(name)
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Token> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Token)> {
        self.0.iter().map(|(name, token)| (name.as_str(), token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LaneId, Pos, Seq, SessionId};

    fn fold(events: &[(i64, Event)]) -> ScriptTokens {
        let mut tokens = ScriptTokens::default();
        for (at, event) in events {
            tokens.apply(&Record {
                pos: Pos(1),
                session: SessionId::HUB,
                seq: Seq(1),
                lane: LaneId::ROOT,
                at: At(*at),
                said_at: None,
                cites: None,
                version: 1,
                event: event.clone(),
            });
        }
        tokens
    }

    fn made(name: &str, only: &[&str]) -> Event {
        let (name, only) = (name.to_owned(), only.iter().map(|&word| word.to_owned()).collect());
        Event::TokenMade { hash: Digest::of(name.as_bytes()), name, expires: At(100), only, by: By::Human }
    }

    #[test]
    fn a_token_holds_until_it_expires_or_is_revoked_and_for_what_it_is_for() {
        let revoked = Event::TokenRevoked { name: "b".into(), by: By::Human };
        let used = Event::TokenUsed { name: "a".into(), what: "allow".into(), session: None };
        let events = [(1, made("a", &[])), (2, made("b", &[])), (3, made("c", &["deny"])), (4, revoked), (5, used)];
        let tokens = fold(&events);
        let admit = |name: &str, what: &str, now| tokens.admit(&Digest::of(name.as_bytes()), what, At(now));
        assert_eq!(admit("a", "allow", 99), Ok("a"));
        assert_eq!(admit("a", "allow", 100), Err(Unfit::Expired("a".into())));
        assert_eq!(admit("b", "allow", 50), Err(Unfit::Revoked("b".into())));
        assert_eq!(admit("c", "deny", 50), Ok("c"));
        assert!(matches!(admit("c", "allow", 50), Err(Unfit::NotFor { .. })));
        assert_eq!(admit("nobody's", "deny", 50), Err(Unfit::Unknown));
        assert_eq!(tokens.get("a").map(|token| (token.uses, token.used)), Some((1, Some(At(5)))));
    }

    #[test]
    fn a_name_that_is_used_again_is_another_token() {
        let again = Event::TokenMade {
            name: "a".into(),
            hash: Digest::of(b"other"),
            expires: At(200),
            only: vec![],
            by: By::Human,
        };
        let revoked = Event::TokenRevoked { name: "a".into(), by: By::Human };
        let tokens = fold(&[(1, made("a", &[])), (2, revoked), (3, again)]);
        assert_eq!(tokens.admit(&Digest::of(b"a"), "allow", At(50)), Err(Unfit::Unknown));
        assert_eq!(tokens.admit(&Digest::of(b"other"), "allow", At(50)), Ok("a"));
    }
}
