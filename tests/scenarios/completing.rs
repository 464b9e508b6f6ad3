//! Words that are completed, prompts that come back, pastes that are folded, and the terminal in other hands.

use crate::support::console::Console;
use taut::domain::{Answer, Command, Event, Query, SessionId, SlashCommand};
use taut::ui::{Effect, Focus, HandOver, Msg, Pad, Press, Program, Purpose};

const ONE: SessionId = SessionId(1);

fn draft(app: &taut::ui::App) -> &str {
    app.drafts.get(&ONE).map_or("", |draft| draft.text.as_str())
}

fn rows(app: &taut::ui::App) -> Vec<&str> {
    app.completion.iter().flat_map(|it| it.rows.iter().map(|row| row.name.as_str())).collect()
}

fn files(near: &str, paths: &[&str], cut: bool) -> Msg {
    let paths = paths.iter().map(|&path| path.to_owned()).collect();
    Msg::Answered(Answer::Files { session: ONE, near: near.to_owned(), paths, cut, why: None })
}

fn asks(console: &Console) -> Vec<&str> {
    let near = |effect: &'_ Effect| matches!(effect, Effect::Ask(Query::Files { .. }));
    let asked = console.effects.iter().filter(|effect| near(effect));
    asked
        .filter_map(|it| if let Effect::Ask(Query::Files { near, .. }) = it { Some(near.as_str()) } else { None })
        .collect()
}

fn composing() -> Console {
    Console::new().begins(1).press("i")
}

fn with_commands() -> Console {
    let command = |name: &str, hint: Option<&str>| SlashCommand {
        name: name.to_owned(),
        help: format!("does {name}"),
        hint: hint.map(str::to_owned),
    };
    let commands = vec![command("compact", None), command("plan", Some("what")), command("review", None)];
    Console::new().begins(1).hears(1, Event::CommandsOffered { commands }).press("i")
}

#[test]
fn a_file_is_found_by_some_of_its_letters_and_taken_without_sending() {
    let console = composing().types("see @mai");
    assert_eq!(asks(&console), [""]);
    let console = console.press("enter").says("looking for files");
    assert!(console.commands().is_empty(), "a list that is still empty sends nothing either");
    let console = console.tell(files("", &["README.md", "src/domain.rs", "src/main.rs"], false));
    let console = console.holds("the best first", |app| rows(app) == ["src/main.rs", "src/domain.rs"]);
    let console = console.press("down enter").holds("the second", |app| draft(app) == "see @src/domain.rs ");
    assert!(console.commands().is_empty());
    let console = console.holds("closed", |app| app.completion.is_none());
    let console = console.wait(6_000).types("and @my").tell(files("", &["my file.md"], false));
    let console = console.press("tab").focus_is(Focus::Composer);
    let console = console.holds("in quotes", |app| draft(app) == "see @src/domain.rs and @\"my file.md\" ");
    console.press("enter").sends(&Command::Prompt {
        session: ONE,
        text: "see @src/domain.rs and @\"my file.md\" ".to_owned(),
        steer: false,
    });
}

#[test]
fn esc_closes_only_the_list_and_it_stays_closed_for_that_word() {
    let console = composing().types("@a").tell(files("", &["a.rs"], false));
    let console = console.press("esc").focus_is(Focus::Composer).holds("closed", |app| app.completion.is_none());
    let console = console.types(".").holds("still closed", |app| app.completion.is_none());
    let console = console.types(" @a").holds("another word", |app| rows(app) == ["a.rs"]);
    console.press("esc esc").focus_is(Focus::Pane).holds("the draft stays", |app| draft(app) == "@a. @a");
}

#[test]
fn where_nothing_fits_enter_sends() {
    let console = composing().types("@Override").tell(files("", &["a.rs"], false));
    let console = console.holds("closed", |app| app.completion.is_none()).press("enter");
    console.sends(&Command::Prompt { session: ONE, text: "@Override".to_owned(), steer: false });
}

#[test]
fn files_beyond_the_bound_are_asked_for_by_their_letters() {
    let console = composing().types("@").tell(files("", &["a", "b"], true));
    let console = console.holds("said", |app| {
        app.completion.as_ref().and_then(|it| it.note.as_deref()).is_some_and(|note| note.contains("more than 2 files"))
    });
    let console = console.types("ze");
    assert_eq!(asks(&console), ["", "z"], "one at a time");
    let console = console.tell(files("z", &["zebra", "maze"], false));
    console.holds("found", |app| rows(app) == ["zebra", "maze"]);
}

#[test]
fn a_hostile_name_is_not_written_into_a_prompt() {
    let console = composing().types("@x").tell(files("", &["x\u{1b}[2J"], false)).press("enter");
    console.says("a character in its name that no prompt can hold").holds("as typed", |app| draft(app) == "@x");
}

#[test]
fn the_agents_commands_are_completed_at_the_start_only() {
    let console = with_commands().types("/p").holds("by letters", |app| rows(app) == ["plan", "compact"]);
    let console = console.press("up").holds("around", |app| app.completion.as_ref().is_some_and(|it| it.selected == 1));
    let console = console.press("down tab").holds("taken", |app| draft(app) == "/plan ");
    assert!(console.commands().is_empty());
    let console = console.types("it @").press("ctrl-u").types("no /p");
    console.holds("not in the middle", |app| app.completion.is_none());
}

