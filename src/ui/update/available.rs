//! Whether a key can act, and why not: one sentence, for the footer and for the human who presses it all the same.

use super::super::Action;
use super::super::app::{App, Grid, Overlay};
use super::super::console::Pending;
use super::super::keeping::{ALLOWED, Kept};
use super::super::room;
use super::super::undo::Which;
use super::super::way::Does;
use super::diffs::{Goal, Way};
use super::{
    batch, card, complete, composer, copy, diffs, edit, everywhere, files, find, grants, guard, navigation, onward,
    outside, parts, reply, review, select, settings, stats, timeline, undo, way,
};
use crate::state::{Life, Session};

/// Whether an action can act now.
///
/// # Errors
/// Why not, in one sentence for the human.
#[expect(clippy::too_many_lines, reason = "one arm an action")]
pub fn available(app: &App, action: Action) -> Result<(), String> {
    match action {
        Action::Down
        | Action::Up
        | Action::PageDown
        | Action::PageUp
        | Action::HalfDown
        | Action::HalfUp
        | Action::Top
        | Action::End => navigation::can_move(app),
        Action::Inspector => if_so(app.size.0 >= room::WIDE, &format!("the inspector needs {} columns", room::WIDE)),
        Action::FocusNext | Action::FocusPrevious if edit::is_alone(app) => {
            Err("there is nothing else to go to here".to_owned())
        }
        Action::Yes if app.undoing().is_some() => undo::can_do(app),
        Action::Yes if way::is_open(app) => way::can_do(app),
        Action::Back
        | Action::Yes
        | Action::Grants
        | Action::FocusNext
        | Action::FocusPrevious
        | Action::Queue
        | Action::NewLine
        | Action::CtrlC
        | Action::GridNext
        | Action::Zoom
        | Action::FoldAll
        | Action::Palette
        | Action::Help
        | Action::Settings
        | Action::Quit
        | Action::QuitNow
        | Action::Suspend
        | Action::Redraw
        | Action::Mouse
        | Action::No
        | Action::Halt => Ok(()),
        Action::Undo if app.reviewing().is_some() => review::can_revert(app),
        Action::HunkTake | Action::HunkRefuse if app.reviewing().is_some() => review::can_mark(app),
        Action::HunkNext if app.reviewing().is_some() => review::can_go(app, Goal::Hunk, Way::Next),
        Action::HunkBefore if app.reviewing().is_some() => review::can_go(app, Goal::Hunk, Way::Before),
        Action::FileNext if app.reviewing().is_some() => review::can_go(app, Goal::File, Way::Next),
        Action::FileBefore if app.reviewing().is_some() => review::can_go(app, Goal::File, Way::Before),
        Action::Review => review::can_open(app).map(|_| ()),
        Action::ReviewSpan => review::can_turn(app),
        Action::CompareWith => files::can_choose(app),
        Action::Comment => review::can_comment(app),
        Action::GiveComments => review::can_give(app),
        Action::FilesAsOf => files::can(app),
        Action::Undo => undo::can(app, Which::Step),
        Action::UndoBack => undo::can(app, Which::Back),
        Action::UndoLast => undo::can(app, Which::Last),
        Action::UndoTurn => undo::can(app, Which::Turn),
        Action::SideOurs | Action::SideTheirs | Action::SideBoth | Action::SideSkip => undo::can_choose(app),
        Action::UndoTalk => undo::can_talk(app),
        Action::SkipCheckpoint => {
            app.can_act()?;
            let session = selected(app)?;
            if_so(app.keeping(session.id).is_some_and(Kept::waits), "no call of it waits for a checkpoint")
        }
        Action::Open => navigation::can_open(app),
        Action::PromptBack => timeline::can_go(app, Way::Before),
        Action::PromptForward => timeline::can_go(app, Way::Next),
        Action::Prompts => timeline::can_list(app),
        Action::Jump => if_so(!app.state.sessions.is_empty(), "there is no session yet"),
        Action::Find => find::can_open(app),
        Action::FindNext | Action::FindPrevious => find::can_go(app),
        Action::FindKind | Action::FindKindBack => find::has_kinds(app),
        Action::Compose => {
            app.can_act()?;
            composer::takes_prompts(selected(app)?)
        }
        Action::Slot(n) => {
            let there = app.fleet.numbers.owner(n).is_some();
            if there { Ok(()) } else { Err(format!("there is no session {n}")) }
        }
        Action::NextWaiting if app.next_waiting().is_some() => Ok(()),
        Action::NextWaiting => {
            if_so(app.state.waiting() == 0, "nothing else waits").and(Err("nothing waits".to_owned()))
        }
        Action::Mark | Action::MarkAlike | Action::Batch => batch::can_mark(app),
        Action::Allow if app.batch.is_some() => batch::can_allow(app),
        Action::Deny if app.batch.is_some() => batch::standing(app).map(|_| ()),
        Action::Allow => {
            let waiting = guard::standing(app)?;
            if_so(!app.is_allowed(waiting.request.id), ALLOWED)?;
            // Questions are answered, and a part is taken: what is sent is read after that.
            if reply::questions(app).is_some() || app.card.as_ref().is_some_and(|card| card.parts.differs()) {
                return Ok(());
            }
            let unread = app.card.as_ref().filter(|card| !card.end_seen).map_or(0, guard::unread);
            if_so(unread == 0, &format!("{unread} lines unseen"))
        }
        Action::Scopes => {
            let waiting = guard::standing(app)?;
            if_so(reply::questions(app).is_none(), "these are questions: answer them, or deny")?;
            if_so(card::choices(waiting.request) > 0, "the agent made no offers")
        }
        Action::TermNext | Action::TermBefore => {
            if_so(card::longer(app).is_some(), "how long the agent's own offers last is the agent's: no term of ours")
        }
        Action::Edit => edit::can_edit(app),
        Action::EditCall => edit::can_edit_call(app),
        Action::HunkTake | Action::HunkRefuse => parts::can_choose(app),
        Action::Deny | Action::DenyInterrupt => guard::standing(app).map(|_| ()),
        Action::DiffLayout | Action::LongLines => diffs::can_lay_out(app),
        Action::ScrollLeft => diffs::can_scroll(app, Way::Before),
        Action::ScrollRight => diffs::can_scroll(app, Way::Next),
        Action::HunkNext => diffs::can_go(app, Goal::Hunk, Way::Next),
        Action::HunkBefore => diffs::can_go(app, Goal::Hunk, Way::Before),
        Action::FileNext => diffs::can_go(app, Goal::File, Way::Next),
        Action::FileBefore => diffs::can_go(app, Goal::File, Way::Before),
        Action::Files => diffs::can_list(app),
        Action::UnfoldLines => diffs::can_unfold(app),
        Action::Submit => composer::can_send(app),
        Action::Steer => {
            composer::can_send(app)?;
            let session = selected(app)?;
            if_so(session.turn.is_some(), "no turn runs that could be steered")?;
            // ACP has no way to speak into a running turn.
            if_so(session.driver != "acp", "this agent takes nothing while a turn runs: a prompt is queued instead")
        }
        Action::UnfoldPaste => {
            let folds = app.selected.and_then(|id| app.drafts.get(&id)).map_or(0, |draft| draft.folds.len());
            if_so(folds > 0, "no paste is folded here")
        }
        Action::Complete => complete::can_take(app),
        Action::CompleteNext | Action::CompletePrevious | Action::CompleteClose => {
            if_so(complete::is_open(app), "nothing is being completed")
        }
        Action::EditOutside => outside::can_edit(app),
        Action::HistoryBack => if_so(!app.history.is_empty(), "no prompt was given yet"),
        Action::HistoryForward => {
            let recalled = app.selected.and_then(|id| app.drafts.get(&id)).and_then(|draft| draft.recalled);
            if_so(recalled.is_some(), "this is the newest")
        }
        Action::Unqueue => {
            app.can_act()?;
            if_so(!selected(app)?.queue.is_empty(), "no prompt is queued")?;
            let taking = app
                .inner
                .pending
                .values()
                .any(|pending| matches!(pending, Pending::Unqueue(..) | Pending::Release(..)));
            if_so(!taking, "a prompt is being taken back")
        }
        Action::Interrupt => {
            app.can_brake()?;
            match subject(app)?.turn {
                None => if_so(subject(app)?.goes_on_behind(), "no turn runs"),
                Some(turn) => if_so(!turn.interrupted, "the turn was interrupted; the agent has not stopped yet"),
            }
        }
        Action::EndSession | Action::EndSessionNow => {
            app.can_brake()?;
            if_so(subject(app)?.is_live(), "the session has ended already")
        }
        Action::NewFromStep => {
            super::forms::step_at_hand(app)?;
            if_so(!app.agents.is_empty(), "no agent is known: name one in config.toml")
        }
        Action::NewSession => {
            app.can_act()?;
            if_so(!app.agents.is_empty(), "no agent is known: name one in config.toml")
        }
        Action::Modes => {
            app.can_act()?;
            let session = selected(app)?;
            if_so(session.is_live(), "the session has ended")?;
            if_so(!session.modes.is_empty(), "this agent offers no modes")
        }
        Action::Models => way::can_set_model(app),
        Action::Context => way::can_tell(app),
        Action::Rewind => way::can(app, Does::Rewind),
        Action::Fork => way::can(app, Does::Fork),
        Action::Logins => {
            app.can_act()?;
            let ways = match &selected(app)?.life {
                Life::LoginNeeded { ways, .. } => ways.len(),
                Life::Unknown | Life::Starting(_) | Life::Open | Life::Ended { .. } => 0,
            };
            if_so(ways > 0, "this agent asks for no login")
        }
        Action::Revoke | Action::RevokeNow => {
            app.can_brake()?;
            let listed = matches!(&app.overlay, Some(Overlay::Grants(_)));
            let key = app.key(Action::Grants, "S");
            if_so(listed, &format!("open the list of grants first: {key}"))?;
            if_so(grants::any(app), "nothing is granted")
        }
        Action::AcceptSettings => {
            app.can_act()?;
            let waits = app.status.settings.as_ref().is_some_and(|settings| !settings.waits.is_empty());
            if_so(waits, "no settings wait: what the files say is in force")
        }
        Action::Themes => if_so(!app.configured.themes.is_empty(), "no theme is known here"),
        Action::SettingUsual | Action::KeyAdd | Action::KeyNone => settings::can(app, action),
        Action::Archive => {
            app.can_act()?;
            if_so(!selected(app)?.is_live(), "the session is live: end it first")
        }
        Action::Pin => {
            app.can_act()?;
            if_so(!selected(app)?.deleted, "it was deleted: it has no checkpoints to keep")
        }
        Action::Sort if stats::is_open(app) => Ok(()),
        Action::Stats => stats::can(app),
        Action::Everywhere => everywhere::can(app),
        Action::EverywhereTurn => if_so(everywhere::is_open(app), "no search over all sessions is open"),
        Action::StatsNext | Action::StatsBefore => if_so(stats::is_open(app), "no table of numbers is open"),
        Action::Sort | Action::Filter | Action::FilterName => {
            let any = !app.state.sessions.is_empty() || !app.others().is_empty() || app.other_at().is_some();
            if_so(any || !app.fleet.name.is_empty(), "there is no session yet")?;
            if_so(app.replay.is_none(), "this is a replay of one session")
        }
        Action::Rename => {
            app.can_act()?;
            selected(app).map(|_| ())
        }
        Action::Delete | Action::DeleteNow => {
            app.can_act()?;
            if_so(!selected(app)?.is_live(), "the session is live: end it first, then delete it")
        }
        Action::Reopen => onward::can_open(app),
        Action::Peek => {
            if_so(app.replay.is_none(), "this is a replay of one session: it is all here")?;
            if_so(app.card.is_none(), "a card is open: close it first")?;
            subject(app).map(|_| ())
        }
        Action::Copy => copy::can_copy(app),
        Action::Select => select::can_select(app),
        Action::PaneNext => if_so(app.grid != Grid::One, "there is one pane only"),
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
        | Action::ReplayEnd => if_so(app.replay.is_some(), "this is live: only a replay plays"),
    }
}

fn if_so(so: bool, why: &str) -> Result<(), String> {
    if so { Ok(()) } else { Err(why.to_owned()) }
}

/// What is said to whoever would act in a session that is none of taut's.
const ELSEWHERE: &str = "this session is another tool's: taut can look at it, and not act in it";

fn selected(app: &App) -> Result<&Session, String> {
    if app.other_at().is_some() {
        return Err(ELSEWHERE.to_owned());
    }
    app.selected.and_then(|id| app.state.session(id)).ok_or_else(|| "no session is selected".to_owned())
}

fn subject(app: &App) -> Result<&Session, String> {
    if app.other_at().is_some() {
        return Err(ELSEWHERE.to_owned());
    }
    app.subject().ok_or_else(|| "no session is selected".to_owned())
}
