//! Drafts and history in a file of the state folder, which only its owner can open.

use crate::ui::Pad;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file's name.
pub const FILE: &str = "pad.json";
/// More than ever is kept.
const LONGEST: u64 = 32 << 20;

/// Reads what was kept; nothing where nothing was.
///
/// # Errors
/// It can't be read: one sentence.
pub fn read(folder: &Path) -> Result<Pad, String> {
    let path = folder.join(FILE);
    let wrong = |what: String| format!("the drafts in {} can't be read: {what}; they begin anew", path.display());
    let mut options = OpenOptions::new();
    let no_links = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let file = match options.read(true).custom_flags(no_links.bits().cast_signed()).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Pad::default()),
        Err(error) => return Err(wrong(error.to_string())),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))
}

/// Keeps what is to be kept, beside what another console has kept since `before`. Whoever reads it sees all of the old or
/// all of the new.
///
/// # Errors
/// It can't be written: one sentence.
pub(super) fn write(folder: &Path, pad: &Pad, before: &Pad) -> Result<(), String> {
    // What can't be read there is lost either way.
    let pad = pad.over(before, read(folder).unwrap_or_default());
    let (path, new) = (folder.join(FILE), folder.join(format!("{FILE}.new")));
    let written = || -> io::Result<()> {
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(&serde_json::to_vec(&pad)?)?;
        fs::rename(&new, &path)
    };
    written().map_err(|error| format!("the drafts can't be kept in {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_was_kept_is_there_again_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), Pad::default());
        let pad = Pad { history: vec!["one".to_owned()], ..Pad::default() };
        write(folder.path(), &pad, &Pad::default()).unwrap();
        write(folder.path(), &pad, &Pad::default()).unwrap();
        assert_eq!(read(folder.path()).unwrap(), pad);
        let path = folder.path().join(FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "{").unwrap();
        assert!(read(folder.path()).unwrap_err().contains("begin anew"));
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
        assert!(read(folder.path()).is_err(), "a link is not followed");
        assert!(
            write(Path::new("/no/such"), &pad, &Pad::default())
                .unwrap_err()
                .starts_with("the drafts can't be kept in /no/such")
        );
    }
}
