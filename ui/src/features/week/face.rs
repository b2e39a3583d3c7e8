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
    /// When it begins.
    pub starts: String,
    /// When it ends.
    pub ends: String,
    /// Where it usually is ("was Mon 23 Nov"), or why it is cancelled.
    pub was: Option<String>,
    /// Its place.
    pub place: Option<String>,
    /// Its date.
    pub date: String,
}

impl Face {
    /// All of it in one line. It begins with what is seen, in the same order, so that who speaks to the window can
    /// say what they read. `unsaved` says that something is typed and not saved.
    pub fn label(&self, unsaved: Option<&String>) -> String {
        let time = format!("{}–{}", self.starts, self.ends);
        let parts = [
            Some(&self.title),
            unsaved,
            self.tag.as_ref(),
            Some(&time),
            self.was.as_ref(),
            self.place.as_ref(),
            Some(&self.date),
        ];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The words of a block in a week.
pub fn face_of(block: &Block, window: DateRange, words: &Words) -> Face {
    let texts = &words.texts;
    let title = if block.title.is_empty() { texts.get("block-untitled") } else { block.title.to_string() };
    let place = Some(block.location.to_string()).filter(|place| !place.is_empty());
    let (tag, was) = match &block.standing {
        Standing::Usual => (None, None),
        Standing::Cancelled { reason } => {
            (Some(texts.get("block-cancelled")), reason.as_ref().map(ToString::to_string))
        }
        Standing::Changed => (Some(texts.get("block-changed")), was(block, window, words)),
    };
    let (starts, ends) = (words.time(block.time.start()), words.time(block.time.end()));
    Face { title, tag, starts, ends, was, place, date: words.date_short(block.date) }
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
