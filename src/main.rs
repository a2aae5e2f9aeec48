//! The command line of Standpipe: arguments in, exit codes out. It knows nothing of the language.

mod args;
mod commands;
mod input;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    ExitCode::from(commands::execute(&arguments))
}
