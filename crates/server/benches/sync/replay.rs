//! The statements that the server runs for pushes, run by Postgres's own load generator.

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    account::Account,
    postgres::{Cluster, Database, programs},
    running::Running,
};

/// What a cluster needs to write down statements.
pub(crate) const SETTINGS: [&str; 5] = [
    "logging_collector=on",
    "log_destination=jsonlog",
    "log_filename=statements",
    "log_rotation_age=0",
    "log_rotation_size=0",
];

/// Whose pushes are written down.
const NAME: &str = "pushes-that-are-written-down";

/// The statements of some pushes into an empty account.
pub(crate) struct Replay {
    folder: TempDir,
    script: String,
}

impl Replay {
    /// Lets a server do the pushes, and notes what Postgres gets to do.
    pub(crate) async fn record(cluster: &Cluster, database: &Database, pushes: usize) -> Self {
        let logged = |on: &str| format!("ALTER DATABASE {} {on}", database.name());
        database.run(&logged("SET log_min_duration_statement = 0")).await;
        let server = Running::start(database);
        let mut account = Account::new(database, &server, NAME).await;
        let log = log_of(cluster);
        let before = fs::read_to_string(&log).unwrap().len();
        for _ in 0..pushes {
            let body = account.many_edits();
            account.push(&body).await;
        }
        drop(server);
        database.run(&logged("RESET log_min_duration_statement")).await;
        // The collector writes what it was handed in order, so what came before this is there.
        let mut text = String::new();
        while !text.contains("RESET log_min_duration_statement") {
            text = fs::read_to_string(&log).unwrap();
        }
        let lines = text[before..].lines().filter_map(|line| serde_json::from_str(line).ok());
        let statements: Vec<_> = lines.filter_map(|line: Value| statement(&line)).collect();
        // Of what came before, the end may have been written late.
        let first = statements.iter().position(|sql| sql.contains("FOR UPDATE")).expect("a push locks the head row");
        let of_pushes = statements[first - 1..].iter().filter(|sql| !sql.starts_with("ALTER DATABASE"));
        let script: String = of_pushes.flat_map(|sql| [sql.as_str(), ";\n"]).collect();
        assert_eq!(script.matches("INSERT INTO schedule").count(), pushes, "each push stores its slots in one go");
        Self { folder: tempfile::tempdir().unwrap(), script }
    }

    /// Runs them for another empty account, and returns how many seconds that took.
    pub(crate) async fn run(&self, database: &Database, name: &str) -> f64 {
        database.user(name).await;
        let file = self.folder.path().join("pushes.sql");
        fs::write(&file, self.script.replace(NAME, name)).unwrap();
        let mut pgbench = Command::new(programs().join("pgbench"));
        pgbench.args(["--no-vacuum", "--client=1", "--transactions=1", "--file"]).arg(file).arg(&database.url);
        let output = pgbench.output().expect("pgbench starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("number of transactions actually processed: 1/1"), "{said}");
        let same = format!(
            "SELECT count(*) FROM head JOIN head recorded ON recorded.user_id = '{NAME}' \
             WHERE head.user_id = '{name}' AND head.rev = recorded.rev AND head.checksum = recorded.checksum"
        );
        assert_eq!(database.rows(&same).await, ["1"], "it left what the server left");
        let told = said
            .lines()
            .find_map(|line| line.strip_prefix("latency average = ")?.split(' ').next()?.parse::<f64>().ok());
        told.unwrap_or_else(|| panic!("pgbench tells how long it took: {said}")) / 1000.0
    }
}

fn log_of(cluster: &Cluster) -> PathBuf {
    let url = cluster.url("postgres");
    let folder = url.rsplit_once("host=").expect("the cluster was made for this").1;
    [folder, "data", "log", "statements.json"].iter().collect()
}

/// A statement that was run, with its parameters in it.
fn statement(line: &Value) -> Option<String> {
    let message = line["message"].as_str()?;
    if let Some((_, sql)) = message.split_once(" ms  statement: ") {
        return Some(sql.to_owned());
    }
    let (_, sql) = message.split_once(" ms  execute ")?;
    let (_, sql) = sql.split_once(": ")?;
    let values = line["detail"].as_str().map(parameters).unwrap_or_default();
    let mut parts = sql.split('$');
    let mut filled = parts.next()?.to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = part[..digits].parse().expect("a parameter has a number");
        filled += &values[number - 1];
        filled += &part[digits..];
    }
    Some(filled)
}

/// `parameters: $1 = 'a', $2 = NULL`, as literals.
fn parameters(detail: &str) -> Vec<String> {
    let (mut values, mut rest) = (Vec::new(), detail);
    while let Some((_, value)) = rest.split_once(" = ") {
        let end = value.strip_prefix('\'').map_or("NULL".len(), |text| 1 + end_of_text(text));
        values.push(value[..end].to_owned());
        rest = &value[end..];
    }
    values
}

/// Where a text ends, behind its closing quote; a quote in it is doubled.
fn end_of_text(text: &str) -> usize {
    let mut at = 0;
    loop {
        at += text[at..].find('\'').expect("a text ends") + 1;
        if !text[at..].starts_with('\'') {
            return at;
        }
        at += 1;
    }
}
