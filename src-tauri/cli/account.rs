//! `weekwise sign-in`, `sign-out` and `accounts`.

use std::{
    fmt::Write,
    io::{self, BufRead, IsTerminal},
};

use serde_json::json;
use weekwise_app::{
    AccountError, Accounts, App, AuthError, Credentials, DataFolder, Keep, Kept, Origin, SessionPlace, Sessions,
    SignedIn, SignedOut, accounts, show, sign_in, sign_out,
};

use super::{Trouble, print, sync};
use crate::locale;

/// What `sign-in` is given.
pub(super) struct SignIn {
    pub(super) server: String,
    pub(super) email: String,
    pub(super) bring_local: bool,
    pub(super) session_in_file: bool,
}

/// The longest password that is read; the server takes fewer.
const MAX_PASSWORD: u64 = 4096;

pub(super) async fn enter(root: DataFolder, given: SignIn) -> Result<(), Trouble> {
    let server = Origin::parse(&given.server).map_err(|error| Trouble::bad_input(error.to_string()))?;
    let password = password(&given.email)?;
    let keep = if given.session_in_file { Keep::File } else { Keep::Keyring };
    let credentials = Credentials { server: &server, email: &given.email, password: &password, keep };
    let SignedIn { kept, .. } = sign_in(&root, &Sessions::default(), credentials).await.map_err(trouble)?;
    let mut text = format!("Signed in at {} as {}.\n", kept.owner.server, kept.email);
    if kept.session == SessionPlace::File {
        text.push_str("The session is in a file that only you can read; it is not encrypted.\n");
    }
    print(&text)?;
    let app = App::open_account(root, kept, locale::of_system()).await;
    let app = app.map_err(|error| Trouble::failed(error.to_string()))?;
    let outcome = first_sync(&app, given.bring_local).await;
    app.clone().close().await;
    print(&outcome?)
}

/// What is in the account comes first, so that what is brought along meets it.
async fn first_sync(app: &App, bring_local: bool) -> Result<String, Trouble> {
    let mut text = sync::once(app).await?.in_words();
    let failed = |error: weekwise_app::OpenError| Trouble::failed(error.to_string());
    let local = app.adoption().await.map_err(failed)?;
    let missing = local.schedules - local.known;
    if !bring_local {
        if missing > 0 {
            let _ = writeln!(
                text,
                "{missing} slots without an account stay apart: sign in with --bring-local to bring them along."
            );
        }
        return Ok(text);
    }
    let adopted = app.adopt().await?;
    let (slots, dates) = (adopted.schedules, adopted.exceptions);
    let _ = writeln!(text, "Brought along: {slots} slots and {dates} changed dates.");
    if local.alike > 0 {
        let _ = writeln!(text, "{} of them look like slots that were there: see the week.", local.alike);
    }
    text.push_str(&sync::once(app).await?.in_words());
    Ok(text)
}

pub(super) async fn leave(root: &DataFolder, name: Option<&str>) -> Result<(), Trouble> {
    let kept = find(root, name)?;
    let SignedOut { waiting, trouble: left } = sign_out(root, &Sessions::default(), &kept).await.map_err(trouble)?;
    let mut text = format!("Signed out of {} as {}. The week stays on this device.\n", kept.owner.server, kept.email);
    if waiting > 0 {
        let _ = writeln!(text, "{waiting} edits wait here until you sign in again.");
    }
    print(&text)?;
    if let Some(left) = left {
        eprintln!("weekwise: the session ends by itself, for the server was not told: {left}");
    }
    Ok(())
}

pub(super) fn list(root: &DataFolder, shown: Option<&str>, as_json: bool) -> Result<(), Trouble> {
    match shown {
        Some("local") => show(root, None).map_err(|error| Trouble::failed(error.to_string()))?,
        Some(name) => {
            let kept = find(root, Some(name))?;
            show(root, Some(kept.folder)).map_err(|error| Trouble::failed(error.to_string()))?;
        }
        None => {}
    }
    let accounts = accounts(root).map_err(|error| Trouble::failed(error.to_string()))?;
    print(&if as_json { in_json(&accounts) } else { in_words(&accounts) })
}

