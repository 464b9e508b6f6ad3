//! A terminal: a PTY with a program in it, what the program wrote, and what a person would see.

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{Termios, tcgetattr};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a key may take to act before it is pressed again: not so long that a pair of presses falls apart.
const AGAIN: Duration = Duration::from_millis(900);

/// How long the last words of a program may take through a terminal that somebody else keeps open.
const LAST: Duration = Duration::from_secs(2);

/// Everything that was written, and the screen that it makes.
struct Seen {
    bytes: Vec<u8>,
    screen: vt100::Parser,
    /// Nothing more will come: nobody has the other side.
    over: bool,
}

/// A program in a terminal.
pub struct Terminal {
    /// `None` once it was closed.
    pty: Option<Arc<Pty>>,
    pub child: Child,
    seen: Arc<Mutex<Seen>>,
    before: Termios,
    folder: std::path::PathBuf,
}

impl Terminal {
    /// Starts taut in a terminal of 120x36; its home, state and configuration are below `folder`.
    pub fn new(folder: &Path, args: &[&str]) -> Self {
        Self::sized(folder, args, 120, 36)
    }

    /// The same in another size.
    pub fn sized(folder: &Path, args: &[&str], columns: u16, rows: u16) -> Self {
        let program = super::hub::program();
        Self::running(folder, &program.to_string_lossy(), args, columns, rows)
    }

    /// A console whose hub is a process of its own.
    #[allow(dead_code, reason = "not every test that has a terminal has a hub apart")]
    pub fn apart(folder: &Path, args: &[&str]) -> Self {
        Self::at(folder, &folder.join("state"), args)
    }

    /// The same with its state elsewhere.
    pub fn at(folder: &Path, state: &Path, args: &[&str]) -> Self {
        Self::start(folder, state, &super::hub::program().to_string_lossy(), args, (120, 36), "")
    }

    /// The same with another program, that starts taut in its turn.
    pub fn running(folder: &Path, program: &str, args: &[&str], columns: u16, rows: u16) -> Self {
        Self::start(folder, &folder.join("state"), program, args, (columns, rows), "1")
    }

