//! Options with which a program runs another one, or writes files whose names are not written there. They are doubted,
//! however they are spelled: alone, in a cluster of letters, with `=`, and shortened, as GNU's programs let them be.

use super::Line;
use super::word::Word;

/// A program by its names, and the options with which it runs what their value says.
type Running = (&'static [&'static str], &'static [&'static str]);

const RUNNING: [Running; 62] = [
    (
        &["tar", "gtar", "bsdtar"],
        &[
            "--checkpoint-action",
            "--to-command",
            "-I",
            "--use-compress-program",
            "-F",
            "--info-script",
            "--new-volume-script",
            "--rsh-command",
            "--rmt-command",
        ],
    ),
    (&["cpio"], &["--rsh-command", "--rmt-command"]),
    (&["rg"], &["--pre", "--hostname-bin"]),
    (&["ag", "ack", "bat", "batcat", "delta"], &["--pager"]),
    (&["fzf"], &["--preview", "--bind"]),
    (&["go"], &["-exec", "-toolexec", "--exec", "--toolexec", "-vettool", "--vettool", "-overlay", "--overlay"]),
    (&["cargo"], &["--config"]),
    (&["rsync"], &["-e", "--rsh", "--rsync-path"]),
    (&["scp"], &["-S", "-o", "-F", "-D"]),
    (&["sftp"], &["-S", "-o", "-F", "-D", "-b"]),
    (&["ssh"], &["-o", "-F", "-E"]),
    (&["sort", "gsort"], &["--compress-program"]),
    (&["diff3", "sdiff"], &["--diff-program"]),
    (&["man"], &["-P", "--pager", "-H", "--html", "-C", "--config-file", "-p", "--preprocessor"]),
    (&["vim", "vi", "nvim", "view", "vimdiff", "gvim", "ex"], &["-c", "--cmd", "-S", "-s", "-l", "-u", "-W", "-w"]),
    (&["less"], &["-k", "--lesskey-file", "--lesskey-src", "--lesskey-content"]),
    (
        &["npm", "pnpm", "npx"],
        &[
            "--script-shell",
            "--shell",
            "--node-options",
            "--git",
            "--editor",
            "--browser",
            "--viewer",
            "--init-module",
            "-c",
            "--call",
        ],
    ),
    (&["make", "gmake"], &["--eval", "-E", "-f", "--file", "--makefile", "-I", "--include-dir"]),
    (
        &["just"],
        &["--set", "--shell", "--shell-arg", "--command", "-c", "--justfile", "-f", "--chooser", "--dotenv-path"],
    ),
    (&["gradle", "gradlew"], &["--init-script", "--build-file", "--settings-file"]),
    (&["mvn"], &["--file", "--settings", "--global-settings", "--toolchains"]),
    (&["ninja"], &["-f", "-t"]),
    (&["rake"], &["-e", "-E", "-p", "-r", "-f", "-I", "-R", "--execute", "--require", "--rakefile", "--rakelibdir"]),
    (&["nodemon"], &["-x", "--exec"]),
    (&["meson"], &["--native-file", "--cross-file"]),
    (&["cmake"], &["--toolchain"]),
    (&["ctest"], &["-S", "-SP", "--script", "--build-and-test"]),
    (&["bazel"], &["--run_under"]),
    (&["zip"], &["-TT", "--unzip-command"]),
    (&["split", "gsplit"], &["--filter"]),
    (&["wget"], &["--use-askpass", "-e", "--execute", "--config"]),
    (&["curl"], &["-K", "--config"]),
    (&["nc", "ncat", "netcat"], &["-e", "--exec", "-c", "--sh-exec", "--lua-exec"]),
    (&["tcpdump"], &["-z"]),
    (&["docker", "podman"], &["--entrypoint"]),
    (&["hg"], &["--config", "--cwd", "-R", "--repository"]),
    (&["svn"], &["--config-option", "--config-dir", "--diff-cmd", "--diff3-cmd", "--editor-cmd"]),
    (&["sqlite3"], &["-cmd", "--cmd", "-init", "--init"]),
    (&["psql"], &["-f", "--file", "-v", "--set"]),
    (&["mysql", "mariadb"], &["--pager", "--init-command"]),
    (
        &["gcc", "g++", "cc", "c++", "clang", "clang++"],
        &["-wrapper", "-B", "-specs", "--specs", "-fplugin", "--ld-path"],
    ),
    (&["rustc"], &["-C", "--codegen", "-Z"]),
    (&["openssl"], &["-engine", "-provider", "-provider-path"]),
    (&["nm", "ar", "ld", "ranlib"], &["--plugin", "-plugin"]),
    (&["mypy"], &["--python-executable", "--config-file"]),
    (&["pytest"], &["-c", "--config-file", "--rootdir", "--confcutdir", "-o", "--override-ini"]),
    (
        &["eslint"],
        &["-c", "--config", "--rulesdir", "--parser", "--plugin", "-f", "--format", "--resolve-plugins-relative-to"],
    ),
    (&["prettier"], &["--plugin", "--config"]),
    (&["strace", "ltrace"], &["-E"]),
    (&["start-stop-daemon"], &["-x", "--exec", "-a", "--startas"]),
    (&["ip"], &["-b", "-batch"]),
    (&["lynx", "w3m"], &["-cfg", "-config"]),
    (&["expect"], &["-c"]),
    (&["gnuplot"], &["-e"]),
    (&["octave"], &["--eval"]),
    (&["julia"], &["-e", "-E", "--eval", "--print", "-L", "--load"]),
    (&["R"], &["-e", "-f", "--file"]),
    (&["yq"], &["-s", "--split-exp", "--split-exp-file"]),
    (&["iptables", "ip6tables"], &["--modprobe", "-M"]),
    (&["bsdcat", "bsdcpio"], &["--use-compress-program"]),
    (&["pip", "pip3"], &["--python", "--config-settings", "--global-option"]),
    (&["date"], &["-s", "--set"]),
];
/// Options with which a program names the files that it writes itself.
const NAMING: [Running; 2] = [
    (&["curl"], &["-O", "-J", "--remote-name", "--remote-name-all", "--remote-header-name", "--output-dir"]),
    (
        &["wget"],
        &[
            "-i",
            "--input-file",
            "-r",
            "--recursive",
            "-m",
            "--mirror",
            "-p",
            "--page-requisites",
            "-x",
            "--force-directories",
            "--content-disposition",
            "--trust-server-names",
            "--default-page",
        ],
    ),
];
/// Words of gdb's that run nothing of their own; each of its options may be shortened.
const GDB: [&str; 10] = ["-q", "-quiet", "--quiet", "-batch", "--batch", "-nx", "--nx", "--args", "-args", "--version"];

