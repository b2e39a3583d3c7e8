//! What sync did: versions that met, edits that were not taken, what does not fit together, and what came from elsewhere. Each
//! with its way back.

mod told;

use weekwise_protocol::{
    Arrival, ArrivalStanding, Changes, Conflict, DismissRejected, KeepThis, Overlap, OverlapSide, RejectedEdit,
    RetryRejected, SlotName, SlotRequest, TakeBack, UseOther, What, WithoutEffect,
};
use yew::prelude::*;

use crate::session::{Session, use_session};
use crate::words::Words;
use told::{author, both_sides, exception, line, title_or_untitled, when};

/// How many arrivals are shown before the rest is asked for.
const SHOWN: usize = 30;

/// The page.
#[component]
pub fn ChangesPanel() -> Html {
    let session = use_session();
    let texts = session.texts();
    let shows_all = use_state_eq(|| false);
    let Some(changes) = session.changes.clone() else {
        return html! { <p class="quiet">{texts.get("editor-loading")}</p> };
    };
    let words = session.words();
    let is_empty = changes.arrivals.is_empty()
        && changes.conflicts.is_empty()
        && changes.rejected.is_empty()
        && changes.overlaps.is_empty()
        && changes.over_limit.is_empty()
        && changes.without_effect.is_empty();
    if is_empty {
        return html! { <p class="quiet">{texts.get("changes-none")}</p> };
    }
    let most = if *shows_all { usize::MAX } else { SHOWN };
    let more = {
        let shows_all = shows_all.clone();
        move |_| shows_all.set(true)
    };
    html! {
        <div class="changes">
            { section(texts.get("changes-conflicts"), texts.get("changes-conflicts-hint"), changes.conflicts.iter().map(|it| conflict(it, &session, &words)).collect()) }
            { section(texts.get("changes-rejected"), texts.get("changes-rejected-hint"), changes.rejected.iter().map(|it| rejected(it, &session, &words)).collect()) }
            { section(texts.get("changes-misfits"), String::new(), misfits(&changes, &session, &words)) }
            { section(texts.get("changes-arrivals"), String::new(), changes.arrivals.iter().take(most).map(|it| arrival(it, &session, &words)).collect()) }
            if changes.arrivals.len() > most {
                <button type="button" class="quiet" onclick={more}>{texts.with("changes-more", [("n", (changes.arrivals.len() - most).into())])}</button>
            } else if changes.older > 0 {
                <p class="hint">{texts.with("changes-older", [("n", changes.older.into())])}</p>
            }
        </div>
    }
}

fn section(title: String, hint: String, items: Vec<Html>) -> Html {
    if items.is_empty() {
        return html! {};
    }
    html! {
        <section>
            <h3>{title}</h3>
            if !hint.is_empty() { <p class="hint">{hint}</p> }
            <ul class="told">{ for items }</ul>
        </section>
    }
}

fn conflict(it: &Conflict, session: &Session, words: &Words) -> Html {
    let texts = &words.texts;
    let (id, along) = (it.id, it.along);
    let use_other = {
        let session = session.clone();
        move |_| session.settle(UseOther { conflict: id })
    };
    let keep = {
        let session = session.clone();
        move |_| session.settle(KeepThis { conflict: id })
    };
    let about = about(it.difference.slot.as_ref(), words);
    let by = [("who", author(&it.by, words).into()), ("when", when(it.at, words).into())];
    let sides = both_sides(&it.difference, words);
    let lines = line(&it.difference, words);
    html! {
        <li key={id.0.to_string()}>
            <b>{&about}</b>
            <span class="by">{texts.with("changes-other-by", by)}</span>
            if lines.is_empty() {
                <p class="hint">{texts.get("changes-same")}</p>
            } else if sides.is_empty() {
                <p>{lines.join(" ")}</p>
            } else {
                <dl class="sides">
                    { for sides.into_iter().map(|side| html! {
                        <>
                            <dt>{side.name}</dt>
                            <dd><span class="side-label">{texts.get("changes-this")}</span>{side.this}</dd>
                            <dd><span class="side-label">{texts.get("changes-other")}</span>{side.other}</dd>
                        </>
                    }) }
                </dl>
            }
            if along > 0 { <p class="hint">{texts.with("changes-along", [("n", along.into())])}</p> }
            <div class="acts">
                if it.can_use_other {
                    <button type="button" class="quiet" onclick={use_other}
                        aria-label={texts.with("changes-use-other-of", [("title", about.as_str().into())])}>{texts.get("changes-use-other")}</button>
                }
                <button type="button" class="quiet" onclick={keep}
                    aria-label={texts.with("changes-keep-of", [("title", about.as_str().into())])}>{texts.get("changes-keep")}</button>
                { show(it.difference.slot.as_ref(), session, words) }
            </div>
        </li>
    }
}

fn rejected(it: &RejectedEdit, session: &Session, words: &Words) -> Html {
    let texts = &words.texts;
    let id = it.id;
    let title = about(it.differences.first().and_then(|it| it.slot.as_ref()), words);
    let again = {
        let session = session.clone();
        move |_| session.settle(RetryRejected { rejected: id })
    };
    let dismiss = {
        let session = session.clone();
        move |_| session.settle(DismissRejected { rejected: id })
    };
    html! {
        <li key={id.0.to_string()}>
            { differences(&it.differences, it.more, words) }
            <span class="by">{when(it.at, words)}</span>
            <p class="why">{told::reason(&it.why, words)}</p>
            <div class="acts">
                if it.can_retry {
                    <button type="button" class="quiet" onclick={again}
                        aria-label={texts.with("changes-again-of", [("title", title.as_str().into())])}>{texts.get("changes-again")}</button>
                }
                <button type="button" class="quiet" onclick={dismiss}
                    aria-label={texts.with("changes-dismiss-of", [("title", title.as_str().into())])}>{texts.get("changes-dismiss")}</button>
            </div>
        </li>
    }
}

