//! What processes take of the machine, as Linux tells it.

use std::{
    fs,
    ops::{AddAssign, Div, Sub},
};

use crate::postgres::Database;

/// Time on a core, of the program and of the system for it, in ticks of the system.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cpu(f64);

/// Linux tells times to programs in hundredths of a second, on all machines.
const TICKS_PER_SECOND: f64 = 100.0;

impl Cpu {
    /// That of a process so far.
    pub(crate) fn of(process: u32) -> Self {
        let [user, system, ..] = Stat::of(process).expect("it runs").times;
        Self(user + system)
    }

    pub(crate) fn from_seconds(seconds: f64) -> Self {
        Self(seconds * TICKS_PER_SECOND)
    }

    pub(crate) fn seconds(self) -> f64 {
        self.0 / TICKS_PER_SECOND
    }
}

impl Sub for Cpu {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Cpu {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Div for Cpu {
    type Output = f64;
    fn div(self, other: Self) -> f64 {
        self.0 / other.0
    }
}

/// That of a process and of all its children so far, those that have ended too.
pub(crate) fn children_of(parent: u32) -> Cpu {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let children = processes.filter_map(Stat::of).filter(|stat| stat.parent == parent);
    let living: f64 = children.map(|stat| stat.times[0] + stat.times[1]).sum();
    let of_parent = Stat::of(parent).expect("it runs");
    Cpu(living + of_parent.times.iter().sum::<f64>())
}

/// The process that all others of a cluster are children of.
pub(crate) async fn postmaster(database: &Database) -> u32 {
    let lines = database.rows("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)").await;
    lines[0].parse().unwrap()
}

/// What a process has in memory, in megabytes.
pub(crate) fn resident_megabytes(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

struct Stat {
    parent: u32,
    /// User, system, and both of the children that have ended.
    times: [f64; 4],
}

impl Stat {
    /// None once the process has ended.
    fn of(process: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The second field is the name, which may hold anything.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let times = [11, 12, 13, 14].map(|at| fields[at].parse().unwrap());
        Some(Self { parent: fields[1].parse().unwrap(), times })
    }
}
