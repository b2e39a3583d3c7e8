//! A system of its own to try a package in: Debian or Ubuntu as this machine has it, with nothing
//! but what every installation has, entered by chroot. It is gone when it is dropped.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::display::Session;
use crate::shell;

/// The home of the person who uses the program in it.
pub(super) const HOME: &str = "/home/person";

/// Packages come over a network.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Runs `$2…` in the root `$1`, with what a running system offers beyond its files. The mounts belong to this
/// process alone and end with it.
const ENTER: &str = r#"
root=$1; shift
mount -t proc proc "$root/proc"
mkdir -p "$root/tmp/.X11-unix"
test ! -d /tmp/.X11-unix || mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
exec chroot "$root" "$@"
"#;

pub(super) struct Root {
    path: PathBuf,
    /// What its package manager says.
    log: PathBuf,
}

impl Root {
    pub(super) fn make(path: &Path) -> Result<Self> {
        let system = System::of_this_machine()?;
        let root = Self { path: path.to_owned(), log: path.with_extension("log") };
        let mut debootstrap = shell::command("debootstrap");
        debootstrap.args(["--variant=minbase", &system.codename]).arg(path);
        shell::with_progress(
            &format!("Installing {} {} (about a minute)", system.id, system.codename),
            &mut debootstrap,
            &root.log,
            Some(LIMIT),
        )?;
        fs::write(path.join("etc/apt/sources.list"), system.sources()?)?;
        for file in ["resolv.conf", "hosts"] {
            let file = Path::new("/etc").join(file);
            if file.is_file() {
                root.put(&file, &file.strip_prefix("/")?.to_string_lossy())?;
            }
        }
        root.apt(&["update"])?;
        // Debian's images for containers leave manual pages out; a person's system does not.
        root.apt(&["install", "man-db"])?;
        root.run(root.enter(&["useradd", "--create-home", "--home-dir", HOME, "person"]))?;
        Ok(root)
    }

    /// Puts a file of this machine into it.
    pub(super) fn put(&self, from: &Path, to: &str) -> Result<()> {
        let to = self.path.join(to);
        fs::copy(from, &to).with_context(|| format!("could not write {}", to.display()))?;
        Ok(fs::set_permissions(&to, fs::Permissions::from_mode(0o644))?)
    }

    /// Installs a package, or takes it in place of the version that is there.
    pub(super) fn install(&self, package: &Path) -> Result<()> {
        self.put(package, "tmp/weekwise.deb")?;
        self.apt(&["install", "/tmp/weekwise.deb"])
    }

    /// Removes the package with all that belongs to it.
    pub(super) fn purge(&self) -> Result<()> {
        self.apt(&["purge", "weekwise"])
    }

    /// The version that is installed.
    pub(super) fn version(&self) -> Result<String> {
        let query = ["dpkg-query", "--show", "--showformat", "${Version}", "weekwise"];
        shell::answer(&mut self.enter(&query))
    }

    /// The files, not the folders, that the package has installed.
    pub(super) fn files_of_package(&self) -> Result<BTreeSet<String>> {
        let listed = shell::answer(&mut self.enter(&["dpkg-query", "--listfiles", "weekwise"]))?;
        Ok(listed.lines().filter(|path| !self.inside(path).is_dir()).map(str::to_owned).collect())
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.inside(path).symlink_metadata().is_ok()
    }

    /// Names and contents of all files in a folder, in a form to compare.
    pub(super) fn fingerprint(&self, folder: &str) -> Result<String> {
        let sums = "find . -type f -print0 | sort --zero-terminated | xargs --null sha256sum";
        shell::answer(shell::command("sh").args(["-c", sums]).current_dir(self.inside(folder)))
    }

    /// What a command says to the person, who has neither display nor session.
    pub(super) fn ask(&self, words: &[&str]) -> Result<String> {
        let person = ["env", "--ignore-environment", "PATH=/usr/bin:/bin", &format!("HOME={HOME}")];
        let mut command = self.enter(&["setpriv", "--reuid=person", "--regid=person", "--init-groups"]);
        shell::answer(command.args(person).args(words))
    }

