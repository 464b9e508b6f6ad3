//! One path of a restore: put in its place, only where the plan's picture still holds. Every act can have been done
//! already, by one that was killed: what is done is found done.

use super::hand::{Hand, Refusal, begun, is, look};
use super::journal::{Item, Journal};
use super::restore::LeftWhy;
use super::traits::Like;
use super::{Entry, Error, RelPath, Workspace};
use rustix::fd::OwnedFd;
use rustix::fs::{FileType, Stat};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Why one item is not done.
pub(super) enum No {
    /// It is left.
    Left(LeftWhy),
    /// Nothing goes on.
    Stop(Error),
}

impl From<Errno> for No {
    fn from(errno: Errno) -> Self {
        Self::Left(match errno {
            // It can go on when there is room: nothing is left for that.
            Errno::NOSPC | Errno::DQUOT => return Self::Stop(Error::io("write in", Path::new("the workspace"), errno)),
            Errno::NOTDIR | Errno::LOOP => LeftWhy::Diverted,
            Errno::EXIST => LeftWhy::Changed,
            Errno::NOTEMPTY => LeftWhy::NotEmpty,
            errno => LeftWhy::Refused(std::io::Error::from(errno).to_string()),
        })
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Errno(errno) => errno.into(),
            Refusal::Dead(at) => Self::Stop(Error::Fault(at)),
        }
    }
}

impl From<Error> for No {
    fn from(error: Error) -> Self {
        Self::Stop(error)
    }
}

impl Workspace {
    /// Writes one new file aside: in its folder, or in the nearest one above it that takes it. What can't be put aside is
    /// found missing later, and reported; but a full disk ends it all.
    pub(super) fn put_aside(
        &mut self,
        hand: &mut Hand,
        journal: &Journal,
        n: usize,
        written: &mut Vec<File>,
    ) -> Result<(), No> {
        let (Some(item), aside) = (journal.items.get(n), journal.aside(n)) else { return Ok(()) };
        let Some(blob) = item.want.blob() else { return Ok(()) };
        let bytes = self.bytes(blob)?;
        if let Some(done) = link_aside(hand, journal, (item, &aside), &bytes) {
            return done;
        }
        let mut last = No::from(Errno::NOENT);
        for folder in item.path.ancestors().chain([RelPath::default()]) {
            let Ok(fd) = hand.folder(&folder) else { continue };
            let name = OsStr::from_bytes(item.path.name());
            let stands = if Some(&folder) == item.path.parent().as_ref() { look(&fd, name)? } else { None };
            let is_file = |stat: &Stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
            let like = stands.filter(is_file).map(|stat| Like::of(&fd, name, stat));
            let told = hand.lost.len();
            match hand.create(&fd, &aside, &item.want, &bytes, like.as_ref()) {
                Ok(file) => {
                    // What is lost is told of the file that it was.
                    for lost in hand.lost.iter_mut().skip(told) {
                        *lost = format!("{}: {lost}", item.path);
                    }
                    written.extend(file);
                    return Ok(());
                }
                Err(Refusal::Errno(errno @ (Errno::NOSPC | Errno::DQUOT | Errno::IO | Errno::FBIG))) => {
                    let at = self.root.join(folder.to_path());
                    return Err(No::Stop(Error::io("write in", &at, errno)));
                }
                Err(refusal @ Refusal::Dead(_)) => return Err(refusal.into()),
                Err(Refusal::Errno(errno)) => {
                    hand.lost.truncate(told);
                    let _ = hand.unlink(&fd, &aside);
                    last = errno.into();
                }
            }
        }
        Err(last)
    }

