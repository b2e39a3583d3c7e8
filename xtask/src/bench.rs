//! Measures everything that has a target and prints one table, which `--write` puts into the README.
//!
//! The benchmarks themselves lie beside what they measure. Each prints lines of
//! `name<TAB>value<TAB>unit<TAB>target`; all other lines are passed on as they are.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::display::Session;
use crate::setup::{self, Purpose};
use crate::shell;
use crate::ui;
use crate::workspace::Workspace;

/// The benchmarks without a window: package and bench target.
const PLAIN: [(&str, &str); 5] = [
    ("weekwise-domain", "expand"),
    ("weekwise-app", "keep"),
    ("weekwise-app", "sync"),
    ("weekwise-server", "serve"),
    ("weekwise-server", "sync"),
];

const BEGIN: &str = "<!-- figures: made by `cargo xtask bench --write` -->";
const END: &str = "<!-- end of figures -->";

pub(crate) fn bench(workspace: &Workspace, write: bool) -> Result<()> {
    let ready = setup::setup(workspace, Purpose::Test)?;
    ui::build_small(workspace, &ready)?;
    let mut figures = Vec::new();
    for (package, name) in PLAIN {
        let mut cargo = shell::cargo(workspace);
        cargo.args(["bench", "--package", package, "--bench", name]);
        figures.extend(read(ready.equip(&mut cargo))?);
    }
    let session = Session::start(workspace)?;
    let mut window = session.enter("__keyring")?;
    window.args(["cargo", "bench", "--package", "weekwise", "--bench", "window"]).current_dir(&workspace.root);
    figures.extend(read(ready.equip(&mut window))?);

    let table = table(&figures);
    println!("\n{table}");
    if write {
        let readme = workspace.root.join("README.md");
        let text = fs::read_to_string(&readme).with_context(|| format!("could not read {}", readme.display()))?;
        fs::write(&readme, put_into(&text, &table)?)?;
    }
    Ok(())
}

/// One line of the table.
struct Figure {
    name: String,
    value: f64,
    unit: String,
    /// `≤ 1.5`, `≥ 20`, or nothing where the figure is only told.
    target: String,
}

impl Figure {
    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split('\t').map(str::to_owned);
        let (name, value) = (parts.next()?, parts.next()?.parse().ok()?);
        let (unit, target) = (parts.next()?, parts.next()?);
        parts.next().is_none().then_some(Self { name, value, unit, target })
    }

    /// Whether it reaches its target, if it has one.
    fn holds(&self) -> Option<bool> {
        let number = |prefix| self.target.strip_prefix(prefix)?.replace(',', "").trim().parse::<f64>().ok();
        number("≤").map(|most| self.value <= most).or(number("≥").map(|least| self.value >= least))
    }
}

/// Runs a benchmark in view and keeps its figures.
fn read(command: &mut Command) -> Result<Vec<Figure>> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("could not start a benchmark")?;
    let mut figures = Vec::new();
    for line in BufReader::new(child.stdout.take().context("its output is ours")?).lines() {
        let line = line?;
        println!("{line}");
        figures.extend(Figure::parse(&line));
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("a benchmark ended with {status}");
    }
    Ok(figures)
}

fn table(figures: &[Figure]) -> String {
    let mut text = format!("Measured on {}.\n\n| What | Figure | Target |\n|---|---:|---:|\n", machine());
    for figure in figures {
        let miss = if figure.holds() == Some(false) { " **missed**" } else { "" };
        let shown = format!("{} {}", rounded(figure.value), figure.unit);
        text += &format!("| {} | {} | {}{miss} |\n", figure.name, shown.trim(), figure.target);
    }
    text
}

/// Three significant digits, and thousands apart.
fn rounded(value: f64) -> String {
    if value.abs() >= 1000.0 {
        let digits = format!("{value:.0}");
        let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
        return groups.join(",");
    }
    let whole = value.abs().max(1.0).log10() as usize;
    format!("{value:.*}", 2_usize.saturating_sub(whole))
}

/// The processor, its cores, the memory and the system, as the figures must be read with them.
fn machine() -> String {
    let of = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap_or_default().trim_matches([' ', '\t', ':', '=', '"']).to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kilobytes: f64 = of("/proc/meminfo", "MemTotal:").trim_end_matches(" kB").parse().unwrap_or_default();
    format!(
        "{} ({cores} cores, {:.0} GB, {}, {})",
        of("/proc/cpuinfo", "model name"),
        kilobytes / 1024.0 / 1024.0,
        of("/etc/os-release", "PRETTY_NAME"),
        std::env::consts::ARCH,
    )
}

/// The text with what stands between the two marks replaced.
fn put_into(text: &str, table: &str) -> Result<String> {
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.with_context(|| format!("README.md lacks `{BEGIN}` or `{END}`"))?;
    Ok(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_and_judged_by_its_target() {
        let holds = |line: &str| Figure::parse(line).expect("a figure").holds();
        assert_eq!(holds("ratio\t1.5\t×\t≤ 1.5"), Some(true));
        assert_eq!(holds("ratio\t1.51\t×\t≤ 1.5"), Some(false));
        assert_eq!(holds("faster\t999\t×\t≥ 1,000"), Some(false));
        assert_eq!(holds("only told\t999\tms\t"), None);
        assert!(Figure::parse("Running benches/expand.rs (target/release/…)").is_none());
    }

    #[test]
    fn numbers_have_three_digits_that_count() {
        assert_eq!(
            [0.123_456, 1.0, 12.34, 123.4, 1234.5, 1_234_567.0].map(rounded),
            ["0.12", "1.00", "12.3", "123", "1,234", "1,234,567"]
        );
    }

    #[test]
    fn the_table_takes_the_place_of_the_old_one() {
        let text = format!("# A\n{BEGIN}\nold\n{END}\n# B\n");
        assert_eq!(put_into(&text, "new\n").expect("both marks"), format!("# A\n{BEGIN}\n\nnew\n\n{END}\n# B\n"));
        assert!(put_into("# A\n", "new").is_err());
    }
}
