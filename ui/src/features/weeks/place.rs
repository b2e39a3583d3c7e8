//! Where the weeks stand in the view. One of them is held where it is whatever is added above it, grows or shrinks.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use weekwise_domain::{Date, DateRange};
use yew::NodeRef;

use crate::state::Stack;

/// A week counts as the one at the top until less than this is left of it, in pixels: its heading and a little more.
const LEFT: f64 = 64.0;

/// The week that is held, and how far below the top of the view it begins, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Anchor {
    week: Date,
    below: f64,
}

/// Where the weeks stand.
#[derive(Default)]
pub struct Place {
    scroller: NodeRef,
    anchor: Cell<Option<Anchor>>,
    /// What came of the last holding; a scroll from there is a person's doing.
    held: Cell<Option<Held>>,
}

/// Where things stood when the held week had been brought to its place, in pixels.
#[derive(Clone, Copy)]
struct Held {
    /// How far the weeks were scrolled.
    gone: f64,
    /// How far below the beginning of all weeks in the page the held one lay.
    laid: f64,
}

impl Place {
    /// What scrolls.
    pub fn scroller(&self) -> &NodeRef {
        &self.scroller
    }

    /// Holds a date at the top from now on: its week, or where days stand one below the other its day.
    pub fn aim(&self, date: Date, stack: &Stack, is_list: bool) {
        let Some(week) = stack.week_of(date).map(|week| week.window) else { return };
        let below = if is_list && date != week.from() { self.depth_of(date) } else { 0.0 };
        self.anchor.set(Some(Anchor { week: week.from(), below: -below }));
        self.held.set(None);
    }

    /// How far a day's card lies below the heading of its week, in pixels.
    fn depth_of(&self, date: Date) -> f64 {
        let depth = || {
            let card = self.scroller.cast::<Element>()?.query_selector(&format!("[data-date='{date}']")).ok()??;
            let week = card.closest(".week").ok()??;
            let head = week.query_selector(".week-head").ok()??;
            Some(card.get_bounding_client_rect().top() - head.get_bounding_client_rect().height() - top(&week))
        };
        depth().unwrap_or_default()
    }

    /// Brings what is held back to where it was, or to where a person has scrolled it meanwhile.
    pub fn hold(&self, stack: &Stack) {
        let Some((scroller, anchor)) = self.scroller.cast::<Element>().zip(self.anchor.get()) else { return };
        // Weeks may begin on another day by now.
        let Some(from) = stack.week_of(anchor.week).map(|week| week.window.from()) else { return };
        let Some(week) = scroller.query_selector(&format!("[data-week='{from}']")).ok().flatten() else { return };
        // At its end the view may have been put there because less is left to scroll, by nobody's will.
        let is_at_end = f64::from(scroller.scroll_height() - scroller.client_height() - scroller.scroll_top()) < 1.0;
        let scrolled = self.scrolled().filter(|by| by.abs() >= 1.0 && !is_at_end).unwrap_or_default();
        let anchor = Anchor { week: from, below: anchor.below - scrolled };
        self.anchor.set(Some(anchor));
        let off = top(&week) - top(&scroller) - anchor.below;
        if off.abs() >= 0.5 {
            scroller.scroll_by_with_x_and_y(0.0, off);
        }
        self.held.set(self.stands());
    }

    /// Holds what is at the top by now, when a person has scrolled.
    pub fn follow(&self) {
        let Some(scrolled) = self.scrolled() else { return self.take() };
        if scrolled.abs() < 1.0 {
            return;
        }
        let is_as_seen =
            self.held.get().zip(self.stands()).is_some_and(|(held, now)| (now.laid - held.laid).abs() < 1.0);
        if is_as_seen {
            return self.take();
        }
        // A scroll is told before a change of size, so that by now all stands elsewhere than where a person saw it.
        self.anchor.set(self.anchor.get().map(|anchor| Anchor { below: anchor.below - scrolled, ..anchor }));
        self.held.set(self.stands());
    }

    /// Holds what is at the top by now.
    fn take(&self) {
        let at_top = self.weeks().into_iter().find(|week| week.bottom > LEFT);
        self.anchor.set(at_top.map(|week| Anchor { week: week.from, below: week.top }));
        self.held.set(self.stands());
    }

    /// How far the view was scrolled since the last holding, in pixels.
    fn scrolled(&self) -> Option<f64> {
        self.held.get().zip(self.stands()).map(|(held, now)| now.gone - held.gone)
    }

    /// Where the held week stands now, if it is in the page.
    fn stands(&self) -> Option<Held> {
        let scroller = self.scroller.cast::<Element>()?;
        let begin = top(&scroller.first_element_child()?);
        let week = scroller.query_selector(&format!("[data-week='{}']", self.anchor.get()?.week)).ok()??;
        Some(Held { gone: top(&scroller) - begin, laid: top(&week) - begin })
    }

    /// The week that is held, and the dates of all weeks in view.
    pub fn seen(&self, stack: &Stack) -> Option<(Date, DateRange)> {
        let height = f64::from(self.scroller.cast::<Element>()?.client_height());
        let weeks = self.weeks();
        let in_view = || weeks.iter().filter(|week| week.bottom > 0.0 && week.top < height).map(|week| week.from);
        let (first, last) = (in_view().next()?, in_view().next_back()?);
        let to = stack.week_of(last)?.window.to();
        Some((self.anchor.get().map_or(first, |anchor| anchor.week), DateRange::new(first, to)?))
    }

    fn weeks(&self) -> Vec<Shown> {
        let Some(scroller) = self.scroller.cast::<Element>() else { return Vec::new() };
        let Ok(found) = scroller.query_selector_all("[data-week]") else { return Vec::new() };
        let view = top(&scroller);
        let shown = |week: Element| {
            let from = week.get_attribute("data-week")?.parse().ok()?;
            let rect = week.get_bounding_client_rect();
            Some(Shown { from, top: rect.top() - view, bottom: rect.bottom() - view })
        };
        (0..found.length()).filter_map(|i| found.get(i)?.dyn_into().ok()).filter_map(shown).collect()
    }

    /// Gives the keyboard to what the tab key leads to.
    pub fn focus(&self) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        if let Some(stop) = self.stop() {
            // Focus fails only for an element that is gone, and then nothing is lost.
            let _ = stop.focus_with_options(&options);
        }
    }

    /// Brings what the tab key leads to into view, with its card.
    pub fn reveal(&self) {
        let Some(stop) = self.stop() else { return };
        let near = ScrollIntoViewOptions::new();
        near.set_block(ScrollLogicalPosition::Nearest);
        if let Ok(Some(card)) = stop.closest(".day-card") {
            card.scroll_into_view_with_scroll_into_view_options(&near);
        }
        stop.scroll_into_view_with_scroll_into_view_options(&near);
        self.take();
    }

    fn stop(&self) -> Option<HtmlElement> {
        self.scroller.cast::<Element>()?.query_selector("[tabindex='0']").ok()??.dyn_into().ok()
    }

    /// Whether an element is in one of the cards.
    pub fn holds(&self, element: Option<&Element>) -> bool {
        let scroller = self.scroller.cast::<Element>();
        scroller.zip(element).is_some_and(|(scroller, element)| scroller.contains(Some(element)))
    }
}

/// A week as it stands, in pixels below the top of the view.
struct Shown {
    from: Date,
    top: f64,
    bottom: f64,
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}
