//! The slots of a date one below the other: what takes place, what is cancelled, and where to what has moved away.

use weekwise_domain::{Date, DateRange, TimeRange};
use weekwise_protocol::{Block, SlotRequest, Standing};
use yew::prelude::*;

use super::{Face, face_of, slot_of};
use crate::components::{focus_panel_soon, is_by_key};
use crate::session::Session;
use crate::words::Words;

/// What stands on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The slot.
    pub block: &'a Block,
    /// Whether it only says that it has moved to another date.
    pub is_away: bool,
}

impl Entry<'_> {
    /// The slot that it opens.
    pub fn slot(&self) -> SlotRequest {
        slot_of(self.block)
    }

    /// When it stands there.
    pub fn time(&self) -> TimeRange {
        if self.is_away { self.block.usual_time } else { self.block.time }
    }
}

/// What stands on a date, in the order of time.
pub fn entries_on(blocks: &[Block], date: Date) -> Vec<Entry<'_>> {
    let there = |block: &&Block| block.date == date;
    let away =
        |block: &&Block| block.original_date == date && block.date != date && block.standing == Standing::Changed;
    let there = blocks.iter().filter(there).map(|block| Entry { block, is_away: false });
    let away = blocks.iter().filter(away).map(|block| Entry { block, is_away: true });
    let mut entries: Vec<_> = there.chain(away).collect();
    entries.sort_by_key(Entry::time);
    entries
}

/// A slot was opened: on which date it stands, which one it is, and whether a key opened it.
pub type Opened = (Date, SlotRequest, bool);

/// How slots are listed.
pub struct Listing<'a> {
    /// The dates of the week.
    pub window: DateRange,
    /// How dates and times are written.
    pub words: &'a Words,
    /// The slot that is open.
    pub open: Option<SlotRequest>,
    /// Those with something typed and not saved.
    pub unsaved: &'a [SlotRequest],
    /// Called when one is opened.
    pub onopen: &'a Callback<Opened>,
}

impl Listing<'_> {
    /// An entry as a button. `is_stop` says whether the tab key leads to it; where none is said it does.
    pub fn button(&self, date: Date, entry: Entry<'_>, is_stop: Option<bool>) -> Html {
        let Self { window, words, open, unsaved, onopen } = self;
        let block = entry.block;
        let key = entry.slot();
        let face = face_of(block, *window, words);
        let onclick = onopen.reform(move |event: MouseEvent| (date, key, is_by_key(&event)));
        let tabindex = is_stop.map(|is_stop| if is_stop { "0" } else { "-1" });
        let is_open = *open == Some(key);
        let aria_current = is_open.then_some("true");
        if entry.is_away {
            let to = words.texts.with("block-moved-to", [("date", words.date_short(block.date).into())]);
            let label = format!("{}, {to}, {}", face.title, words.times(block.usual_time));
            return html! {
                <button type="button" class={classes!("usually", "listed", block.color.name(), is_open.then_some("open"))} {tabindex}
                    {onclick} aria-label={label} aria-current={aria_current}>
                    <b>{face.title}</b>{" "}<span class="to">{to}</span>
                </button>
            };
        }
        let unsaved = unsaved.contains(&key).then(|| words.texts.get("block-new"));
        let label = face.label(unsaved.as_ref());
        let Face { title, tag, starts, ends, was, place, .. } = face;
        let class = classes!(
            "slot",
            "listed",
            block.color.name(),
            (block.standing == Standing::Changed).then_some("changed"),
            matches!(block.standing, Standing::Cancelled { .. }).then_some("gone"),
            is_open.then_some("open"),
        );
        html! {
            <button type="button" {class} {tabindex} {onclick} aria-label={label} aria-current={aria_current}>
                <b>{title}</b>{" "}
                if let Some(unsaved) = unsaved { <span class="unsaved">{unsaved}</span>{" "} }
                if let Some(tag) = tag { <span class="tag">{tag}</span>{" "} }
                <span class="when"><span>{starts}</span><span class="ends">{"–"}{ends}</span></span>
                if let Some(was) = was { {" "}<span class="was">{was}</span> }
                if let Some(place) = place { {" "}<span class="place">{place}</span> }
            </button>
        }
    }
}

/// The slots of a date as a list of buttons, each with its own stop of the tab key.
pub fn slots_of(date: Date, window: DateRange, blocks: &[Block], session: &Session) -> Html {
    let words = session.words();
    let entries = entries_on(blocks, date);
    if entries.is_empty() {
        return html! { <p class="nothing">{words.texts.get("week-day-empty")}</p> };
    }
    let onopen = {
        let session = session.clone();
        Callback::from(move |(_, slot, by_key): Opened| {
            session.show_slot(slot);
            if by_key {
                focus_panel_soon();
            }
        })
    };
    let (open, unsaved) = (session.open_slot(), session.unsaved());
    let listing = Listing { window, words: &words, open, unsaved: &unsaved, onopen: &onopen };
    html! {
        <ul class="day-slots">
            { for entries.into_iter().map(|entry| html! {
                <li key={key_of(entry)}>{listing.button(date, entry, None)}</li>
            }) }
        </ul>
    }
}

/// Tells entries of one date apart.
pub fn key_of(entry: Entry<'_>) -> String {
    format!("{} {}", entry.block.schedule_id, entry.block.original_date)
}
