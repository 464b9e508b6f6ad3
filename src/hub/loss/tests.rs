//! Commands are run for real in a small repository, and what they changed must be what the look before said.

use super::Keeping;
use super::losses;
use crate::domain::{Covered, LossHow, LossOf, Losses};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Everything in it that commands may hit.
const MAKE: &str = r#"
set -e
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t GIT_CONFIG_GLOBAL=/dev/null
git init -q -b main .
mkdir -p src/deep docs dst/docs empty/er build/sub tmp old
printf '*.log\nbuild/\n' > .gitignore
for f in a.txt b.txt c.txt src/x.rs src/y.rs src/deep/z.rs docs/d.md docs/e.md dst/a.txt; do echo "$f one" > $f; done
git add . && git commit -qm one
git checkout -q -b other && echo other > a.txt && git rm -q docs/e.md && git add . && git commit -qm two
git checkout -q main && echo two > c.txt && git commit -qam three
echo changed > b.txt; echo changed > src/x.rs; rm src/deep/z.rs
echo staged > s.txt; git add s.txt; echo staged > src/y.rs; git add src/y.rs
for f in u.txt tmp/t1 tmp/t2 tmp/i.log .hidden .h2 e.log build/o1 build/o2 build/sub/o3 'my file.txt' $'new\nline.o' $'bad\377.o' plain.o dst/u.txt dst/docs/d.md list.bak; do echo "$f" > "$f"; done
printf 'b\na\n' > sorted; : > void
ln -s a.txt link; ln -s src dirlink; ln -s nowhere dangling; ln -s ../a.txt build/up
chmod 644 *.txt; chmod 755 plain.o
tar cf arch.tar a.txt src/x.rs docs && rm docs/e.md
touch -d '2 days ago' dst/a.txt
"#;

struct Repo(tempfile::TempDir);

impl Repo {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repo = Self(folder);
        fs::create_dir(repo.path()).unwrap();
        repo.bash(MAKE);
        repo
    }

    fn path(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap().join("repo")
    }

    fn again(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new("cp").arg("-a").arg(self.path()).arg(folder.path()).status().unwrap();
        assert!(status.success());
        let repo = Self(folder);
        // The copies are other files than those that git has seen: it would write them all anew.
        assert!(repo.bash("git status"));
        repo
    }

    fn bash(&self, text: &str) -> bool {
        let mut command = Command::new("bash");
        command.args(["-c", text]).current_dir(self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("LC_ALL", "C");
        command.env("GIT_AUTHOR_NAME", "t").env("GIT_AUTHOR_EMAIL", "t@t");
        command.env("GIT_COMMITTER_NAME", "t").env("GIT_COMMITTER_EMAIL", "t@t");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn losses(&self, command: &str) -> Losses {
        losses(command, &self.path(), &self.path(), 100_000, Keeping::On)
    }

    /// Everything below, but git's own: what it is, and what would show that it was written.
    fn walk(&self) -> BTreeMap<String, (LossOf, String)> {
        let top = self.path();
        let (mut all, mut left) = (BTreeMap::new(), vec![top.clone()]);
        while let Some(folder) = left.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                let meta = path.symlink_metadata().unwrap();
                if entry.file_name() == ".git" {
                    continue;
                }
                let name = path.strip_prefix(&top).unwrap().to_string_lossy().into_owned();
                let written = (meta.mode(), meta.ino(), meta.mtime(), meta.mtime_nsec());
                if meta.is_dir() {
                    all.insert(name, (LossOf::Folder, format!("{:o}", meta.mode())));
                    left.push(path);
                } else if meta.is_symlink() {
                    all.insert(name, (LossOf::Link, format!("{:?} {written:?}", fs::read_link(&path).unwrap())));
                } else {
                    all.insert(name, (LossOf::File, format!("{:?} {written:?}", fs::read(&path).unwrap())));
                }
            }
        }
        all
    }
}

/// What became of a file: true where it is gone.
type Fates = BTreeSet<(String, bool)>;

/// What a command really did.
fn did(repo: &Repo, command: &str, folders: bool) -> Fates {
    let before = repo.walk();
    repo.bash(command);
    let after = repo.walk();
    let kept = before.into_iter().filter(|(_, (of, _))| folders || *of != LossOf::Folder);
    kept.filter(|(name, was)| after.get(name) != Some(was))
        .map(|(name, _)| (name.clone(), !after.contains_key(&name)))
        .collect()
}

