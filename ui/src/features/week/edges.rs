//! "2 earlier ↑" and "1 later ↓": how many slots lie beyond the edges of what is scrolled into view.

use std::rc::Rc;

use wasm_bindgen::{JsCast, prelude::*};
use web_sys::Element;
use weekwise_protocol::WeekView;
use yew::prelude::*;

use crate::components::Icon;
use crate::words::Words;

/// The properties of the edges.
#[derive(Properties, PartialEq)]
pub struct EdgesProps {
    /// What scrolls.
    pub scroller: NodeRef,
    /// The week.
    pub view: Rc<WeekView>,
    /// The words.
    pub words: Words,
}

/// The minutes of the day that are in view.
#[derive(Clone, Copy, PartialEq, Default)]
struct Seen {
    from: u16,
    to: u16,
}

fn seen(scroller: &Element) -> Seen {
    let head = scroller.query_selector(".heads").ok().flatten().map_or(0, |head| head.client_height());
    let day = (scroller.scroll_height() - head).max(1);
    let minute = |y: i32| u16::try_from((y.clamp(0, day) * 1440) / day).unwrap_or(0);
    Seen { from: minute(scroller.scroll_top()), to: minute(scroller.scroll_top() + scroller.client_height() - head) }
}

/// The edges.
#[component]
pub fn Edges(props: &EdgesProps) -> Html {
    let state = use_state_eq(|| Seen { from: 0, to: 1440 });
    use_effect_with(props.scroller.clone(), {
        let state = state.clone();
        move |scroller: &NodeRef| {
            let element = scroller.cast::<Element>();
            let update = element.clone().map(|element| {
                state.set(seen(&element));
                Closure::<dyn Fn()>::new(move || state.set(seen(&element)))
            });
            let window = web_sys::window();
            if let (Some(element), Some(update), Some(window)) = (&element, &update, &window) {
                let listener = update.as_ref().unchecked_ref();
                // Adding a listener to a live element does not fail.
                let _ = element.add_event_listener_with_callback("scroll", listener);
                let _ = window.add_event_listener_with_callback("resize", listener);
            }
            move || {
                if let (Some(element), Some(update), Some(window)) = (&element, &update, &window) {
                    let listener = update.as_ref().unchecked_ref();
                    let _ = element.remove_event_listener_with_callback("scroll", listener);
                    let _ = window.remove_event_listener_with_callback("resize", listener);
                }
            }
        }
    });
    let times: Vec<(u16, u16)> = props
        .view
        .blocks
        .iter()
        .filter(|block| props.view.window.contains(block.date))
        .map(|block| (block.time.start().number(), block.time.end().number()))
        .collect();
    let earlier: Vec<u16> = times.iter().filter(|(_, end)| *end <= state.from).map(|(start, _)| *start).collect();
    let later: Vec<u16> = times.iter().filter(|(start, _)| *start >= state.to).map(|(start, _)| *start).collect();
    let go = |minute: Option<u16>| {
        let scroller = props.scroller.clone();
        Callback::from(move |_: MouseEvent| {
            if let (Some(element), Some(minute)) = (scroller.cast::<Element>(), minute) {
                element.set_scroll_top(i32::from(minute.saturating_sub(30)) * element.scroll_height() / 1440);
            }
        })
    };
    let texts = &props.words.texts;
    html! {
        <>
            if !earlier.is_empty() {
                <button type="button" class="edge earlier" onclick={go(earlier.iter().max().copied())}>
                    {Icon::Up}{texts.with("week-earlier", [("n", earlier.len().into())])}
                </button>
            }
            if !later.is_empty() {
                <button type="button" class="edge later" onclick={go(later.iter().min().copied())}>
                    {Icon::Down}{texts.with("week-later", [("n", later.len().into())])}
                </button>
            }
        </>
    }
}
