//! Fields of a form: a label, a control, and what is wrong with it beside it.

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::words::{Words, read_time};

/// How far the arrow keys take a time, in minutes.
const TIME_STEP: u16 = 15;

/// A problem below a control, tied to it for those who hear the page.
#[derive(Properties, PartialEq)]
pub struct DescribedProps {
    /// The id of the description.
    pub id: AttrValue,
    /// What is wrong.
    pub problem: Option<AttrValue>,
    /// A way out, offered beside it.
    #[prop_or_default]
    pub offer: Html,
}

/// A problem below a control.
#[component]
pub fn Described(props: &DescribedProps) -> Html {
    html! {
        <div class="problem" id={props.id.clone()} aria-live="polite">
            if let Some(problem) = &props.problem {
                <span>{problem.clone()}</span>
                {props.offer.clone()}
            }
        </div>
    }
}

/// The properties of a text field.
#[derive(Properties, PartialEq)]
pub struct TextFieldProps {
    /// Its id in the page.
    pub id: AttrValue,
    /// What it is for.
    pub label: AttrValue,
    /// What it holds.
    pub value: AttrValue,
    /// What could stand in it.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// Something was typed.
    pub oninput: Callback<String>,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
    /// Whether what is typed is not shown.
    #[prop_or_default]
    pub is_secret: bool,
}

fn typed(callback: &Callback<String>) -> Callback<InputEvent> {
    callback.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value())
}

fn error_id(id: &AttrValue) -> AttrValue {
    format!("{id}-problem").into()
}

/// A field for one line of text.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let TextFieldProps { id, label, value, placeholder, problem, oninput, class, is_secret } = props;
    let kind = if *is_secret { "password" } else { "text" };
    html! {
        <div class={classes!("field", class.clone())}>
            <label for={id.clone()}>{label.clone()}</label>
            <input type={kind} id={id.clone()} value={value.clone()} placeholder={placeholder.clone()} autocomplete="off"
                aria-invalid={problem.is_some().then_some("true")} aria-describedby={error_id(id)} oninput={typed(oninput)} />
            <Described id={error_id(id)} problem={problem.clone()} />
        </div>
    }
}

/// A field for several lines of text.
#[component]
pub fn TextArea(props: &TextFieldProps) -> Html {
    let TextFieldProps { id, label, value, placeholder, problem, oninput, class, .. } = props;
    let oninput = oninput.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value());
    html! {
        <div class={classes!("field", class.clone())}>
            <label for={id.clone()}>{label.clone()}</label>
            <textarea id={id.clone()} rows="3" value={value.clone()} placeholder={placeholder.clone()}
                aria-invalid={problem.is_some().then_some("true")} aria-describedby={error_id(id)} {oninput} />
            <Described id={error_id(id)} problem={problem.clone()} />
        </div>
    }
}

/// The properties of a time field.
#[derive(Properties, PartialEq)]
pub struct TimeFieldProps {
    /// Its id in the page.
    pub id: AttrValue,
    /// What it is for.
    pub label: AttrValue,
    /// What it holds, as typed.
    pub value: AttrValue,
    /// How times are written.
    pub words: Words,
    /// What is wrong with it.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// A way out of the problem.
    #[prop_or_default]
    pub offer: Html,
    /// Something was typed or stepped to.
    pub oninput: Callback<String>,
}

/// A field for a time of day. The arrow keys move it by a quarter of an hour.
#[component]
pub fn TimeField(props: &TimeFieldProps) -> Html {
    let TimeFieldProps { id, label, value, words, problem, offer, oninput } = props;
    let onkeydown = {
        let (value, words, oninput) = (value.clone(), words.clone(), oninput.clone());
        move |event: KeyboardEvent| {
            let Some(minute) = read_time(&value) else { return };
            let number = minute.number();
            let stepped = match event.key().as_str() {
                "ArrowUp" => number - number % TIME_STEP + TIME_STEP,
                "ArrowDown" => number.saturating_sub(1) / TIME_STEP * TIME_STEP,
                _ => return,
            };
            event.prevent_default();
            if let Some(minute) = weekwise_domain::Minute::new(stepped.min(1440)) {
                oninput.emit(words.time(minute));
            }
        }
    };
    html! {
        <div class="field time">
            <label for={id.clone()}>{label.clone()}</label>
            <input type="text" id={id.clone()} value={value.clone()} autocomplete="off" spellcheck="false"
                aria-invalid={problem.is_some().then_some("true")} aria-describedby={error_id(id)}
                oninput={typed(oninput)} {onkeydown} />
            <Described id={error_id(id)} problem={problem.clone()} offer={offer.clone()} />
        </div>
    }
}

/// One of several values to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its value in the page.
    pub value: AttrValue,
    /// Its words.
    pub label: AttrValue,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl ToString, label: impl Into<AttrValue>) -> Self {
        Self { value: value.to_string().into(), label: label.into() }
    }
}

/// The properties of a field to choose in.
#[derive(Properties, PartialEq)]
pub struct SelectFieldProps {
    /// Its id in the page.
    pub id: AttrValue,
    /// What it is for.
    pub label: AttrValue,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// What is chosen.
    pub value: AttrValue,
    /// More about it.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// Something was chosen.
    pub onchange: Callback<String>,
}

/// A field to choose one of many in.
#[component]
pub fn SelectField(props: &SelectFieldProps) -> Html {
    let SelectFieldProps { id, label, choices, value, hint, onchange } = props;
    let onchange = onchange.reform(|event: Event| {
        event.target().and_then(|it| it.dyn_into::<HtmlSelectElement>().ok()).map(|it| it.value()).unwrap_or_default()
    });
    let hint_id: AttrValue = format!("{id}-hint").into();
    html! {
        <div class="field">
            <label for={id.clone()}>{label.clone()}</label>
            <select id={id.clone()} {onchange} aria-describedby={hint.is_some().then(|| hint_id.clone())}>
                { for choices.iter().map(|choice| html! {
                    <option key={choice.value.to_string()} value={choice.value.clone()} selected={choice.value == *value}>
                        {choice.label.clone()}
                    </option>
                }) }
            </select>
            if let Some(hint) = hint {
                <p class="hint" id={hint_id}>{hint.clone()}</p>
            }
        </div>
    }
}

/// The properties of a group of which one is chosen.
#[derive(Properties, PartialEq)]
pub struct SegmentsProps {
    /// The name of the group in the page.
    pub name: AttrValue,
    /// What it is for.
    pub label: AttrValue,
    /// What can be chosen, each with more about it.
    pub choices: Vec<(Choice, Option<AttrValue>)>,
    /// What is chosen.
    pub value: AttrValue,
    /// Something was chosen.
    pub onchange: Callback<String>,
}

/// A group of radio buttons in a frame, one below the other.
#[component]
pub fn Segments(props: &SegmentsProps) -> Html {
    let SegmentsProps { name, label, choices, value, onchange } = props;
    html! {
        <fieldset class="segments">
            <legend>{label.clone()}</legend>
            { for choices.iter().map(|(choice, more)| {
                let onchange = { let (chosen, onchange) = (choice.value.to_string(), onchange.clone()); move |_| onchange.emit(chosen.clone()) };
                html! {
                    <label key={choice.value.to_string()} class={classes!("segment", (choice.value == *value).then_some("on"))}>
                        <input type="radio" name={name.clone()} value={choice.value.clone()} checked={choice.value == *value} {onchange} />
                        <span>{choice.label.clone()}</span>
                        if let Some(more) = more { <small>{more.clone()}</small> }
                    </label>
                }
            }) }
        </fieldset>
    }
}