/// Notes what a program may run, and write, by its options.
pub(super) fn doubt(name: &str, args: &[Word], line: &mut Line) {
    let mut texts: Vec<String> = args.iter().map(|word| word.text.clone()).collect();
    // `tar tfI x y`: the first word is a cluster, with or without its dash.
    if is_tar(name)
        && let Some(first) = texts.first_mut().filter(|first| !first.starts_with('-'))
    {
        first.insert(0, '-');
    }
    let given = |all: &[Running]| {
        let known = all.iter().filter(|(names, _)| names.contains(&name));
        known
            .flat_map(|(_, options)| options.iter())
            .find(|option| texts.iter().any(|text| gives(text, option)))
            .copied()
    };
    if let Some(option) = given(&RUNNING) {
        line.doubt(format!("{name} may run another program by its option {option}"));
    }
    if let Some(option) = given(&NAMING) {
        line.doubt(format!("{name} names the files that it writes itself, by its option {option}"));
    }
    if super::archive::removes(name, args) {
        line.doubt(format!("{name} deletes what it packs, by an option that a rule for packing does not mean"));
    }
    let any = |is: fn(&str) -> bool| texts.iter().any(|text| is(text));
    let runs = match name {
        "make" | "gmake" => any(|text| !text.starts_with('-') && sets_what_runs(text)),
        "cmake" | "mvn" | "gradle" | "gradlew" => {
            let names_a_file: &[&str] = match name {
                "mvn" => &["-f", "-s", "-gs", "-t", "-D"],
                "cmake" => &["-D", "-E", "-P", "-C"],
                _ => &["-I", "-b", "-c", "-D"],
            };
            texts.iter().any(|text| {
                names_a_file.contains(&text.as_str()) || text.strip_prefix("-D").is_some_and(sets_what_runs)
            })
        }
        "dotnet" => any(|text| {
            let property = text.trim_start_matches(['-', '/']);
            text.starts_with(['-', '/']) && (property.starts_with("p:") || property.starts_with("property"))
        }),
        "gdb" => texts.iter().any(|text| text.starts_with('-') && !GDB.contains(&text.as_str())),
        "less" | "more" | "most" | "vim" | "vi" | "nvim" | "view" | "ex" => any(|text| text.starts_with('+')),
        "go" => any(|text| text.contains("-extld")),
        "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" => {
            any(|text| text.starts_with('@') || (text.starts_with("-fuse-ld=") && text.contains('/')))
        }
        "zip" => any(|text| text.starts_with('-') && text.contains("TT")),
        "dc" => any(|text| text.contains('!')) || !any(|text| text.starts_with("-e") || text.starts_with("--e")),
        "ed" | "red" => !texts.is_empty(),
        "socat" => any(|text| ["exec:", "system:", "shell:"].iter().any(|it| text.to_lowercase().starts_with(it))),
        "sqlite3" => any(|text| {
            text.trim_start().starts_with('.')
                || ["writefile", "load_extension", "edit("].iter().any(|it| text.contains(it))
        }),
        "psql" | "mysql" | "mariadb" => any(|text| {
            text.contains('\\') || ["program", "system", "outfile"].iter().any(|it| text.to_lowercase().contains(it))
        }),
        "strace" | "ltrace" => super::writes::named(name, args).any(|word| word.text.starts_with(['|', '!'])),
        "ip" => args.iter().any(|word| word.text == "exec"),
        _ => false,
    };
    if runs {
        line.doubt(format!("{name} may run other programs by what it is told"));
    }
    // `host:file`, as rcp and scp have it.
    let elsewhere = |text: &String| text.split('/').next().is_some_and(|first| first.contains(':'));
    if is_tar(name)
        && texts.iter().any(|text| elsewhere(&text.split_once('=').map_or(text.clone(), |(_, it)| it.to_owned())))
    {
        line.doubt(format!("{name} may reach another machine for a file with a colon in its name"));
    }
}