#[test]
fn what_moves_or_comes_back_opens_no_list() {
    let console = composing().types("x").press("enter").types("@a").press("esc enter");
    let console = console.types("y").press("ctrl-u ctrl-p").holds("recalled", |app| draft(app) == "@a");
    let console = console.holds("no list takes its keys", |app| app.completion.is_none());
    let console = console.press("ctrl-p").holds("further back", |app| draft(app) == "x");
    console.paste("@b").holds("nor does a paste", |app| app.completion.is_none());
}

#[test]
fn history_is_searched_by_what_is_typed_and_all_of_it_by_another_key() {
    let sent = |console: Console, text: &str| console.types(text).press("enter");
    let console = sent(sent(sent(sent(composing(), "fix a"), "run b"), "fix c"), "fix a");
    assert_eq!(console.app.history, ["run b", "fix c", "fix a"], "none twice");
    let console = console.types("fi").press("up").holds("the newest alike", |app| draft(app) == "fix a");
    let console = console.press("up").holds("the next alike", |app| draft(app) == "fix c");
    let console = console.press("up").says("no prompt before this begins so: ctrl-p goes through all");
    let console = console.press("ctrl-p").holds("all", |app| draft(app) == "run b");
    let console = console.press("down").holds("alike", |app| draft(app) == "fix c");
    let console = console.press("down down").holds("what was typed", |app| draft(app) == "fi");
    console.press("ctrl-u up up").holds("everything begins as nothing", |app| draft(app) == "fix c");
}

#[test]
fn a_long_paste_is_folded_sent_whole_and_deleted_as_one() {
    let text = (1..=42).fold(String::new(), |text, n| text + &format!("line {n}\n"));
    let console = composing().types("see ").paste(&text).types("please");
    let console = console.holds("folded", |app| app.drafts[&ONE].folds.len() == 1);
    let whole = format!("see {text}please");
    let sent = Command::Prompt { session: ONE, text: whole.clone(), steer: false };
    let console = console.press("enter").sends(&sent);
    let console = console.types("x").paste(&text).press("backspace").holds("as one", |app| draft(app) == "x");
    let console = console.press("ctrl-o").says("no paste is folded here");
    let console = console.paste(&text).press("ctrl-o").holds("unfolded", |app| app.drafts[&ONE].folds.is_empty());
    console.press("backspace").holds("a letter", |app| draft(app) == format!("x{}", text.trim_end()));
}

#[test]
fn the_draft_goes_to_the_editor_and_comes_back_to_its_session() {
    let console = Console::new().begins(1).begins(2).press("1 i").types("fix").press("ctrl-g");
    let over = Effect::HandOver(HandOver::draft(ONE, "fix".to_owned()));
    assert!(console.effects.contains(&over), "{:?}", console.effects);
    let console = console.press("alt-2").tell(Msg::Back(Purpose::Draft(ONE), Ok("fix it\nall\n".to_owned())));
    let console = console.holds("where it was", |app| draft(app) == "fix it\nall");
    let console = console.tell(Msg::Back(Purpose::Draft(ONE), Ok("\n".to_owned()))).says("the draft stays as it was");
    let console = console.tell(Msg::Back(Purpose::Draft(ONE), Err("the editor failed with 3".to_owned())));
    let console =
        console.says("the editor failed with 3; the draft stays").holds("kept", |app| draft(app) == "fix it\nall");
    assert!(console.commands().is_empty());
    console.press("esc ctrl-g").says("does nothing here");
}

#[test]
fn after_another_program_had_the_terminal_a_card_counts_as_not_seen_yet() {
    let console = Console::working().asks(1, "make", 3).press("w").wait(1_000);
    let look = Purpose::Look;
    assert_eq!(HandOver::look(Program::Pager, "x").purpose(), look);
    let console = console.tell(Msg::Back(look, Ok(String::new()))).wait(100).press_at_once("a");
    let console = console.decides(&[]).frame().wait(300).press_at_once("a").decides(&[]);
    console.wait(400).press_at_once("a").decides(&[crate::support::console::allow_once()]);
}

#[test]
fn what_was_typed_is_kept_once_the_typing_rests_and_is_there_again() {
    let console = composing().types("half a thought");
    let kept = |console: &Console| console.effects.iter().filter(|effect| matches!(effect, Effect::Keep(_))).count();
    assert_eq!(kept(&console), 0);
    let due = taut::ui::update::next_tick(&console.app, console.now).unwrap();
    assert!(due.since(console.now) <= 2_000);
    let console = console.wait(2_000).tell(Msg::Tick);
    let Some(Effect::Keep(pad)) = console.effects.last() else { panic!("{:?}", console.effects) };
    let app = taut::ui::App::new(crate::support::console::setup()).with_pad((**pad).clone());
    assert_eq!(draft(&app), "half a thought");
    let console = console.wait(60_000).tell(Msg::Tick);
    assert_eq!(kept(&console), 1, "and then it rests");
    assert!(console.app.pad() != Pad::default());
}

#[test]
fn keys_that_come_together_take_a_row_and_send_nothing() {
    let console = composing().types("@a").tell(files("", &["a.rs"], false)).press_in_one_read("enter");
    let console = console.holds("taken", |app| draft(app) == "@a.rs ");
    assert!(console.commands().is_empty());
    let msg = Msg::Did(taut::ui::Action::Complete, Press::Alone);
    console.tell(msg).says("nothing is being completed");
}
