//! `cp`, `mv`, `ln` and `install`: what is put where.

use super::acts::{Does, one};
use super::given::{Takes, given};
use super::{Act, Arg, How, Keeps, Put, Target};

const TAKES: Takes =
    Takes { letters: "tSmgo", attached: "", long: &["target-directory", "suffix", "mode", "group", "owner", "backup"] };

pub(super) fn of(name: &str, args: &[Arg]) -> Does {
    let it = given(args, TAKES);
    let how = match name {
        "cp" => How::Copy,
        "mv" => How::Move,
        "ln" => How::Link,
        _ => How::Install,
    };
    let force = it.has(&["f", "force"]);
    match how {
        How::Link if !force => return Does::Nothing,
        How::Install if it.has(&["d", "directory"]) => return Does::Nothing,
        How::Copy | How::Move if it.has(&["i", "interactive"]) && !force => {
            return Does::Hidden(format!("{name} asks before it overwrites: what is answered"));
        }
        _ => {}
    }
    let may_keep = matches!(how, How::Copy | How::Move);
    let keeps = match (may_keep && it.has(&["n", "no-clobber"]), may_keep && it.has(&["u", "update"])) {
        (true, _) => Keeps::All,
        (false, true) => Keeps::Newer,
        (false, false) => Keeps::Nothing,
    };
    if it.value(&["update"]).is_some() || it.has(&["parents", "remove-destination", "exchange", "D"]) {
        return Does::Hidden(format!("what {name} writes over"));
    }
    let deep = how == How::Move || it.has(&["r", "R", "a", "recursive", "archive"]);
    let mut sources = it.operands.clone();
    let to = match it.value(&["t", "target-directory"]) {
        Some(folder) => folder.clone(),
        // `ln -sf a` makes its link here.
        None if how == How::Link && sources.len() == 1 => Arg::Text(".".to_owned()),
        None => match sources.pop() {
            Some(last) if !sources.is_empty() => last,
            Some(_) | None => return Does::Nothing,
        },
    };
    let is_name = it.has(&["T", "no-target-directory"]) || (how == How::Link && it.has(&["n", "no-dereference"]));
    let target = match (it.value(&["t", "target-directory"]).is_some() || sources.len() > 1, is_name) {
        (true, _) => Target::Folder,
        (false, true) => Target::Name,
        (false, false) => Target::Either,
    };
    one(Act::Put(Put { how, sources, to, target, deep, keeps }))
}
