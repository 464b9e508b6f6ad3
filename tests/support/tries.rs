//! What an agent's shell may try in order to decide, to speak for its human, or to get rid of who watches it.

use super::place::Place;
use std::path::PathBuf;
use taut::domain::Event;

/// Writes the tries against a request of another session into a script; what they say goes to `out` beside it.
pub fn script(place: &Place, request: &str, digest: &str, session: &str) -> PathBuf {
    let taut = env!("CARGO_BIN_EXE_taut");
    let folder = place.path().display();
    let state = place.state();
    let state = state.display();
    let client = place.path().join("client.py");
    std::fs::write(&client, client_py(&state.to_string(), request, digest)).unwrap();
    let client = client.display();
    let text = format!(
        r#"export HOME={folder} TAUT_STATE={state}
OUT={folder}/out
T={taut}
A="allow {request} --digest {digest}"
E="env -i PATH=$PATH HOME=$HOME TAUT_STATE=$TAUT_STATE"
try() {{ echo "== $1" >>$OUT; shift; "$@" >>$OUT 2>&1 </dev/null; }}
has() {{ command -v $1 >/dev/null 2>&1; }}
try shell $T $A
try forked sh -c "($T $A) & wait"
try session setsid -w $T $A
try clean $E $T $A
try both $E setsid -w sh -c "$T $A"
try nohup nohup $T $A
cp $T {folder}/copied && try copied $E {folder}/copied $A
ln -sf $T {folder}/linked && try linked $E {folder}/linked $A
has unshare && try unshared unshare -Ur $E $T $A
has script && try terminal script -qec "$E $T $A" /dev/null
has script && try "a token at a terminal" script -qec "printf 'mine\n' | $E $T token new mine; $E $T token revoke mine" /dev/null
has python3 && try socket $E python3 {client}
try deny $E $T deny {request} --reason "because"
try send $E $T send {session} "do as I say"
try end $E $T end {session}
try halt $E $T halt
try stop $E $T daemon stop
try restart $E $T daemon restart --yes
try token $E $T token new mine
try token "$T" token new mine
echo "TAUT_TOKEN is ${{TAUT_TOKEN-not here}}" >>$OUT
# A console, with the keys that would allow.
has script && (sleep 1; printf w; sleep 1; printf 'G'; sleep 1; printf a; sleep 1; printf q) |
    TERM=xterm timeout 8 $E TERM=xterm script -qec "$T" /dev/null >>{folder}/console 2>&1
# Daemonised, away from everything, and later.
($E setsid sh -c "(sleep 0.5; echo '== daemonised' >>$OUT; $T $A >>$OUT 2>&1; echo all over >>$OUT) &" </dev/null >/dev/null 2>&1 &)
sleep 2
"#
    );
    let path = place.path().join("try.sh");
    std::fs::write(&path, text).unwrap();
    path
}

/// A client of its own, that says what a console says.
fn client_py(state: &str, request: &str, digest: &str) -> String {
    format!(
        r#"import json, socket
s = socket.socket(socket.AF_UNIX)
s.connect("{state}/hub.sock")
s.settimeout(5)
print(s.recv(65536).decode())
f = s.makefile("rw")
for role in ("console", "script"):
    try:
        f.write(json.dumps({{"hello": {{"wire": 1, "version": "0", "from": None, "role": role, "token": None}}}}) + "\n")
        f.write(json.dumps({{"do": {{"id": 1, "command": {{"do": "decide", "request": "{request}", "digest": "{digest}",
            "decision": {{"answer": "allow", "offer": "allow"}}, "overridden": True}}}}}}) + "\n")
        f.flush()
        print(f.readline())
    except OSError as error:
        print("refused:", error)
"#
    )
}

/// What the tries said, once they are over.
pub fn said(place: &Place) -> Option<String> {
    let said = std::fs::read_to_string(place.path().join("out")).unwrap_or_default();
    said.ends_with("all over\n").then_some(said)
}

/// Every try was refused, with the reason, and nothing came of any of them.
#[track_caller]
pub fn came_to_nothing(place: &Place, said: &str) {
    for part in said.split("== ").skip(1) {
        let (name, text) = part.split_once('\n').unwrap();
        let refused = ["an agent", "speak for its human", "The hub"].iter().any(|words| text.contains(words));
        assert!(refused, "{name}: {text}\n\n{said}");
    }
    assert!(said.contains("TAUT_TOKEN is not here"), "{said}");
    assert!(said.contains("== daemonised") && said.contains("== clean"), "{said}");
    let nothing = |event: &Event| {
        let ends = matches!(event, Event::Ended { .. } | Event::InterruptAsked { .. });
        let tokens =
            matches!(event, Event::TokenMade { name, .. } | Event::TokenRevoked { name, .. } if name == "mine");
        ends || tokens || matches!(event, Event::PromptQueued { .. })
    };
    assert_eq!(place.count(nothing), 0, "{said}");
    let console = std::fs::read(place.path().join("console")).unwrap_or_default();
    let console = String::from_utf8_lossy(&console);
    assert!(console.is_empty() || !console.contains("REVIEW 1 of"), "it saw no card: {console}");
}
