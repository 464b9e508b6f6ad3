//! Options and operands with which a program writes to a file: redirections in other words.

use super::Simple;
use super::options::{has, operands};
use super::word::Word;

/// A program that is told by an option which file to write.
struct Output {
    names: &'static [&'static str],
    /// Letters that take a value: what stands behind one in a cluster is that value.
    values: &'static str,
    /// Letters whose value is a file that it writes.
    letters: &'static str,
    /// Long options whose value is a file that it writes.
    long: &'static [&'static str],
    /// Long options with one dash, whose value is a file that it writes.
    single: &'static [&'static str],
}

const fn output(
    names: &'static [&'static str],
    values: &'static str,
    letters: &'static str,
    long: &'static [&'static str],
) -> Output {
    Output { names, values, letters, long, single: &[] }
}

impl Output {
    const fn single(self, single: &'static [&'static str]) -> Self {
        Self { single, ..self }
    }
}

const OUTPUTS: [Output; 27] = [
    output(&["sort", "gsort"], "kStT", "o", &["output"]),
    output(&["tree"], "", "o", &[]),
    output(&["shuf"], "in", "o", &["output"]),
    output(&["sdiff"], "IwW", "o", &["output"]),
    output(&["less"], "bhjktpPxyzDT", "oO", &["log-file", "LOG-FILE"]),
    output(
        &["curl"],
        "AbdeEFHKmQrTuUwxX",
        "oDc",
        &[
            "output",
            "dump-header",
            "cookie-jar",
            "trace",
            "trace-ascii",
            "stderr",
            "etag-save",
            "libcurl",
            "hsts",
            "alt-svc",
        ],
    ),
    output(
        &["wget"],
        WGET,
        "oaO",
        &[
            "output-file",
            "append-output",
            "output-document",
            "save-cookies",
            "hsts-file",
            "rejected-log",
            "warc-file",
            "warc-cdx",
        ],
    ),
    output(&["tar", "gtar"], "", "", &["index-file", "volno-file", "listed-incremental"]),
    output(&["zip"], "", "O", &["output-file", "out", "logfile-path"]).single(&["lf", "la"]),
    output(&["gcc", "g++", "cc", "c++", "clang", "clang++", "ld", "as"], "", "", &["output", "Map"])
        .single(&["MF", "MJ", "Map"]),
    output(&["rustc"], "LlCWADFZ", "o", &["out-dir"]),
    output(
        &["go"],
        "",
        "",
        &["o", "coverprofile", "cpuprofile", "memprofile", "blockprofile", "mutexprofile", "trace", "outputdir"],
    )
    .single(&[
        "o",
        "coverprofile",
        "cpuprofile",
        "memprofile",
        "blockprofile",
        "mutexprofile",
        "trace",
        "outputdir",
    ]),
    output(&["gofmt"], "", "", &["cpuprofile"]).single(&["cpuprofile"]),
    output(&["openssl"], "", "", &["out", "keyout", "writerand"]).single(&["out", "keyout", "writerand"]),
    output(&["gpg", "gpg2"], "", "o", &["output", "logger-file", "status-file"]),
    output(&["iconv"], "ft", "o", &["output"]),
    output(&["strip", "objcopy"], "", "o", &[]),
    output(&["tcpdump", "tshark"], "", "w", &[]),
    output(&["strace", "ltrace"], "", "o", &["output"]),
    output(&["time", "gtime"], "f", "o", &["output"]),
    output(&["psql"], "cdfhpUv", "oL", &["output", "log-file"]),
    output(&["script"], "", "OIBT", &["log-out", "log-in", "log-io", "log-timing"]),
    output(&["eslint"], "", "o", &["output-file", "cache-location", "cache-file"]),
    output(&["ruff"], "", "o", &["output-file", "cache-dir"]),
    output(&["pytest"], "", "", &["junitxml", "junit-xml", "log-file", "basetemp", "debug"]),
    output(&["mypy"], "", "", &["junit-xml", "html-report", "txt-report", "xml-report", "any-exprs-report"]),
    output(&["w3m", "xmllint", "dot", "protoc", "ctags", "patch"], "", "o", &["output"]),
];
/// Letters of wget that take a value.
const WGET: &str = "eitTwQABUDIPlRX";
/// Programs that rewrite the files that they are given where an option says so: its letters, and its long form.
const IN_PLACE: [(&[&str], &str, &[&str]); 9] = [
    (&["yq"], "i", &["inplace", "in-place"]),
    (&["perl", "ruby"], "i", &[]),
    (&["prettier"], "w", &["write"]),
    (&["gofmt", "goimports", "shfmt"], "w", &["write"]),
    (&["eslint", "stylelint"], "", &["fix"]),
    (&["ruff"], "", &["fix", "fix-only", "add-noqa", "unsafe-fixes"]),
    (&["clang-format", "uncrustify"], "i", &[]),
    (&["dos2unix", "unix2dos"], "o", &["oldfile"]),
    (&["biome", "dprint"], "", &["write", "fix", "apply"]),
];

