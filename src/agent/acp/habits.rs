//! What the wire cannot say, and is known of an agent by its name for itself (measured; acp.md, section 1).

use crate::domain::AgentFace;

fn is_one_of(face: &AgentFace, names: &[&str]) -> bool {
    let own = face.name.as_deref().or(face.title.as_deref()).unwrap_or_default().to_lowercase();
    names.iter().any(|name| own.contains(name))
}

/// Its diffs hold whole files.
pub(super) fn whole_files(face: &AgentFace) -> bool {
    is_one_of(face, &["gemini", "qwen", "hermes"])
}

/// It counts tokens over the whole session and not over the turn (acp.md, 29).
pub(super) fn counts_the_session(face: &AgentFace) -> bool {
    is_one_of(face, &["copilot", "hermes", "vibe", "mistral"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_go_by_the_agents_own_name() {
        let named = |name: &str| AgentFace { name: Some(name.to_owned()), ..AgentFace::default() };
        assert!(counts_the_session(&named("Copilot")));
        assert!(!counts_the_session(&named("@agentclientprotocol/codex-acp")));
        assert!(whole_files(&named("gemini-cli")));
        assert!(!whole_files(&AgentFace::default()));
    }
}
