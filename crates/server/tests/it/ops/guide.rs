//! The commands of `docs/operations.md`, as an operator runs them one after the other.

use std::{fs, path::Path, process::Command};

use crate::postgres::{Cluster, Database};

/// A block of the guide that can be run.
struct Block {
    line: usize,
    language: String,
    text: String,
}

/// The blocks that are marked `run`, in their order.
fn blocks(guide: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = guide.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(mark) = line.strip_prefix("```") else { continue };
        let text: Vec<_> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        if let Some((language, "run")) = mark.split_once(' ') {
            blocks.push(Block { line: number + 1, language: language.to_owned(), text: text.join("\n") });
        }
    }
    blocks
}

/// Ends what the guide started and did not end, if it went wrong on the way.
struct Ending<'a>(&'a Path);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if let Ok(id) = fs::read_to_string(self.0.join("server.pid")) {
            // It has ended when all went well.
            let _ = Command::new("kill").arg(id.trim()).output();
        }
    }
}

#[tokio::test]
async fn the_guide_does_what_it_says() {
    let guide = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md")).unwrap();
    let cluster = Cluster::own();
    let database = Database::empty_in(&cluster).await;
    let folder = tempfile::tempdir().unwrap();
    let _ending = Ending(folder.path());
    let programs = Path::new(env!("CARGO_BIN_EXE_weekwise-server")).parent().unwrap().display();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();

    let blocks = blocks(&guide);
    assert!(blocks.len() > 20, "the marks are found: {}", blocks.len());
    for block in blocks {
        let mut command = match block.language.as_str() {
            "sh" => {
                let mut shell = Command::new("sh");
                shell.args(["-e", "-u", "-c", &block.text]);
                shell
            }
            "sql" => {
                let mut psql = Command::new("psql");
                psql.args(["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command", &block.text, &database.url]);
                psql
            }
            other => panic!("line {}: nothing runs {other}", block.line),
        };
        command.current_dir(folder.path()).env_remove("NODE_ENV");
        command.env("DATABASE_URL", &database.url).env("PATH", &path).env("PORT", &port).env("HOST", "127.0.0.1");
        let done = command.output().unwrap();
        assert!(
            done.status.success(),
            "docs/operations.md:{}: {}\n{}\n{}{}",
            block.line,
            done.status,
            block.text,
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr),
        );
    }
}
