//! `check`: whether the data is sound.

use std::{path::PathBuf, process::ExitCode};

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::{
    OpsError,
    aside::{self, ASIDE},
    backups,
    repair::repair,
};
use crate::{
    DatabaseConfig,
    check::{Finding, Level, check},
    db::connect::connect,
};

/// Its arguments.
#[derive(Debug, Args)]
pub struct Check {
    /// Says it in JSON.
    #[arg(long)]
    json: bool,
    /// Also looks at how old the newest backup in this folder is.
    #[arg(long, value_name = "DIR")]
    backups: Option<PathBuf>,
    /// First gives rows that were changed past the server a revision, so that devices learn of the change.
    #[arg(long)]
    pub(super) repair: bool,
}

/// A daily backup that is older was not made.
const OLD: TimeDelta = TimeDelta::hours(26);

impl Check {
    pub(super) async fn run(&self, database: &DatabaseConfig, now: DateTime<Utc>) -> Result<ExitCode, OpsError> {
        let repaired = match self.repair {
            true => Some(repair(database, now).await?),
            false => None,
        };
        let connection = &mut connect(database).await?;
        let mut findings = check(connection).await?;
        findings.extend(aside::is_there(connection).await?.then(cut_off));
        let newest = match &self.backups {
            Some(folder) => Some(backups::made(folder).map_err(OpsError::file(folder, "read"))?.pop()),
            None => None,
        };
        findings.extend(newest.as_ref().and_then(|newest| too_old(newest.as_ref(), now)));
        let newest = newest.flatten();
        let faults = findings.iter().filter(|finding| finding.level == Level::Fault).count();
        if self.json {
            let newest = newest.map_or(Value::Null, |newest| json!({ "file": newest.path, "made_at": newest.at }));
            let said = json!({ "faults": faults, "findings": findings, "newest_backup": newest, "repaired": repaired });
            println!("{said}");
        } else {
            if let Some(rows) = repaired {
                println!("{rows} rows got a revision.");
            }
            for finding in &findings {
                let level = if finding.level == Level::Fault { "fault" } else { "notice" };
                println!("{level}: {}", finding.text);
            }
            if let Some(newest) = newest {
                println!("The newest backup is {}, {}.", newest.path.display(), age(now - newest.at));
            }
            println!("{faults} faults, {} notices", findings.len() - faults);
        }
        Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn cut_off() -> Finding {
    let text =
        format!("a restore was cut off, and what it replaces is in the schema {ASIDE}: restore again, with --replace");
    Finding::notice("replaced", text)
}

fn too_old(newest: Option<&backups::Made>, now: DateTime<Utc>) -> Option<Finding> {
    let text = match newest {
        None => "there is no backup".to_owned(),
        Some(newest) if now - newest.at > OLD => format!("the newest backup is {}", age(now - newest.at)),
        Some(_) => return None,
    };
    Some(Finding::notice("backup", text))
}

fn age(age: TimeDelta) -> String {
    match age.num_hours() {
        ..1 => format!("{} minutes old", age.num_minutes()),
        hours @ 1..48 => format!("{hours} hours old"),
        _ => format!("{} days old", age.num_days()),
    }
}
