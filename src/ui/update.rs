//! One step of the console: a message comes, the app changes, effects go out. Pure, total, and the only way in.

mod accept;
mod answers;
mod available;
mod batch;
mod card;
mod complete;
mod composer;
mod copy;
mod diffs;
mod edit;
mod elsewhere;
mod everywhere;
mod files;
mod find;
mod fleet;
mod forms;
mod grants;
mod guard;
mod history;
mod leave;
mod losses;
mod mouse;
mod navigation;
mod onward;
mod outside;
mod pad;
mod palette;
mod panes;
mod parts;
mod past;
mod peek;
mod picker;
mod reading;
mod records;
mod replay;
mod reply;
mod review;
mod scopes;
mod select;
mod settings;
mod shelf;
mod silence;
mod stats;
mod tell;
mod tick;
mod timeline;
mod undo;
mod way;
mod within;

pub use available::available;
pub(in crate::ui) use complete::Known as Completing;
pub use composer::held;
pub use fleet::rail;
pub use guard::unread;
pub use scopes::{scopes, scopes_under};
pub use tick::{next_ring, next_tick};
pub(super) use timeline::older;
pub use timeline::{CHANGE, ENDS};

use super::msg::{Effect, Msg, Press};
use super::review::Mark;
use super::undo::Which;
use super::way::Does;
use super::{Action, App, Chosen, Focus, Overlay, Term, attention, queue};
use crate::domain::{At, Query, RequestId, Side};
use diffs::{Goal, Way};
use navigation::Move;
use std::mem::Discriminant;

/// A toast stays for so many milliseconds.
pub const TOAST_MS: u64 = 5_000;
/// Two presses within so many milliseconds belong together: `Ctrl-\` halts, `Ctrl-C` leaves.
pub const ARMED_MS: u64 = 2_000;
/// For so many milliseconds after the terminal window got the focus, nothing decides.
pub const FOCUS_MS: u64 = 500;
/// The same key within so many milliseconds is a key that is held.
pub const HELD_MS: u64 = 150;
/// For so many milliseconds after a key that means nothing on a card, its keys do nothing: somebody may be typing.
pub const STRAY_MS: u64 = 1_000;
/// Any key within so many milliseconds is part of a burst: a paste that came as keys.
pub const BURST_MS: u64 = 30;

/// What the console wants when it begins.
#[must_use]
pub fn start(app: &App) -> Vec<Effect> {
    if app.replay.is_some() { Vec::new() } else { vec![Effect::Ask(Query::Snapshot)] }
}

/// Takes in one message. Total: every message is accepted in every state.
pub fn update(app: &mut App, msg: Msg, now: At) -> Vec<Effect> {
    expire(app, now);
    silence::watch(app, now);
    let (before, said) = (looked_at(app), app.toast.clone());
    let mut effects = took(app, msg, now);
    attention::watch(app, now);
    effects.extend(attention::ring(app, now).map(Effect::Ring));
    find::follow(app);
    try_on(app, &mut effects);
    silence::sent(app, &effects, now);
    silence::watch(app, now);
    queue::hold(app);
    batch::settle(app, now);
    // A line that was said elsewhere says nothing of what is looked at now.
    if looked_at(app) != before && app.toast == said {
        app.toast = None;
    }
    effects
}

/// The theme of the selected row is tried on while the list of themes is open, however it is moved in or closed.
fn try_on(app: &mut App, effects: &mut Vec<Effect>) {
    let tried = settings::tried(app);
    if tried != app.inner.tried {
        app.inner.tried.clone_from(&tried);
        effects.push(Effect::TryTheme(tried));
    }
}

/// What has the keys: the focus, the open card, and what lies over them.
fn looked_at(app: &App) -> (Focus, Option<RequestId>, bool, Option<Discriminant<Overlay>>) {
    let over = app.overlay.as_ref().map(std::mem::discriminant);
    (app.focus, app.card.as_ref().map(|card| card.request), app.batch.is_some(), over)
}

