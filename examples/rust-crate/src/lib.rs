//! Roman numerals, from 1 to 3999.

const DIGITS: [(u16, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

/// The numeral for a number, or `None` where there is none.
///
/// ```
/// assert_eq!(roman::numeral(2026).as_deref(), Some("MMXXVI"));
/// assert_eq!(roman::numeral(0), None);
/// ```
#[must_use]
pub fn numeral(number: u16) -> Option<String> {
    if !(1..=3999).contains(&number) {
        return None;
    }
    let mut rest = number;
    let mut text = String::new();
    for (value, digit) in DIGITS {
        while rest >= value {
            text.push_str(digit);
            rest -= value;
        }
    }
    Some(text)
}

/// The number that a numeral stands for, or `None` where it is no numeral.
#[must_use]
pub fn number(numeral: &str) -> Option<u16> {
    (1..=3999).find(|number| self::numeral(*number).as_deref() == Some(numeral))
}