    /// Looks into the menu of a desktop, and says what it shows.
    pub(super) fn menu(&self) -> Result<String> {
        // What desktops are made of; the package needs none of it.
        self.apt(&["install", "python3-gi", "gir1.2-gtk-3.0"])?;
        fs::write(self.inside("tmp/menu.py"), include_str!("menu.py"))?;
        self.ask(&["python3", "/tmp/menu.py"])
    }

    /// Opens the person's week and takes a picture once it is painted.
    pub(super) fn paint(&self, session: &Session, picture: &Path) -> Result<()> {
        let seen = session.enter("__paint")?.arg(self.door(&["weekwise"])?).arg(picture).output()?;
        if !seen.status.success() {
            bail!("{}", String::from_utf8_lossy(&seen.stdout).trim());
        }
        Ok(())
    }

    /// A program of this machine that runs a program of the root as the person, on the display that it is run on.
    fn door(&self, words: &[&str]) -> Result<PathBuf> {
        let mut inner = self.enter(&["setpriv", "--reuid=person", "--regid=person", "--init-groups", "env"]);
        for of_session in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            inner.arg(format!("--unset={of_session}"));
        }
        inner.args(["--unset=DBUS_SESSION_BUS_ADDRESS", &format!("HOME={HOME}")]).args(words);
        let quoted = std::iter::once(inner.get_program()).chain(inner.get_args());
        let quoted: Vec<_> = quoted.map(|it| format!("'{}'", it.to_string_lossy().replace('\'', r"'\''"))).collect();
        let door = self.path.with_extension(words[0]);
        fs::write(&door, format!("#!/bin/sh\nexec {} \"$@\"\n", quoted.join(" ")))?;
        fs::set_permissions(&door, fs::Permissions::from_mode(0o755))?;
        Ok(door)
    }

    fn apt(&self, words: &[&str]) -> Result<()> {
        let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--no-install-recommends"];
        let mut command = self.enter(&apt);
        shell::with_progress(&format!("apt-get {}", words.join(" ")), command.args(words), &self.log, Some(LIMIT))
    }

    fn run(&self, mut command: Command) -> Result<()> {
        shell::answer(&mut command).map(drop)
    }

    /// A command in it, as root.
    fn enter(&self, words: &[&str]) -> Command {
        let mut enter = shell::command("unshare");
        enter.args(["--mount", "sh", "-ec", ENTER, "sh"]).arg(&self.path).args(words);
        enter
    }

    fn inside(&self, path: &str) -> PathBuf {
        self.path.join(path.trim_start_matches('/'))
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        // Nothing is mounted in it any more; what stays behind lies in the target folder.
        let _ = fs::remove_dir_all(&self.path);
    }
}

struct System {
    id: String,
    codename: String,
}

impl System {
    fn of_this_machine() -> Result<Self> {
        let text = fs::read_to_string("/etc/os-release").context("this system says what it is")?;
        let field = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            value.map(|value| value.trim_matches('"').to_owned()).with_context(|| format!("os-release has no {name}"))
        };
        Ok(Self { id: field("ID")?, codename: field("VERSION_CODENAME")? })
    }

    /// The list that a person's installation has: with updates, which are what this machine's WebDriver is from.
    fn sources(&self) -> Result<String> {
        let codename = &self.codename;
        let (archive, security) = match self.id.as_str() {
            "debian" => ("http://deb.debian.org/debian", "http://deb.debian.org/debian-security"),
            "ubuntu" => ("http://archive.ubuntu.com/ubuntu", "http://security.ubuntu.com/ubuntu"),
            other => bail!("packages are tried on Debian and Ubuntu, not on {other}"),
        };
        Ok(format!(
            "deb {archive} {codename} main\ndeb {archive} {codename}-updates main\ndeb {security} {codename}-security main\n"
        ))
    }
}
