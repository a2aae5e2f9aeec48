//! `standpipe graph`

use std::io::IsTerminal as _;
use std::path::Path;

use compiler::draw::{Durations, Form, Style, draw};
use compiler::source::Sources;

use super::{fail, show, write};
use crate::args::{self, Color, Input};
use crate::input::load;
use crate::terminal::Terminal;

/// Draws the execution graph of a pipeline.
pub(super) fn graph(
    terminal: Terminal,
    input: &Input,
    form: args::Picture,
    color: Color,
    output: Option<&Path>,
) -> u8 {
    let mut sources = Sources::default();
    let loaded = match load(&mut sources, input) {
        Ok(loaded) => loaded,
        Err(failure) => return fail(terminal, failure, &sources, args::Format::Human),
    };
    show(terminal, &loaded.diagnostics, &sources, false, args::Format::Human);
    let form = match form {
        args::Picture::Tree => Form::Tree(style(color, output)),
        args::Picture::Mermaid => Form::Mermaid,
        args::Picture::Dot => Form::Dot,
        args::Picture::Svg => Form::Svg,
    };
    write(terminal, output, &draw(&loaded.pipeline.plan, &Durations::new(), form))
}

/// How a tree is drawn on standard output, which may be a terminal where standard error is none; never for a file.
fn style(color: Color, output: Option<&Path>) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    let terminal = output.is_none() && std::io::stdout().is_terminal() && !dumb;
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !set("NO_COLOR"),
    };
    Style { color, unicode: terminal }
}
