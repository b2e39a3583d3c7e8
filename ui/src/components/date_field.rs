//! A field for a date: typed as people write dates, stepped with the arrows, or picked in a month.

use web_sys::{FocusEvent, HtmlInputElement};
use weekwise_domain::{Date, Weekday};
use yew::prelude::*;

use super::{
    fields::Described,
    icon::{Icon, IconButton},
    mini_month::MiniMonth,
};
use crate::words::Words;

/// The properties of a date field.
#[derive(Properties, PartialEq)]
pub struct DateFieldProps {
    /// Its id in the page.
    pub id: AttrValue,
    /// What it is for.
    pub label: AttrValue,
    /// What it holds, as typed.
    pub value: AttrValue,
    /// What stands in it while it is empty.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// Today.
    pub today: Date,
    /// The day on which weeks begin.
    pub first_weekday: Weekday,
    /// How dates are written and read.
    pub words: Words,
    /// Something was typed, stepped to or picked.
    pub oninput: Callback<String>,
}

/// A field for a date.
#[component]
pub fn DateField(props: &DateFieldProps) -> Html {
    let DateFieldProps { id, label, value, placeholder, problem, today, first_weekday, words, oninput } = props;
    let is_open = use_state_eq(|| false);
    let input = use_node_ref();
    let read = words.read_date(value, *today);
    let typed = oninput.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    let onkeydown = {
        let (words, oninput, is_open) = (words.clone(), oninput.clone(), is_open.clone());
        move |event: KeyboardEvent| {
            let step = match event.key().as_str() {
                "ArrowUp" => 1,
                "ArrowDown" if event.alt_key() => {
                    event.prevent_default();
                    return is_open.set(true);
                }
                "ArrowDown" => -1,
                _ => return,
            };
            event.prevent_default();
            if let Some(date) = read.and_then(|date| date.plus_days(step)) {
                oninput.emit(words.date_medium(date));
            }
        }
    };
    let onpick = {
        let (words, oninput, is_open, input) = (words.clone(), oninput.clone(), is_open.clone(), input.clone());
        Callback::from(move |date: Date| {
            oninput.emit(words.date_medium(date));
            is_open.set(false);
            focus(&input);
        })
    };
    let close_on_escape = {
        let (is_open, input) = (is_open.clone(), input.clone());
        move |event: KeyboardEvent| {
            if *is_open && event.key() == "Escape" {
                event.stop_propagation();
                is_open.set(false);
                focus(&input);
            }
        }
    };
    let frame = use_node_ref();
    let close_on_leave = {
        let (is_open, frame) = (is_open.clone(), frame.clone());
        move |event: FocusEvent| {
            let to =
                event.related_target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(target).ok());
            let stays = frame.get().is_some_and(|frame| to.is_none() || frame.contains(to.as_ref()));
            if !stays {
                is_open.set(false);
            }
        }
    };
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |()| is_open.set(!*is_open))
    };
    let error_id = format!("{id}-problem");
    html! {
        <div class="field date" ref={frame} onkeydown={close_on_escape} onfocusout={close_on_leave}>
            <label for={id.clone()}>{label.clone()}</label>
            <div class="with-button">
                <input type="text" id={id.clone()} ref={input} value={value.clone()} placeholder={placeholder.clone()}
                    autocomplete="off" spellcheck="false" aria-invalid={problem.is_some().then_some("true")}
                    aria-describedby={error_id.clone()} oninput={typed} {onkeydown} />
                <IconButton icon={Icon::Calendar} label={words.texts.with("date-pick", [("field", label.to_string().into())])}
                    pressed={*is_open} onclick={toggle} />
            </div>
            if *is_open {
                <div class="popover">
                    <MiniMonth shown={read.unwrap_or(*today)} chosen={read} today={*today} first_weekday={*first_weekday}
                        words={words.clone()} {onpick} />
                </div>
            }
            <Described id={error_id} problem={problem.clone()} />
        </div>
    }
}

fn focus(input: &NodeRef) {
    if let Some(element) = input.cast::<web_sys::HtmlElement>() {
        // Focus fails only for an element that is gone, and then nothing is lost.
        let _ = element.focus();
    }
}
