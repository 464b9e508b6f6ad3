//! Live reload: a thread that sleeps until the system says that a file of settings may have changed.

use super::Places;
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// Editors write a file in several steps: a change is told when nothing has happened for so long.
const QUIET: Duration = Duration::from_millis(80);
/// A change is told after so long even where it never gets quiet.
const PATIENCE: Duration = Duration::from_millis(800);

/// Why files can't be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The system gives no watch.
    #[error("changed settings are not seen until the next start, since the system gives no watch: {0}")]
    System(#[from] notify::Error),
    /// There is no thread to be had.
    #[error("changed settings are not seen until the next start, since there is no thread to be had: {0}")]
    Thread(#[from] std::io::Error),
}

/// A watch; ends when it is dropped.
#[derive(Debug)]
pub struct Watching {
    stop: Sender<Heard>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        // The thread may have ended before: then there is nothing to stop.
        let _ = self.stop.send(Heard::Stop);
    }
}

enum Heard {
    Event(notify::Result<notify::Event>),
    Stop,
}

/// Calls `on_change`, on a thread of its own, whenever one of the files may have changed, appeared or gone; of a folder,
/// whenever a file in it has. Folders
/// are watched, and not files, since editors put a new file in the place of the old one; where a file is a link, the
/// folder of what it leads to as well; where its folder is missing, the nearest one that is there.
///
/// # Errors
/// The system gives no watch, or no thread.
pub fn watch(paths: Vec<PathBuf>, on_change: impl FnMut() + Send + 'static) -> Result<Watching, WatchError> {
    let (stop, heard) = channel();
    let told = stop.clone();
    let source = notify::recommended_watcher(move |event| {
        // Nobody listens any more once the watch has ended.
        let _ = told.send(Heard::Event(event));
    })?;
    let mut watched = Watched { paths, folders: BTreeSet::new(), source };
    watched.renew();
    Builder::new().name("settings".into()).spawn(move || listen(watched, &heard, on_change))?;
    Ok(Watching { stop })
}

/// The same for all settings. Their folder is made where it is missing: what would be watched in its stead is the human's
/// home, in which every program writes, and each write would wake us.
///
/// # Errors
/// As for [`watch`].
pub fn watch_settings(places: &Places, on_change: impl FnMut() + Send + 'static) -> Result<Watching, WatchError> {
    if let Some(folder) = places.config.parent().filter(|_| !places.config_given) {
        // Where it can't be made, settings appear with a folder that somebody else makes.
        drop(fs::DirBuilder::new().recursive(true).mode(0o700).create(folder));
    }
    watch(vec![places.config.clone(), places.policy.clone(), places.themes.clone()], on_change)
}

fn listen(mut watched: Watched, heard: &Receiver<Heard>, mut on_change: impl FnMut()) {
    while let Ok(Heard::Event(event)) = heard.recv() {
        if !watched.concerned(&event) {
            continue;
        }
        let give_up = Instant::now() + PATIENCE;
        loop {
            let left = give_up.saturating_duration_since(Instant::now()).min(QUIET);
            match heard.recv_timeout(left) {
                Ok(Heard::Event(_)) if Instant::now() < give_up => {}
                Ok(Heard::Event(_)) | Err(RecvTimeoutError::Timeout) => break,
                Ok(Heard::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        // Before the call: what changes during it is heard of afterwards.
        watched.renew();
        on_change();
    }
}

struct Watched {
    paths: Vec<PathBuf>,
    folders: BTreeSet<PathBuf>,
    source: RecommendedWatcher,
}

impl Watched {
    /// Watches the folders as they are now.
    fn renew(&mut self) {
        let now: BTreeSet<PathBuf> = self.paths.iter().flat_map(|path| folders(path)).collect();
        for gone in self.folders.difference(&now) {
            // A folder that was removed is not watched any more in any case.
            let _ = self.source.unwatch(gone);
        }
        // Again for all of them: a folder that was replaced by another of the same name needs a new watch. One that
        // can't be watched is tried again after the next change.
        self.folders = now;
        for folder in &self.folders {
            let _ = self.source.watch(folder, RecursiveMode::NonRecursive);
        }
    }

    /// Whether an event may be about one of the files.
    fn concerned(&self, event: &notify::Result<notify::Event>) -> bool {
        let Ok(event) = event else { return true };
        if event.need_rescan() || event.paths.is_empty() {
            return true;
        }
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let looked_at = event.kind.is_access() && event.kind != written;
        let about = |path: &PathBuf| {
            self.paths.iter().any(|own| {
                let real = own.canonicalize().unwrap_or_else(|_| own.clone());
                own.starts_with(path) || real == *path || (own.is_dir() && path.parent() == Some(&real))
            })
        };
        !looked_at && event.paths.iter().any(about)
    }
}

/// The folders in which a change to a file shows.
fn folders(path: &Path) -> Vec<PathBuf> {
    let nearest = path.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned);
    let real = path.canonicalize().ok().and_then(|real| real.parent().map(Path::to_owned));
    let own = path.canonicalize().ok().filter(|own| own.is_dir());
    nearest.into_iter().chain(real).chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Waits for one call of `on_change`, then for the quiet after it.
    fn told(changes: &Receiver<()>) -> bool {
        let first = changes.recv_timeout(Duration::from_secs(5)).is_ok();
        while changes.recv_timeout(Duration::from_millis(250)).is_ok() {}
        first
    }

    #[test]
    fn changes_are_told_however_they_are_made() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let (folder, elsewhere) = (root.join("conf/taut"), root.join("dotfiles"));
        let file = folder.join("config.toml");
        let (tell, changes) = mpsc::channel();
        let watching = watch(vec![file.clone(), folder.join("policy.toml"), folder.join("themes")], move || {
            tell.send(()).unwrap();
        })
        .unwrap();

        fs::create_dir_all(&folder).unwrap();
        assert!(told(&changes), "the folder appeared");
        fs::write(&file, "a").unwrap();
        assert!(told(&changes), "the file appeared");
        fs::write(folder.join("new"), "b").unwrap();
        assert!(!told_soon(&changes), "another file is nobody's business");
        fs::rename(folder.join("new"), &file).unwrap();
        assert!(told(&changes), "another file took its place");
        fs::read(&file).unwrap();
        assert!(!told_soon(&changes), "it was only read");
        fs::create_dir(&elsewhere).unwrap();
        fs::rename(&file, elsewhere.join("real.toml")).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("real.toml"), &file).unwrap();
        assert!(told(&changes), "a link took its place");
        fs::write(elsewhere.join("real.toml"), "c").unwrap();
        assert!(told(&changes), "what the link leads to changed");
        fs::create_dir(folder.join("themes")).unwrap();
        assert!(told(&changes), "the watched folder appeared");
        fs::write(folder.join("themes/mine.toml"), "c").unwrap();
        assert!(told(&changes), "a file in it");
        fs::remove_dir_all(root.join("conf")).unwrap();
        assert!(told(&changes), "all of it is gone");
        fs::create_dir_all(&folder).unwrap();
        fs::write(&file, "d").unwrap();
        assert!(told(&changes), "and back");
        drop(watching);
        fs::write(&file, "e").unwrap();
        assert!(!told_soon(&changes), "nobody watches any more");
    }

    fn told_soon(changes: &Receiver<()>) -> bool {
        changes.recv_timeout(Duration::from_millis(300)).is_ok()
    }
}