/// Whether a word sets a variable of a build to more than a word, a number, or a yes or no: any of them may be a program,
/// and make runs a function in one as soon as it is looked up.
fn sets_what_runs(text: &str) -> bool {
    const NAMES: [&str; 13] = [
        "COMPILER",
        "LAUNCHER",
        "PROGRAM",
        "TOOLCHAIN",
        "COMMAND",
        "INCLUDE",
        "LINKER",
        "PATH",
        "RULE",
        "JVM",
        "EXEC",
        "SHELL",
        "AGENT",
    ];
    let Some((name, value)) = text.split_once('=') else { return false };
    let upper = name.to_ascii_uppercase();
    let counts = value.bytes().all(|byte| byte.is_ascii_digit());
    let says = ["y", "n", "yes", "no", "on", "off", "true", "false", "debug", "release"]
        .contains(&&*value.to_ascii_lowercase());
    // `!=` runs its value.
    name.ends_with('!') || NAMES.iter().any(|it| upper.contains(it)) || !(counts || says || is_test(name, value))
}

/// `-Dtest=CaseOfMine#that_works` and `-DCMAKE_BUILD_TYPE=RelWithDebInfo` name no program.
fn is_test(name: &str, value: &str) -> bool {
    matches!(name, "test" | "it.test" | "CMAKE_BUILD_TYPE")
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "#_.*+,".contains(c))
}

fn is_tar(name: &str) -> bool {
    matches!(name, "tar" | "gtar" | "bsdtar")
}

/// Whether a word is an option, alone or with its value, or a letter of it in a cluster.
pub(super) fn gives(word: &str, option: &str) -> bool {
    if let Some(long) = option.strip_prefix("--") {
        let name = word.strip_prefix("--").map(|word| word.split('=').next().unwrap_or_default());
        return name.is_some_and(|name| !name.is_empty() && long.starts_with(name));
    }
    match option.strip_prefix('-') {
        Some(letter) if letter.len() == 1 => {
            word.strip_prefix('-').is_some_and(|it| !it.starts_with('-') && it.contains(letter))
        }
        _ => word == option || word.strip_prefix(option).is_some_and(|rest| rest.starts_with('=')),
    }
}
