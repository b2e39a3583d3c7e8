//! What it costs to keep a week: an edit beside a bare commit of the same rows, and a week read from a file with few and
//! with very many exceptions. All sides take turns in one run, and medians are compared. Lines of
//! `name<TAB>value<TAB>unit<TAB>target`, for `cargo xtask bench`.
#![allow(missing_docs)]

use std::{path::Path, time::Instant};

use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::runtime::Runtime;
use uuid::Uuid;
use weekwise_app::{App, DataFolder, Locale};
use weekwise_domain::{Date, Edit, Override, Request, SeriesId, TimeRange};
use weekwise_protocol::{DoEdit, WeekRequest};

/// As many as leave the history with all its steps: from its two hundredth on, each edit also forgets one.
const EDITS: i32 = 190;
/// Each on files of its own.
const ROUNDS: usize = 3;
const READS: i32 = 100;
const SLOTS: u32 = 30;

fn main() {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(edits());
    runtime.block_on(weeks());
}

/// An application on a folder of its own.
struct Desk {
    folder: tempfile::TempDir,
    app: App,
}

impl Desk {
    async fn with(exceptions: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::at(folder.path());
        open(&data).await.close().await;
        fill(&data.file(), exceptions).await;
        // What is in the way of a fair run is done before: the log is empty, and the day's snapshot is taken.
        open(&data).await.close().await;
        Self { app: open(&data).await, folder }
    }

    /// Milliseconds for an edit of a date.
    async fn edit(&self, on: Date) -> f64 {
        let request = retime(on);
        let began = Instant::now();
        self.app.edit(DoEdit { request }).await.expect("an edit");
        began.elapsed().as_secs_f64() * 1000.0
    }

    async fn bare(&self) -> SqliteConnection {
        connect(&DataFolder::at(self.folder.path()).file()).await
    }
}

async fn open(data: &DataFolder) -> App {
    App::open(data.clone(), Locale::default()).await.expect("the data opens")
}

async fn connect(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    SqliteConnection::connect_with(&options).await.expect("the file opens")
}

/// Slots since 2000, and exceptions of slots that are long gone, as years of weeks leave them behind: three in each week
/// of 2010 to 2012, and the others evenly over all other days from 1900 to 2200.
async fn fill(file: &Path, exceptions: u32) {
    const ROWS: &str = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?) ";
    const SLOTS_OF_ALL_WEEKDAYS: &str = "INSERT INTO schedule SELECT unhex(printf('%032x', i + 1)), \
        unhex(printf('%032x', i + 1)), i % 7, 540, 630, '2000-01-01', NULL, 1, 'Slot ' || i, '', 'Room 1', 'blue', NULL, 1 \
        FROM n";
    const OF_THREE_YEARS: &str = "INSERT INTO exception SELECT unhex(printf('%032x', 1 + i % 3)), \
        date('2010-01-03', printf('+%d days', i / 3 * 7 + i % 3)), 'override', 600, 690, NULL, NULL, NULL, 'Room 2' FROM n";
    const OF_OTHER_YEARS: &str = "INSERT INTO exception SELECT unhex(printf('%032x', 1000 + i / 108000)), day, 'override', \
        600, 690, NULL, NULL, NULL, 'Room 2' FROM (SELECT i, date('1900-01-01', printf('+%d days', i % 108000 * 61 % 108000)) \
        AS day FROM n) WHERE day NOT BETWEEN '2010-01-01' AND '2012-12-31'";
    let mut connection = connect(file).await;
    for (rows, of) in [(SLOTS, SLOTS_OF_ALL_WEEKDAYS), (468, OF_THREE_YEARS), (exceptions - 468, OF_OTHER_YEARS)] {
        let statement = sqlx::AssertSqlSafe(format!("{ROWS}{of}"));
        sqlx::query(statement).bind(rows).execute(&mut connection).await.expect("rows");
    }
    connection.close().await.expect("the file closes");
}