fn took(app: &mut App, msg: Msg, now: At) -> Vec<Effect> {
    if let Msg::Did(..) | Msg::Typed(_) | Msg::Pasted(_) | Msg::Mouse(_) = &msg {
        app.attention.touch(now);
    }
    match msg {
        Msg::Did(action, press) => {
            select::key(app, Some(action));
            let mut effects = did(app, action, press, now);
            effects.extend(complete::follow(app, now));
            pad::touched(app, now);
            app.inner.last_key = Some((Some(action), now));
            effects
        }
        Msg::Typed(key) => {
            select::key(app, None);
            let effects = composer::typed(app, key, now);
            pad::touched(app, now);
            app.inner.last_key = Some((None, now));
            effects
        }
        Msg::Pasted(text) => {
            let mut effects = composer::pasted(app, &text, now);
            pad::touched(app, now);
            app.inner.last_key = Some((None, now));
            effects.extend(complete::follow(app, now));
            effects
        }
        Msg::Mouse(event) => mouse::mouse(app, event, now),
        Msg::Resized(columns, rows) => {
            app.size = (columns, rows);
            Vec::new()
        }
        Msg::Focused(has) => {
            app.inner.focused = has.then_some(now);
            app.attention.focus(has, now);
            Vec::new()
        }
        Msg::Heard(records) => records::heard(app, &records, now),
        Msg::Status(status) => {
            let news = status.settings.clone().filter(|_| status.settings != app.status.settings);
            app.status = status;
            accept::follow(app, now);
            news.map(|settings| Effect::Settled(Box::new(settings))).into_iter().collect()
        }
        Msg::Replied(id, reply) => answers::replied(app, id, reply, now),
        Msg::Answered(answer) => answers::answered(app, answer, now),
        Msg::Known(state) => {
            answers::known(app, *state, now);
            // Which sessions of other tools there are: who follows them says it, and what becomes of them.
            if app.replay.is_some() { Vec::new() } else { vec![Effect::Ask(Query::Elsewhere)] }
        }
        Msg::Elsewhere(listed) => {
            elsewhere::heard(app, listed);
            Vec::new()
        }
        Msg::Painted(painted) => reading::painted(app, *painted, now),
        Msg::Marked(marked) => replay::marked(app, *marked, now),
        Msg::Paged(pages) => {
            review::paged(app, *pages);
            Vec::new()
        }
        Msg::Glimpsed(glimpse, session) => {
            replay::glimpsed(app, glimpse, session.map(|session| *session));
            Vec::new()
        }
        Msg::Sought(session) => {
            replay::sought(app, *session);
            find::sought(app)
        }
        Msg::Back(purpose, left) => {
            outside::back(app, purpose, left, now);
            pad::touched(app, now);
            Vec::new()
        }
        Msg::Told(to, text) => copy::told(app, to, &text, now),
        Msg::Failed(why) | Msg::Unkept(why) => {
            app.say(why, now);
            Vec::new()
        }
        Msg::Tick => {
            let mut effects = pad::tick(app, now);
            effects.extend(replay::tick(app, now));
            effects
        }
        Msg::Link(lost) => answers::link(app, lost, now),
        Msg::Configured(configured) => {
            settings::configured(app, *configured, now);
            Vec::new()
        }
        Msg::Own(digest) => settings::own(app, digest),
        Msg::Wrote(Ok(said) | Err(said)) => {
            app.say(said, now);
            Vec::new()
        }
    }
}

/// What was said or armed a while ago is over.
fn expire(app: &mut App, now: At) {
    let over = |at: At, ms: u64| now.since(at) >= ms;
    app.toast.take_if(|toast| over(toast.at, TOAST_MS));
    app.halt_armed.take_if(|at| over(*at, ARMED_MS));
    app.quit_armed.take_if(|at| over(*at, ARMED_MS));
    app.inner.unread_armed.take_if(|(_, _, at)| over(*at, TOAST_MS));
}

/// The next field of a form on the card, or the one before; nothing where none has the keys.
fn card_focus(app: &mut App, by: isize) -> Option<()> {
    let place = scopes::place(app);
    let count = match place {
        scopes::Place::CardForm => edit::fields_of(app),
        scopes::Place::Reply => reply::count(app),
        _ => return None,
    };
    let by = if by < 0 { count.saturating_sub(1) } else { 1 };
    match place {
        scopes::Place::CardForm => edit::next_field(app, by),
        _ => reply::next(app, by),
    }
    Some(())
}

