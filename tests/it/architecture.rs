//! The directions in which the parts depend on each other: see `ARCHITECTURE.md`.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// What each part of the workspace may use of it. A new edge needs a page in `docs/decisions/`.
const EDGES: &[(&str, &[&str])] = &[
    ("weekwise", &["weekwise-app", "weekwise-domain", "weekwise-protocol"]),
    (
        "weekwise-app",
        &["weekwise-domain", "weekwise-interchange", "weekwise-protocol", "weekwise-storage", "weekwise-sync"],
    ),
    ("weekwise-domain", &[]),
    ("weekwise-interchange", &["weekwise-domain"]),
    ("weekwise-protocol", &["weekwise-domain"]),
    ("weekwise-server", &["weekwise-domain", "weekwise-interchange", "weekwise-protocol", "weekwise-sync"]),
    ("weekwise-storage", &["weekwise-domain"]),
    ("weekwise-sync", &["weekwise-domain", "weekwise-protocol"]),
    ("weekwise-ui", &["weekwise-domain", "weekwise-protocol"]),
    ("xtask", &[]),
];

/// The parts that do no input or output themselves, and so compile to WebAssembly.
const PURE: &[&str] = &["weekwise-domain", "weekwise-interchange", "weekwise-protocol", "weekwise-sync", "weekwise-ui"];

/// What those parts never use, not even by way of another package.
const IMPURE: &[&str] = &["reqwest", "sqlx", "sqlx-core", "tauri", "tokio"];

/// The workspace as it is built for WebAssembly: on a desktop Yew renders pages in tokio, which is not our doing.
fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let options = ["--filter-platform", "wasm32-unknown-unknown"].map(str::to_owned);
    MetadataCommand::new().manifest_path(manifest).other_options(options).exec().expect("cargo knows the workspace")
}

#[test]
fn parts_use_each_other_only_in_the_allowed_directions() {
    let metadata = metadata();
    let members: BTreeSet<_> = metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    for package in metadata.workspace_packages() {
        let used = package.dependencies.iter().filter(|it| it.kind != DependencyKind::Development);
        let used: BTreeSet<_> = used.map(|it| it.name.as_str()).filter(|name| members.contains(*name)).collect();
        let (_, allowed) = EDGES
            .iter()
            .find(|(name, _)| *name == package.name.as_str())
            .unwrap_or_else(|| panic!("{} is not in EDGES: say what it may use", package.name));
        let forbidden: Vec<_> = used.iter().filter(|name| !allowed.contains(name)).collect();
        assert!(forbidden.is_empty(), "{} must not use {forbidden:?}", package.name);
    }
}

#[test]
fn the_pure_parts_reach_no_database_network_runtime_or_window() {
    let metadata = metadata();
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let resolve = metadata.resolve.as_ref().expect("cargo resolves the workspace");
    let uses: BTreeMap<&PackageId, Vec<&PackageId>> = resolve
        .nodes
        .iter()
        .map(|node| {
            let of_build = node
                .deps
                .iter()
                .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development));
            (&node.id, of_build.map(|dependency| &dependency.pkg).collect())
        })
        .collect();
    for package in metadata.workspace_packages().into_iter().filter(|it| PURE.contains(&it.name.as_str())) {
        let named = package.dependencies.iter().filter(|it| it.kind != DependencyKind::Development);
        let named: Vec<_> = named.map(|it| it.name.as_str()).filter(|name| IMPURE.contains(name)).collect();
        assert!(named.is_empty(), "{} names {named:?}", package.name);
        let mut reached = BTreeSet::from([&package.id]);
        let mut open = vec![&package.id];
        while let Some(id) = open.pop() {
            let next = uses[id].iter().copied().filter(|id| reached.insert(*id));
            open.extend(next.collect::<Vec<_>>());
        }
        let found: Vec<_> = reached.iter().map(|id| names[id]).filter(|name| IMPURE.contains(name)).collect();
        assert!(found.is_empty(), "{} reaches {found:?}", package.name);
    }
}
