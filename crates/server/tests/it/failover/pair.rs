//! Two databases on this machine: a primary and the hot standby that `deploy/standby.sh` makes of it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use crate::postgres::{programs, shell};

/// Makes both and says so, then does as it is told until its input ends, which it does when the test ends in whatever way.
const SCRIPT: &str = r#"
set -e
PATH="$1:$PATH"; standby=$2 first=$3 second=$4
export PGUSER=postgres
dir=$(mktemp -d "${TMPDIR:-/tmp}/weekwise-XXXXXX")
clean_up() {
    for one in primary standby; do pg_ctl stop --pgdata="$dir/$one" --mode=immediate >/dev/null 2>&1 || true; done
    # What one that is killed leaves behind.
    ipcrm --shmem-id "$(sed -n 7p "$dir/killed" | awk '{ print $2 }')" >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap clean_up EXIT
{
    initdb --pgdata="$dir/primary" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync
    for setting in "listen_addresses='127.0.0.1'" "port=$first" "unix_socket_directories='$dir'" "shared_buffers=32MB"; do
        echo "$setting" >>"$dir/primary/postgresql.conf"
    done
    pg_ctl start --pgdata="$dir/primary" --log="$dir/log" --wait
    sh -c "$standby" standby.sh make "host=127.0.0.1 port=$first user=postgres" "$dir/standby" "port = $second"
} </dev/null >&2
echo ready
while read -r word; do
    case $word in
        kill) cp "$dir/primary/postmaster.pid" "$dir/killed"; kill -KILL "$(head -n 1 "$dir/killed")"; echo killed ;;
        promote) sh -c "$standby" standby.sh promote "$dir/standby" >&2; echo promoted ;;
    esac
done
"#;

/// Both. They end with the test.
pub(super) struct Pair {
    pub(super) primary: u16,
    pub(super) standby: u16,
    /// None once they are to end.
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    keeper: Child,
}

impl Pair {
    /// Both run, and the primary waits for the standby with every commit.
    pub(super) fn start() -> Self {
        let (primary, standby) = (free_port(), free_port());
        let mut keeper = shell(SCRIPT);
        keeper.arg(programs()).arg(include_str!("../../../deploy/standby.sh"));
        keeper.args([primary.to_string(), standby.to_string()]);
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut keeper = keeper.spawn().expect("a shell starts");
        let words = keeper.stdin.take();
        let answers = BufReader::new(keeper.stdout.take().expect("it has an output"));
        let mut pair = Self { primary, standby, words, answers, keeper };
        pair.hear("ready");
        pair
    }

    /// Ends the primary as a machine that loses its power would.
    pub(super) fn kill_primary(&mut self) {
        self.tell("kill", "killed");
    }

    /// Makes the standby a primary.
    pub(super) fn promote_standby(&mut self) {
        self.tell("promote", "promoted");
    }

    fn tell(&mut self, word: &str, answer: &str) {
        let words = self.words.as_mut().expect("it has an input");
        writeln!(words, "{word}").expect("the keeper listens");
        self.hear(answer);
    }

    fn hear(&mut self, expected: &str) {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the keeper answers in text");
        if line.trim_end() != expected {
            let mut said = String::new();
            let _ = self.keeper.stderr.take().expect("it has an error output").read_to_string(&mut said);
            panic!("the databases are not {expected}: {said}");
        }
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        // Its input ends, and with it the databases; they are waited for, so that their folder is gone.
        self.words = None;
        let _ = self.keeper.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
    listener.local_addr().expect("it has an address").port()
}
