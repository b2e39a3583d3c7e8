//! Turns the messages of `locales/*.ftl` into static data, so that the interface carries no parser for them and a
//! mistake in them ends the build. The language of the files is Fluent's (<https://projectfluent.org>); of it, what
//! the interface uses: messages, values, text in quotes, and the choice of a variant by a value.

use std::{collections::BTreeMap, env, fmt::Write, fs, path::Path};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey},
    parser, unicode,
};

fn main() {
    let source = "locales/en.ftl";
    println!("cargo:rerun-if-changed={source}");
    let text = fs::read_to_string(source).expect("the messages can be read");
    let messages = messages(&text).unwrap_or_else(|error| panic!("{source}: {error}"));
    let mut code = String::from("pub(crate) static ENGLISH: &[(&str, &[Part])] = &[\n");
    // In the order of their ids, in which they are searched.
    for (id, parts) in messages {
        writeln!(code, "    ({id:?}, {parts}),").expect("text takes text");
    }
    code += "];\n";
    let out = env::var_os("OUT_DIR").expect("cargo names the folder for what is made");
    fs::write(Path::new(&out).join("messages.rs"), code).expect("the messages can be written");
}

/// Each message as the code of its parts.
fn messages(text: &str) -> Result<BTreeMap<&str, String>, String> {
    let parsed = parser::parse_runtime(text).map_err(|(_, errors)| format!("{errors:?}"))?;
    let mut messages = BTreeMap::new();
    for entry in parsed.body {
        let Entry::Message(message) = entry else { return Err(format!("not a message: {entry:?}")) };
        let id = message.id.name;
        let value = message.value.filter(|_| message.attributes.is_empty());
        let value = value.ok_or_else(|| format!("{id}: a message is a text, without attributes"))?;
        let parts = parts(&value).map_err(|error| format!("{id}: {error}"))?;
        if messages.insert(id, parts).is_some() {
            return Err(format!("{id} is there twice"));
        }
    }
    Ok(messages)
}

fn parts(pattern: &Pattern<&str>) -> Result<String, String> {
    let parts: Result<Vec<_>, _> = joined(pattern).iter().map(|part| part.code()).collect();
    Ok(format!("&[{}]", parts?.join(", ")))
}

enum Part<'a> {
    Text(String),
    Other(&'a Expression<&'a str>),
}

impl Part<'_> {
    fn code(&self) -> Result<String, String> {
        match self {
            Self::Text(text) => Ok(format!("Part::Text({text:?})")),
            Self::Other(Expression::Inline(inline)) => Ok(format!("Part::Value({:?})", variable(inline)?)),
            Self::Other(Expression::Select { selector, variants }) => {
                let mut keyed = Vec::new();
                let mut default = None;
                for variant in variants {
                    let parts = parts(&variant.value)?;
                    match variant.key {
                        VariantKey::Identifier { name } if !variant.default => {
                            keyed.push(format!("({name:?}, {parts})"))
                        }
                        VariantKey::Identifier { .. } => default = Some(parts),
                        VariantKey::NumberLiteral { value } => return Err(format!("a variant for {value}")),
                    }
                }
                let default = default.ok_or("a choice without a default")?;
                let (by, keyed) = (variable(selector)?, keyed.join(", "));
                Ok(format!("Part::Choice {{ by: {by:?}, variants: &[{keyed}], default: {default} }}"))
            }
        }
    }
}

/// The parts of a pattern, with texts that follow each other made one: a text of several lines comes in lines.
fn joined<'a>(pattern: &'a Pattern<&'a str>) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    for element in &pattern.elements {
        let text = match element {
            PatternElement::TextElement { value } => (*value).to_owned(),
            PatternElement::Placeable { expression: Expression::Inline(InlineExpression::StringLiteral { value }) } => {
                unicode::unescape_unicode_to_string(value).into_owned()
            }
            PatternElement::Placeable { expression } => {
                parts.push(Part::Other(expression));
                continue;
            }
        };
        match parts.last_mut() {
            Some(Part::Text(before)) => before.push_str(&text),
            _ => parts.push(Part::Text(text)),
        }
    }
    parts
}

fn variable<'a>(inline: &InlineExpression<&'a str>) -> Result<&'a str, String> {
    match inline {
        InlineExpression::VariableReference { id } => Ok(id.name),
        other => Err(format!("not the name of a value: {other:?}")),
    }
}
