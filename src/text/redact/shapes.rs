//! Secrets that are known by their own shape.

use super::{Secret, is_word, run, short_run};
use std::ops::Range;

/// Prefix, the least length behind it, whose it is.
const TOKENS: &[(&str, usize, &str)] = &[
    ("sk-ant-", 20, "Anthropic key"),
    ("sk-", 20, "API key"),
    ("ghp_", 20, "GitHub token"),
    ("gho_", 20, "GitHub token"),
    ("ghu_", 20, "GitHub token"),
    ("ghs_", 20, "GitHub token"),
    ("ghr_", 20, "GitHub token"),
    ("github_pat_", 20, "GitHub token"),
    ("glpat-", 16, "GitLab token"),
    ("gldt-", 16, "GitLab token"),
    ("xoxb-", 10, "Slack token"),
    ("xoxp-", 10, "Slack token"),
    ("xoxa-", 10, "Slack token"),
    ("xoxr-", 10, "Slack token"),
    ("xoxs-", 10, "Slack token"),
    ("xapp-", 10, "Slack token"),
    ("AKIA", 16, "AWS key id"),
    ("ASIA", 16, "AWS key id"),
    ("AIza", 30, "Google key"),
    ("ya29.", 20, "Google token"),
    ("GOCSPX-", 16, "Google secret"),
    ("npm_", 30, "npm token"),
    ("pypi-", 16, "PyPI token"),
    ("crates-io_", 16, "crates.io token"),
    ("hf_", 20, "Hugging Face token"),
    ("sk_live_", 16, "Stripe key"),
    ("sk_test_", 16, "Stripe key"),
    ("rk_live_", 16, "Stripe key"),
    ("whsec_", 16, "Stripe secret"),
    ("shpat_", 20, "Shopify token"),
    ("dop_v1_", 20, "DigitalOcean token"),
    ("gsk_", 20, "Groq key"),
    ("xai-", 20, "xAI key"),
    ("nvapi-", 20, "NVIDIA key"),
    ("r8_", 30, "Replicate token"),
    ("pplx-", 20, "Perplexity key"),
    ("hvs.", 20, "Vault token"),
    ("glsa_", 20, "Grafana token"),
    ("dckr_pat_", 16, "Docker token"),
    ("SG.", 30, "SendGrid key"),
    ("lin_api_", 20, "Linear key"),
    ("AGE-SECRET-KEY-", 20, "age key"),
    ("tskey-", 16, "Tailscale key"),
    ("figd_", 20, "Figma token"),
    ("ATATT3", 20, "Atlassian token"),
];

pub(super) fn token(text: &str, at: usize) -> Option<(Range<usize>, Secret)> {
    let (prefix, least, name) = TOKENS.iter().find(|(prefix, ..)| text[at..].starts_with(prefix))?;
    let tail = at + prefix.len();
    let pass = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'.' | b'+' | b'/' | b'=');
    // Words with hyphens look like prefixes too: a secret has a figure or a capital in it.
    let start = &text[tail..short_run(text, tail, pass)];
    let looks_random = start.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if start.len() < *least || !looks_random {
        return None;
    }
    let end = tail + text[tail..run(text, tail, pass)].trim_end_matches(['.', '-', '/', '=']).len();
    Some((at..end, Secret::Token(name)))
}

/// Three parts of base64, the first two of which begin like JSON objects.
pub(super) fn jwt(text: &str, at: usize) -> Option<(Range<usize>, Secret)> {
    if !text[at..].starts_with("eyJ") {
        return None;
    }
    let base64 = |byte: u8| is_word(byte) || byte == b'-';
    let header = short_run(text, at, base64);
    let payload = header + usize::from(text[header..].starts_with(".ey"));
    if header - at < 10 || payload == header {
        return None;
    }
    let end = run(text, payload, base64);
    let end = if text[end..].starts_with('.') { run(text, end + 1, base64) } else { end };
    Some((at..end, Secret::Jwt))
}

/// From the first line to the last one, or to the end of the text where that is missing.
pub(super) fn private_key(text: &str, at: usize) -> Option<(Range<usize>, Secret)> {
    const DASHES: &str = "-----";
    let title = text[at..].strip_prefix(DASHES)?.strip_prefix("BEGIN ")?;
    let title = &title[..title.find(DASHES).filter(|&length| length < 60)?];
    if !title.ends_with("PRIVATE KEY") && !title.ends_with("PRIVATE KEY BLOCK") {
        return None;
    }
    let last = format!("{DASHES}END {title}{DASHES}");
    let end = text[at..].find(&last).map_or(text.len(), |found| at + found + last.len());
    Some((at..end, Secret::PrivateKey))
}

/// `Bearer X` and `Basic X`.
pub(super) fn authorization(text: &str, at: usize) -> Option<(Range<usize>, Secret)> {
    let scheme = &text[at..short_run(text, at, |byte| byte.is_ascii_alphabetic())];
    let start = at + scheme.len() + 1;
    let known = ["bearer", "basic", "token"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    if !known || !text[start - 1..].starts_with(' ') {
        return None;
    }
    let end = run(text, start, |byte| is_word(byte) || matches!(byte, b'-' | b'.' | b'+' | b'/' | b'=' | b'~' | b':'));
    let value = &text[start..end];
    let looks_random = value.bytes().any(|byte| byte.is_ascii_digit()) || value.ends_with('=');
    (value.len() >= 12 && looks_random).then_some((start..end, Secret::Authorization))
}

/// The password in `scheme://login:password@host`, found at the colon behind the scheme.
pub(super) fn url_password(text: &str, at: usize) -> Option<(Range<usize>, Secret)> {
    let authority = at + 3;
    if !text[at..].starts_with("://") {
        return None;
    }
    let end = short_run(text, authority, |byte| {
        byte.is_ascii_graphic() && !matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>')
    });
    let login = &text[authority..authority + text[authority..end].rfind('@')?];
    let password = authority + login.find(':')? + 1;
    let range = password..authority + login.len();
    let value = &text[range.clone()];
    (!value.is_empty() && !value.starts_with('$')).then_some((range, Secret::UrlPassword))
}
