//! A text in a file that only its owner can open, at a path that nobody can guess, gone afterwards.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The file. Its folder is its own, so that what an editor puts beside it (backups, swap files) is private too, and goes
/// with it.
#[derive(Debug)]
pub(super) struct Private {
    folder: PathBuf,
    file: PathBuf,
}

impl Private {
    /// Writes a text below the folder for temporary files.
    ///
    /// # Errors
    /// It can't be made.
    pub(super) fn new(name: &str, text: &str) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("taut-{}", uuid::Uuid::new_v4().simple()));
        // Not one that is there already: somebody else may have made it.
        DirBuilder::new().mode(0o700).create(&folder)?;
        let private = Self { file: folder.join(name), folder };
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&private.file)?;
        file.write_all(text.as_bytes())?;
        Ok(private)
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// What is in it now, at most so many bytes of it.
    ///
    /// # Errors
    /// It is gone, is no file any more, is longer, or is no text.
    pub(super) fn read(&self, most: usize) -> Result<String, String> {
        let no_links = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(no_links.bits().cast_signed());
        let unread = |error: io::Error| format!("can't be read ({error})");
        let file: File = options.open(&self.file).map_err(unread)?;
        if !file.metadata().map_err(unread)?.is_file() {
            return Err("is no file any more".to_owned());
        }
        let mut bytes = Vec::new();
        file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(unread)?;
        if bytes.len() > most {
            return Err(format!("is longer than {most} bytes"));
        }
        String::from_utf8(bytes).map_err(|error| format!("is not UTF-8 (byte {})", error.utf8_error().valid_up_to()))
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // Nothing better can be done where that fails: it stays, and stays private.
        drop(fs::remove_dir_all(&self.folder));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_private_and_gone_afterwards() {
        let private = Private::new("prompt.md", "one\n").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(private.path()), mode(&private.folder)), (0o600, 0o700));
        assert_eq!(private.read(100).unwrap(), "one\n");
        assert!(private.read(2).unwrap_err().contains("longer"));
        fs::write(private.path(), [0xff, b'x']).unwrap();
        assert!(private.read(100).unwrap_err().contains("not UTF-8"));
        fs::write(private.folder.join(".prompt.md.swp"), "beside it").unwrap();
        fs::remove_file(private.path()).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", private.path()).unwrap();
        assert!(private.read(100).unwrap_err().contains("can't be read"), "a link is not followed");
        let folder = private.folder.clone();
        drop(private);
        assert!(!folder.exists());
    }
}