fn said(losses: &Losses, folders: bool) -> Fates {
    let kept = losses.files.iter().filter(|loss| folders || loss.of != LossOf::Folder);
    kept.map(|loss| (loss.path.clone(), matches!(loss.how, LossHow::Deletes | LossHow::Moves))).collect()
}

/// For each command what was said before is what was done then.
fn hold(commands: &[&str], folders: bool) {
    let first = Repo::new();
    for command in commands {
        let repo = first.again();
        let before = repo.walk();
        let losses = repo.losses(command);
        assert_eq!(repo.walk(), before, "to look at `{command}` changed something");
        assert_eq!(losses.unknown, Vec::<String>::new(), "{command}");
        let told: u64 = losses.tallies.iter().map(|tally| tally.files + tally.folders).sum();
        assert_eq!(told, losses.files.len() as u64, "{command}");
        assert_eq!(said(&losses, folders), did(&repo, command, folders), "{command}");
    }
}

#[test]
fn what_is_said_of_removals_is_what_they_do() {
    hold(
        &[
            "rm a.txt",
            "rm -rf build",
            "rm -r build src/deep empty",
            "rm *.txt",
            "rm -f .h* nothing*",
            "rm -- 'my file.txt' $'new\\nline.o'",
            "rm *.o",
            "rm -rf ./* ",
            "rm build tmp/t1",
            "rm -d empty/er a.txt",
            "rm link dangling",
            "rm -rf dirlink/",
            "rm -rf dirlink",
            "rm -rf src/../tmp .",
            "rm tmp/t{1,2} [ab].txt",
            "cd src && rm -r deep x.rs; cd .. && rm u.txt",
            "d=build; rm -rf \"$d/sub\" ${d}/o1",
            "for f in a b; do rm $f.txt; done",
            "for f in *.bak; do rm \"$f\"; done",
            "env A=1 nohup timeout 20 bash -c 'cd tmp && rm t1'",
            "echo x | (cd tmp; rm t2); rm void",
            "rmdir empty/er build empty",
            "rmdir -p empty/er",
            "unlink link",
            "shred a.txt",
            "shred -u b.txt void",
            "find . -name '*.log' -delete",
            "find build tmp -type f -exec rm {} +",
            "find . -maxdepth 1 -name '*.o' -exec rm {} \\;",
            "find empty tmp -delete",
            "find tmp -name 't*' -print0 | xargs -0 rm -f",
            "printf '%s\\n' a.txt u.txt | xargs rm",
            "echo tmp build | xargs rm -rf",
            "git ls-files -z -o --exclude-standard tmp | xargs -0 rm",
        ],
        true,
    );
}

#[test]
fn what_is_said_of_rewrites_is_what_they_do() {
    hold(
        &[
            "echo hi > a.txt",
            "echo hi >| link",
            "echo hi &> b.txt; echo n > newly",
            "{ echo a; echo b; } > a.txt 2>/dev/null",
            "cat > u.txt <<'E'\nx\nE",
            "truncate -s 0 a.txt void",
            "truncate -s 3 b.txt",
            "echo x | tee a.txt tmp/t1 newly",
            "dd if=b.txt of=a.txt",
            "dd if=b.txt of=a.txt conv=notrunc",
            "sort sorted -o sorted",
            "sed -i s/a/b/ a.txt b.txt",
            "sed -i.bak s/a/b/ sorted a.txt && sed --in-place=.bak -e s/l/m/ -n list.bak",
            "sed -i -e 's/o/0/' src/*.rs link",
            "perl -pi -e 's/one/two/' a.txt c.txt",
            "perl -i.bak -pe 's/one/two/' a.txt",
            "cp a.txt b.txt",
            "cp a.txt u.txt dst",
            "cp -r docs src dst",
            "cp docs dst; cp nothing a.txt",
            "cp -n a.txt b.txt; cp -u a.txt dst/a.txt; cp -u dst/a.txt a.txt",
            "cp a.txt link; cp -t dst a.txt",
            "mv a.txt b.txt",
            "mv a.txt u.txt dst",
            "mv -n a.txt b.txt; mv c.txt fresh; mv fresh void",
            "mv docs dst",
            "mv tmp new; mv build empty",
            "mv -T a.txt link",
            "ln -sf a.txt b.txt; ln -s a.txt c.txt",
            "ln -sfn docs dirlink; ln -sf ../a.txt dirlink",
            "install -m 600 a.txt b.txt",
            "tar xf arch.tar",
            "tar -x -f arch.tar -C dst",
            "chmod 600 a.txt plain.o",
            "chmod -R go-rwx src",
            "chmod +x *.txt; chmod -x plain.o",
            "find src -name '*.rs' -exec sed -i s/one/two/ {} +",
        ],
        true,
    );
}