/// The files that a command is told to write.
pub(super) fn of(simple: &Simple) -> Vec<Word> {
    let args = simple.args();
    let Some(name) = simple.name() else { return Vec::new() };
    let mut found: Vec<Word> = named(name, args).collect();
    found.extend(super::archive::written(name, args));
    match name {
        "tee" => found.extend(operands(args).filter(|word| word.text != "-").cloned()),
        "dd" => found.extend(args.iter().filter_map(|word| Some(behind(word, word.text.strip_prefix("of=")?)))),
        "sed" | "gsed" => found.extend(super::sed::written(args)),
        "git" if args.iter().any(|word| word.text == "archive") => {
            found.extend(told(args, "", "o", &["output"]));
        }
        "git" if args.iter().any(|word| word.text == "format-patch") => {
            found.extend(told(args, "", "o", &["output-directory"]));
        }
        "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" | "ld" | "as" => found.extend(valued(args, "-o")),
        // It takes the next word, whatever stands in the cluster behind the letter.
        "tree" => found.extend(after(args, |text| is_cluster(text) && text.contains('o'))),
        "tar" | "gtar" => {
            let first = args.first().filter(|first| !first.text.starts_with('-') && first.text.contains('g'));
            found.extend(first.and(args.get(1)).cloned());
            found.extend(after(args, |text| is_cluster(text) && text.contains('g')));
        }
        // It compiles its magic into a file, wherever that is.
        "file" if args.iter().any(|word| word.text == "-C" || gives_long(&word.text, "compile")) => {
            found.extend(told(args, "", "m", &["magic-file"]));
        }
        // The second file is what it writes.
        "uniq" | "guniq" => found.extend(second(args, "fsw", &["skip-fields", "skip-chars", "check-chars"])),
        "xxd" => found.extend(second(args, "cglsnoR", &[])),
        "wget" => found.extend(fetched(args)),
        "script" => found.extend(operands(args).cloned()),
        "rustfmt" if !has(args, "", &["check"]) => found.extend(operands(args).cloned()),
        "ruff" if args.iter().any(|word| word.text == "format") && !has(args, "", &["check", "diff"]) => {
            found.extend(files(args));
        }
        "tsc" => {
            let writes = ["--outfile", "--outdir", "--declarationdir", "--tsbuildinfofile", "--generatetrace"];
            found.extend(after(args, |text| {
                writes.contains(&text.to_lowercase().replacen("--", "-", 1).replacen('-', "--", 1).as_str())
            }));
        }
        // It writes what it makes neat into its second file.
        _ if name.starts_with("python") => {
            let at = args.iter().position(|word| word.text == "json.tool" || word.text == "-mjson.tool");
            found.extend(at.into_iter().flat_map(|at| second(&args[at + 1..], "", &["indent"])));
        }
        _ => {}
    }
    let in_place = IN_PLACE.iter().filter(|(names, ..)| names.contains(&name));
    for (_, letters, long) in in_place {
        if has(args, letters, long) {
            let all = files(args);
            // A program, an expression or a command stands before the files.
            let first = ["perl", "ruby", "yq"].contains(&name) && all.len() > 1 || ["ruff", "biome"].contains(&name);
            let told = args.iter().any(|word| word.text.starts_with("--") && word.text.contains('='));
            let before = found.len();
            found.extend(all.into_iter().skip(usize::from(first && !told)));
            // They work on the folder where no file is named.
            if ["ruff", "biome"].contains(&name) && found.len() == before {
                found.push(Word::new("."));
            }
        }
    }
    found.retain(|word| word.text != "-");
    found
}

