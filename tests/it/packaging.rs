//! What goes into packages beside the program. `cargo xtask bundle --check` tries the packages themselves.

use std::{collections::BTreeSet, ffi::OsStr, fs};

use crate::cli::program::Program;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The words of a help text that begin with two dashes, without what follows the name.
fn options(help: &str) -> impl Iterator<Item = &str> {
    let names = help.split_whitespace().filter(|word| word.starts_with("--"));
    names.map(|name| name.trim_end_matches(|it: char| !it.is_ascii_alphanumeric()))
}

/// The commands that a help text lists.
fn commands(help: &str) -> impl Iterator<Item = &str> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    listed.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help")
}

#[test]
fn the_manual_has_a_page_for_every_command_with_all_its_options() {
    let program = Program::new();
    let folder = program.path("manual");
    program.done([OsStr::new("man"), folder.as_os_str()]);
    let page = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(text.contains(".TH weekwise"), "{name} has no title");
        // The dash of an option is written so in man's language.
        text.replace("\\-", "-")
    };

    let help = program.done(["--help"]);
    let mut expected = BTreeSet::from(["weekwise.1".to_owned()]);
    let main = page("weekwise.1");
    for option in options(&help) {
        assert!(main.contains(option), "weekwise.1 lacks {option}");
    }
    for command in commands(&help) {
        assert!(main.contains(&format!("weekwise-{command}(1)")), "weekwise.1 lacks {command}");
        let name = format!("weekwise-{command}.1");
        let text = page(&name);
        for option in options(&program.done([command, "--help"])) {
            assert!(text.contains(option), "{name} lacks {option}");
        }
        expected.insert(name);
    }
    assert!(expected.len() > 4, "the help lists commands: {help}");
    let written: BTreeSet<_> = fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(written, expected);
}

#[test]
fn every_file_of_the_packages_names_the_version_of_the_program() {
    let changelog = include_str!("../../xtask/packaging/debian/changelog");
    assert!(changelog.starts_with(&format!("weekwise ({VERSION}-1) ")), "xtask/packaging/debian/changelog: {VERSION}?");
    let metainfo = include_str!("../../xtask/packaging/app.weekwise.weekwise.metainfo.xml");
    let newest = metainfo.split("<release ").nth(1).expect("the metainfo names releases");
    assert!(newest.starts_with(&format!("version=\"{VERSION}\"")), "xtask/packaging/…metainfo.xml: {VERSION}?");
}
