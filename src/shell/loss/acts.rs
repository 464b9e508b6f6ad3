//! What each program does to the files that it is told of.

use super::given::{Given, Takes, given};
use super::{Act, Arg, Reach, Written, put};

/// What is known of a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// This.
    Acts(Vec<Act>),
    /// It deletes or rewrites, and what can't be known: why.
    Hidden(String),
    /// It changes no file that stands there.
    Nothing,
    /// The program is not known here.
    Strange,
}

/// Programs that leave files as they are, or only add.
const QUIET: [&str; 63] = [
    "echo", "printf", "true", "false", ":", "ls", "cat", "head", "tail", "wc", "grep", "egrep", "fgrep", "rg", "tree",
    "stat", "file", "diff", "cmp", "less", "more", "pwd", "which", "type", "test", "[", "mkdir", "touch", "cut", "tr",
    "uniq", "nl", "od", "du", "df", "date", "whoami", "id", "uname", "sleep", "basename", "dirname", "realpath",
    "readlink", "exit", "return", "set", "export", "unset", "local", "declare", "typeset", "readonly", "shift", "read",
    "seq", "env", "printenv", "jq", "wait", "break", "continue", "comm",
];
/// Programs that delete or rewrite files in ways that are not followed here.
const HIDDEN: [&str; 28] = [
    "patch", "gzip", "gunzip", "xz", "unxz", "bzip2", "bunzip2", "zstd", "unzip", "zip", "7z", "7za", "rar", "lz4",
    "cpio", "scp", "rsync", "srm", "trash", "wipe", "rename", "split", "csplit", "ed", "ex", "ruby", "parallel", "fd",
];

/// What a program does with some arguments.
pub(super) fn of(name: &str, args: &[Arg]) -> Does {
    match name {
        "rm" => remove(args),
        "unlink" => one(Act::Remove { what: given(args, Takes::NONE).operands, reach: Reach::Files }),
        "rmdir" => {
            let it = given(args, Takes::NONE);
            one(Act::RemoveFolders { parents: it.has(&["p", "parents"]), what: it.operands })
        }
        "shred" => {
            let it =
                given(args, Takes { letters: "ns", attached: "u", long: &["iterations", "size", "random-source"] });
            let removes = it.has(&["u", "remove"]);
            one(Act::Write { what: it.operands, how: Written::Shred { removes } })
        }
        "truncate" => {
            let it = given(args, Takes { letters: "sr", attached: "", long: &["size", "reference"] });
            let empties = it.value(&["s", "size"]).and_then(Arg::text) == Some("0");
            let how = if empties { Written::Anew } else { Written::Within };
            one(Act::Write { what: it.operands, how })
        }
        "tee" => {
            let it = given(args, Takes::NONE);
            if it.has(&["a", "append"]) { Does::Nothing } else { anew(it.operands) }
        }
        "dd" => dd(args),
        "sort" => match given(args, SORT).value(&["o", "output"]) {
            Some(file) => anew(vec![file.clone()]),
            None => Does::Nothing,
        },
        "sed" | "gsed" => sed(args),
        "perl" => perl(args),
        "chmod" => mode(args),
        "chown" | "chgrp" => {
            let it = given(args, Takes { letters: "", attached: "", long: &["from", "reference"] });
            let named = usize::from(!it.has(&["reference"]));
            let deep = it.has(&["R", "recursive"]);
            one(Act::Mode { what: it.operands.get(named..).unwrap_or_default().to_vec(), deep, mode: None })
        }
        "cp" | "mv" | "ln" | "install" => put::of(name, args),
        "tar" | "gtar" | "bsdtar" => tar(args),
        "git" => super::git::of(args),
        "curl" => hidden_where(given(args, Takes::NONE).has(&["o", "O", "output", "remote-name"]), name),
        "wget" => hidden_where(given(args, Takes::NONE).has(&["O", "output-document"]), name),
        "awk" | "gawk" => hidden_where(args.iter().any(|arg| arg.text() == Some("inplace")), name),
        _ if HIDDEN.contains(&name) => Does::Hidden(format!("what {name} does to files")),
        _ if QUIET.contains(&name) => Does::Nothing,
        _ => Does::Strange,
    }
}

pub(super) fn one(act: Act) -> Does {
    Does::Acts(vec![act])
}

fn anew(what: Vec<Arg>) -> Does {
    one(Act::Write { what, how: Written::Anew })
}

fn hidden_where(writes: bool, name: &str) -> Does {
    if writes { Does::Hidden(format!("what {name} writes over")) } else { Does::Nothing }
}

fn remove(args: &[Arg]) -> Does {
    let it = given(args, Takes { letters: "", attached: "", long: &[] });
    if it.has(&["i", "I", "interactive"]) && !it.has(&["f", "force"]) {
        return Does::Hidden("rm asks before it deletes: what is answered".to_owned());
    }
    let reach = match (it.has(&["r", "R", "recursive"]), it.has(&["d", "dir"])) {
        (true, _) => Reach::Trees,
        (false, true) => Reach::Empty,
        (false, false) => Reach::Files,
    };
    one(Act::Remove { what: it.operands, reach })
}

