//! The terminal: taken, drawn to with one write a frame, and given back whatever happens.

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture,
};
use crossterm::style::{Print, ResetColor};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    SetTitle, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

/// True while the terminal is ours: the one restore function asks it, from wherever it is called.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// True while only the keyboard is ours, and nothing is painted.
static RAW: AtomicBool = AtomicBool::new(false);

/// The keyboard while it is ours: no other screen, no mouse, no cursor that moves.
pub(super) struct Raw;

impl Raw {
    /// Takes the keyboard.
    ///
    /// # Errors
    /// Where it is no terminal, or refuses raw mode.
    pub(super) fn take() -> io::Result<Self> {
        Self::again()?;
        Ok(Self)
    }

    /// Takes it again, after a stop.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn again() -> io::Result<()> {
        enable_raw_mode()?;
        RAW.store(true, Ordering::SeqCst);
        let mut out = Vec::new();
        queue!(out, EnableBracketedPaste)?;
        write_all(&out)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        restore();
    }
}

/// Whether the mouse is reported to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    /// It is.
    Ours,
    /// It is the terminal's own.
    Terminals,
}

/// The terminal while it is ours.
pub(super) struct Screen {
    /// What the terminal shows, as far as known; `None` where everything must be painted anew.
    shown: Option<Buffer>,
    cursor: Option<(u16, u16)>,
    title: String,
    mouse: Mouse,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where it is none, or refuses raw mode.
    pub(super) fn take(mouse: Mouse) -> io::Result<Self> {
        let mut screen = Self { shown: None, cursor: None, title: String::new(), mouse };
        screen.enter()?;
        Ok(screen)
    }

    /// Takes the terminal (again): after a stop, everything is painted anew.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        let mut out = Vec::new();
        queue!(out, EnterAlternateScreen, Hide, EnableBracketedPaste, EnableFocusChange)?;
        if self.mouse == Mouse::Ours {
            queue!(out, EnableMouseCapture)?;
        }
        self.forget();
        self.title.clear();
        write_all(&out)
    }

    /// Who has the mouse from now on.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn give_mouse(&mut self, mouse: Mouse) -> io::Result<()> {
        if std::mem::replace(&mut self.mouse, mouse) == mouse {
            return Ok(());
        }
        let mut out = Vec::new();
        match mouse {
            Mouse::Ours => queue!(out, EnableMouseCapture)?,
            Mouse::Terminals => queue!(out, DisableMouseCapture)?,
        }
        write_all(&out)
    }

    /// Writes what is no frame: a bell, a notification, a copied text.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn say(sequence: &[u8]) -> io::Result<()> {
        write_all(sequence)
    }

    /// Asks the terminal something; the answer comes as input.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn ask(question: &[u8]) -> io::Result<()> {
        write_all(question)
    }

    /// Paints every cell anew at the next draw.
    pub(super) fn forget(&mut self) {
        (self.shown, self.cursor) = (None, None);
    }

    /// Draws one frame: one write, inside synchronized output; nothing at all where nothing changed.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn draw(&mut self, title: &str, cursor: Option<(u16, u16)>, next: Buffer) -> io::Result<()> {
        let mut frame = Vec::new();
        if title != self.title {
            queue!(frame, SetTitle(title))?;
            title.clone_into(&mut self.title);
        }
        let cells = cells(self.shown.take().as_ref(), &next)?;
        let (painted, moved) = (!cells.is_empty(), self.cursor != cursor);
        if painted && self.cursor.is_some() {
            // It would jump along with the cells.
            queue!(frame, Hide)?;
        }
        frame.extend(cells);
        match cursor {
            Some((x, y)) if painted || moved => queue!(frame, MoveTo(x, y), Show)?,
            None if moved => queue!(frame, Hide)?,
            Some(_) | None => {}
        }
        (self.shown, self.cursor) = (Some(next), cursor);
        if frame.is_empty() {
            return Ok(());
        }
        let mut whole = Vec::with_capacity(frame.len() + 16);
        queue!(whole, BeginSynchronizedUpdate)?;
        whole.extend_from_slice(&frame);
        queue!(whole, EndSynchronizedUpdate)?;
        write_all(&whole)
    }
}

/// What a terminal is told so that it shows these cells: what is other than before, or all of them where nothing or a screen
/// of another size was.
///
/// # Errors
/// None: what is written goes to memory.
pub fn cells(before: Option<&Buffer>, next: &Buffer) -> io::Result<Vec<u8>> {
    let mut told = Vec::new();
    let blank;
    let before = if let Some(before) = before.filter(|before| before.area == next.area) {
        before
    } else {
        queue!(told, ResetColor, Clear(ClearType::All))?;
        blank = Buffer::empty(next.area);
        &blank
    };
    let cells = before.diff(next);
    if !cells.is_empty() {
        CrosstermBackend::new(&mut told).draw(cells.into_iter())?;
    }
    Ok(told)
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back: all modes off, cursor shown, cooked. Once, from wherever it is called first.
pub(super) fn restore() {
    if RAW.swap(false, Ordering::SeqCst) {
        // Nothing can be done where this fails: the terminal is gone.
        let _ = execute!(io::stdout(), DisableBracketedPaste);
        let _ = disable_raw_mode();
        return;
    }
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Nothing can be done where this fails: the terminal is gone.
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
}

/// What a program leaves behind that had no time to tidy up: its screen, its mouse, its keyboard, its scrolling region.
pub(super) fn reset() {
    let _ =
        execute!(io::stdout(), DisableMouseCapture, DisableFocusChange, DisableBracketedPaste, LeaveAlternateScreen);
    // Keys and keypad as usual; the keyboard protocol's last push undone; a soft reset of everything else.
    let _ = execute!(io::stdout(), Print("\x1b[?1l\x1b>\x1b[<u\x1b[!p"), Show, ResetColor);
}

/// Restores the terminal before a panic is told, so that it can be read.
pub fn restore_on_panic() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        told(info);
    }));
}

/// Past the standard library's line buffer, which would cut a frame into several writes.
pub(super) fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(io::stdout(), bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