/// Carries out what a key means here; a key that can't act says why.
#[expect(clippy::too_many_lines, reason = "one arm an action")]
fn did(app: &mut App, action: Action, press: Press, now: At) -> Vec<Effect> {
    // Unread lines are no end: the card knows the way on.
    if action != Action::Allow
        && let Err(why) = available(app, action)
    {
        app.say(why, now);
        return Vec::new();
    }
    // A `Ctrl-C` that is held does nothing, so what the first one said stays.
    if action != Action::CtrlC {
        app.toast = None;
    }
    let mut effects = Vec::new();
    match action {
        Action::Down => navigation::go(app, Move::Lines(1), now),
        Action::Up => navigation::go(app, Move::Lines(-1), now),
        Action::PageDown => navigation::go(app, Move::Halves(2), now),
        Action::PageUp => navigation::go(app, Move::Halves(-2), now),
        Action::HalfDown => navigation::go(app, Move::Halves(1), now),
        Action::HalfUp => navigation::go(app, Move::Halves(-1), now),
        Action::Top => navigation::go(app, Move::Top, now),
        Action::End => navigation::go(app, Move::End, now),
        Action::Open => effects = navigation::open(app, press, now),
        Action::Back | Action::No => navigation::back(app, now),
        Action::FocusNext => card_focus(app, 1).unwrap_or_else(|| panes::focus_next(app, 1)),
        Action::FocusPrevious => card_focus(app, -1).unwrap_or_else(|| panes::focus_next(app, -1)),
        Action::Compose => panes::compose(app),
        Action::Slot(n) => panes::slot(app, n),
        Action::NextWaiting => card::next_waiting(app, now),
        Action::Queue => panes::queue(app),
        Action::Mark => batch::mark(app, now),
        Action::MarkAlike => batch::mark_alike(app, now),
        Action::Batch => batch::open(app, now),
        Action::Allow if app.batch.is_some() => effects = batch::allow(app, press, now),
        Action::Deny if app.batch.is_some() => batch::deny(app, now),
        Action::Allow => effects = card::allow(app, press, now),
        Action::Scopes => card::scopes_menu(app, now),
        Action::TermNext => card::turn_term(app, 1),
        Action::TermBefore => card::turn_term(app, Term::ALL.len() - 1),
        Action::Edit | Action::EditCall | Action::HunkTake | Action::HunkRefuse
            if app.reviewing().is_none() && card::holds(app, now) => {}
        Action::Edit => edit::edit(app, now),
        Action::EditCall => edit::call(app, now),
        Action::HunkTake if app.reviewing().is_some() => review::mark(app, Mark::Keep),
        Action::HunkRefuse if app.reviewing().is_some() => review::mark(app, Mark::Revert),
        Action::HunkNext if app.reviewing().is_some() => review::go_to(app, Goal::Hunk, Way::Next),
        Action::HunkBefore if app.reviewing().is_some() => review::go_to(app, Goal::Hunk, Way::Before),
        Action::FileNext if app.reviewing().is_some() => review::go_to(app, Goal::File, Way::Next),
        Action::FileBefore if app.reviewing().is_some() => review::go_to(app, Goal::File, Way::Before),
        Action::Undo if app.reviewing().is_some() => effects = review::revert(app, now),
        Action::Review => effects = review::open(app, now),
        Action::ReviewSpan => effects = review::turn(app, now),
        Action::CompareWith => files::choose(app, now),
        Action::Comment => review::comment(app),
        Action::GiveComments => review::give(app, now),
        Action::FilesAsOf => effects = files::open(app, now),
        Action::HunkTake => parts::choose(app, None),
        Action::HunkRefuse => parts::choose(app, Some(Chosen::Refused)),
        Action::Deny => card::deny_with_reason(app, now),
        Action::DenyInterrupt => effects = card::deny_and_interrupt(app, press, now),
        Action::DiffLayout => diffs::lay_out(app, now),
        Action::LongLines => diffs::long(app, now),
        Action::ScrollLeft => diffs::scroll(app, Way::Before),
        Action::ScrollRight => diffs::scroll(app, Way::Next),
        Action::HunkNext => diffs::go(app, Goal::Hunk, Way::Next),
        Action::HunkBefore => diffs::go(app, Goal::Hunk, Way::Before),
        Action::FileNext => diffs::go(app, Goal::File, Way::Next),
        Action::FileBefore => diffs::go(app, Goal::File, Way::Before),
        Action::Files => diffs::list(app, now),
        Action::UnfoldLines => diffs::unfold(app),
        Action::Submit => effects = composer::submit(app, press, now),
        Action::Steer => effects = composer::steer(app, now),
        Action::NewLine => composer::new_line(app),
        Action::EditOutside => effects = outside::edit(app),
        Action::UnfoldPaste => composer::unfold(app),
        Action::Complete => complete::take(app),
        Action::CompleteNext => complete::select(app, 1),
        Action::CompletePrevious => complete::select(app, -1),
        Action::CompleteClose => complete::close(app),
        Action::HistoryBack => history::back(app, history::Which::All, now),
        Action::HistoryForward => history::forward(app, history::Which::All),
        Action::Unqueue => effects = composer::unqueue(app, now),
        Action::CtrlC => effects = leave::ctrl_c(app, now),
        Action::Interrupt => effects = leave::interrupt(app, now),
        Action::EndSession => leave::ask_to_end(app, now),
        Action::EndSessionNow => effects = leave::end_session(app, now),
        Action::Halt => effects = leave::halt(app, now),
        Action::NewSession => forms::new_session(app),
        Action::NewFromStep => forms::from_step(app, now),
        Action::Modes => picker::modes(app, now),
        Action::Models => way::models(app, now),
        Action::Context => effects = way::context(app, now),
        Action::Rewind => way::open(app, Does::Rewind, now),
        Action::Fork => way::open(app, Does::Fork, now),
        Action::Logins => picker::logins(app, now),
        Action::Archive => effects = shelf::archive(app, now),
        Action::Pin => effects = shelf::pin(app, now),
        Action::Sort if stats::is_open(app) => stats::sort(app),
        Action::Sort => fleet::sort(app, now),
        Action::Filter => fleet::filter(app, now),
        Action::FilterName => fleet::find(app),
        Action::Rename => shelf::rename(app),
        Action::Delete => effects = shelf::weigh(app, now),
        Action::DeleteNow => effects = shelf::delete(app, now),
        Action::Reopen => onward::open(app, now),
        Action::Peek => peek::peek(app),
        Action::Themes => settings::themes(app, now),
        Action::Settings => settings::open(app),
        Action::Grants => grants::open(app),
        Action::Stats => effects = stats::ask(app),
        Action::StatsNext => stats::turn(app, 1),
        Action::StatsBefore => stats::turn(app, 3),
        Action::Everywhere => effects = everywhere::open(app),
        Action::EverywhereTurn => everywhere::turn(app),
        Action::Revoke => grants::ask(app, now),
        Action::RevokeNow => effects = grants::revoke(app),
        Action::AcceptSettings => effects = accept::ask(app, now),
        Action::SettingUsual => effects = settings::usual(app, press, now),
        Action::KeyAdd => effects = settings::add_key(app, now),
        Action::KeyNone => effects = settings::no_key(app, press, now),
        Action::GridNext => panes::grid_next(app, now),
        Action::PaneNext => panes::pane_next(app),
        Action::Zoom => panes::zoom(app),
        Action::Inspector => panes::inspector(app),
        Action::FoldAll if app.undoing().is_some() => undo::fold_all(app),
        Action::FoldAll => timeline::fold_all(app),
        Action::PromptBack => timeline::to_prompt(app, Way::Before),
        Action::PromptForward => timeline::to_prompt(app, Way::Next),
        Action::Prompts => timeline::prompts(app, now),
        Action::Find => effects = find::open(app),
        Action::FindNext => effects = find::go(app, 1, now),
        Action::FindPrevious => effects = find::go(app, -1, now),
        Action::FindKind => effects = find::filter(app, 1),
        Action::FindKindBack => effects = find::filter(app, -1),
        Action::Palette => palette::open(app, now),
        Action::Jump => palette::jump(app, now),
        Action::Help => forms::help(app),
        Action::Quit => effects = leave::quit(app, now),
        Action::QuitNow => effects = vec![Effect::Quit],
        Action::Suspend => effects = vec![Effect::Suspend],
        Action::Redraw => effects = vec![Effect::Redraw],
        Action::Copy => effects = copy::copy(app, now),
        Action::Select => select::begin(app),
        Action::Mouse => effects = mouse::lend(app),
        Action::Undo => effects = undo::begin(app, Which::Step, now),
        Action::UndoBack => effects = undo::begin(app, Which::Back, now),
        Action::UndoLast => effects = undo::begin(app, Which::Last, now),
        Action::UndoTurn => effects = undo::begin(app, Which::Turn, now),
        Action::SideOurs => undo::choose(app, Side::Ours),
        Action::SideTheirs => undo::choose(app, Side::Theirs),
        Action::SideBoth => undo::choose(app, Side::Both),
        Action::SideSkip => undo::choose(app, Side::Skip),
        Action::UndoTalk => undo::talk(app),
        Action::SkipCheckpoint => effects = undo::skip_checkpoint(app),
        Action::Yes => effects = forms::yes(app, press, now),
        Action::PlayPause
        | Action::StepForward
        | Action::StepBack
        | Action::RecordForward
        | Action::RecordBack
        | Action::TurnForward
        | Action::TurnBack
        | Action::MarkForward
        | Action::MarkBack
        | Action::RequestForward
        | Action::RequestBack
        | Action::ErrorForward
        | Action::ErrorBack
        | Action::EditForward
        | Action::EditBack
        | Action::GoTo
        | Action::Faster
        | Action::Slower
        | Action::ReplayStart
        | Action::ReplayEnd => effects = replay::did(app, action, now),
    }
    effects
}