#[test]
fn what_is_said_of_git_is_what_it_does() {
    hold(
        &[
            "git clean -fd",
            "git clean -fdx",
            "git clean -f",
            "git clean -fX",
            "git clean -fd tmp build",
            "git clean -fdx -e '*.o'",
            "git clean -d",
            "git checkout -- b.txt",
            "git checkout -- .",
            "git checkout .",
            "git checkout -f",
            "git checkout -f other",
            "git checkout HEAD~1 -- c.txt a.txt",
            "git checkout other a.txt docs",
            "git restore b.txt src",
            "git restore --staged src/y.rs",
            "git restore -SW src",
            "git restore --source=other .",
            "git reset --hard",
            "git reset -q --hard other",
            "git reset b.txt",
            "git switch -f other",
            "git stash",
            "git stash -u",
            "git stash push -a",
            "git stash push src",
            "git rm -q c.txt",
            "git rm -rf src docs",
            "git rm -r src",
            "git rm --cached c.txt",
            "git mv -f a.txt c.txt",
            "git -C src checkout -- .",
            "cd src && git clean -fdx && git restore .",
        ],
        false,
    );
}

#[test]
fn what_cannot_be_known_is_said_in_words() {
    let repo = Repo::new();
    for (command, wanted) in [
        ("rm -rf \"$OUT\"/*", "what \"$OUT\"/* stands for in `rm -rf \"$OUT\"/*`"),
        ("cat list | xargs rm", "what cat prints for xargs (xargs rm)"),
        ("cd $(mktemp -d) && rm -rf *", "what `rm -rf *` hits: in which folder it runs: $(mktemp -d)"),
        ("cd nowhere && rm -rf *", "what `rm -rf *` hits: there is no folder nowhere now"),
        ("ls | xargs rm", "what ls prints for xargs (xargs rm)"),
        (
            "find . -name '*.txt' -maxdepth 1 | xargs rm",
            "what xargs makes of the name \"./my file.txt\", which falls apart",
        ),
        ("rsync -a --delete src/ dst", "what rsync does to files"),
        ("git stash pop", "what git stash puts back over"),
        ("git checkout HEAD~99 -- a.txt", "what `git checkout HEAD~99 -- a.txt` hits: there is no commit HEAD~99"),
        ("test -f a.txt || rm b.txt", "whether it comes to `rm b.txt`"),
        ("rm -rf /", "what is left of /, which rm refuses to delete"),
        ("tar xf a.txt", "what is in a.txt: tar: This does not look like a tar archive"),
        ("rm [[:alpha:]]*", "what fits [[:alpha:]]*"),
    ] {
        assert_eq!(repo.losses(command).unknown, [wanted], "{command}");
    }
    assert_eq!(repo.losses("make && rm a.txt").beside, ["make"]);
}

