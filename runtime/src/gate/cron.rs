//! Windows of time as `DeploymentWindow` writes them: Quartz expressions of six or seven fields, looked at by the minute.
//! Unaware of clocks and time zones; is given the time on a wall.

use jiff::civil::DateTime;

/// When a window is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cron {
    minutes: Vec<bool>,
    hours: Vec<bool>,
    days: Vec<Day>,
    months: Vec<bool>,
    weekdays: Vec<Weekday>,
    /// Empty for every year.
    years: Vec<bool>,
}

/// A part of day-of-month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    Any,
    On(i8),
    /// So many days before the last one.
    FromLast(i8),
    /// The working day that is nearest in the same month.
    NearestWorking(i8),
    LastWorking,
}

/// A part of day-of-week; Sunday is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weekday {
    Any,
    On(i8),
    Last(i8),
    Nth(i8, i8),
}

/// One field: what it is called, what it may be, and the names that its numbers have.
struct Field {
    name: &'static str,
    from: u16,
    to: u16,
    names: &'static [&'static str],
}

const MINUTES: Field = Field { name: "minutes", from: 0, to: 59, names: &[] };
const HOURS: Field = Field { name: "hours", from: 0, to: 23, names: &[] };
const DAYS: Field = Field { name: "day-of-month", from: 1, to: 31, names: &[] };
const MONTHS: Field = Field {
    name: "month",
    from: 1,
    to: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const WEEKDAYS: Field =
    Field { name: "day-of-week", from: 1, to: 7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };
const YEARS: Field = Field { name: "year", from: 1970, to: 2199, names: &[] };

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let upper = text.to_ascii_uppercase();
        let fields: Vec<&str> = upper.split_whitespace().collect();
        let (seconds, minutes, hours, days, months, weekdays, years) = match fields[..] {
            [s, mi, h, d, mo, w] => (s, mi, h, d, mo, w, "*"),
            [s, mi, h, d, mo, w, y] => (s, mi, h, d, mo, w, y),
            _ => {
                return Err(format!(
                    "has {} instead of six or seven: seconds minutes hours day-of-month month day-of-week [year]",
                    crate::report::count(fields.len(), "field")
                ));
            }
        };
        if seconds != "*" && seconds != "0" {
            return Err(format!("has `{seconds}` for its seconds, which can only be `*` or `0`"));
        }
        let days = parts(days, &DAYS, day)?;
        let weekdays = parts(weekdays, &WEEKDAYS, weekday)?;
        if !days.contains(&Day::Any) && !weekdays.contains(&Weekday::Any) {
            return Err("says both day-of-month and day-of-week: one of them must be `?`".to_owned());
        }
        Ok(Self {
            minutes: numbers(minutes, &MINUTES)?,
            hours: numbers(hours, &HOURS)?,
            days,
            months: numbers(months, &MONTHS)?,
            weekdays,
            years: if years == "*" { Vec::new() } else { numbers(years, &YEARS)? },
        })
    }

    /// Whether the window is open in the minute that a time is in.
    pub(crate) fn is_open(&self, at: DateTime) -> bool {
        let has = |set: &[bool], number: i16| {
            usize::try_from(number).ok().and_then(|at| set.get(at)).copied().unwrap_or(false)
        };
        has(&self.minutes, at.minute().into())
            && has(&self.hours, at.hour().into())
            && has(&self.months, at.month().into())
            && (self.years.is_empty() || has(&self.years, at.year()))
            && self.days.iter().any(|day| day.is(at))
            && self.weekdays.iter().any(|weekday| weekday.is(at))
    }
}

impl Day {
    fn is(self, at: DateTime) -> bool {
        let (today, last) = (at.day(), at.days_in_month());
        match self {
            Self::Any => true,
            Self::On(day) => today == day,
            Self::FromLast(before) => today == last - before,
            Self::NearestWorking(day) => day <= last && today == nearest_working(at, day),
            Self::LastWorking => today == nearest_working(at, last),
        }
    }
}

impl Weekday {
    fn is(self, at: DateTime) -> bool {
        let (today, day) = (sunday_one(at, at.day()), at.day());
        match self {
            Self::Any => true,
            Self::On(weekday) => today == weekday,
            Self::Last(weekday) => today == weekday && day + 7 > at.days_in_month(),
            Self::Nth(weekday, nth) => today == weekday && (day - 1) / 7 + 1 == nth,
        }
    }
}

