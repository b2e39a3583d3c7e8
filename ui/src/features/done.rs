//! Edits in words.

use weekwise_domain::{Subject, Summary};

use crate::words::Words;

/// An edit in words, as it was done.
pub fn told(summary: &Summary, words: &Words) -> String {
    let texts = &words.texts;
    let id = match summary.subject {
        Subject::Created => "did-created",
        Subject::DateChanged => "did-date-changed",
        Subject::DateMoved => "did-date-moved",
        Subject::DateCancelled => "did-date-cancelled",
        Subject::PutBack => "did-put-back",
        Subject::SeriesChanged => "did-series-changed",
        Subject::FollowingChanged => "did-following-changed",
        Subject::Ended => "did-ended",
        Subject::Trashed => "did-trashed",
        Subject::Restored => "did-restored",
        Subject::Purged => "did-purged",
        Subject::SettingChanged => "did-setting",
        Subject::Imported(tally) => {
            let values = [
                ("added", tally.added.into()),
                ("changed", tally.changed.into()),
                ("unchanged", tally.unchanged.into()),
            ];
            return texts.with("did-imported", values);
        }
        Subject::TakenBack { left: 0 } => "did-taken-back",
        Subject::TakenBack { left } => {
            let title = title_of(summary, words);
            return texts.with("did-taken-back-partly", [("title", title.into()), ("n", left.into())]);
        }
        Subject::ConflictKept => "did-conflict-kept",
        Subject::OtherUsed => "did-other-used",
        Subject::DoneAgain => "did-again",
        Subject::RejectionDismissed => "did-dismissed",
    };
    let title = title_of(summary, words);
    let date = summary.date.map(|date| words.date_short(date)).unwrap_or_default();
    texts.with(id, [("title", title.into()), ("date", date.into())])
}

fn title_of(summary: &Summary, words: &Words) -> String {
    match &summary.title {
        Some(title) if !title.is_empty() => title.to_string(),
        _ => words.texts.get("block-untitled"),
    }
}
