//! Declares the commands to Tauri from the protocol's list, and checks that the capability
//! file grants exactly those, so that neither can drift from the other.

use std::{fs, path::Path};

const CAPABILITY: &str = "src-tauri/capabilities/main.json";

fn main() {
    // A missing interface must not keep `cargo check` from working; the window then says so.
    let dist = Path::new("ui/dist");
    if !dist.join("index.html").exists() {
        fs::create_dir_all(dist).expect("ui/dist can be created");
        fs::write(
            dist.join("index.html"),
            "<!doctype html><title>Weekwise</title><p>The interface is not built yet: run <code>cargo xtask run</code>.",
        )
        .expect("ui/dist/index.html can be written");
    }
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed={CAPABILITY}");

    let granted = fs::read_to_string(CAPABILITY).expect("the capability file is readable");
    for name in weekwise_protocol::NAMES {
        let permission = format!("\"allow-{}\"", name.replace('_', "-"));
        assert!(
            granted.contains(&permission),
            "{CAPABILITY} does not grant {permission}: add it, or drop the call from the protocol's list"
        );
    }
    assert_eq!(
        granted.matches("\"allow-").count(),
        weekwise_protocol::NAMES.len(),
        "{CAPABILITY} grants a command that the protocol does not list"
    );

    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("src-tauri/capabilities/**/*")
            .app_manifest(tauri_build::AppManifest::new().commands(weekwise_protocol::NAMES)),
    )
    .expect("tauri.conf.json and the capabilities are valid");
}
