//! Files that git ignores: one that a command line names is kept before it runs, and can be had back.

use super::checkpoints::{carry_out, folder, plan, ran, step, worked};
use super::support::hub::Bench;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use taut::domain::{Reply, Undo};

/// What stands below a folder: names, modes and texts.
fn tree(root: &Path) -> Vec<(String, u32, String)> {
    let mut all = Vec::new();
    let mut left = vec![root.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, meta) = (entry.path(), entry.metadata().unwrap());
            if meta.is_dir() {
                left.push(path.clone());
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            all.push((path.strip_prefix(root).unwrap().display().to_string(), meta.mode(), text));
        }
    }
    all.sort();
    all
}

fn ignoring(cwd: &Path) {
    fs::write(cwd.join(".gitignore"), "*.log\nbuilt/\n").unwrap();
    fs::create_dir_all(cwd.join("built/deep")).unwrap();
    for file in ["a.log", "b.log", "built/a", "built/deep/b", "built/deep/c"] {
        fs::write(cwd.join(file), format!("of {file}\n")).unwrap();
    }
    fs::set_permissions(cwd.join("a.log"), fs::Permissions::from_mode(0o640)).unwrap();
}

#[test]
fn an_ignored_file_that_only_a_command_line_names_comes_back() {
    for command in [
        "rm a.log; echo more >> built/a; sed -i s/of/no/ built/deep/b",
        "rm *.log",
        "rm -rf built",
        "cd built && rm -r deep && echo new > fresh.log",
        "find . -name '*.log' -delete",
        "mv a.log b.log",
        "echo made > made.log; mkdir -p built/x; echo y > built/x/y",
        "touch t.log built/t; echo it > a.log",
    ] {
        let (folder, cwd) = folder();
        ignoring(&cwd);
        let before = tree(&cwd);
        let mut bench = Bench::new(folder.path());
        let id = ran(&mut bench, &cwd, command);
        let after = tree(&cwd);
        assert_ne!(before, after, "{command}");
        assert!(worked(&mut bench, id, 1).files() > 0, "{command}: {:?}", step(&bench, id, 1).unwrap().worked);
        for stands in [&before, &after] {
            let shown = plan(&mut bench, id, &Undo::Last).unwrap_or_else(|why| panic!("{command}: {why}"));
            assert_eq!(carry_out(&mut bench, &shown, &Undo::Last, vec![]), Reply::Done, "{command}");
            let files = |tree: &[(String, u32, String)]| {
                tree.iter().filter(|(_, mode, _)| mode & 0o170_000 == 0o100_000).cloned().collect::<Vec<_>>()
            };
            assert_eq!(files(&tree(&cwd)), files(stands), "{command}");
        }
        bench.leave();
    }
}

#[test]
fn too_much_of_what_git_ignores_is_not_copied_for_a_command() {
    let (folder, cwd) = folder();
    ignoring(&cwd);
    for number in 0..1_001 {
        fs::write(cwd.join(format!("built/{number}")), "x").unwrap();
    }
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "rm -r built; rm gone");
    let shown = plan(&mut bench, id, &Undo::Last).unwrap();
    let paths: Vec<&str> = shown.files.iter().map(|file| file.path.as_str()).collect();
    assert!(paths.contains(&"gone") && !paths.iter().any(|path| path.starts_with("built/")), "{paths:?}");
    bench.leave();
}
