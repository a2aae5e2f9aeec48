//! The tables of the history. Transitions are only ever added, so what a run did can be told after it was killed, and a later
//! run can go on from there. Unaware of threads.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use super::Start;
use crate::clock;
use crate::codes;
use crate::error::Error;

/// The version of the tables that this program reads and writes.
const VERSION: i64 = 1;

const TABLES: &str = "
create table runs (
    id text primary key, pipeline text not null, status text not null,
    started integer not null, ended integer,
    plan text not null, options text not null
) strict;
create table transitions (
    seq integer primary key, run text not null references runs (id), at integer not null,
    subject text not null, state text not null, attempt integer not null, detail text
) strict;
create index transitions_of_run on transitions (run);
create table variables (
    run text not null, action text not null, name text not null, value text not null,
    primary key (run, action, name)
) strict, without rowid;
create table artifacts (
    run text not null, action text not null, output text not null, tree text not null,
    primary key (run, action, output)
) strict, without rowid;
create table approvals (
    run text not null, at integer not null, action text not null, approved integer not null, decided_by text not null
) strict;
";

pub(super) fn unusable(path: &Path, error: &rusqlite::Error) -> Error {
    let help = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => {
            return Error::io("write", path, &std::io::ErrorKind::StorageFull.into());
        }
        Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly) => {
            "make the folder and the file writable for this user"
        }
        Some(rusqlite::ErrorCode::DatabaseBusy) => "another run keeps it locked: try again when it is done",
        _ => "it holds only the history of runs: move it away, and a new one is made",
    };
    Error::environment(codes::JOURNAL_UNUSABLE, format!("cannot use `{}`: {error}", path.display()), help)
}

/// Opens the history, making it if there is none.
pub(super) fn open(path: &Path) -> Result<Connection, Error> {
    let prepare = || -> rusqlite::Result<(Connection, i64)> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A power cut may lose the last moments, but never damages the file; a kill loses at most one batch.
        connection.pragma_update(None, "synchronous", "normal")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut version: i64 = transaction.query_row("pragma user_version", [], |row| row.get(0))?;
        if version == 0 {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
            version = VERSION;
        }
        transaction.commit()?;
        Ok((connection, version))
    };
    let (connection, version) = prepare().map_err(|error| unusable(path, &error))?;
    if version > VERSION {
        let message = format!("`{}` was written by a newer version of this program", path.display());
        let help = "use the newer version, or move the file away (it holds only the history of runs)";
        return Err(Error::environment(codes::JOURNAL_UNUSABLE, message, help));
    }
    Ok(connection)
}

/// Writes that a run begins, and what became of those that were killed.
pub(super) fn begin(connection: &Connection, start: &Start<'_>) -> rusqlite::Result<()> {
    for run in start.killed {
        connection.execute("update runs set status = 'killed' where id = ? and status = 'running'", [run])?;
    }
    connection.execute(
        "insert into runs (id, pipeline, status, started, plan, options) values (?, ?, 'running', ?, ?, ?)",
        params![start.run, start.pipeline, clock::millis(), start.plan, start.options],
    )?;
    Ok(())
}
