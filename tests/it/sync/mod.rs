//! Sync as a person has it on the command line, over real servers and a network that fails.

mod commands;
mod killed;
#[path = "../../support/proxy.rs"]
pub(crate) mod proxy;
#[path = "../../support/server.rs"]
#[allow(dead_code, reason = "tests of the application use the rest of it")]
pub(crate) mod server;
mod stack;

use std::process::{Child, Stdio};

use crate::cli::program::{Program, Ran};
use server::{Database, PASSWORD, Server};

/// A device on which somebody signed in.
pub(crate) fn signed_in(url: &str, email: &str) -> Program {
    let program = Program::new();
    let ran = sign_in(&program, url, email, PASSWORD);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    program
}

/// Signs in on a device.
pub(crate) fn sign_in(program: &Program, url: &str, email: &str, password: &str) -> Ran {
    let arguments = ["sign-in", "--server", url, "--email", email, "--session-in-file"];
    program.run_with(arguments, format!("{password}\n").as_bytes())
}

/// Makes a slot of a number, and says whether that was acknowledged.
fn add_slot(program: &Program, number: u32) -> bool {
    program.import(&program.file("slot.json", slot_file(number))).code == Some(0)
}

fn slot_file(number: u32) -> String {
    format!(
        r#"{{"format":"weekwise","version":1,"schedules":[{{"id":"01a0e707-2400-76d1-b9b5-{number:012x}","day_of_week":1,
            "start":"09:00","end":"10:30","valid_from":"2026-10-05","title":"Slot {number}"}}]}}"#
    )
}

/// All that a device shows, as a file.
fn exported(program: &Program) -> serde_json::Value {
    serde_json::from_str(&program.done(["export", "-"])).expect("an export is JSON")
}

/// The numbers of the slots that a device shows.
fn slots(program: &Program) -> Vec<u32> {
    let file = exported(program);
    let titles = file["schedules"].as_array().expect("a list").iter();
    let numbers = titles.map(|row| row["title"].as_str().and_then(|it| it.strip_prefix("Slot ")?.parse().ok()));
    let mut numbers: Vec<u32> = numbers.map(|it| it.expect("a title of these tests")).collect();
    numbers.sort_unstable();
    numbers
}

/// Starts a run of sync without waiting for it.
fn start_sync(program: &Program) -> Child {
    let mut command = program.command();
    command.args(["sync", "--once"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}
