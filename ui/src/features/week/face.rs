//! What a slot says of itself, in the grid and in lists.

use weekwise_domain::DateRange;
use weekwise_protocol::{Block, Standing};

use crate::words::Words;

/// The words of a slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// Its title, or that it has none.
    pub title: String,
    /// "changed" or "cancelled".
    pub tag: Option<String>,
    /// Its time.
    pub time: String,
    /// Where it usually is ("was Mon 23 Nov"), or why it is cancelled.
    pub was: Option<String>,
    /// Its place.
    pub place: Option<String>,
    /// All of it in one line.
    pub label: String,
}

/// The words of a block in a week.
pub fn face_of(block: &Block, window: DateRange, words: &Words) -> Face {
    let texts = &words.texts;
    let title = if block.title.is_empty() { texts.get("block-untitled") } else { block.title.to_string() };
    let time = words.times(block.time);
    let place = Some(block.location.to_string()).filter(|place| !place.is_empty());
    let (tag, was) = match &block.standing {
        Standing::Usual => (None, None),
        Standing::Cancelled { reason } => {
            (Some(texts.get("block-cancelled")), reason.as_ref().map(ToString::to_string))
        }
        Standing::Changed => (Some(texts.get("block-changed")), was(block, window, words)),
    };
    let date = words.date_short(block.date);
    let mut label = texts.with(
        if place.is_some() { "block-label-place" } else { "block-label" },
        [
            ("title", title.as_str().into()),
            ("date", date.into()),
            ("time", time.as_str().into()),
            ("place", place.as_deref().unwrap_or_default().into()),
        ],
    );
    for more in [&tag, &was].into_iter().flatten() {
        label.push_str(", ");
        label.push_str(more);
    }
    Face { title, tag, time, was, place, label }
}

fn was(block: &Block, window: DateRange, words: &Words) -> Option<String> {
    if block.date != block.original_date {
        let date = match window.contains(block.original_date) && window.contains(block.date) {
            true => words.weekday(block.original_date.weekday()),
            false => words.date_short(block.original_date),
        };
        return Some(words.texts.with("block-was-date", [("date", date.into())]));
    }
    let moved = block.time != block.usual_time;
    moved.then(|| words.texts.with("block-was-time", [("time", words.times(block.usual_time).into())]))
}
