//! A window of time in a time zone.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::cron::Cron;

/// When something may be deployed.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    cron: Cron,
    text: String,
    zone: TimeZone,
    zone_name: String,
}

impl Window {
    /// Reads a window; without a time zone it is in UTC.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence without its full stop.
    pub(crate) fn new(cron: &str, zone: Option<&str>) -> Result<Self, String> {
        let zone_name = zone.unwrap_or("UTC").trim().to_owned();
        Ok(Self {
            cron: Cron::new(cron).map_err(|why| format!("its `cron` `{cron}` {why}"))?,
            text: cron.to_owned(),
            zone: time_zone(&zone_name).ok_or_else(|| {
                format!("its `time_zone` `{zone_name}` is neither `Region/City` nor `UTC+01:00`")
            })?,
            zone_name,
        })
    }

    /// Whether it is open at a time, in seconds since 1970, and that in words.
    pub(crate) fn look(&self, seconds: i64) -> (bool, String) {
        let now = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(self.zone.clone());
        let is_open = self.cron.is_open(now.datetime());
        let word = if is_open { "inside" } else { "outside" };
        let time = now.strftime("%a %Y-%m-%d %H:%M");
        (is_open, format!("it is {time} in {}, {word} the window `{}`", self.zone_name, self.text))
    }
}

fn time_zone(name: &str) -> Option<TimeZone> {
    match name.strip_prefix("UTC").or_else(|| name.strip_prefix("GMT")) {
        Some("") => return Some(TimeZone::UTC),
        Some(offset) if offset.starts_with(['+', '-']) => return fixed(offset),
        _ => {}
    }
    // Without the system's own zones only the built-in ones are looked at, so that every machine decides the same.
    TimeZone::get(name).ok().filter(|_| !name.is_empty())
}

/// `+01:00`, `-5`, `+0530`.
fn fixed(text: &str) -> Option<TimeZone> {
    let (sign, digits) = (if text.starts_with('-') { -1 } else { 1 }, &text[1..]);
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "0"),
    };
    let number = |text: &str, most: i32| {
        let is_number = !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|number| is_number && *number <= most)
    };
    let seconds = number(hours, 18)? * 3_600 + number(minutes, 59)? * 60;
    Offset::from_seconds(sign * seconds).ok().map(TimeZone::fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tuesday 2026-11-24, 08:30 UTC.
    const NOW: i64 = 1_795_509_000;

    fn look(zone: Option<&str>) -> (bool, String) {
        Window::new("* * 9-16 ? * MON-FRI *", zone).unwrap().look(NOW)
    }

    #[test]
    fn time_zones_count() {
        assert_eq!(
            look(None),
            (
                false,
                "it is Tue 2026-11-24 08:30 in UTC, outside the window `* * 9-16 ? * MON-FRI *`".to_owned()
            )
        );
        assert_eq!(
            look(Some("Europe/Berlin")),
            (
                true,
                "it is Tue 2026-11-24 09:30 in Europe/Berlin, inside the window `* * 9-16 ? * MON-FRI *`"
                    .to_owned()
            )
        );
        assert!(look(Some("UTC+01:00")).0 && look(Some("UTC+1")).0 && look(Some("UTC+0530")).0);
        assert!(!look(Some("UTC-01:00")).0 && !look(Some("America/New_York")).0 && look(Some("CET")).0);
    }

    #[test]
    fn summer_time_counts() {
        // 2026-07-21, 07:30 UTC is 09:30 in Berlin.
        assert!(Window::new("* * 9-16 ? * MON-FRI *", Some("Europe/Berlin")).unwrap().look(1_784_619_000).0);
    }

    #[test]
    fn unknown_zones_are_refused() {
        for zone in ["Europe/Nowhere", "UTC+25:00", "UTC+1:75", "UTC+", "UTC+a", "", "+01:00", "/etc/passwd"]
        {
            let error = Window::new("* * * ? * *", Some(zone)).unwrap_err();
            assert!(error.contains("time_zone"), "{zone}: {error}");
        }
    }
}