/// The weekday of a day in the month of `at`; Sunday is 1.
fn sunday_one(at: DateTime, day: i8) -> i8 {
    let today = i32::from(at.date().weekday().to_sunday_zero_offset());
    let distance = i32::from(day) - i32::from(at.day());
    i8::try_from((today + distance).rem_euclid(7)).unwrap_or_default() + 1
}

/// The working day that is nearest to a day, without leaving the month.
fn nearest_working(at: DateTime, day: i8) -> i8 {
    match sunday_one(at, day) {
        7 if day == 1 => 3,
        7 => day - 1,
        1 if day == at.days_in_month() => day - 2,
        1 => day + 1,
        _ => day,
    }
}

fn refused(field: &Field, part: &str) -> String {
    format!("has `{part}` for its {}, which means nothing there", field.name)
}

/// A number or a name of a field.
fn number(text: &str, field: &Field) -> Option<u16> {
    let named = field.names.iter().position(|name| *name == text).and_then(|at| u16::try_from(at + 1).ok());
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = named.or_else(|| text.parse().ok().filter(|_| is_number))?;
    (field.from..=field.to).contains(&number).then_some(number)
}

/// The numbers of `*`, `7`, `7-9`, `7/5`, `7-40/5`; a range may go over the end: `FRI-MON`.
fn range(part: &str, field: &Field) -> Option<Vec<u16>> {
    let (span, step) = match part.split_once('/') {
        Some((span, step)) => (span, Some(step.parse::<u16>().ok().filter(|step| *step > 0)?)),
        None => (part, None),
    };
    let (from, to) = match span.split_once('-') {
        _ if span == "*" => (field.from, field.to),
        Some((from, to)) => (number(from, field)?, number(to, field)?),
        None => {
            let from = number(span, field)?;
            (from, if step.is_some() { field.to } else { from })
        }
    };
    let all: Vec<u16> =
        if from <= to { (from..=to).collect() } else { (from..=field.to).chain(field.from..=to).collect() };
    Some(all.into_iter().step_by(step.unwrap_or(1).into()).collect())
}

fn numbers(text: &str, field: &Field) -> Result<Vec<bool>, String> {
    let mut set = vec![false; usize::from(field.to) + 1];
    for part in text.split(',') {
        for number in range(part, field).ok_or_else(|| refused(field, part))? {
            set[usize::from(number)] = true;
        }
    }
    Ok(set)
}

/// The parts of one of the two fields for days.
fn parts<T>(text: &str, field: &Field, read: fn(&str) -> Option<Vec<T>>) -> Result<Vec<T>, String> {
    let mut all = Vec::new();
    for part in text.split(',') {
        all.extend(read(part).ok_or_else(|| refused(field, part))?);
    }
    Ok(all)
}

fn small(number: u16) -> i8 {
    i8::try_from(number).unwrap_or_default()
}

fn day(part: &str) -> Option<Vec<Day>> {
    let one = match part {
        "*" | "?" => Day::Any,
        "L" => Day::FromLast(0),
        "LW" | "WL" => Day::LastWorking,
        _ => {
            if let Some(before) = part.strip_prefix("L-") {
                Day::FromLast(small(number(before, &DAYS).filter(|before| *before < 31)?))
            } else if let Some(day) = part.strip_suffix('W') {
                Day::NearestWorking(small(number(day, &DAYS)?))
            } else {
                return Some(range(part, &DAYS)?.into_iter().map(|day| Day::On(small(day))).collect());
            }
        }
    };
    Some(vec![one])
}

