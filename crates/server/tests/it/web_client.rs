//! The libraries of the existing web client against the real server: `tests/web-client/main.mjs`.

use std::{path::Path, process::Command};

use crate::{
    postgres::Database,
    running::{ORIGIN, Running, SECRET},
};

/// As many steps as the script has; one that is left out would be missed otherwise.
const STEPS: usize = 33;

async fn in_zone(zone: &str) {
    let database = Database::ready().await;
    let server = Running::start_with(&database, &[("TZ", zone)]);
    drive(&server, zone).await;
}

/// All that the libraries ask of a server, with people of their own for each zone.
pub(crate) async fn drive(server: &Running, zone: &str) {
    let modules = std::env::var("WEEKWISE_WEB_CLIENT")
        .expect("`cargo xtask test` tells where the libraries of the web client are: WEEKWISE_WEB_CLIENT");
    let modules = Path::new(&modules).join("node_modules");
    // Modules are looked for beside the script.
    let folder = tempfile::tempdir().expect("there is room for the script");
    for file in ["main.mjs", "browser.mjs"] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web-client").join(file);
        std::fs::copy(source, folder.path().join(file)).expect("the script can be copied");
    }
    link(&modules, &folder.path().join("node_modules"));

    let mut node = Command::new("node");
    node.arg(folder.path().join("main.mjs")).args([&server.url, ORIGIN]);
    node.env("TZ", zone).env("BETTER_AUTH_SECRET", SECRET);
    let output = tokio::task::spawn_blocking(move || node.output()).await.unwrap().expect("node starts");
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let held = said.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(output.status.success() && said.ends_with("done\n"), "{said}\n{complained}\n{}", server.log());
    assert_eq!(held, STEPS, "{said}");
}

fn link(target: &Path, link: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(target, link).expect("a link can be made");
    #[cfg(windows)]
    std::os::windows::fs::symlink_dir(target, link).expect("a link can be made");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_in_utc() {
    in_zone("UTC").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_west_of_utc() {
    in_zone("America/New_York").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_east_of_utc() {
    in_zone("Asia/Kolkata").await;
}
