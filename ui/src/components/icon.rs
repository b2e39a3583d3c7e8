//! Icons, drawn on a grid of 16 in the colour of the text.

use yew::prelude::*;

/// An icon. It carries no meaning alone: a text or a label stands with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Previous,
    Next,
    Undo,
    Redo,
    Settings,
    Help,
    Trash,
    Close,
    Plus,
    Calendar,
    Side,
    Week,
    Weeks,
    Up,
    Down,
    Check,
    Warning,
    Sync,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Previous => "M10 3 5 8l5 5",
            Self::Next => "m6 3 5 5-5 5",
            Self::Undo => "M5.5 3 2.5 6l3 3M3 6h6.5a4 4 0 0 1 0 8H6",
            Self::Redo => "m10.5 3 3 3-3 3M13 6H6.5a4 4 0 0 0 0 8H10",
            Self::Settings => {
                "M2 4.5h7M13 4.5h1M2 11.5h1M7 11.5h7M11 2.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4M5 9.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4"
            }
            Self::Help => {
                "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M6.2 6.2a1.9 1.9 0 1 1 2.6 1.9c-.5.2-.8.6-.8 1.2M8 11.4v.1"
            }
            Self::Trash => "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4M9.3 7v4",
            Self::Close => "m3.5 3.5 9 9M12.5 3.5l-9 9",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Calendar => "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3",
            Self::Side => "M2 3h12v10H2zM6 3v10",
            Self::Week => "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
            Self::Weeks => "M2.5 2.5h11v4.5h-11zM2.5 9h11v4.5h-11z",
            Self::Up => "M8 13V3M4 7l4-4 4 4",
            Self::Down => "M8 3v10M4 9l4 4 4-4",
            Self::Check => "m3 8.5 3.2 3.2L13 5",
            Self::Sync => "M13 6.5A5.2 5.2 0 0 0 3.6 5M3 9.5A5.2 5.2 0 0 0 12.4 11M3.2 2.2V5H6M12.8 13.8V11H10",
            Self::Warning => "M8 2.2 14.5 13.5h-13zM8 6.5v3M8 11.4v.1",
        }
    }
}

impl From<Icon> for Html {
    fn from(icon: Icon) -> Self {
        html! {
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d={icon.path()} /></svg>
        }
    }
}

/// The properties of an [`IconButton`].
#[derive(Properties, PartialEq)]
pub struct IconButtonProps {
    /// What it shows.
    pub icon: Icon,
    /// What it does, in words.
    pub label: AttrValue,
    /// What it does at length, with its key.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// Pressed.
    pub onclick: Callback<()>,
    /// Greyed and without effect; it keeps its place in the order of tabs.
    #[prop_or_default]
    pub disabled: bool,
    /// Whether what it opens is open.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A button that shows an icon alone.
#[component]
pub fn IconButton(props: &IconButtonProps) -> Html {
    let onclick = {
        let (callback, disabled) = (props.onclick.clone(), props.disabled);
        move |_| {
            if !disabled {
                callback.emit(());
            }
        }
    };
    html! {
        <button type="button" class={classes!("icon-button", props.class.clone())} aria-label={props.label.clone()}
            title={props.hint.clone().unwrap_or_else(|| props.label.clone())} aria-disabled={props.disabled.then_some("true")}
            aria-pressed={props.pressed.map(|pressed| pressed.to_string())} {onclick}>
            {Html::from(props.icon)}
        </button>
    }
}
