//! Programs that pack files: the archive that they write, and whether what they pack is gone afterwards.

use super::options::{has, operands};
use super::word::Word;
use super::writes;

/// Letters of tar that take a value.
const TAR: &str = "bCfFgHIKLNTVX";

/// The archive that a command writes.
pub(super) fn written(name: &str, args: &[Word]) -> Vec<Word> {
    match name {
        "tar" | "gtar" | "bsdtar" if packs(args) => tar_file(args),
        "zip" => operands(args).take(1).cloned().collect(),
        "7z" | "7za" | "7zr" | "rar" | "ar" | "gar"
            if operands(args).next().is_some_and(|verb| verb.text.starts_with(['a', 'u', 'd', 'm', 'r', 'q'])) =>
        {
            operands(args).nth(1).cloned().into_iter().collect()
        }
        "jar" => {
            let first = args.first().filter(|first| first.text.contains(['c', 'u']) && first.text.contains('f'));
            let file = first.filter(|first| !first.text.starts_with("--")).and(args.get(1)).cloned();
            file.into_iter().chain(writes::told(args, "", "", &["file"])).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether what is packed is deleted.
pub(super) fn removes(name: &str, args: &[Word]) -> bool {
    let long = |option: &str, least: usize| {
        let given =
            |word: &Word| word.text.strip_prefix("--").is_some_and(|it| it.len() >= least && option.starts_with(it));
        args.iter().any(given)
    };
    match name {
        "tar" | "gtar" | "bsdtar" => long("remove-files", 3),
        "zip" => has(args, "m", &["move"]) || long("move", 2),
        "7z" | "7za" | "7zr" => args.iter().any(|word| word.text == "-sdel"),
        "rar" => {
            let moves = operands(args).next().is_some_and(|verb| matches!(verb.text.as_str(), "m" | "mf"));
            moves || args.iter().any(|word| matches!(word.text.as_str(), "-df" | "-dr" | "-dw"))
        }
        "zstd" | "lz4" | "brotli" => has(args, "", &["rm"]) || (name == "brotli" && has(args, "j", &[])),
        _ => false,
    }
}

/// tar makes an archive, or adds to one.
fn packs(args: &[Word]) -> bool {
    let old =
        args.first().is_some_and(|first| !first.text.starts_with('-') && first.text.contains(['c', 'r', 'u', 'A']));
    old || has(args, "cruA", &["create", "append", "update", "catenate", "concatenate", "delete"])
}

fn tar_file(args: &[Word]) -> Vec<Word> {
    // `tar cbf 20 a.tar src`: the values stand behind the cluster, in the order of its letters.
    if let Some(first) = args.first().filter(|first| !first.text.starts_with('-')) {
        let valued = first.text.chars().filter(|letter| TAR.contains(*letter));
        let at = valued.clone().position(|letter| letter == 'f');
        return at.and_then(|at| args.get(at + 1)).cloned().into_iter().collect();
    }
    writes::told(args, "bCFgHIKLNTVX", "f", &["file"])
}