#[test]
fn hostile_names_are_told_and_what_no_checkpoint_would_hold_is_marked() {
    let repo = Repo::new();
    let outside = tempfile::tempdir().unwrap();
    let other = outside.path().canonicalize().unwrap().join("x\u{1b}[2J");
    fs::write(&other, "x").unwrap();
    fs::File::create(repo.path().join("large")).unwrap().set_len(21 << 20).unwrap();
    let told = |command: &str| {
        let losses = repo.losses(command);
        losses.files.into_iter().map(|loss| (loss.path, loss.covered)).collect::<Vec<_>>()
    };
    let no = |why: &str| Covered::No(why.to_owned());
    assert_eq!(
        told("rm *.o"),
        [
            ("bad\u{fffd}.o".to_owned(), Covered::Yes),
            ("new\nline.o".to_owned(), Covered::Yes),
            ("plain.o".to_owned(), Covered::Yes)
        ]
    );
    assert_eq!(
        told("rm e.log build/o1 large"),
        [
            ("build/o1".to_owned(), Covered::Yes),
            ("e.log".to_owned(), Covered::Yes),
            ("large".to_owned(), no("larger than 20 MB"))
        ]
    );
    let path = other.to_string_lossy().into_owned();
    let folder = outside.path().display();
    assert_eq!(told(&format!("rm '{folder}'/x*")), [(path, no("outside the workspace"))]);
    assert_eq!(repo.losses("rm 'x\u{1b}[2J'").unknown.len(), 1, "what is refused is not told as if it hit nothing");
    let losses = repo.losses("rm e.log large a.txt");
    assert_eq!((losses.uncovered, losses.kept), (1, 2));
    // What git ignores is kept where a command names it, unless that is too much.
    fs::create_dir_all(repo.path().join("build/many")).unwrap();
    (0..1_001).for_each(|number| fs::write(repo.path().join(format!("build/many/{number}")), "").unwrap());
    let many = told("rm -r build/many e.log");
    let why = no("git ignores it, and it is too much to be kept");
    assert!(many.iter().all(|(path, covered)| path == "build/many" || *covered == why), "{many:?}");
    fs::remove_dir_all(repo.path().join("build/many")).unwrap();
    // A repository of its own is not kept, and nothing is where checkpoints are off, or nobody knows.
    fs::create_dir_all(repo.path().join("inner/.git")).unwrap();
    fs::write(repo.path().join("inner/x"), "x").unwrap();
    assert_eq!(told("rm inner/x"), [("inner/x".to_owned(), no("in a repository of its own"))]);
    let with = |keeping| losses_with("rm a.txt", &repo.path(), keeping);
    assert_eq!(with(Keeping::Off), [no("checkpoints are off")]);
    assert_eq!(with(Keeping::Unknown), [Covered::Unknown]);
}

#[test]
fn nothing_that_a_repository_names_is_run_and_its_git_folder_stays_as_it_is() {
    let repo = Repo::new();
    let top = repo.path();
    repo.bash(
        "git config core.fsmonitor 'touch RAN; false'; git config core.hooksPath .hooks; git config filter.x.clean 'touch RAN; cat';
         git config diff.external 'touch RAN'; git config core.pager 'touch RAN'; git config filter.x.smudge 'touch RAN; cat';
         git config diff.t.textconv 'touch RAN'; printf '*.txt filter=x diff=t\\n' > .gitattributes; touch a.txt b.txt",
    );
    drop(fs::remove_file(top.join("RAN")));
    let state = || {
        let out = Command::new("find").args([".git", "-printf", "%p %s %T@\n"]).current_dir(&top).output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let before = state();
    for command in [
        "git clean -fdx",
        "git checkout -- .",
        "git reset --hard",
        "git stash -u",
        "git rm -rf .",
        "git checkout other",
    ] {
        let losses = repo.losses(command);
        assert!(losses.count() > 0, "{command}");
        assert!(!top.join("RAN").exists(), "{command}");
    }
    assert_eq!(state(), before);
}

#[test]
fn a_large_folder_is_looked_at_as_far_as_the_bound_goes() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..50_000u32 {
        let at = folder.path().join(format!("big/{}", n / 1_000));
        if n % 1_000 == 0 {
            fs::create_dir_all(&at).unwrap();
        }
        fs::write(at.join(n.to_string()), "").unwrap();
    }
    let losses = losses("rm -rf big; rm -rf big/1", folder.path(), folder.path(), 64, Keeping::Unknown);
    assert!(losses.cut && losses.unknown.is_empty(), "{:?}", losses.unknown);
    let all = losses.count() + losses.folders();
    assert!(all > 0 && all <= super::look::MOST as u64, "{all}");
    assert_eq!(losses.files.len(), 64);
}

#[test]
fn a_worktree_beside_its_repository_is_asked_as_well() {
    let repo = Repo::new();
    assert!(repo.bash("git worktree add -q ../tree other && echo x > ../tree/a.txt && echo y > ../tree/new"));
    let tree: &Path = &repo.0.path().canonicalize().unwrap().join("tree");
    let told = |command: &str| {
        losses(command, tree, tree, 10, Keeping::Unknown).files.into_iter().map(|it| it.path).collect::<Vec<_>>()
    };
    assert_eq!(told("git checkout -- ."), ["a.txt"]);
    assert_eq!(told("git clean -fd"), ["new"]);
}

fn losses_with(command: &str, folder: &Path, keeping: Keeping) -> Vec<Covered> {
    losses(command, folder, folder, 64, keeping).files.into_iter().map(|loss| loss.covered).collect()
}
