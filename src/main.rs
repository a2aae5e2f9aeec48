//! The command line of Standpipe: arguments in, exit codes out. It knows nothing of the language.

mod args;
mod commands;
mod input;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

/// Compiling makes many small things of like age, which the system's allocator is slow at: it costs a third of a compile.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    ExitCode::from(commands::execute(&arguments))
}