fn dd(args: &[Arg]) -> Does {
    let texts = || args.iter().filter_map(Arg::text);
    let strange = args.iter().find(|arg| arg.text().is_none()).map(Arg::shown);
    let kept = texts().any(|text| text.starts_with("conv=") && text.contains("notrunc"));
    match (texts().find_map(|text| text.strip_prefix("of=")), strange) {
        (Some(file), _) => {
            let how = if kept { Written::Within } else { Written::Anew };
            one(Act::Write { what: vec![Arg::Text(file.to_owned())], how })
        }
        (None, Some(strange)) => Does::Hidden(format!("where dd writes: {strange}")),
        (None, None) => Does::Nothing,
    }
}

const SORT: Takes = Takes {
    letters: "okStT",
    attached: "",
    long: &["output", "key", "buffer-size", "field-separator", "temporary-directory", "batch-size", "parallel"],
};

fn sed(args: &[Arg]) -> Does {
    let takes = Takes { letters: "efl", attached: "i", long: &["expression", "file", "line-length"] };
    let it = given(args, takes);
    if !it.has(&["i", "in-place"]) {
        return Does::Nothing;
    }
    let scripts = usize::from(!it.has(&["e", "f", "expression", "file"]));
    let backup = it.value(&["i", "in-place"]).and_then(Arg::text).map(str::to_owned);
    if it.has(&["follow-symlinks"]) {
        return Does::Hidden("what sed does to the files behind links".to_owned());
    }
    copy(&it, scripts, backup)
}

/// A changed copy takes the place of each file.
fn copy(it: &Given, skip: usize, backup: Option<String>) -> Does {
    if backup.as_ref().is_some_and(|backup| backup.contains(['*', '/'])) {
        return Does::Hidden("what the copies are named that are kept".to_owned());
    }
    let what = it.operands.get(skip..).unwrap_or_default().to_vec();
    one(Act::Write { what, how: Written::Copy { backup: backup.filter(|backup| !backup.is_empty()) } })
}

fn perl(args: &[Arg]) -> Does {
    let it = given(args, Takes { letters: "eEIMmCx", attached: "i0lFd", long: &[] });
    match (it.has(&["i"]), it.has(&["p", "n"])) {
        (false, _) => Does::Strange,
        (true, false) => Does::Hidden("what perl's program does to the files".to_owned()),
        (true, true) => {
            let scripts = usize::from(!it.has(&["e", "E"]));
            copy(&it, scripts, it.value(&["i"]).and_then(Arg::text).map(str::to_owned))
        }
    }
}

fn mode(args: &[Arg]) -> Does {
    // A mode may look like an option: `chmod -x file`.
    let is_mode = |arg: &Arg| {
        arg.text().and_then(|text| text.strip_prefix('-')).is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|c| "rwxXst,ugoa+=-".contains(c)) && !rest.starts_with('-')
        })
    };
    let minus = args.iter().position(is_mode);
    let rest: Vec<Arg> =
        args.iter().enumerate().filter(|(at, _)| Some(*at) != minus).map(|(_, arg)| arg.clone()).collect();
    let it = given(&rest, Takes { letters: "", attached: "", long: &["reference"] });
    let deep = it.has(&["R", "recursive"]);
    let named = minus.and_then(|at| args.get(at)).cloned();
    let (mode, what) = match (named, it.has(&["reference"])) {
        (Some(mode), _) => (mode, it.operands),
        (None, true) => (Arg::Text("?".to_owned()), it.operands),
        (None, false) => match it.operands.split_first() {
            Some((mode, rest)) => (mode.clone(), rest.to_vec()),
            None => return Does::Nothing,
        },
    };
    one(Act::Mode { what, deep, mode: Some(mode.shown()) })
}

const TAR: Takes = Takes {
    letters: "fCbXTNLVKgHI",
    attached: "",
    long: &["file", "directory", "strip-components", "exclude", "transform", "use-compress-program", "files-from"],
};

fn tar(args: &[Arg]) -> Does {
    let mut args = args.to_vec();
    // `tar xf a.tar`: the first word is letters without a dash.
    if let Some(Arg::Text(first)) = args.first_mut()
        && !first.starts_with('-')
        && first.chars().all(|c| c.is_ascii_alphabetic())
    {
        first.insert(0, '-');
    }
    let it = given(&args, TAR);
    if it.has(&["remove-files"]) {
        return Does::Hidden("what tar deletes once it is packed".to_owned());
    }
    if it.has(&["c", "create"]) {
        return it
            .value(&["f", "file"])
            .filter(|file| file.text() != Some("-"))
            .map_or(Does::Nothing, |file| anew(vec![file.clone()]));
    }
    if !it.has(&["x", "extract", "get"]) {
        return Does::Nothing;
    }
    if it.has(&["k", "keep-old-files", "skip-old-files"]) {
        return Does::Nothing;
    }
    let plain = [
        "x",
        "extract",
        "get",
        "f",
        "file",
        "C",
        "directory",
        "z",
        "j",
        "J",
        "v",
        "p",
        "gzip",
        "xz",
        "bzip2",
        "strip-components",
        "verbose",
        "overwrite",
    ];
    let strip = it.value(&["strip-components"]).map_or(Some(0), |value| value.text()?.parse().ok());
    match (it.strange(&plain), it.value(&["f", "file"]), strip) {
        (None, Some(archive), Some(strip))
            if it.operands.is_empty() && it.count(&["C", "directory"]) < 2 && archive.text() != Some("-") =>
        {
            one(Act::Unpack { archive: archive.clone(), into: it.value(&["C", "directory"]).cloned(), strip })
        }
        _ => Does::Hidden("what tar writes over".to_owned()),
    }
}
