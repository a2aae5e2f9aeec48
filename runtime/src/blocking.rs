//! Work that would hold up the loop, on threads of its own.

use crate::codes;
use crate::error::Error;

/// Runs file work beside the loop.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::environment(codes::IO, format!("BUG: {error}"), "please report this"))
}
