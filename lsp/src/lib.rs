//! The Pipe language server.

/// Serves over standard input and output.
///
/// # Errors
/// When the connection breaks.
pub fn run_stdio() -> Result<(), String> {
    Err("not merged".to_owned())
}
