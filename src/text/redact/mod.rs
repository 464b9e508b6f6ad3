//! Secrets taken out of a text that leaves this machine.
//!
//! Only values go: commands, paths, hosts and the names of what was redacted stay readable.

mod assigned;
mod shapes;

use std::ops::Range;

/// A kind of secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Secret {
    /// A private key block.
    PrivateKey,
    /// A token whose shape names its issuer.
    Token(&'static str),
    /// A signed web token.
    Jwt,
    /// What an `Authorization` header carries.
    Authorization,
    /// The password of a URL.
    UrlPassword,
    /// The value of something that is named like a secret.
    Value,
}

impl Secret {
    /// Its name in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "private key",
            Self::Token(issuer) => issuer,
            Self::Jwt => "JWT",
            Self::Authorization => "authorization",
            Self::UrlPassword => "password in URL",
            Self::Value => "secret value",
        }
    }
}

/// The text with each secret replaced by `[redacted: NAME]`, and what they were, in order.
#[must_use]
pub fn redact(text: &str) -> (String, Vec<Secret>) {
    let mut out = String::with_capacity(text.len());
    let mut kinds = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(start) = next_start(text, at) {
        let Some((range, kind)) = secret_at(text, start) else {
            at = start + 1;
            continue;
        };
        out.push_str(&text[copied..range.start]);
        out.push_str("[redacted: ");
        out.push_str(kind.name());
        out.push(']');
        kinds.push(kind);
        copied = range.end;
        at = range.end.max(start + 1);
    }
    out.push_str(&text[copied..]);
    (out, kinds)
}

fn secret_at(text: &str, at: usize) -> Option<(Range<usize>, Secret)> {
    shapes::private_key(text, at)
        .or_else(|| shapes::jwt(text, at))
        .or_else(|| shapes::token(text, at))
        .or_else(|| shapes::authorization(text, at))
        .or_else(|| shapes::url_password(text, at))
        .or_else(|| assigned::value(text, at))
}

/// The next place where a word, or something that is not a word, begins: only there a secret may start.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find(|&at| {
        let here = bytes[at];
        let before = at.checked_sub(1).map(|before| bytes[before]);
        match here {
            b':' | b'-' => before != Some(here),
            _ if is_word(here) => !before.is_some_and(is_word),
            _ => false,
        }
    })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What is looked at before it is known to be a secret: more would make hostile text slow.
const LOOKED_AT: usize = 256;

/// The end of the run of bytes from `at` on that pass, looked at no further than needed to know what it is.
/// Only for ASCII tests, so that it is a character boundary.
fn short_run(text: &str, at: usize, pass: impl Fn(u8) -> bool) -> usize {
    at + text.as_bytes()[at..].iter().take(LOOKED_AT).take_while(|byte| byte.is_ascii() && pass(**byte)).count()
}

