//! What exactly was asked: canonical arguments, offers, folder, and the files that would change.

use crate::domain::fields::FOLDERS;
use crate::domain::{Digest, FileChange, Offer, Stood, Text};
use crate::policy::canonical;
use crate::state::Step;
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Files looked into for one request; further ones count by name only.
const FILES: usize = 64;
/// Bytes of one file that are hashed; a longer one counts by length and time of change as well.
const FILE_MAX: u64 = 8 << 20;

/// Files whose text is kept with a request.
const KEPT_FILES: usize = 16;
/// Bytes of their texts, all together.
const KEPT: u64 = 1 << 20;

/// What was asked, and the state of each file that it would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AskedFor {
    /// Of everything.
    pub(super) digest: Digest,
    /// Of each file: its path, and what stands there.
    pub(super) files: Vec<(String, Digest)>,
    /// Of the rest.
    pub(super) rest: Digest,
}

/// What a request about this step asks for now.
pub(super) fn asked_for(step: &Step, offers: &[Offer], cwd: &str) -> AskedFor {
    let rest = rest_of(step, offers, cwd);
    let files = files(&step.changes, cwd);
    let mut whole = blake3::Hasher::new();
    whole.update(&rest.0);
    for (path, digest) in &files {
        whole.update(path.as_bytes()).update(&digest.0);
    }
    AskedFor { digest: Digest(*whole.finalize().as_bytes()), files, rest }
}

/// All of what is asked for that is not on the disk.
pub(super) fn rest_of(step: &Step, offers: &[Offer], cwd: &str) -> Digest {
    let mut hasher = blake3::Hasher::new();
    let mut put = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    let folder = step.cwd.as_deref().unwrap_or(cwd);
    put(step.call.0.as_bytes());
    put(step.tool.as_deref().unwrap_or("").as_bytes());
    put(step.impact.word().as_bytes());
    put(&step.args.as_ref().map_or(Digest::default(), |args| args_digest(args, folder)).0);
    put(&step.command.as_ref().map_or(Digest::default(), Text::digest).0);
    put(folder.as_bytes());
    for change in &step.changes {
        put(change.path.as_bytes());
        change.moved_to.iter().for_each(|to| put(to.as_bytes()));
        for text in [&change.old, &change.new, &change.patch] {
            put(&text.as_ref().map_or(Digest::default(), Text::digest).0);
        }
    }
    if step.args.is_none() && step.command.is_none() && step.changes.is_empty() {
        // Words and places are all there is to be shown.
        put(&step.title.as_ref().map_or(Digest::default(), Text::digest).0);
        step.places.iter().for_each(|place| put(place.path.as_bytes()));
    }
    for offer in offers {
        put(offer.id.as_bytes());
        put(offer.name.as_bytes());
    }
    Digest(*hasher.finalize().as_bytes())
}

/// Arguments without the folder that a call runs in, which is told apart from them: an agent may add it to the
/// arguments after it has asked (opencode), and has changed nothing.
fn args_digest(args: &Text, folder: &str) -> Digest {
    let text = match args {
        Text::Inline(text) => text,
        Text::Body(body) => return body.digest,
    };
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(mut fields)) => {
            fields.retain(|key, value| !(FOLDERS.contains(&key.as_str()) && value == folder));
            canonical(&Value::Object(fields).to_string())
        }
        Ok(_) | Err(_) => canonical(text),
    }
}

/// The files as they stand, where they are what was asked for: to be compared with once one has changed.
pub(super) fn stood(asked: &AskedFor, cwd: &str) -> Vec<Stood> {
    let (mut kept, mut left) = (Vec::new(), KEPT);
    for (path, digest) in asked.files.iter().take(KEPT_FILES) {
        let full = Path::new(cwd).join(path);
        let text = match std::fs::metadata(&full) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Ok(meta) if meta.is_file() && meta.len() <= left => match std::fs::read_to_string(&full) {
                Ok(text) => Some(text),
                Err(_) => continue,
            },
            Ok(_) | Err(_) => continue,
        };
        let bytes = text.as_ref().map_or(0, String::len) as u64;
        // What was written in between is not what was asked about.
        if bytes <= left && stands(&full) == *digest {
            left -= bytes;
            kept.push(Stood { path: path.clone(), text: text.map(Text::from) });
        }
    }
    kept
}

fn files(changes: &[FileChange], cwd: &str) -> Vec<(String, Digest)> {
    let mut paths: Vec<&str> = changes.iter().flat_map(FileChange::paths).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().take(FILES).map(|path| (path.to_owned(), stands(&Path::new(cwd).join(path)))).collect()
}