async fn edits() {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (desk, other) = (Desk::with(1000).await, Desk::with(1000).await);
        let mut bare = other.bare().await;
        // What an edit records of itself, so that both sides write rows of one size.
        desk.edit(date("2000-01-01")).await;
        let query = sqlx::query_as("SELECT summary, request, changes FROM history");
        let recorded: Recorded = query.fetch_one(&mut desk.bare().await).await.expect("a step");
        for number in 1..=EDITS {
            let on = date("2000-01-01").plus_days(7 * number).expect("a date");
            // Each goes first in turn: what the disk still does for the one is in the way of the next.
            if number % 2 == 0 {
                ours.push(desk.edit(on).await);
                theirs.push(commit(&mut bare, on, number, &recorded).await);
            } else {
                theirs.push(commit(&mut bare, on, number, &recorded).await);
                ours.push(desk.edit(on).await);
            }
        }
    }
    let (ours, theirs) = (median(ours), median(theirs));
    tell("A durable edit", ours, "ms", "");
    tell("– against a bare commit of the same rows", ours / theirs, "×", "≤ 1.3");
}

fn retime(on: Date) -> Request {
    let time = TimeRange::new("11:00".parse().expect("a time"), "12:00".parse().expect("a time")).expect("an hour");
    let change = Box::new(Override { time: Some(time), ..Override::default() });
    // The slot of Saturdays, on which 1 January 2000 falls.
    Edit::ChangeDate { series_id: SeriesId(Uuid::from_u128(7)), date: on, change }.into()
}

/// Summary, request and changes.
type Recorded = (String, String, String);

/// Milliseconds for the rows of an edit, and no more.
async fn commit(connection: &mut SqliteConnection, on: Date, turn: i32, recorded: &Recorded) -> f64 {
    const ROW: &str = "INSERT INTO exception (series_id, original_date, kind, start_minute, end_minute) \
        VALUES (?, ?, 'override', 660, 720)";
    const STEP: &str = "INSERT INTO history (state, turn, made_at, summary, request, changes) \
        VALUES ('done', ?, '2026-11-23T10:15:00.123456789+01:00', ?, ?, ?)";
    let began = Instant::now();
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.expect("a transaction");
    let row = sqlx::query(ROW).bind(Uuid::from_u128(7).as_bytes().to_vec()).bind(on.to_string());
    row.execute(&mut *transaction).await.expect("a row");
    let step = sqlx::query(STEP).bind(turn).bind(&recorded.0).bind(&recorded.1).bind(&recorded.2);
    step.execute(&mut *transaction).await.expect("a step");
    transaction.commit().await.expect("a commit");
    began.elapsed().as_secs_f64() * 1000.0
}

async fn weeks() {
    let (few, many) = (Desk::with(1000).await, Desk::with(1_000_000).await);
    let (mut of_few, mut of_many, mut with_more) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..READS {
        let on = date("2010-01-06").plus_days(7 * number).expect("a date");
        of_few.push(read(&few, on).await);
        of_many.push(read(&many, on).await);
        with_more.push(read(&many, on.plus_days(7 * 500).expect("a date")).await);
    }
    let [few, many, with_more] = [of_few, of_many, with_more].map(median);
    tell("A week read from a file with 1,000,000 exceptions", many, "ms", "");
    tell("– against a file with 1,000 and the same week", many / few, "×", "≤ 2");
    tell("– where 64 of them lie in the week itself", with_more / few, "×", "");
}

/// Milliseconds for the week that holds a date.
async fn read(desk: &Desk, on: Date) -> f64 {
    let began = Instant::now();
    let week = desk.app.week(WeekRequest { date: Some(on), ..WeekRequest::default() }).await.expect("a week");
    let taken = began.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(week.blocks.len(), SLOTS as usize);
    taken
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn tell(name: &str, value: f64, unit: &str, target: &str) {
    println!("{name}\t{value:.3}\t{unit}\t{target}");
}