/// As [`short_run`], to its very end: for what is known to be a secret.
fn run(text: &str, at: usize, pass: impl Fn(u8) -> bool) -> usize {
    at + text.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii() && pass(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A secret is put together here, so that no scanner takes these tests for a leak.
    fn fake(prefix: &str, length: usize) -> String {
        format!("{prefix}{}", "a1B2c3D4".chars().cycle().take(length).collect::<String>())
    }

    #[test]
    fn known_tokens_are_taken_out() {
        for prefix in [
            "sk-",
            "sk-ant-api03-",
            "sk-proj-",
            "ghp_",
            "gho_",
            "ghs_",
            "github_pat_",
            "glpat-",
            "xoxb-",
            "xapp-",
            "AKIA",
            "ASIA",
            "AIza",
            "ya29.",
            "npm_",
            "pypi-",
            "hf_",
            "sk_live_",
            "rk_live_",
            "whsec_",
            "shpat_",
            "dop_v1_",
            "gsk_",
            "xai-",
            "nvapi-",
            "r8_",
            "pplx-",
            "hvs.",
            "glsa_",
            "dckr_pat_",
            "SG.",
            "lin_api_",
            "AGE-SECRET-KEY-",
            "tskey-",
            "figd_",
            "ATATT3",
        ] {
            let secret = fake(prefix, 40);
            let secret =
                if prefix == "AKIA" || prefix == "ASIA" { format!("{prefix}IOSFODNN7EXAMPLE") } else { secret };
            let (out, kinds) = redact(&format!("run --with {secret} now"));
            assert!(!out.contains(&secret[prefix.len()..]), "{out}");
            assert!(out.starts_with("run --with [redacted: ") && out.ends_with("] now"), "{out}");
            assert_eq!(kinds.len(), 1);
        }
    }

    #[test]
    fn structured_secrets_are_taken_out() {
        let jwt = format!("eyJ{}.eyJ{}.{}", fake("", 20), fake("", 20), fake("", 20));
        let dashes = "-----";
        for (text, wanted) in [
            (format!("id {jwt}!"), "id [redacted: JWT]!".to_owned()),
            (
                format!(
                    "{dashes}BEGIN RSA PRIVATE KEY{dashes}\nMIIE\nabc=\n{dashes}END RSA PRIVATE KEY{dashes}\nafter"
                ),
                "[redacted: private key]\nafter".to_owned(),
            ),
            (format!("{dashes}BEGIN PRIVATE KEY{dashes}\nMIIE"), "[redacted: private key]".to_owned()),
            (
                format!("curl -H 'Authorization: Bearer {}' https://h/x", fake("", 20)),
                "curl -H 'Authorization: Bearer [redacted: authorization]' https://h/x".to_owned(),
            ),
            (
                "git clone https://me:hunter2@github.com/a/b".to_owned(),
                "git clone https://me:[redacted: password in URL]@github.com/a/b".to_owned(),
            ),
            (
                "postgres://u:p%40ss@db:5432/x".to_owned(),
                "postgres://u:[redacted: password in URL]@db:5432/x".to_owned(),
            ),
        ] {
            assert_eq!(redact(&text).0, wanted);
        }
    }

    #[test]
    fn values_of_secret_names_are_taken_out() {
        for (text, wanted) in [
            ("API_KEY=hunter2 cargo run", "API_KEY=[redacted: secret value] cargo run"),
            ("export DB_PASSWORD='a b'", "export DB_PASSWORD='[redacted: secret value]'"),
            (r#"{"client_secret": "x y\"z", "n": 1}"#, r#"{"client_secret": "[redacted: secret value]", "n": 1}"#),
            ("--token abc123 -v", "--token [redacted: secret value] -v"),
            ("--password=abc -v", "--password=[redacted: secret value] -v"),
            ("GET /x?access_token=abc&y=1", "GET /x?access_token=[redacted: secret value]&y=1"),
            ("password: s3cr3tpass", "password: [redacted: secret value]"),
            ("aws_secret_access_key = \"wJalr\"", "aws_secret_access_key = \"[redacted: secret value]\""),
        ] {
            assert_eq!(redact(text).0, wanted);
        }
    }

    #[test]
    fn commands_paths_and_code_stay_readable() {
        for text in [
            "cargo test --lib text::",
            "cat ~/.ssh/id_rsa.pub src/token.rs",
            "let token = self.next();",
            "let password: String = read()?;",
            "fn verify(token: &str) -> bool {",
            "PASSWORD=$SECRET_FROM_VAULT ./run",
            "API_KEY=${KEY:-} ./run",
            "max_tokens: 4096, tokens=12",
            "https://github.com/acme/app:8080",
            "PWD=/home/me/src cd x",
            "git@github.com:acme/app.git",
            "risk-assessment sk-learn task-force desk_live",
            "--token-file path/to/file",
            "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        ] {
            assert_eq!(redact(text), (text.to_owned(), vec![]), "{text}");
        }
    }

    #[test]
    fn hostile_repetition_is_not_slow() {
        for piece in [
            "sk-",
            "a-",
            "a.",
            "eyJ-",
            "password:",
            "password=$",
            "://",
            "://a:",
            "-----BEGIN ",
            "token=\"$",
            "bearer ",
        ] {
            let text = piece.repeat(50_000 / piece.len());
            // Quadratic work would take minutes here.
            let _ = redact(&text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_text_is_taken(text in "(sk-|ghp_|eyJ|://|@|:|=|token|-----BEGIN PRIVATE KEY-----|Bearer |\"|[a-z0-9]{1,12}| |\\PC){0,30}") {
            let (_, kinds) = redact(&text);
            prop_assert!(kinds.len() <= text.len());
        }

        #[test]
        fn a_token_goes_wherever_it_stands(before in "[ =:,'\"(/]{0,3}", tail in "[A-Za-z0-9]{36}") {
            let secret = format!("ghp_{tail}");
            let (out, _) = redact(&format!("{before}{secret}"));
            prop_assert!(!out.contains(&tail));
        }
    }
}
