//! Postgres alone, asked by its own load generator.

use std::{fs, process::Command};

use tempfile::TempDir;
use weekwise_domain::{Date, DateRange};
use weekwise_server::week::OF_SESSION;

use crate::{
    CLIENTS, REQUESTS,
    postgres::{Database, programs},
    rows,
};

/// The statement that the server runs for a week, with the same values.
pub(crate) struct Pgbench {
    folder: TempDir,
    database: String,
    variables: [String; 3],
}

impl Pgbench {
    pub(crate) fn new(database: &Database, token: &str, from: Date) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let statement = OF_SESSION.replace("$1", ":token").replace("$2", ":first").replace("$3", ":last");
        fs::write(folder.path().join("week.sql"), format!("{statement};\n")).unwrap();
        let window = DateRange::week_from(from);
        let variables = [
            format!("token={}", rows::hash(token)),
            format!("first={}", window.from()),
            format!("last={}", window.to()),
        ];
        Self { folder, database: database.url.clone(), variables }
    }

    /// How often it is answered in a second.
    pub(crate) fn per_second(&self) -> f64 {
        let mut pgbench = Command::new(programs().join("pgbench"));
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--file"]).arg(self.folder.path().join("week.sql"));
        pgbench.args(["--client", &CLIENTS.to_string(), "--transactions", &(2 * REQUESTS / CLIENTS).to_string()]);
        for variable in &self.variables {
            pgbench.args(["--define", variable]);
        }
        let output = pgbench.arg(&self.database).output().expect("pgbench starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let told = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        told.unwrap_or_else(|| panic!("pgbench tells its transactions per second: {said}"))
    }
}
