//! What no checkpoint holds is named before a step is taken back: files that are left out, repositories of their own, and what
//! lies behind a link that leads out of the workspace.

use super::checkpoints::{folder, plan};
use super::past::{ran, taut};
use super::support::hub::Bench;
use std::fs;
use std::os::unix::fs::symlink;
use taut::domain::Undo;

#[test]
fn what_a_step_wrote_where_no_checkpoint_looks_is_named_with_the_reason() {
    let (folder, cwd) = folder();
    let away = folder.path().join("away");
    fs::create_dir_all(&away).unwrap();
    fs::write(away.join("file"), "away\n").unwrap();
    symlink(&away, cwd.join("out")).unwrap();
    symlink(away.join("file"), cwd.join("one")).unwrap();
    symlink("kept", cwd.join("within")).unwrap();
    fs::create_dir_all(cwd.join("sub/.git/objects")).unwrap();
    fs::create_dir_all(cwd.join("sub/.git/refs")).unwrap();
    fs::write(cwd.join("sub/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(cwd.join("sub/file"), "file\n").unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(cwd.join("pipe")).status();
    assert!(pipe.unwrap().success());
    let mut bench = Bench::new(folder.path());
    let command = "echo new > new; echo x > out/file; echo x > one; echo x > within; echo x > sub/file; rm -f out";
    let id = ran(&mut bench, &cwd, &[command], |_| ());
    let shown = plan(&mut bench, id, &Undo::Last).unwrap();
    let told = |what: &str| shown.cannot.iter().any(|told| told == what);
    let link = |link: &str, to: &str| {
        format!(
            "step 1 wrote through the link {link}, which leads out of the workspace to {to}: what lies behind it is not covered"
        )
    };
    assert!(told(&link("one", &away.join("file").to_string_lossy())), "{:#?}", shown.cannot);
    assert!(told(&link("out", &away.to_string_lossy())), "though it is gone: {:#?}", shown.cannot);
    assert!(!shown.cannot.iter().any(|told| told.contains("within")), "{:#?}", shown.cannot);
    let nested = "it lies in a repository of its own, of which no checkpoint holds files";
    assert!(told(&format!("step 1: no checkpoint covers sub/file ({nested})")), "{:#?}", shown.cannot);
    let all = "2 paths here are not covered by the checkpoints, and what a step did there stays: pipe (it is neither a file, a \
               folder nor a link), sub (a repository of its own)";
    assert!(told(all), "{:#?}", shown.cannot);
    bench.leave();
    let said = |args: &[&str]| {
        let (_, out, err) = taut(folder.path(), args);
        format!("{}{err}", String::from_utf8_lossy(&out))
    };
    let id = id.to_string();
    let dry = said(&["undo", &id, "--dry-run"]);
    assert!(dry.contains(all) && dry.contains("the link one"), "{dry}");
    let cat = said(&["cat", &id, "--at", "1", "sub/file"]);
    assert!(cat.contains("sub is a repository of its own, whose files are not kept"), "{cat}");
    let cat = said(&["cat", &id, "--at", "1", "pipe"]);
    assert!(cat.contains("pipe is not covered by the checkpoint") && cat.contains("neither a file"), "{cat}");
}

#[test]
fn a_folder_behind_a_link_is_named_as_well() {
    let (folder, cwd) = folder();
    let away = folder.path().join("away");
    fs::create_dir_all(&away).unwrap();
    symlink(&away, cwd.join("out")).unwrap();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, &["echo new > new; echo x > out/file"], |_| ());
    let shown = plan(&mut bench, id, &Undo::Last).unwrap();
    let said = format!("step 1 wrote through the link out, which leads out of the workspace to {}", away.display());
    assert!(shown.cannot.iter().any(|told| told.starts_with(&said)), "{:#?}", shown.cannot);
    bench.leave();
}