    /// One item in one pass. What is done already is found done: so it can be gone through twice.
    pub(super) fn settle(&mut self, hand: &mut Hand, journal: &Journal, n: usize, pass: Pass) -> Result<(), No> {
        let Some(item) = journal.items.get(n) else { return Ok(()) };
        let name = OsStr::from_bytes(item.path.name()).to_owned();
        let folder = item.path.parent().unwrap_or_default();
        let is_folder = |entry: &Entry| matches!(entry, Entry::Folder { .. });
        let goes = item.want == Entry::Absent || is_folder(&item.now) != is_folder(&item.want);
        match (pass, &item.want) {
            (Pass::Go, Entry::Folder { mode }) if is_folder(&item.now) => {
                // Open while its files change; its own mode comes last.
                let fd = hand.folder(&folder)?;
                let stands = look(&fd, &name)?.map(|stat| stat.st_mode & 0o7777);
                if stands != item.now.mode() && stands != Some(*mode) && stands != Some(mode | 0o700) {
                    return Err(No::Left(LeftWhy::Changed));
                }
                Ok(hand.folder_mode(&fd, &name, mode | 0o700)?)
            }
            (Pass::Go, _) if goes && item.now != Entry::Absent => match hand.folder(&folder) {
                Ok(fd) => self.remove(hand, item, &fd, &name, &journal.aside(n)),
                // Its folder went before it did, or is already the file that it was.
                Err(Errno::NOENT) => Ok(()),
                Err(Errno::NOTDIR | Errno::LOOP) if journal.replaces_folder_of(item) => Ok(()),
                Err(error) => Err(error.into()),
            },
            (Pass::Come, Entry::Folder { .. }) if !is_folder(&item.now) => {
                let fd = make_way(hand, journal, &folder)?;
                match hand.make_folder(&fd, &name) {
                    Err(Refusal::Errno(Errno::EXIST)) if hand.folder(&item.path).is_ok() => Ok(()),
                    made => Ok(made?),
                }
            }
            (Pass::Come, Entry::File { .. } | Entry::Link { .. }) => {
                let fd = make_way(hand, journal, &folder)?;
                let now = if goes { Entry::Absent } else { item.now.clone() };
                self.place_file(hand, (journal, n), &now, &fd, &name)
            }
            (Pass::Modes, Entry::Folder { mode }) => {
                let fd = hand.folder(&folder)?;
                Ok(hand.folder_mode(&fd, &name, *mode)?)
            }
            _ => Ok(()),
        }
    }

    /// Takes away what stands at a name, if it is what the plan saw.
    fn remove(&mut self, hand: &mut Hand, item: &Item, fd: &OwnedFd, name: &OsStr, aside: &OsStr) -> Result<(), No> {
        if let Entry::Folder { .. } = item.now {
            return match hand.remove_folder(fd, name) {
                Err(Refusal::Errno(Errno::NOENT)) => Ok(()),
                // It became something else, which may be what is wanted.
                Err(Refusal::Errno(Errno::NOTDIR)) if item.want != Entry::Absent => Ok(()),
                removed => Ok(removed?),
            };
        }
        let bytes = self.blob_of(&item.now)?;
        if look(fd, aside)?.is_none() {
            if look(fd, name)?.is_none() {
                return Ok(());
            }
            if !is(fd, name, &item.now, &bytes)? {
                // A folder may stand there from before a kill: that is what was wanted.
                let made = matches!(item.want, Entry::Folder { .. }) && hand.folder(&item.path).is_ok();
                return if made { Ok(()) } else { Err(No::Left(LeftWhy::Changed)) };
            }
            hand.rename((fd, name), (fd, aside))?;
        }
        // Nobody writes by this name any more.
        if is(fd, aside, &item.now, &bytes)? {
            hand.unlink(fd, aside)?;
            // After a kill, somebody may have made another.
            let made = item.want == Entry::Absent && look(fd, name)?.is_some();
            return if made { Err(No::Left(LeftWhy::Changed)) } else { Ok(()) };
        }
        hand.rename((fd, aside), (fd, name))?;
        Err(No::Left(LeftWhy::Changed))
    }

    /// Puts the file aside in its place, if what stands there is what the plan saw.
    fn place_file(
        &mut self,
        hand: &mut Hand,
        (journal, n): (&Journal, usize),
        now: &Entry,
        fd: &OwnedFd,
        name: &OsStr,
    ) -> Result<(), No> {
        let (Some(item), aside) = (journal.items.get(n), &*journal.aside(n)) else { return Ok(()) };
        let (was, wanted) = (self.blob_of(now)?, self.blob_of(&item.want)?);
        if is(fd, name, &item.want, &wanted)? {
            // Done before a kill; what is aside is the old one, or what somebody had put in its place.
            return self.clear_aside(hand, item, now, (fd, name), aside);
        }
        let as_seen = is(fd, name, now, &was)?;
        let found = find_aside(hand, &item.path, aside);
        let whole = match &found {
            Some((_, at)) => is(at, aside, &item.want, &wanted)?,
            None => false,
        };
        if !as_seen {
            if let Some((_, at)) = found.filter(|_| whole) {
                hand.unlink(&at, aside)?;
            }
            return Err(No::Left(LeftWhy::Changed));
        }
        if !whole {
            if let Some((_, at)) = &found {
                hand.unlink(at, aside)?;
            }
            let mut written = Vec::new();
            self.put_aside(hand, journal, n, &mut written)?;
            hand.sync(&mut written)?;
        }
        let (_, at) = find_aside(hand, &item.path, aside).ok_or(Errno::NOENT)?;
        if *now == Entry::Absent {
            return Ok(hand.rename((&at, aside), (fd, name))?);
        }
        hand.exchange((&at, aside), (fd, name))?;
        self.clear_aside(hand, item, now, (fd, name), aside)
    }