/// Where a path really leads, and what stands there: a link that is put in its place leads elsewhere, whatever it holds.
fn stands(path: &Path) -> Digest {
    let real = path.canonicalize().or_else(|_| {
        let folder = path.parent().unwrap_or(path).canonicalize()?;
        std::io::Result::Ok(folder.join(path.file_name().unwrap_or_default()))
    });
    let mut hasher = blake3::Hasher::new();
    // A link that leads nowhere is no plain file either.
    let is_link = path.symlink_metadata().is_ok_and(|meta| meta.file_type().is_symlink());
    let real = real.unwrap_or_else(|_| path.to_owned());
    hasher.update(&[u8::from(is_link)]).update(real.as_os_str().as_encoded_bytes()).update(&file_digest(path).0);
    Digest(*hasher.finalize().as_bytes())
}

/// What stands in a file; nothing, a folder or an unreadable file have digests of their own.
fn file_digest(path: &Path) -> Digest {
    let Ok(meta) = std::fs::metadata(path) else { return Digest::of(b"no file") };
    if !meta.is_file() {
        return Digest::of(b"no plain file");
    }
    let Ok(file) = File::open(path) else { return Digest::of(b"unreadable") };
    let mut hasher = blake3::Hasher::new();
    hasher.update(&meta.len().to_le_bytes());
    let mut taken = file.take(FILE_MAX);
    let mut chunk = vec![0u8; 64 << 10];
    loop {
        match taken.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => {
                hasher.update(&chunk[..n]);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Digest::of(b"unreadable"),
        }
    }
    if meta.len() > FILE_MAX
        && let Ok(time) = meta.modified()
    {
        let nanos = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos();
        hasher.update(&nanos.to_le_bytes());
    }
    Digest(*hasher.finalize().as_bytes())
}

/// What changed between two askings, in words.
pub(super) fn changed(before: &AskedFor, after: &AskedFor) -> Vec<String> {
    let mut out = Vec::new();
    for (path, digest) in &after.files {
        match before.files.iter().find(|(other, _)| other == path) {
            Some((_, old)) if old == digest => {}
            Some(_) => out.push(format!("{path} changed on disk since it was shown")),
            None => out.push(format!("{path} was not among its files before")),
        }
    }
    if before.rest != after.rest {
        out.push("the agent changed what it asks for".to_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Impact, OfferKind};

    #[test]
    fn a_changed_file_changes_the_digest_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "one").unwrap();
        let change = FileChange {
            path: "a.txt".into(),
            old: Some("one".into()),
            new: Some("two".into()),
            fragment: false,
            line: None,
            patch: None,
            moved_to: None,
        };
        let step = Step { call: "c".into(), impact: Impact::Edit, changes: vec![change], ..Step::default() };
        let offers = [Offer { id: "y".into(), name: "Yes".into(), kind: OfferKind::AllowOnce }];
        let cwd = folder.path().to_string_lossy();
        let before = asked_for(&step, &offers, &cwd);
        assert_eq!(before, asked_for(&step, &offers, &cwd));
        std::fs::rename(&file, folder.path().join("b.txt")).unwrap();
        std::os::unix::fs::symlink("b.txt", &file).unwrap();
        let linked = asked_for(&step, &offers, &cwd);
        assert_ne!(before.digest, linked.digest, "a link in its place, to the same text");
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, "three").unwrap();
        let after = asked_for(&step, &offers, &cwd);
        assert_ne!(before.digest, after.digest);
        assert_eq!(changed(&before, &after), ["a.txt changed on disk since it was shown"]);
        let text = |asked: &AskedFor| stood(asked, &cwd).first().and_then(|stood| stood.text.clone());
        assert_eq!(text(&after), Some("three".into()));
        assert_eq!(stood(&before, &cwd), [], "it is no more what was asked about");
        std::fs::write(&file, "x".repeat(1 + (1 << 20))).unwrap();
        assert_eq!(stood(&asked_for(&step, &offers, &cwd), &cwd), [], "too long to be kept");
        std::fs::remove_file(&file).unwrap();
        let gone = stood(&asked_for(&step, &offers, &cwd), &cwd);
        assert_eq!(gone, [Stood { path: "a.txt".into(), text: None }]);
        std::fs::write(&file, "three").unwrap();
        let with = |args: &str| Step { args: Some(args.into()), ..step.clone() };
        let digest = |step: &Step| rest_of(step, &offers, &cwd);
        let plain = with(r#"{"a":1,"b":"x"}"#);
        assert_eq!(digest(&plain), digest(&with(&format!(r#"{{"b":"x","cwd":{cwd:?},"a":1}}"#))), "its own folder");
        assert_ne!(digest(&plain), digest(&with(r#"{"a":1,"b":"x","cwd":"/"}"#)), "another folder");
        assert_ne!(digest(&plain), digest(&with(r#"{"a":1}"#)));
        let bare = |title: &str| Step { call: "c".into(), title: Some(title.into()), ..Step::default() };
        assert_ne!(digest(&bare("rm a")), digest(&bare("rm b")), "where there are only words, words count");
        let more = [offers[0].clone(), Offer { id: "n".into(), name: "No".into(), kind: OfferKind::RejectOnce }];
        assert_ne!(asked_for(&step, &more, &cwd).digest, after.digest);
    }
}
