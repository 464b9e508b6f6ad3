//! The names of variables: which are names at all, and which change nothing about what is run.

/// Variables that only change how much is told, and how it looks.
const HARMLESS: [&str; 26] = [
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "DEBIAN_FRONTEND",
    "FORCE_COLOR",
    "LANG",
    "LANGUAGE",
    "LINES",
    "NO_COLOR",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "RUST_LOG",
    "RUST_TEST_THREADS",
    "TERM",
    "TZ",
    "CARGO_TERM_COLOR",
    "CARGO_INCREMENTAL",
    "GOMAXPROCS",
    "NODE_ENV",
    "PROPTEST_CASES",
    "PYTEST_ADDOPTS_",
    "UPDATE_GOLDEN",
];

/// Whether a text can be the name of a variable.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether to set a variable changes nothing about what is run. What is not known to be so is not.
#[must_use]
pub fn harmless(name: &str) -> bool {
    HARMLESS.contains(&name) || name.starts_with("LC_")
}
