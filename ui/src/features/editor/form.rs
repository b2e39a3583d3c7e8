//! The fields of the inspector.

use weekwise_domain::{Color, Date, SlotLimit, Weekday};
use yew::prelude::*;

use super::draft::{Draft, Scope, Values};
use super::meaning::{Field, Problem, Problems};
use crate::components::{Choice, DateField, SelectField, TextArea, TextField, TimeField};
use crate::words::Words;

/// A change to the draft.
pub type Change = Callback<Box<dyn FnOnce(&mut Draft)>>;

/// The properties of the form.
#[derive(Properties, PartialEq)]
pub struct FormProps {
    /// What the fields hold.
    pub values: Values,
    /// Which dates the edit is for.
    pub scope: Scope,
    /// Whether the slot does not exist yet.
    pub is_new: bool,
    /// Whether it has a single date.
    pub is_once: bool,
    /// Whether the open date is cancelled.
    pub is_cancelled: bool,
    /// Whether there is a rotation that can start anew.
    pub can_restart: bool,
    /// Whether it will.
    pub restarts: bool,
    /// What does not fit.
    pub problems: Problems,
    /// How dates and times are written.
    pub words: Words,
    /// Today.
    pub today: Date,
    /// The day on which weeks begin.
    pub first_weekday: Weekday,
    /// Changes the draft.
    pub change: Change,
    /// Makes two slots of one that runs past midnight.
    pub make_two: Option<Callback<Option<SlotLimit>>>,
}

/// The fields of the inspector.
#[component]
pub fn Form(props: &FormProps) -> Html {
    let FormProps { values, scope, is_new, is_cancelled, words, .. } = props;
    let texts = &words.texts;
    let for_date = *scope == Scope::Date;
    if for_date && *is_cancelled {
        return html! {
            <>
                <TextField id="slot-reason" label={texts.get("editor-reason")} placeholder={texts.get("editor-reason-hint")}
                    value={values.reason.clone()} problem={problem(props, Field::Reason)}
                    oninput={typed(props, |draft, value| draft.typed.reason = Some(value))} />
                {notes(props)}
            </>
        };
    }
    let title_hint = if *is_new { texts.get("editor-title-hint") } else { texts.get("block-untitled") };
    html! {
        <>
            <TextField id="slot-title" class="title" label={texts.get("editor-title")} placeholder={title_hint}
                value={values.title.clone()} problem={problem(props, Field::Title)}
                oninput={typed(props, |draft, value| draft.typed.title = Some(value))} />
            <div class="two">
                <TimeField id="slot-starts" label={texts.get("editor-starts")} value={values.starts.clone()} words={words.clone()}
                    problem={problem(props, Field::Starts)} oninput={typed(props, |draft, value| draft.typed.starts = Some(value))} />
                <TimeField id="slot-ends" label={texts.get("editor-ends")} value={values.ends.clone()} words={words.clone()}
                    problem={problem(props, Field::Ends)} offer={offer_of_two(props)}
                    oninput={typed(props, |draft, value| draft.typed.ends = Some(value))} />
            </div>
            {when(props)}
            <TextField id="slot-location" label={texts.get("editor-place")} value={values.location.clone()}
                problem={problem(props, Field::Location)} oninput={typed(props, |draft, value| draft.typed.location = Some(value))} />
            if !for_date { {colors(props)} }
            {notes(props)}
        </>
    }
}

fn typed(props: &FormProps, set: fn(&mut Draft, String)) -> Callback<String> {
    props.change.reform(move |value| Box::new(move |draft: &mut Draft| set(draft, value)) as _)
}

fn problem(props: &FormProps, field: Field) -> Option<AttrValue> {
    let texts = &props.words.texts;
    let (_, problem) = props.problems.iter().find(|(at, _)| *at == field)?;
    let told = match problem {
        Problem::Time => texts.get("problem-time"),
        Problem::StartAtEnd => texts.get("problem-time-start"),
        Problem::EndNotLater(Some(_)) => texts.get("problem-past-midnight"),
        Problem::EndNotLater(None) => texts.get("problem-end"),
        Problem::Date => texts.get("problem-date"),
        Problem::UntilBeforeFirst => texts.get("problem-until"),
        Problem::Text(weekwise_domain::TextError::TooLong { chars, max }) => {
            texts.with("problem-long", [("max", (*max).into()), ("chars", (*chars).into())])
        }
        Problem::Text(weekwise_domain::TextError::Control { .. }) => texts.get("problem-control"),
    };
    Some(told.into())
}