    fn start(
        folder: &Path,
        state: &Path,
        program: &str,
        args: &[&str],
        (columns, rows): (u16, u16),
        embedded: &str,
    ) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(rows, columns)).unwrap();
        let before = tcgetattr(&pty).unwrap();
        let child = Command::new(program)
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("TERM", "xterm-256color")
            .env("TMPDIR", folder)
            .env("TAUT_STATE", state)
            .env("TAUT_EMBEDDED", embedded)
            .current_dir(folder)
            .spawn(pts)
            .unwrap();
        let seen = Arc::new(Mutex::new(Seen {
            bytes: Vec::new(),
            screen: vt100::Parser::new(cells(rows), cells(columns), 0),
            over: false,
        }));
        let pty = Arc::new(pty);
        let (reader, sees) = (Arc::clone(&pty), Arc::clone(&seen));
        std::thread::spawn(move || {
            let mut chunk = [0u8; 1 << 16];
            loop {
                // Nobody else has it any more: it shall close.
                if Arc::strong_count(&reader) == 1 {
                    return;
                }
                let mut waits = [PollFd::new(&*reader, PollFlags::IN)];
                let glance = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
                if poll(&mut waits, Some(&glance)).is_ok_and(|ready| ready == 0) {
                    continue;
                }
                // An error is the end: the last one that held the other side has gone.
                let read = (&*reader).read(&mut chunk);
                let mut seen = sees.lock().unwrap();
                let Ok(n @ 1..) = read else {
                    seen.over = true;
                    return;
                };
                seen.bytes.extend_from_slice(&chunk[..n]);
                seen.screen.process(&chunk[..n]);
            }
        });
        Self { pty: Some(pty), child, seen, before, folder: folder.to_owned() }
    }

    /// Closes the terminal, as a person closes its window.
    pub fn close(&mut self) {
        self.pty = None;
    }

    fn pty(&self) -> &Pty {
        self.pty.as_deref().unwrap()
    }

    /// Types bytes in one write.
    pub fn keys(&self, keys: &str) {
        self.pty().write_all(keys.as_bytes()).unwrap();
    }

    /// Types keys again and again until something holds. A key that decides does nothing where it comes with others, or
    /// before what it decides was on the screen for a while, and on a busy machine nobody knows when that is over. For
    /// keys that do nothing more once they have done what they do.
    #[track_caller]
    pub fn presses(&self, keys: &str, what: &str, holds: impl Fn(&Self) -> bool) -> &Self {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < end, "pressed in vain for {what}; the screen:\n{}", self.screen());
            // Where the program has ended meanwhile, nobody reads them.
            let _ = self.pty().write_all(keys.as_bytes());
            let again = Instant::now() + AGAIN;
            while Instant::now() < again && !holds(self) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        self
    }

    /// Goes back until a text is off the screen.
    #[track_caller]
    pub fn goes_back_from(&self, text: &str) -> &Self {
        self.presses("\x1b", &format!("{text:?} off the screen"), |terminal| !terminal.screen().contains(text))
    }

    /// Leaves it: the key may come in one read with the escape before it, and mean something else.
    #[track_caller]
    pub fn leaves(&mut self) -> ExitStatus {
        let pid = self.child.id();
        let lives =
            |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|it| !it.contains(") Z "));
        self.presses("q", "its end", |_| !lives(pid));
        self.ends()
    }

    /// Pastes as a terminal does where it was asked to.
    pub fn paste(&self, text: &str) {
        self.keys(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Changes the size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.seen.lock().unwrap().screen.screen_mut().set_size(cells(rows), cells(columns));
        self.pty().resize(Size::new(rows, columns)).unwrap();
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Its pid.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap()
    }

    /// What a person sees.
    pub fn screen(&self) -> String {
        self.seen.lock().unwrap().screen.screen().contents()
    }

    /// Where the cursor stands: row, column.
    pub fn cursor(&self) -> (usize, usize) {
        let (row, column) = self.seen.lock().unwrap().screen.screen().cursor_position();
        (usize::from(row), usize::from(column))
    }

    /// All bytes written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.lock().unwrap().bytes.clone()
    }

    /// Waits until a text is on the screen.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        self.until(&format!("{text:?} on the screen"), |terminal| terminal.screen().contains(text));
        self
    }

    /// Waits until a text is off the screen.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        self.until(&format!("{text:?} off the screen"), |terminal| !terminal.screen().contains(text));
        self
    }

    /// Waits until something holds.
    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < end, "waited in vain for {what}; the screen:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the program's end.
    #[track_caller]
    pub fn ends(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it wrote last is still on its way through the terminal; what it left running may keep that open.
                let until = Instant::now() + LAST;
                while !self.seen.lock().unwrap().over && Instant::now() < until {
                    std::thread::sleep(Duration::from_millis(5));
                }
                return status;
            }
            assert!(Instant::now() < end, "it does not end; the screen:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asserts that the terminal is as it was: cooked, and every mode that was switched on is off.
    #[track_caller]
    pub fn is_restored(&self) {
        let after = tcgetattr(self.pty()).unwrap();
        assert_eq!(after.local_modes, self.before.local_modes, "the line discipline is as before");
        assert_eq!(after.input_modes, self.before.input_modes);
        let bytes = String::from_utf8_lossy(&self.bytes()).into_owned();
        for mode in ["1049", "1000", "1002", "1003", "1006", "2004", "1004", "2026"] {
            let on = bytes.rfind(&format!("\x1b[?{mode}h"));
            let off = bytes.rfind(&format!("\x1b[?{mode}l"));
            assert!(off >= on, "mode {mode} is left on");
        }
        assert!(bytes.rfind("\x1b[?25h") >= bytes.rfind("\x1b[?25l"), "the cursor is left hidden");
    }

    /// Marks of all sessions in the log: what processes would carry.
    pub fn marks(&self) -> Vec<String> {
        let Ok(reader) = taut::store::Reader::open(&self.folder.join("state")) else { return Vec::new() };
        reader.sessions().unwrap().iter().map(|span| span.session.to_string()).collect()
    }

    /// Waits until no process of any session is alive.
    #[track_caller]
    pub fn nothing_is_left(&self) {
        let alive = || self.marks().iter().flat_map(|mark| taut::agent::process::tree::alive(mark)).collect::<Vec<_>>();
        let end = Instant::now() + PATIENCE;
        while !alive().is_empty() {
            assert!(Instant::now() < end, "left alive: {:?}", alive());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn cells(n: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(n).unwrap()
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
