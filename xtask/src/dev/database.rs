//! A Postgres for development: kept from one time to the next in the target folder, and running only while it is used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::setup;
use crate::shell;
use crate::workspace::Workspace;

/// Not Postgres's own, which may be taken.
const PORT: &str = "54320";
const NAME: &str = "scheduler";
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// Where the data of development is.
pub(super) enum Database {
    /// The one of `DATABASE_URL`, which is not ours to start or stop.
    Given(String),
    /// Ours.
    Ours(Child),
}

impl Database {
    /// The one of `DATABASE_URL`, else one that is started, and made first where there is none.
    pub(super) fn provide(workspace: &Workspace) -> Result<Self> {
        if let Some(url) = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()) {
            return Ok(Self::Given(url));
        }
        if cfg!(windows) {
            bail!("on Windows, start a PostgreSQL and set DATABASE_URL to it");
        }
        let programs = programs(workspace)?;
        let folder = workspace.target.join("dev-postgres");
        let owner = Owner::of(&folder)?;
        if !folder.join("PG_VERSION").exists() {
            println!("Making a Postgres for development in {}", folder.display());
            let mut init = owner.command(&programs.join("initdb"));
            init.arg("--pgdata").arg(&folder).args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
            ]);
            shell::answer(&mut init)?;
        }

        let mut postgres = owner.command(&programs.join("postgres"));
        postgres.arg("-D").arg(&folder).args(["-p", PORT, "-c", "listen_addresses=localhost", "-c", "fsync=off"]);
        postgres.arg("-c").arg(format!("unix_socket_directories={}", folder.display()));
        let log = fs::File::create(workspace.target.join("dev-postgres.log"))?;
        postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // In this group of processes, so that Ctrl-C reaches it too, which to Postgres means to stop.
        let mut ours = Self::Ours(postgres.spawn().context("could not start Postgres")?);
        ours.wait_until_ready(workspace, &programs)?;

        let ask = |sql: &str| {
            let mut psql = shell::command(programs.join("psql"));
            psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", sql]);
            shell::answer(psql.arg(format!("postgresql://postgres@localhost:{PORT}/postgres")))
        };
        if ask(&format!("SELECT 1 FROM pg_database WHERE datname = '{NAME}'"))?.is_empty() {
            ask(&format!("CREATE DATABASE {NAME}"))?;
        }
        println!("Postgres: psql {}", ours.url());
        Ok(ours)
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Given(url) => url.clone(),
            Self::Ours(_) => format!("postgresql://postgres@localhost:{PORT}/{NAME}"),
        }
    }

    fn wait_until_ready(&mut self, workspace: &Workspace, programs: &Path) -> Result<()> {
        let Self::Ours(postgres) = self else { return Ok(()) };
        let log = workspace.target.join("dev-postgres.log");
        let started = Instant::now();
        loop {
            if let Some(status) = postgres.try_wait()? {
                let said = shell::tail(&log);
                bail!("Postgres ended with {status}; does another `cargo xtask dev` run?\n{said}");
            }
            let mut ready = shell::command(programs.join("pg_isready"));
            if shell::answer(ready.args(["--host=localhost", "--port", PORT])).is_ok() {
                return Ok(());
            }
            if started.elapsed() > STARTS_WITHIN {
                bail!("Postgres does not answer on port {PORT}:\n{}", shell::tail(&log));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Ours(postgres) = self {
            // Its word for: end what is under way, and write everything. Either fails only where it has already ended.
            let _ = shell::command("kill").args(["-INT", &postgres.id().to_string()]).status();
            let _ = postgres.wait();
        }
    }
}

/// Postgres refuses to run as root: then it is that of Postgres's own user.
struct Owner {
    #[cfg(unix)]
    other: Option<(u32, u32)>,
}

impl Owner {
    /// Who is to own a folder, which is made for them.
    fn of(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
        #[cfg(unix)]
        {
            let id = |args: &[&str]| shell::answer(shell::command("id").args(args)).map(|text| text.trim().to_owned());
            if id(&["-u"])? != "0" {
                return Ok(Self { other: None });
            }
            let (user, group): (u32, u32) = (id(&["-u", "postgres"])?.parse()?, id(&["-g", "postgres"])?.parse()?);
            std::os::unix::fs::chown(folder, Some(user), Some(group))?;
            let owner = Self { other: Some((user, group)) };
            if shell::answer(owner.command(Path::new("ls")).arg(folder)).is_err() {
                bail!(
                    "as root, Postgres runs as the user postgres, who cannot reach {}: set DATABASE_URL",
                    folder.display()
                );
            }
            Ok(owner)
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = shell::command(program);
        #[cfg(unix)]
        if let Some((user, group)) = self.other {
            use std::os::unix::process::CommandExt as _;
            command.uid(user).gid(group).current_dir("/");
        }
        command
    }
}

/// The folder with Postgres's own programs, which Debian keeps off the PATH. They are installed where they are missing.
fn programs(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(folder) = found() {
        return Ok(folder);
    }
    setup::programs(workspace, &[("initdb", "postgresql")])?;
    found().context("PostgreSQL's programs (initdb, postgres) are missing: install its server")
}

fn found() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).max();
    let of_debian = newest.map(|version| Path::new("/usr/lib/postgresql").join(version.to_string()).join("bin"));
    of_debian.or_else(|| shell::find("initdb")?.parent().map(Path::to_path_buf))
}
