//! Time of day as text, in UTC: the standard library has no calendar, and three functions need no crate. And the time that
//! gates look at, which tests can fix.

use std::time::{SystemTime, UNIX_EPOCH};

/// Year, month, day, hour, minute, second of seconds since 1970.
fn civil(seconds: u64) -> (u64, u64, u64, u64, u64, u64) {
    // Days are counted from 1 March of year 0, so that the leap day is the last of its year (after Howard Hinnant).
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60)
}

fn now() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Where the time comes from that decides something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Clock {
    /// From this machine.
    #[default]
    System,
    /// Always the same, in seconds since 1970.
    #[cfg(test)]
    Fixed(i64),
}

impl Clock {
    /// Seconds since 1970.
    pub(crate) fn seconds(self) -> i64 {
        match self {
            Self::System => i64::try_from(now().as_secs()).unwrap_or(i64::MAX),
            #[cfg(test)]
            Self::Fixed(seconds) => seconds,
        }
    }
}

/// `2026-11-23T14:55:01.123Z`.
pub(crate) fn stamp() -> String {
    let now = now();
    let (year, month, day, hour, minute, second) = civil(now.as_secs());
    let millis = now.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Milliseconds since 1970.
pub(crate) fn millis() -> i64 {
    i64::try_from(now().as_millis()).unwrap_or(i64::MAX)
}

/// `20261123-145501-3f2a`: sorts by time, short enough to type, with a part that keeps runs of one second apart.
pub(crate) fn run_id() -> String {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    let (year, month, day, hour, minute, second) = civil(now().as_secs());
    let random = RandomState::new().build_hasher().finish() & 0xffff;
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}-{random:04x}")
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn calendar() {
        assert_eq!(civil(0), (1970, 1, 1, 0, 0, 0));
        assert_eq!(civil(951_782_400), (2000, 2, 29, 0, 0, 0));
        assert_eq!(civil(1_795_445_701), (2026, 11, 23, 14, 55, 1));
    }
}
