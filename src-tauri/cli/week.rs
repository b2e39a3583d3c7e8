//! `weekwise week`: what takes place between two dates, as a table or as JSON.

use std::fmt::{self, Write};

use chrono::NaiveDate;
use weekwise_app::{App, WeekLine};
use weekwise_domain::{Date, DateRange};

use super::Trouble;

/// The widest column of titles; longer titles push the place to the right.
const MAX_TITLE: usize = 40;

pub(super) async fn week(app: &App, from: Date, to: Date, json: bool) -> Result<String, Trouble> {
    let window =
        DateRange::new(from, to).ok_or_else(|| Trouble::bad_input(format!("--from {from} is later than --to {to}")))?;
    let lines = app.occurrences(window).await?;
    if json { as_json(&lines) } else { Ok(as_table(&lines, window)) }
}

/// A list with an occurrence in each line.
fn as_json(lines: &[WeekLine]) -> Result<String, Trouble> {
    let rows: Result<Vec<_>, _> = lines.iter().map(serde_json::to_string).collect();
    let rows = rows.map_err(|error| Trouble::failed(error.to_string()))?;
    Ok(if rows.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", rows.join(",\n")) })
}

fn as_table(lines: &[WeekLine], window: DateRange) -> String {
    if lines.is_empty() {
        return format!("Nothing takes place from {} to {}.\n", window.from(), window.to());
    }
    let widest = lines.iter().map(|line| line.title.as_str().chars().count()).max().unwrap_or(0).min(MAX_TITLE);
    let mut text = String::new();
    for day in lines.chunk_by(|a, b| a.date == b.date) {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{}", in_words(day[0].date));
        for line in day {
            let (title, place) = (line.title.as_str(), line.location.as_str());
            let row = format!("  {}–{}  {title:widest$}  {place}", line.start, line.end);
            let _ = writeln!(text, "{}{}", row.trim_end(), note(line));
        }
    }
    text
}

/// What is not as usual.
fn note(line: &WeekLine) -> String {
    if line.date != line.original_date {
        format!("  [moved from {}]", in_words(line.original_date))
    } else if line.is_exception {
        "  [changed]".to_owned()
    } else {
        String::new()
    }
}

/// `Mon 12 October 2026`.
fn in_words(date: Date) -> impl fmt::Display {
    NaiveDate::from(date).format("%a %-d %B %Y")
}
