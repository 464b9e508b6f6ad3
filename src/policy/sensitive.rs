//! Files that matter more than others by their name alone: secrets, git's insides, the settings of agents.

/// Why a file is sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// It is likely to hold keys or passwords: looking is enough to do harm.
    Secret,
    /// git reads it, and may run what it says.
    GitInside,
    /// It says what an agent may do.
    AgentSettings,
}

impl Kind {
    /// In words, about one file.
    pub(super) fn about(self, path: &str) -> String {
        match self {
            Self::Secret => format!("{path} is likely to hold secrets"),
            Self::GitInside => format!("changes git's own files: {path}"),
            Self::AgentSettings => format!("changes what an agent may do: {path}"),
        }
    }

    /// True where looking does no harm.
    pub(super) fn only_when_changed(self) -> bool {
        match self {
            Self::Secret => false,
            Self::GitInside | Self::AgentSettings => true,
        }
    }
}

const SECRET_FOLDERS: &[&str] = &[".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", "gcloud"];
const SECRET_FILES: &[&str] = &[
    ".env",
    ".envrc",
    ".netrc",
    "_netrc",
    ".pgpass",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".htpasswd",
    ".vault-token",
    "credentials",
    ".credentials",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "shadow",
    "gshadow",
    "environ",
    "hosts.yml",
];
const SECRET_ENDS: &[&str] =
    &[".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".p8", ".tfstate", ".agekey", ".gpg"];
const SECRET_STARTS: &[&str] = &[".env.", "credentials.", ".credentials.", "secrets.", "secret.", "service-account"];
/// Endings of files that speak of secrets without holding any: samples, and sources.
const HARMLESS_ENDS: &[&str] = &[
    ".example",
    ".sample",
    ".template",
    ".dist",
    ".md",
    ".rs",
    ".py",
    ".go",
    ".js",
    ".ts",
    ".tsx",
    ".jsx",
    ".java",
    ".c",
    ".h",
    ".cpp",
    ".rb",
    ".pub",
];
const AGENT_FOLDERS: &[&str] = &[
    ".claude",
    ".codex",
    ".gemini",
    ".qwen",
    ".kimi-code",
    ".opencode",
    ".goose",
    ".vibe",
    ".copilot",
    ".cursor",
    ".cline",
];
const AGENT_FILES: &[&str] = &[".mcp.json", ".claude.json", "opencode.json", "opencode.jsonc", ".goosehints"];

/// Why a path is sensitive, if it is. Works on patterns as well: a pattern that names a secret is sensitive like one.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.split('/').filter(|part| !part.is_empty()).peekable();
    let mut found = None;
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        let kind = if SECRET_FOLDERS.contains(&part) || (last && secret_file(part)) {
            Some(Kind::Secret)
        } else if part == ".git" || (last && matches!(part, ".gitattributes" | ".gitmodules")) {
            Some(Kind::GitInside)
        } else if AGENT_FOLDERS.contains(&part) || (last && AGENT_FILES.contains(&part)) {
            Some(Kind::AgentSettings)
        } else {
            None
        };
        // The order of `Kind` is the order of harm.
        found = match (found, kind) {
            (Some(a), Some(b)) => Some(std::cmp::min::<Kind>(a, b)),
            (a, b) => a.or(b),
        };
    }
    found
}

fn secret_file(name: &str) -> bool {
    let harmless = HARMLESS_ENDS.iter().any(|end| name.ends_with(end));
    SECRET_FILES.contains(&name)
        || SECRET_ENDS.iter().any(|end| name.ends_with(end))
        || (!harmless && SECRET_STARTS.iter().any(|start| name.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        for path in [
            "/home/ada/.ssh/id_ed25519",
            ".env",
            "a/.ENV.local",
            "certs/server.pem",
            "~/.aws/credentials",
            "k8s/secrets.yaml",
            "/etc/shadow",
            "/proc/1/environ",
            ".git-credentials",
            "**/*.pem",
            "deploy.key",
        ] {
            assert_eq!(kind(path), Some(Kind::Secret), "{path}");
        }
        for path in [".git/hooks/pre-commit", "sub/.git/config", ".gitattributes"] {
            assert_eq!(kind(path), Some(Kind::GitInside), "{path}");
        }
        for path in [".claude/settings.json", ".mcp.json", "x/.codex/config.toml"] {
            assert_eq!(kind(path), Some(Kind::AgentSettings), "{path}");
        }
        for path in ["src/a.rs", ".env.example", "src/secrets.rs", "keys.rs", "", "/", "**", ".github/x", "id_rsa.pub"]
        {
            assert_eq!(kind(path), None, "{path}");
        }
    }
}