fn weekday(part: &str) -> Option<Vec<Weekday>> {
    let one = match part {
        "*" | "?" => Weekday::Any,
        "L" => Weekday::On(7),
        _ => {
            if let Some((weekday, nth)) = part.split_once('#') {
                let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth))?;
                Weekday::Nth(small(number(weekday, &WEEKDAYS)?), nth)
            } else if let Some(weekday) = part.strip_suffix('L') {
                Weekday::Last(small(number(weekday, &WEEKDAYS)?))
            } else {
                let all = range(part, &WEEKDAYS)?;
                return Some(all.into_iter().map(|weekday| Weekday::On(small(weekday))).collect());
            }
        }
    };
    Some(vec![one])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(cron: &str, at: &str) -> bool {
        Cron::new(cron).unwrap().is_open(at.parse().unwrap())
    }

    #[test]
    fn minutes_and_hours() {
        let office = "* * 9-16 ? * MON-FRI *";
        // A Tuesday, and a Saturday.
        assert!(open(office, "2026-11-24T09:00:00") && open(office, "2026-11-24T16:59:59"));
        assert!(!open(office, "2026-11-24T08:59:59") && !open(office, "2026-11-24T17:00:00"));
        assert!(!open(office, "2026-11-28T10:00:00"));
        assert!(
            open("0 */15 * * * ?", "2026-11-24T10:45:30") && !open("0 */15 * * * ?", "2026-11-24T10:46:00")
        );
        assert!(
            open("0 5/20 * * * ?", "2026-11-24T10:45:00") && !open("0 5/20 * * * ?", "2026-11-24T10:40:00")
        );
        assert!(open("0 0,30-32 22-2 * * ?", "2026-11-24T01:31:00"));
        assert!(!open("0 0,30-32 22-2 * * ?", "2026-11-24T03:31:00"));
        assert!(open("0 0 10 24 nov ? 2026", "2026-11-24T10:00:00"));
        assert!(!open("0 0 10 24 11 ? 2027-2030", "2026-11-24T10:00:00"));
        assert!(open("0 0 10 24 */5,11 ? 2020/2", "2026-11-24T10:00:00"));
    }

    #[test]
    fn days_of_the_month() {
        let on = |day: &str, at: &str| open(&format!("* * * {day} * ?"), &format!("{at}T12:00:00"));
        assert!(on("L", "2026-02-28") && on("L", "2028-02-29") && !on("L", "2028-02-28"));
        assert!(on("L-3", "2026-11-27") && !on("L-3", "2026-11-30"));
        // 15 November 2026 is a Sunday, 1 August 2026 a Saturday, 31 May 2026 a Sunday, 14 November a Saturday.
        assert!(on("15W", "2026-11-16") && !on("15W", "2026-11-15"));
        assert!(on("14W", "2026-11-13"));
        assert!(on("1W", "2026-08-03") && !on("1W", "2026-07-31"));
        assert!(on("31W", "2026-05-29") && on("LW", "2026-05-29") && !on("LW", "2026-05-30"));
        assert!(on("10W", "2026-11-10") && !on("31W", "2026-11-30"));
        assert!(on("1,20-25", "2026-11-24") && !on("1,20-23", "2026-11-24"));
    }

    #[test]
    fn days_of_the_week() {
        let on = |day: &str, at: &str| open(&format!("* * * ? * {day}"), &format!("{at}T12:00:00"));
        assert!(on("3", "2026-11-24") && on("TUE", "2026-11-24") && on("tue", "2026-11-24"));
        assert!(on("1", "2026-11-29") && on("SUN", "2026-11-29") && on("L", "2026-11-28"));
        assert!(on("FRI-MON", "2026-11-29") && !on("FRI-MON", "2026-11-24"));
        assert!(on("3#4", "2026-11-24") && !on("3#3", "2026-11-24") && on("TUE#1", "2026-11-03"));
        assert!(on("TUEL", "2026-11-24") && on("3L", "2026-11-24") && !on("TUEL", "2026-11-17"));
        assert!(on("MON,TUE", "2026-11-24"));
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for (cron, part) in [
            ("* * * ? *", "5 fields"),
            ("* * * ? * MON * *", "8 fields"),
            ("5 * * ? * MON", "seconds"),
            ("* 60 * ? * MON", "`60` for its minutes"),
            ("* * 24 ? * MON", "hours"),
            ("* * * 0 * ?", "day-of-month"),
            ("* * * 32W * ?", "day-of-month"),
            ("* * * ? 13 MON", "month"),
            ("* * * ? * MON#6", "day-of-week"),
            ("* * * ? * 8", "day-of-week"),
            ("* * * ? * MO", "day-of-week"),
            ("* */0 * ? * *", "minutes"),
            ("* +5 * ? * *", "minutes"),
            ("* 1- * ? * *", "minutes"),
            ("* * * 1 * MON", "must be `?`"),
            ("* * * ? * * 1969", "year"),
        ] {
            let error = Cron::new(cron).unwrap_err();
            assert!(error.contains(part), "{cron}: {error}");
        }
    }
}