/// The account with a name, or the one that is shown, or the only one.
pub(super) fn find(root: &DataFolder, name: Option<&str>) -> Result<Kept, Trouble> {
    let accounts = accounts(root).map_err(|error| Trouble::failed(error.to_string()))?;
    let Some(name) = name else {
        let only = (accounts.kept.len() == 1).then(|| &accounts.kept[0]);
        let found = accounts.shown().or(only).cloned();
        return found.ok_or_else(|| Trouble::bad_input("there is no account: sign in first, or give --account"));
    };
    let is_it = |it: &&Kept| it.email.eq_ignore_ascii_case(name) || it.folder.to_string() == name;
    let mut found = accounts.kept.iter().filter(is_it);
    match (found.next(), found.next()) {
        (Some(account), None) => Ok(account.clone()),
        (None, _) => Err(Trouble::bad_input(format!("there is no account {name}: see weekwise accounts"))),
        (Some(_), Some(_)) => Err(Trouble::bad_input(format!(
            "several accounts are called {name}: give the id of one, as accounts says it"
        ))),
    }
}

pub(super) fn trouble(error: AccountError) -> Trouble {
    match error {
        AccountError::Keyring(error) => Trouble::failed(format!(
            "{error}: {}, or give --session-in-file to sign-in to keep the session in a file that is not encrypted",
            error.advice()
        )),
        AccountError::Server(AuthError::Refused { .. }) => Trouble::bad_input(error.to_string()),
        error => Trouble::failed(error.to_string()),
    }
}

fn in_words(accounts: &Accounts) -> String {
    if accounts.kept.is_empty() {
        return "There is no account: the week is on this device alone.\n".to_owned();
    }
    let mut text = String::new();
    let mark = |is_shown: bool| if is_shown { '*' } else { ' ' };
    let _ = writeln!(text, "{} local  (on this device alone)", mark(accounts.shown().is_none()));
    for account in &accounts.kept {
        let state = match account.session {
            SessionPlace::Keyring | SessionPlace::File => "signed in",
            SessionPlace::Memory => "signed in while the window is open",
            SessionPlace::Nowhere => "signed out",
            SessionPlace::Gone => "deleted",
        };
        let (email, server, folder) = (&account.email, &account.owner.server, account.folder);
        let mark = mark(accounts.shown == Some(folder));
        let _ = writeln!(text, "{mark} {email}  {server}  {state}  {folder}");
    }
    text
}

fn in_json(accounts: &Accounts) -> String {
    let rows = accounts.kept.iter().map(|account| {
        json!({
            "id": account.folder,
            "email": account.email,
            "name": account.name,
            "server": account.owner.server,
            "signed_in": matches!(account.session, SessionPlace::Keyring | SessionPlace::File),
            "shown": accounts.shown == Some(account.folder),
        })
    });
    let rows: Vec<String> = rows.map(|row| row.to_string()).collect();
    if rows.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", rows.join(",\n")) }
}

/// The password, typed unseen at a terminal, else the first line of standard input. Never an argument: those can be seen by
/// every program.
fn password(email: &str) -> Result<String, Trouble> {
    let read = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("Password of {email}: "))
    } else {
        let mut line = String::new();
        let read = io::Read::take(io::stdin().lock(), MAX_PASSWORD).read_line(&mut line);
        read.map(|_| line.trim_end_matches(['\r', '\n']).to_owned())
    };
    let password = read.map_err(|error| Trouble::failed(format!("the password cannot be read: {error}")))?;
    if password.is_empty() { Err(Trouble::bad_input("there is no password on standard input")) } else { Ok(password) }
}
