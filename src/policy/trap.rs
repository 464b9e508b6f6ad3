//! A list of prefixes that reads like the words of one command: `["git", "status"]` means everything that begins with `git`, or
//! with `status`, and whoever wrote it most likely meant `git status`.

/// Programs whose next word says what they do.
const HAVE_COMMANDS: [&str; 34] = [
    "apt",
    "apt-get",
    "aws",
    "az",
    "brew",
    "bun",
    "bundle",
    "cargo",
    "composer",
    "deno",
    "dnf",
    "docker",
    "dotnet",
    "gcloud",
    "gem",
    "gh",
    "git",
    "glab",
    "go",
    "gradle",
    "helm",
    "jj",
    "kubectl",
    "mvn",
    "npm",
    "pip",
    "pip3",
    "pnpm",
    "podman",
    "poetry",
    "rustup",
    "systemctl",
    "uv",
    "yarn",
];
/// Words that name a command of those, though there are programs of that name.
const COMMANDS: [&str; 8] = ["apply", "diff", "find", "grep", "install", "make", "patch", "test"];
/// Programs that may well stand beside those in one list.
const PROGRAMS: [&str; 46] = [
    "awk", "bash", "basename", "cat", "cd", "cmake", "cp", "curl", "cut", "date", "df", "dirname", "du", "echo", "env",
    "false", "fd", "file", "find", "grep", "head", "jq", "just", "less", "ls", "make", "mkdir", "node", "perl",
    "printf", "ps", "pwd", "python", "python3", "rg", "ruby", "rustc", "sed", "sort", "stat", "tail", "tree", "true",
    "uname", "wc", "which",
];

/// One sentence, where a list of prefixes reads like the words of one command.
pub(super) fn in_one_list(prefixes: &[Vec<String>]) -> Option<String> {
    let words: Option<Vec<&str>> = prefixes
        .iter()
        .map(|prefix| match prefix.as_slice() {
            [word] => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let words = words?;
    let [first, second, ..] = words[..] else { return None };
    let is_program = HAVE_COMMANDS.contains(&second) || PROGRAMS.contains(&second);
    let follows = HAVE_COMMANDS.contains(&first) && (!is_program || COMMANDS.contains(&second));
    if !follows && !second.starts_with('-') {
        return None;
    }
    let listed = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let each = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or with ");
    Some(format!(
        "`prefix = [{listed}]` means every command that begins with {each}: write `prefix = [\"{}\"]` for the one command",
        words.join(" ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(prefixes: &[&str]) -> bool {
        let words = |prefix: &&str| prefix.split(' ').map(str::to_owned).collect();
        in_one_list(&prefixes.iter().map(words).collect::<Vec<_>>()).is_some()
    }

    #[test]
    fn words_of_one_command_are_told_from_a_list_of_programs() {
        let lists: [&[&str]; 7] = [
            &["git", "status"],
            &["cargo", "test", "--workspace"],
            &["npm", "run", "build"],
            &["git", "diff"],
            &["docker", "compose"],
            &["ls", "-la"],
            &["go", "test"],
        ];
        lists.iter().for_each(|list| assert!(odd(list), "{list:?}"));
        let lists: [&[&str]; 7] = [
            &["git"],
            &["git status"],
            &["git status", "cargo test"],
            &["git", "cargo"],
            &["git", "ls", "cat"],
            &["ls", "cat", "rg"],
            &["cargo test", "tail"],
        ];
        lists.iter().for_each(|list| assert!(!odd(list), "{list:?}"));
    }
}