/// The files that an option of a program names.
pub(super) fn named<'a>(name: &'a str, args: &'a [Word]) -> impl Iterator<Item = Word> {
    OUTPUTS.iter().filter(move |it| it.names.contains(&name)).flat_map(move |it| {
        let single = it.single.iter().flat_map(move |option| {
            args.iter().enumerate().filter_map(move |(at, word)| {
                let rest = word.text.strip_prefix('-')?.strip_prefix(option)?;
                match rest.strip_prefix('=') {
                    Some(value) => Some(behind(word, value)),
                    None => args.get(at + 1).filter(|_| rest.is_empty()).cloned(),
                }
            })
        });
        told(args, it.values, it.letters, it.long).into_iter().chain(single).collect::<Vec<_>>()
    })
}

/// The part of a word that is a value.
fn behind(word: &Word, text: &str) -> Word {
    Word { text: text.to_owned(), known: word.known }
}

fn is_cluster(text: &str) -> bool {
    text.starts_with('-') && !text.starts_with("--")
}

fn gives_long(text: &str, long: &str) -> bool {
    text.strip_prefix("--").is_some_and(|name| !name.is_empty() && long.starts_with(name))
}

/// The operands; all that is here where there is none.
fn files(args: &[Word]) -> Vec<Word> {
    let all: Vec<Word> = operands(args).cloned().collect();
    if all.is_empty() { vec![Word::new(".")] } else { all }
}

/// The words behind those that are such.
fn after(args: &[Word], is: impl Fn(&str) -> bool) -> Vec<Word> {
    args.windows(2).filter(|pair| is(&pair[0].text)).map(|pair| pair[1].clone()).collect()
}

/// All operands but the first; letters and long options may take the next word.
fn second(args: &[Word], values: &str, long: &[&str]) -> Vec<Word> {
    let mut files = Vec::new();
    let mut at = 0;
    while let Some(word) = args.get(at) {
        let text = word.text.as_str();
        let takes = match text.strip_prefix("--") {
            Some(name) => !name.is_empty() && long.iter().any(|long| long.starts_with(name)),
            None => text.len() == 2 && is_cluster(text) && text.ends_with(|c| values.contains(c)),
        };
        if !text.starts_with('-') || text == "-" {
            files.push(word.clone());
        }
        at += if takes { 2 } else { 1 };
    }
    files.into_iter().skip(1).filter(|word| word.text != "-").collect()
}

/// What `wget` makes of each address, where nothing else is said: the last part of it.
fn fetched(args: &[Word]) -> Vec<Word> {
    if !told(args, WGET, "O", &["output-document"]).is_empty() || has(args, "", &["spider", "help", "version"]) {
        return Vec::new();
    }
    let folders = told(args, "eitTwQABUDIlRX", "P", &["directory-prefix"]);
    let folder = folders.last().map_or_else(String::new, |folder| format!("{}/", folder.text));
    let urls = operands(args).filter(|word| word.text.contains('.') || word.text.contains("://"));
    let made = urls.map(|word| {
        let path = word.text.split_once("://").map_or(word.text.as_str(), |(_, rest)| rest);
        let last = path.split_once('/').map(|(_, path)| path.rsplit('/').next().unwrap_or_default());
        behind(word, &format!("{folder}{}", last.filter(|last| !last.is_empty()).unwrap_or("index.html")))
    });
    made.collect()
}

/// `-o FILE`, `-oFILE`, `-uo FILE`, `--output=FILE`, and what is short for that. A letter that takes a value ends a cluster.
pub(super) fn told(args: &[Word], values: &str, letters: &str, long: &[&str]) -> Vec<Word> {
    let mut found = Vec::new();
    for (at, word) in args.iter().enumerate() {
        let text = word.text.as_str();
        let file = |rest: &str| match rest {
            "" => args.get(at + 1).cloned(),
            rest => Some(behind(word, rest)),
        };
        if let Some(option) = text.strip_prefix("--") {
            let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
            if !name.is_empty() && long.iter().any(|long| long.starts_with(name)) {
                found.extend(file(value.unwrap_or("")));
            }
        } else if let Some(cluster) = text.strip_prefix('-') {
            let own = cluster.find(|letter| values.contains(letter)).unwrap_or(cluster.len());
            if let Some((o, letter)) = cluster[..own].char_indices().find(|(_, letter)| letters.contains(*letter)) {
                found.extend(file(&cluster[o + letter.len_utf8()..]));
            }
        }
    }
    found
}

/// The values of an option of one letter.
pub(super) fn valued(args: &[Word], option: &str) -> impl Iterator<Item = Word> {
    args.iter().enumerate().filter_map(move |(at, word)| {
        let rest = word.text.strip_prefix(option)?;
        if rest.is_empty() { args.get(at + 1).cloned() } else { Some(behind(word, rest)) }
    })
}