    /// The new file is in its place: the old one goes, unless it is not the old one.
    fn clear_aside(
        &mut self,
        hand: &mut Hand,
        item: &Item,
        now: &Entry,
        there: (&OwnedFd, &OsStr),
        aside: &OsStr,
    ) -> Result<(), No> {
        let Some((_, at)) = find_aside(hand, &item.path, aside) else { return Ok(()) };
        let (was, wanted) = (self.blob_of(now)?, self.blob_of(&item.want)?);
        if is(&at, aside, now, &was)? || is(&at, aside, &item.want, &wanted)? {
            return Ok(hand.unlink(&at, aside)?);
        }
        hand.exchange((&at, aside), there)?;
        if is(&at, aside, &item.want, &wanted)? {
            hand.unlink(&at, aside)?;
        }
        Err(No::Left(LeftWhy::Changed))
    }

    /// An item that is left: nothing of ours stays beside it, and nothing of anybody's is lost.
    pub(super) fn put_right(&mut self, hand: &mut Hand, item: &Item, aside: &OsStr) -> Result<Option<LeftWhy>, Error> {
        let Some((folder, at)) = find_aside(hand, &item.path, aside) else { return Ok(None) };
        let (was, wanted) = (self.blob_of(&item.now)?, self.blob_of(&item.want)?);
        let holds = |entry: &Entry, bytes: &[u8]| is(&at, aside, entry, bytes).unwrap_or(false);
        let name = OsStr::from_bytes(item.path.name());
        let stands = look(&at, name).ok().flatten().is_some();
        let ours = item.want.blob().is_some() && (holds(&item.want, &wanted) || begun(&at, aside, &wanted));
        let put = if ours || (stands && holds(&item.now, &was)) {
            hand.unlink(&at, aside)
        } else if stands {
            // Nobody's to throw away: both stay.
            Err(Refusal::Errno(Errno::EXIST))
        } else {
            hand.rename((&at, aside), (&at, name))
        };
        match put {
            Ok(()) => Ok(None),
            Err(Refusal::Dead(at)) => Err(Error::Fault(at)),
            Err(Refusal::Errno(_)) => {
                let aside = folder.join(aside.as_bytes());
                Ok((!ours).then_some(LeftWhy::Aside(aside)))
            }
        }
    }

    fn blob_of(&mut self, entry: &Entry) -> Result<Vec<u8>, Error> {
        entry.blob().map_or_else(|| Ok(Vec::new()), |blob| self.bytes(blob))
    }
}

/// The passes through the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    Go,
    Come,
    Modes,
}

/// Gives the new file of another item one more name, where both are one file. `None` where there is none to be had: then a file
/// of its own is written.
fn link_aside(
    hand: &mut Hand,
    journal: &Journal,
    (item, aside): (&Item, &OsStr),
    bytes: &[u8],
) -> Option<Result<(), No>> {
    let with = item.with?;
    let other = journal.items.get(with)?;
    let new = journal.aside(with);
    // Aside until it is in its place.
    let from = find_aside(hand, &other.path, &new).map(|(_, fd)| (fd, new));
    let placed = || Some((hand.folder(&other.path.parent()?).ok()?, OsStr::from_bytes(other.path.name()).to_owned()));
    let (at, name) = from.filter(|(fd, new)| is(fd, new, &other.want, bytes).unwrap_or(false)).or_else(placed)?;
    if !is(&at, &name, &other.want, bytes).unwrap_or(false) {
        return None;
    }
    let folder = hand.folder(&item.path.parent().unwrap_or_default()).ok()?;
    match hand.link((&at, &name), (&folder, aside)) {
        Ok(()) => Some(Ok(())),
        Err(refusal @ Refusal::Dead(_)) => Some(Err(refusal.into())),
        Err(Refusal::Errno(_)) => None,
    }
}

/// The folder above a file; what is missing of the way is made.
fn make_way(hand: &mut Hand, journal: &Journal, folder: &RelPath) -> Result<OwnedFd, No> {
    let mut fd = hand.root()?;
    let mut at = RelPath::default();
    for part in folder.parts() {
        at = at.join(part);
        fd = match hand.folder(&at) {
            Err(Errno::NOENT) => {
                hand.make_folder(&fd, OsStr::from_bytes(part))?;
                if let Some(mode) = journal.folders.get(&at) {
                    hand.folder_mode(&fd, OsStr::from_bytes(part), mode | 0o700)?;
                }
                hand.folder(&at)?
            }
            found => found?,
        };
    }
    Ok(fd)
}

/// Where a file aside was put.
pub(super) fn find_aside(hand: &Hand, path: &RelPath, aside: &OsStr) -> Option<(RelPath, OwnedFd)> {
    path.ancestors().chain([RelPath::default()]).find_map(|folder| {
        let fd = hand.folder(&folder).ok()?;
        look(&fd, aside).ok().flatten().map(|_| (folder, fd))
    })
}