fn arrival(it: &Arrival, session: &Session, words: &Words) -> Html {
    let texts = &words.texts;
    let id = it.id;
    let take_back = {
        let session = session.clone();
        move |_| session.settle(TakeBack { arrival: id })
    };
    let (can, note) = match it.standing {
        ArrivalStanding::Whole => (true, None),
        ArrivalStanding::Partly => (true, Some("changes-partly")),
        ArrivalStanding::Over => (false, Some("changes-over")),
        ArrivalStanding::TakenBack => (false, Some("changes-taken-back")),
    };
    let slot = it.differences.first().and_then(|it| it.slot.as_ref());
    html! {
        <li key={id.0.to_string()} class={(!it.is_seen).then_some("unseen")}>
            { differences(&it.differences, it.more, words) }
            <span class="by">
                if !it.is_seen { <b class="new-mark">{texts.get("changes-new")}</b>{" "} }
                {format!("{}, {}", author(&it.by, words), when(it.at, words))}
            </span>
            if it.is_merged { <p class="hint">{texts.get("changes-merged")}</p> }
            if let Some(note) = note { <p class="hint">{texts.get(note)}</p> }
            <div class="acts">
                if can {
                    <button type="button" class="quiet" onclick={take_back}
                        aria-label={texts.with("changes-take-back-of", [("title", about(slot, words).into())])}>{texts.get("changes-take-back")}</button>
                }
                { show(slot, session, words) }
            </div>
        </li>
    }
}

/// Slots over the limit, overlaps, and dates without effect: each leads to its place.
fn misfits(changes: &Changes, session: &Session, words: &Words) -> Vec<Html> {
    let texts = &words.texts;
    let over = changes.over_limit.iter().map(|over| {
        let values = [
            ("weekday", words.weekday(over.weekday).into()),
            ("slots", over.slots.into()),
            ("limit", i64::from(changes.slot_limit.number()).into()),
        ];
        let told = texts.with("over-limit", values);
        let way = go(session, words, &told, over.first, None);
        html! { <li key={format!("limit {}", over.weekday.number())} class="brief"><span>{told}</span>{way}</li> }
    });
    let overlaps = changes.overlaps.iter().map(|Overlap { date, first, second }| {
        let side = |side: &OverlapSide| format!("{} {}", title_or_untitled(&side.title, words), words.times(side.time));
        let values =
            [("first", side(first).into()), ("second", side(second).into()), ("date", words.date_short(*date).into())];
        let slot = SlotRequest { series_id: second.series_id, date: second.original_date };
        let told = texts.with("changes-overlap", values);
        let way = go(session, words, &told, *date, Some(slot));
        let key = format!("overlap {date} {} {}", first.series_id, second.series_id);
        html! { <li {key} class="brief"><span>{told}</span>{way}</li> }
    });
    let without = changes.without_effect.iter().map(|WithoutEffect { series_id, title, date, exception: what }| {
        let values = [
            ("title", title_or_untitled(title, words).into()),
            ("date", words.date_medium(*date).into()),
            ("what", exception(Some(what), None, words).into()),
        ];
        let slot = SlotRequest { series_id: *series_id, date: *date };
        let put_back = {
            let session = session.clone();
            move |_| session.put_back(slot)
        };
        html! {
            <li key={format!("without {series_id} {date}")} class="brief">
                <span>{texts.with("changes-without-effect", values)}</span>
                <button type="button" class="quiet" onclick={put_back}>{texts.get("editor-put-back")}</button>
            </li>
        }
    });
    over.chain(overlaps).chain(without).collect()
}

fn differences(all: &[weekwise_protocol::Difference], more: u32, words: &Words) -> Html {
    html! {
        <>
            { for all.iter().map(|it| {
                let title = about(it.slot.as_ref(), words);
                let is_setting = matches!(it.what, What::Setting(_));
                html! {
                    <div class="difference">
                        if !is_setting { <b>{title}</b> }
                        { for line(it, words).into_iter().map(|text| html! { <span>{text}</span> }) }
                    </div>
                }
            }) }
            if more > 0 { <span class="hint">{words.texts.with("failure-more", [("n", more.into())])}</span> }
        </>
    }
}

fn about(slot: Option<&SlotName>, words: &Words) -> String {
    match slot {
        Some(slot) => title_or_untitled(&slot.title, words),
        None => words.texts.get("changes-setting"),
    }
}

/// Leads to the slot in the week, where it can be seen.
fn show(slot: Option<&SlotName>, session: &Session, words: &Words) -> Html {
    match slot.and_then(|slot| Some((slot.series_id, slot.date?))) {
        Some((series_id, date)) => go(session, words, &about(slot, words), date, Some(SlotRequest { series_id, date })),
        None => html! {},
    }
}

/// A button that leads to a date, and to a slot on it. `what` is what it shows, for those who hear the page.
fn go(session: &Session, words: &Words, what: &str, date: weekwise_domain::Date, slot: Option<SlotRequest>) -> Html {
    let texts = &words.texts;
    let label = texts.with("changes-show-what", [("what", what.into())]);
    let session = session.clone();
    let onclick = move |_| {
        session.go_to(Some(date));
        if let Some(slot) = slot {
            session.show_slot(slot);
        }
    };
    html! { <button type="button" class="quiet" {onclick} aria-label={label}>{texts.get("changes-show")}</button> }
}
