//! The folder of a trajectory: the documents that it names, beside it.

use crate::transcript::Beside;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A longer document is not searched for names.
const LONGEST: u64 = 256 << 20;
/// So many documents of one trajectory are read.
const MOST: usize = 1024;

/// The documents that a trajectory names, and those that they name: each with the name by which it is known.
pub(super) fn beside(path: &Path) -> Vec<Beside> {
    let Some(folder) = path.parent() else { return Vec::new() };
    // A trajectory that was copied under a longer name has copies of the others under longer names.
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let prefix = name.find("trajectory.").map(|at| name[..at].to_owned()).unwrap_or_default();
    let (mut found, mut known) = (Vec::<Beside>::new(), BTreeSet::from([path.to_owned()]));
    let mut todo = vec![path.to_owned()];
    while let Some(next) = todo.pop() {
        for name in names(&next) {
            let candidates = [folder.join(&name), folder.join(format!("{prefix}{name}"))];
            let Some(path) = candidates.into_iter().find(|path| path.is_file()) else { continue };
            if found.len() < MOST && known.insert(path.clone()) {
                todo.push(path.clone());
                found.push(Beside { path, about: name });
            }
        }
    }
    found
}

/// The files in its own folder that a document names.
fn names(path: &Path) -> Vec<String> {
    if !fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() <= LONGEST) {
        return Vec::new();
    }
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let mut all = Vec::new();
    for key in ["\"trajectory_path\"", "\"continued_trajectory_ref\""] {
        for (at, _) in text.match_indices(key) {
            let rest = text.get(at + key.len()..).unwrap_or_default().trim_start();
            let value = rest.strip_prefix(':').map(str::trim_start).unwrap_or_default();
            let name = serde_json::Deserializer::from_str(value).into_iter::<String>().next().and_then(Result::ok);
            // A path that leads elsewhere is not followed.
            all.extend(name.filter(|name| !name.is_empty() && !name.contains(['/', '\\']) && name != ".."));
        }
    }
    all
}
