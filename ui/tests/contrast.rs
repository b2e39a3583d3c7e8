//! The tokens' contrast, computed as WCAG 2.2 defines it (success criteria 1.4.3 and 1.4.11), in both themes.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

type Tokens = BTreeMap<String, String>;

const SHEET: &str = include_str!("../styles/tokens.css");

/// The declarations of the first block that begins with `selector`.
fn block(selector: &str) -> Tokens {
    let body = SHEET.split_once(&format!("{selector} {{")).unwrap_or_else(|| panic!("no block {selector}")).1;
    let body = body.split_once('}').unwrap().0;
    let declarations = body.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'));
    declarations.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

fn light() -> Tokens {
    block(":root")
}

fn dark() -> Tokens {
    let mut tokens = light();
    tokens.extend(block(":root[data-theme=\"dark\"]"));
    tokens
}

type Rgb = [f64; 3];

fn color(tokens: &Tokens, name: &str) -> Rgb {
    let hex = tokens.get(name).unwrap_or_else(|| panic!("no token --{name}"));
    let hex = hex.strip_prefix('#').unwrap_or_else(|| panic!("--{name} is no colour"));
    std::array::from_fn(|i| f64::from(u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()) / 255.0)
}

fn luminance(rgb: Rgb) -> f64 {
    let linear = rgb.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn mix(over: Rgb, under: Rgb, percent: f64) -> Rgb {
    std::array::from_fn(|i| over[i] * percent / 100.0 + under[i] * (1.0 - percent / 100.0))
}

const PALETTE: [&str; 8] = ["blue", "green", "amber", "red", "violet", "teal", "pink", "slate"];

fn too_faint(tokens: &Tokens) -> Vec<String> {
    let get = |name: &str| color(tokens, name);
    let mut found = Vec::new();
    let mut check = |what: String, a: Rgb, b: Rgb, least: f64| {
        let is = contrast(a, b);
        if is < least {
            found.push(format!("{what}: {is:.2} instead of {least}"));
        }
    };
    for surface in ["bg", "surface", "sunken"] {
        for text in ["text", "muted", "faint", "danger", "warn"] {
            check(format!("{text} on {surface}"), get(text), get(surface), 4.5);
        }
        for mark in ["line-strong", "focus", "now", "good", "accent"] {
            check(format!("{mark} on {surface}"), get(mark), get(surface), 3.0);
        }
    }
    let pairs = [
        ("on-accent", "accent"),
        ("accent", "surface"),
        ("text", "accent-soft"),
        ("muted", "accent-soft"),
        ("faint", "accent-soft"),
        ("warn", "warn-soft"),
        ("danger", "danger-soft"),
        ("on-toast", "toast"),
    ];
    for (text, under) in pairs {
        check(format!("{text} on {under}"), get(text), get(under), 4.5);
    }
    let percent = |name: &str| tokens[name].trim_end_matches('%').parse::<f64>().unwrap();
    for name in PALETTE {
        check(format!("the bar {name}"), get(name), get("surface"), 3.0);
        check(format!("the tick on {name}"), get("surface"), get(name), 3.0);
        for (state, share) in
            [("at rest", percent("tint")), ("under the pointer", percent("tint-hover")), ("a draft", 6.0)]
        {
            let under = mix(get(name), get("surface"), share);
            for text in ["text", "muted", "warn"] {
                check(format!("{text} on a {name} slot {state}"), get(text), under, 4.5);
            }
        }
    }
    found
}

#[test]
fn light_is_legible() {
    assert_eq!(too_faint(&light()), Vec::<String>::new());
}

#[test]
fn dark_is_legible() {
    assert_eq!(too_faint(&dark()), Vec::<String>::new());
}

#[test]
fn chosen_and_system_dark_are_the_same() {
    assert_eq!(block(":root[data-theme=\"dark\"]"), block(":root:not([data-theme=\"light\"])"));
}
