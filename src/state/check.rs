//! Runs that check something: tests, builds, lints. They are told by the first words of their command line and by
//! nothing else: no shell is parsed here, so that a line that does more than one thing is called what it begins with.

use super::Step;
use crate::domain::Text;

/// First words of command lines that check something.
const FIRST: &[&str] = &[
    "cargo test",
    "cargo nextest",
    "cargo check",
    "cargo build",
    "cargo clippy",
    "cargo fmt --check",
    "cargo miri",
    "npm test",
    "npm run test",
    "npm run build",
    "npm run lint",
    "npm run check",
    "npm run typecheck",
    "pnpm test",
    "pnpm build",
    "pnpm lint",
    "pnpm run test",
    "pnpm run build",
    "pnpm run lint",
    "yarn test",
    "yarn build",
    "yarn lint",
    "bun test",
    "bun run test",
    "bun run build",
    "npx jest",
    "npx vitest",
    "npx eslint",
    "npx tsc",
    "npx prettier --check",
    "jest",
    "vitest",
    "eslint",
    "tsc",
    "deno test",
    "deno check",
    "deno lint",
    "go test",
    "go build",
    "go vet",
    "golangci-lint",
    "pytest",
    "python -m pytest",
    "python3 -m pytest",
    "python -m unittest",
    "python3 -m unittest",
    "uv run pytest",
    "poetry run pytest",
    "tox",
    "nox",
    "ruff check",
    "mypy",
    "pyright",
    "black --check",
    "flake8",
    "pylint",
    "make test",
    "make check",
    "make build",
    "make lint",
    "make all",
    "just test",
    "just check",
    "just build",
    "just lint",
    "cmake --build",
    "ctest",
    "ninja test",
    "meson test",
    "bazel test",
    "bazel build",
    "mvn test",
    "mvn verify",
    "mvn package",
    "gradle test",
    "gradle build",
    "gradle check",
    "./gradlew test",
    "./gradlew build",
    "./gradlew check",
    "sbt test",
    "dotnet test",
    "dotnet build",
    "swift test",
    "swift build",
    "rspec",
    "bundle exec rspec",
    "rake test",
    "bundle exec rake test",
    "rubocop",
    "phpunit",
    "vendor/bin/phpunit",
    "mix test",
    "stack test",
    "cabal test",
    "cabal build",
    "dune test",
    "dune build",
    "zig build",
    "zig test",
    "shellcheck",
    "pre-commit run",
    "terraform validate",
    "helm lint",
];

/// The same, where nothing but options stands behind: with a word more they may do anything.
const ALONE: &[&str] = &["make", "ninja", "just", "gradle", "./gradlew"];

/// A run that checks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// What it begins with: `cargo test`.
    pub name: &'static str,
    /// The line may do more than that, and its exit code may be that of something else.
    pub and_more: bool,
}

impl Check {
    /// What a command line checks, by its first words.
    #[must_use]
    pub fn of(command: &str) -> Option<Self> {
        let begins = |name: &&&str| {
            let mut words = command.split_whitespace();
            name.split(' ').all(|word| words.next() == Some(word))
        };
        let only_options = |name: &&&str| {
            let behind = command.split_whitespace().skip(1);
            begins(name) && behind.into_iter().all(|word| word.starts_with('-'))
        };
        let name = FIRST.iter().find(begins).or_else(|| ALONE.iter().find(only_options))?;
        // Whatever ties commands together, sends output elsewhere or puts a value in.
        let and_more = command.trim().contains(['|', ';', '&', '<', '>', '$', '`', '(', '\n']);
        Some(Self { name, and_more })
    }
}

impl Step {
    /// What it checks, where it runs a command that does.
    #[must_use]
    pub fn check(&self) -> Option<Check> {
        self.command.as_ref().and_then(Text::inline).and_then(Check::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(command: &str) -> Option<&'static str> {
        Check::of(command).map(|check| check.name)
    }

    #[test]
    fn only_first_words_tell() {
        assert_eq!(name("cargo test auth -- --nocapture"), Some("cargo test"));
        assert_eq!(name("  pytest"), Some("pytest"));
        assert_eq!(name("make -j8"), Some("make"));
        assert_eq!(name("make test"), Some("make test"));
        for other in ["", "make deploy", "cargo testing", "cargo", "echo cargo test", "cd x && cargo test", "test"] {
            assert_eq!(name(other), None, "{other}");
        }
    }

    #[test]
    fn a_line_that_may_do_more_says_so() {
        assert!(!Check::of("cargo test auth").unwrap().and_more);
        for line in
            ["cargo test | tail -5", "cargo test; true", "cargo test && git push", "cargo test\nrm -rf x", "make $X"]
        {
            assert!(Check::of(line).is_none_or(|check| check.and_more), "{line}");
        }
    }
}
