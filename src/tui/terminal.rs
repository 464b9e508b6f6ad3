//! The terminal: taken, drawn to with one write a frame, and given back whatever happens.

use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, SetTitle,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal as Ratatui;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

/// True while the terminal is ours: the one restore function asks it, from wherever it is called.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Gathers a frame: its bytes leave in one write.
#[derive(Debug, Clone, Default)]
struct Gather(Rc<RefCell<Vec<u8>>>);

impl Write for Gather {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
    ratatui: Ratatui<CrosstermBackend<Gather>>,
    gather: Gather,
    title: String,
    mouse: Mouse,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where it is none, or refuses raw mode.
    pub(super) fn take(mouse: Mouse) -> io::Result<Self> {
        let gather = Gather::default();
        let ratatui = Ratatui::new(CrosstermBackend::new(gather.clone()))?;
        let mut screen = Self { ratatui, gather, title: String::new(), mouse };
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
        write_all(&out)?;
        self.ratatui.clear()?;
        self.title.clear();
        Ok(())
    }

    /// Draws one frame: one write, inside synchronized output; nothing at all where no cell changed.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn draw(&mut self, title: &str, cursor: Option<(u16, u16)>, paint: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        if title != self.title {
            queue!(self.gather, SetTitle(title))?;
            title.clone_into(&mut self.title);
        }
        self.ratatui.draw(|frame| {
            paint(frame.buffer_mut());
            if let Some((x, y)) = cursor {
                frame.set_cursor_position((x, y));
            }
        })?;
        let cells = std::mem::take(&mut *self.gather.0.borrow_mut());
        if cells.is_empty() {
            return Ok(());
        }
        let mut frame = Vec::with_capacity(cells.len() + 16);
        queue!(frame, BeginSynchronizedUpdate)?;
        frame.extend_from_slice(&cells);
        queue!(frame, EndSynchronizedUpdate)?;
        write_all(&frame)
    }

    /// Paints every cell anew at the next draw.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        self.ratatui.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back: all modes off, cursor shown, cooked. Once, from wherever it is called first.
pub(super) fn restore() {
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

/// Restores the terminal before a panic is told, so that it can be read.
pub fn restore_on_panic() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        told(info);
    }));
}

/// Past the standard library's line buffer, which would cut a frame into several writes.
fn write_all(mut bytes: &[u8]) -> io::Result<()> {
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
