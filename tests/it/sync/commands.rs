//! `weekwise sign-in`, `sign-out`, `accounts` and `sync`.

use std::process::Stdio;

use serde_json::{Value, json};

use super::{
    proxy::{Mood, Proxy},
    *,
};

#[test]
fn a_week_goes_from_one_device_to_the_other() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let one = Program::new();
    let ran = sign_in(&one, &server.url, &email, PASSWORD);
    let expected = format!(
        "Signed in at {url} as {email}.\nThe session is in a file that only you can read; it is not encrypted.\n\
         Synced with {url}: 0 sent, 0 received.\n",
        url = server.url
    );
    assert_eq!(ran, Ran { code: Some(0), out: expected, err: String::new() });
    let other = signed_in(&server.url, &email);
    assert!(add_slot(&one, 1));
    assert_eq!(one.done(["sync", "--once"]), format!("Synced with {}: 1 sent, 1 received.\n", server.url));
    let told: Value = serde_json::from_str(&other.done(["sync", "--once", "--json"])).expect("JSON");
    let server_url = &server.url;
    assert_eq!(told, json!({ "state": "synced", "server": server_url, "sent": 0, "received": 1, "started_over": 0 }));
    assert_eq!(exported(&one), exported(&other));
    assert_eq!(
        other.done(["sync", "--once", "--account", &email]),
        format!("Synced with {server_url}: 0 sent, 0 received.\n")
    );
}

#[test]
fn a_request_that_fails_is_tried_again_for_a_while_and_then_it_is_said_what_is_wrong() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let [proxy, broken] = [(); 2].map(|()| Proxy::to(&[server.address()]));
    let [one, other] = [&proxy, &broken].map(|proxy| signed_in(&proxy.url, &email));
    assert!(add_slot(&one, 1) && add_slot(&other, 2));
    broken.feel(|| Mood::CutRequest(10));
    let mut command = other.command();
    let in_vain = command.args(["sync", "--once"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();

    let mut cuts = 0..2;
    proxy.feel(move || if cuts.next().is_some() { Mood::CutRequest(10) } else { Mood::Calm });
    assert_eq!(one.done(["sync", "--once"]), format!("Synced with {}: 1 sent, 1 received.\n", proxy.url));

    let ran = Ran::from(in_vain.expect("the program starts").wait_with_output().expect("it ends by itself"));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    let expected = format!("weekwise: {} cannot be reached", broken.url);
    assert!(ran.err.starts_with(&expected) && ran.err.ends_with("; 1 edit waits on this device\n"), "{ran:?}");
    broken.feel(|| Mood::Calm);
    assert_eq!(other.done(["sync", "--once"]), format!("Synced with {}: 1 sent, 2 received.\n", broken.url));
}

#[test]
fn what_is_on_the_device_alone_is_brought_along_when_asked() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let program = Program::new();
    assert!(add_slot(&program, 1));
    let apart = sign_in(&program, &server.url, &email, PASSWORD);
    assert!(apart.out.contains("1 slots without an account stay apart"), "{apart:?}");
    assert!(slots(&program).is_empty());
    let arguments = ["sign-in", "--server", &server.url, "--email", &email, "--session-in-file", "--bring-local"];
    let along = program.run_with(arguments, format!("{PASSWORD}\n").as_bytes());
    assert!(along.out.contains("Brought along: 1 slots and 0 changed dates."), "{along:?}");
    assert_eq!(slots(&program), [1]);
}

#[test]
fn accounts_are_listed_and_chosen() {
    let server = Server::start(&Database::new());
    let [ada, ben] = [server.sign_up("ada"), server.sign_up("ben")];
    let program = Program::new();
    assert_eq!(program.done(["accounts"]), "There is no account: the week is on this device alone.\n");
    assert_eq!(program.done(["accounts", "--json"]), "[]\n");
    for email in [&ada, &ben] {
        assert_eq!(sign_in(&program, &server.url, email, PASSWORD).code, Some(0));
    }
    let listed = |program: &Program| -> Vec<Value> {
        let list: Value = serde_json::from_str(&program.done(["accounts", "--json"])).expect("JSON");
        let pick = |it: &Value| json!([it["email"], it["signed_in"], it["shown"]]);
        list.as_array().expect("a list").iter().map(pick).collect()
    };
    assert_eq!(listed(&program), [json!([ada, true, false]), json!([ben, true, true])]);
    program.done(["accounts", "--show", &ada]);
    assert_eq!(listed(&program), [json!([ada, true, true]), json!([ben, true, false])]);
    assert!(add_slot(&program, 1));
    let out = program.done(["sign-out"]);
    assert!(out.starts_with("Signed out of ") && out.contains("1 edits wait here"), "{out}");
    assert_eq!(listed(&program), [json!([ada, false, true]), json!([ben, true, false])]);
    assert_eq!(slots(&program), [1], "the week stays");
    let ran = program.run(["sync", "--once"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.err, "weekwise: nobody is signed in: use weekwise sign-in\n");
    program.done(["accounts", "--show", "local"]);
    assert!(slots(&program).is_empty());
}

#[test]
fn what_is_wrong_is_said_on_one_line() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let program = Program::new();
    let wrong = sign_in(&program, &server.url, &email, "battery staple");
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.err.starts_with(&format!("weekwise: {} refuses: ", server.url)), "{wrong:?}");
    let clear = sign_in(&program, "http://week.example", &email, PASSWORD);
    let said = "weekwise: a server is reached over https; http is for a server on this machine alone\n";
    assert_eq!((clear.code, clear.err.as_str()), (Some(2), said));
    let gone = sign_in(&program, "http://127.0.0.1:1", &email, PASSWORD);
    assert_eq!(gone.code, Some(1), "{gone:?}");
    assert!(gone.err.contains("http://127.0.0.1:1 cannot be reached"), "{gone:?}");
    let silent = sign_in(&program, &server.url, &email, "");
    assert_eq!((silent.code, silent.err.as_str()), (Some(2), "weekwise: there is no password on standard input\n"));
    for arguments in [vec!["sync", "--once"], vec!["sign-out"], vec!["sync", "--once", "--account", "nobody"]] {
        let ran = program.run(&arguments);
        assert_eq!((ran.code, ran.err.lines().count()), (Some(2), 1), "{ran:?}");
        assert!(ran.err.contains("there is no account"), "{ran:?}");
    }
    // Without a keyring, and without a word about a file, nobody is signed in.
    let keyring =
        program.run_with(["sign-in", "--server", &server.url, "--email", &email], format!("{PASSWORD}\n").as_bytes());
    assert_eq!(keyring.code, Some(1), "{keyring:?}");
    assert!(keyring.err.contains("--session-in-file"), "{keyring:?}");
    assert_eq!(program.done(["accounts", "--json"]), "[]\n");
}
