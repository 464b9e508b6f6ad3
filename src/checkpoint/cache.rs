//! What the last checkpoint saw of each file, so that a file that did not change is not read again. It is never believed
//! where it could be wrong: a file that changed within the grain of the clock before it was read is read anew.

use super::place::Place;
use super::walk::size;
use super::{Error, ObjectId, RelPath, SnapshotId};
use rustix::fs::Stat;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

const FILE: &str = "seen";
/// The grain of the clock that stamps files is at most this.
const GRAIN: i128 = 20_000_000;
/// On file systems that count seconds.
const COARSE: i128 = 2_000_000_000;

/// A file as the system tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    pub mode: u32,
    size: u64,
    mtime: i128,
    ctime: i128,
    inode: u64,
    device: u64,
}

impl Sign {
    pub(super) fn of(stat: &Stat) -> Self {
        let nanos = |seconds: i64, nanos: u64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            mode: stat.st_mode,
            size: size(stat),
            mtime: nanos(stat.st_mtime, stat.st_mtime_nsec),
            ctime: nanos(stat.st_ctime, stat.st_ctime_nsec),
            inode: stat.st_ino,
            device: stat.st_dev,
        }
    }

    /// What the system knows the file by, whatever its names are.
    pub(super) fn file(&self) -> (u64, u64) {
        (self.device, self.inode)
    }

    /// True where a change after `read_at` might leave the same sign.
    pub(super) fn racy(&self, read_at: i128) -> bool {
        let changed = self.mtime.max(self.ctime);
        let grain = if self.ctime % 1_000_000_000 == 0 { COARSE } else { GRAIN };
        changed + grain >= read_at
    }
}

/// The clock that files are stamped with.
pub(super) fn clock() -> i128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i128::try_from(since.as_nanos()).unwrap_or(i128::MAX))
}

/// What is known of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub sign: Sign,
    /// Its sign may stand for other bytes by now.
    pub racy: bool,
    /// Of its bytes.
    pub digest: [u8; 32],
    pub blob: ObjectId,
    /// The last walk that met it, unchanged; not kept on the disk.
    pub walk: u64,
}

/// The modes that need no word of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usual {
    pub plain: u32,
    pub program: u32,
    pub folder: u32,
}

/// The last checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Last {
    pub id: SnapshotId,
    /// Of its manifest's bytes.
    pub manifest: [u8; 32],
    pub usual: Usual,
}

/// What the last checkpoint saw.
#[derive(Debug, Default)]
pub(super) struct Cache {
    pub last: Option<Last>,
    pub files: HashMap<RelPath, Seen>,
    /// What calls named; it stays covered.
    pub named: BTreeSet<RelPath>,
    /// How many walks there were since it was read.
    pub walks: u64,
}

/// How it lies on the disk.
#[derive(Serialize, Deserialize)]
struct Stored {
    last: Option<(SnapshotId, String, [u32; 3])>,
    named: BTreeSet<RelPath>,
}

impl Cache {
    /// What was kept; empty where nothing was, or it is not whole: then every file is read again.
    pub(super) fn load(place: &Place) -> Self {
        place.read(FILE).ok().flatten().and_then(|bytes| Self::read(&bytes)).unwrap_or_default()
    }

    pub(super) fn save(&self, place: &Place) -> Result<(), Error> {
        place.write(FILE, &self.bytes())
    }

    /// A digest, one line of JSON, then one row a file.
    fn bytes(&self) -> Vec<u8> {
        let last = self.last.as_ref().map(|last| {
            let usual = [last.usual.plain, last.usual.program, last.usual.folder];
            (last.id, blake3::Hash::from_bytes(last.manifest).to_hex().to_string(), usual)
        });
        let head = serde_json::to_vec(&Stored { last, named: self.named.clone() }).unwrap_or_default();
        let mut bytes = vec![0; 32];
        bytes.extend(u32::try_from(head.len()).unwrap_or(0).to_le_bytes());
        bytes.extend(head);
        for (path, seen) in &self.files {
            bytes.extend(u32::try_from(path.bytes().len()).unwrap_or(0).to_le_bytes());
            bytes.extend(path.bytes());
            let sign = &seen.sign;
            bytes.extend(sign.mode.to_le_bytes());
            [sign.size, sign.inode, sign.device].iter().for_each(|word| bytes.extend(word.to_le_bytes()));
            [sign.mtime, sign.ctime].iter().for_each(|time| bytes.extend(time.to_le_bytes()));
            bytes.push(u8::from(seen.racy));
            bytes.extend(seen.digest);
            bytes.extend(seen.blob.0);
        }
        let digest = blake3::hash(&bytes[32..]);
        bytes[..32].copy_from_slice(digest.as_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (digest, rest) = bytes.split_at_checked(32)?;
        if blake3::hash(rest).as_bytes() != digest {
            return None;
        }
        let mut rest = Rows(rest);
        let head = rest.long()?;
        let stored: Stored = serde_json::from_slice(head).ok()?;
        let last = match stored.last {
            Some((id, manifest, [plain, program, folder])) => {
                let manifest = *blake3::Hash::from_hex(manifest).ok()?.as_bytes();
                Some(Last { id, manifest, usual: Usual { plain, program, folder } })
            }
            None => None,
        };
        let mut files = HashMap::new();
        while !rest.0.is_empty() {
            let path = RelPath::new(rest.long()?)?;
            let mode = u32::from_le_bytes(rest.take()?);
            let [size, inode, device] = [rest.take()?, rest.take()?, rest.take()?].map(u64::from_le_bytes);
            let [mtime, ctime] = [rest.take()?, rest.take()?].map(i128::from_le_bytes);
            let racy = rest.take::<1>()? != [0];
            let (digest, blob) = (rest.take()?, ObjectId(rest.take()?));
            let sign = Sign { mode, size, mtime, ctime, inode, device };
            files.insert(path, Seen { sign, racy, digest, blob, walk: 0 });
        }
        Some(Self { last, files, named: stored.named, walks: 0 })
    }
}

struct Rows<'a>(&'a [u8]);

impl<'a> Rows<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn long(&mut self) -> Option<&'a [u8]> {
        let len = u32::from_le_bytes(self.take()?);
        let (taken, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}