/// A slot ends by 24:00; one that was meant to run past it can be two.
fn offer_of_two(props: &FormProps) -> Html {
    let runs_past = props.problems.iter().any(|(_, problem)| matches!(problem, Problem::EndNotLater(Some(_))));
    let Some(make_two) = props.make_two.clone().filter(|_| runs_past) else { return html! {} };
    html! {
        <button type="button" class="link" onclick={make_two.reform(|_| None)}>{props.words.texts.get("two-slots")}</button>
    }
}

/// The fields that say on which dates.
fn when(props: &FormProps) -> Html {
    let FormProps { values, scope, is_new, is_once, words, today, first_weekday, .. } = props;
    let texts = &words.texts;
    let date = |label: &str| {
        html! {
            <DateField id="slot-date" label={texts.get(label)} value={values.date.clone()} words={words.clone()} today={*today}
                first_weekday={*first_weekday} problem={problem(props, Field::Date)}
                oninput={typed(props, |draft, value| draft.typed.date = Some(value))} />
        }
    };
    if *scope == Scope::Date {
        return date("editor-date");
    }
    let repeats = {
        let onchange = typed(props, |draft, value| draft.typed.every = value.parse().ok());
        let once = (*is_new || *is_once).then(|| Choice::new(0, texts.get("repeat-once")));
        let every = (1..=8).map(|n: u8| Choice::new(n, texts.with("repeat-every", [("n", i64::from(n).into())])));
        let choices: Vec<_> = every.chain(once).collect();
        html! { <SelectField id="slot-repeats" label={texts.get("editor-repeats")} {choices} value={values.every.to_string()} {onchange} /> }
    };
    let until = html! {
        <DateField id="slot-until" label={texts.get("editor-until")} value={values.until.clone()} words={words.clone()} today={*today}
            placeholder={texts.get("editor-until-hint")} first_weekday={*first_weekday} problem={problem(props, Field::Until)}
            oninput={typed(props, |draft, value| draft.typed.until = Some(value))} />
    };
    if *is_new || *is_once {
        return html! {
            <>
                {date(if values.every == 0 { "editor-date" } else { "editor-first-date" })}
                {repeats}
                if values.every > 0 { {until} }
            </>
        };
    }
    let weekday = {
        let onchange = typed(props, |draft, value| {
            draft.typed.weekday = value.parse::<u8>().ok().and_then(|day| Weekday::try_from(day).ok());
        });
        let choices: Vec<_> = Weekday::all_from(*first_weekday)
            .into_iter()
            .map(|day| Choice::new(day.number(), words.weekday(day)))
            .collect();
        html! { <SelectField id="slot-weekday" label={texts.get("editor-weekday")} {choices} value={values.weekday.number().to_string()} {onchange} /> }
    };
    html! {
        <>
            <div class="two">{weekday}{repeats}</div>
            if *scope == Scope::Series { {date("editor-from")} }
            {until}
            if props.can_restart {
                <label class="check">
                    <input type="checkbox" checked={props.restarts}
                        onchange={props.change.reform(|_| Box::new(|draft: &mut Draft| draft.typed.restart = !draft.typed.restart) as _)} />
                    <span>{texts.get("editor-restart")}</span>
                </label>
            }
        </>
    }
}

fn colors(props: &FormProps) -> Html {
    let texts = &props.words.texts;
    html! {
        <fieldset class="colors">
            <legend>{texts.get("editor-color")}</legend>
            { for Color::ALL.into_iter().map(|color| {
                let chosen = color == props.values.color;
                let name = texts.get(&format!("color-{}", color.name()));
                let onchange = props.change.reform(move |_| Box::new(move |draft: &mut Draft| draft.typed.color = Some(color)) as _);
                html! {
                    <label key={color.name()} class={classes!("swatch", color.name(), chosen.then_some("on"))} title={name.clone()}>
                        <input type="radio" name="slot-color" value={color.name()} checked={chosen} {onchange} />
                        if chosen { {crate::components::Icon::Check} }
                        <span class="visually-hidden">{name}</span>
                    </label>
                }
            }) }
        </fieldset>
    }
}

fn notes(props: &FormProps) -> Html {
    html! {
        <TextArea id="slot-notes" label={props.words.texts.get("editor-notes")} value={props.values.notes.clone()}
            problem={problem(props, Field::Notes)} oninput={typed(props, |draft, value| draft.typed.notes = Some(value))} />
    }
}
