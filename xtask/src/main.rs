//! `cargo xtask <verb>`: the one door for building Weekwise. It sets the machine up as far as it
//! can, so that a fresh clone needs nothing but Rust. It holds nothing of the application itself.

mod bench;
mod bundle;
mod checks;
mod dev;
mod display;
mod run;
mod scratch;
mod setup;
mod shell;
mod test;
mod ui;
mod wasm;
mod webdriver;
mod workspace;

use anyhow::{Result, bail};

use setup::Purpose;
use workspace::Workspace;

const HELP: &str = "\
cargo xtask <verb>

  run [--release] [-- ARGS]   open the app; without a display, check that its first week is
                              painted and save a picture of it
  dev [server | ui]           Postgres, the server and the app, with hot reload; or only the
                              server over its Postgres, or only the app (`DATABASE_URL` names
                              a Postgres of your own)
  check                       formatting and lints, native and WebAssembly
  test                        every check and every test; the last line is the total
  bench [--write]             measure all that has a target; --write puts the table into README.md
  bundle [--check]            make the packages for Linux; --check also tries them in a clean
                              system of their own (as root, about 5 min)
  setup [run]                 install what is missing: everything, or only what `run` needs

Tools are kept in ~/.cache/weekwise/tools (WEEKWISE_TOOLS_DIR overrides it).";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Err(error) = dispatch(&args) {
        // Of an inner verb only the standard output is seen.
        if args.first().is_some_and(|verb| verb.starts_with("__")) {
            println!("{error:#}");
        } else {
            eprintln!("{error:#}");
        }
        std::process::exit(1);
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let (verb, rest) = match args.split_first() {
        Some((verb, rest)) => (verb.as_str(), rest),
        None => ("help", &[][..]),
    };
    match (verb, rest) {
        ("run", rest) => run::run(&Workspace::open()?, &run::Options::parse(rest)?),
        ("dev", []) => dev::all(&Workspace::open()?),
        ("dev", [only]) if only == "server" => dev::server(&Workspace::open()?),
        ("dev", [only]) if only == "ui" => dev::ui(&Workspace::open()?),
        ("check", []) => checks::check(&Workspace::open()?),
        ("test", []) => test::test(&Workspace::open()?),
        ("bench", []) => bench::bench(&Workspace::open()?, false),
        ("bench", [only]) if only == "--write" => bench::bench(&Workspace::open()?, true),
        ("bundle", []) => bundle::bundle(&Workspace::open()?, false),
        ("bundle", [only]) if only == "--check" => bundle::bundle(&Workspace::open()?, true),
        ("setup", []) => setup::setup(&Workspace::open()?, Purpose::Test).map(drop),
        ("setup", [only]) if only == "run" => setup::setup(&Workspace::open()?, Purpose::run()).map(drop),
        ("help" | "-h" | "--help", _) => {
            println!("{HELP}");
            Ok(())
        }
        // Inside a session of its own, started by `run` and `test` themselves.
        ("__paint", [binary, picture, args @ ..]) => run::paint(binary.as_ref(), picture.as_ref(), args),
        ("__keyring", [program, args @ ..]) => display::with_keyring(program, args),
        _ => bail!("there is no `{}`\n\n{HELP}", args.join(" ")),
    }
}
