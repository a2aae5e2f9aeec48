//! Every number survives the way there and back.

#[test]
fn known_numerals() {
    for (number, numeral) in [(1, "I"), (4, "IV"), (1994, "MCMXCIV"), (3999, "MMMCMXCIX")] {
        assert_eq!(roman::numeral(number).as_deref(), Some(numeral));
    }
}

#[test]
fn round_trip() {
    for number in (1..=3999).step_by(37) {
        let numeral = roman::numeral(number).expect("in range");
        assert_eq!(roman::number(&numeral), Some(number));
    }
}

#[test]
fn out_of_range() {
    assert_eq!(roman::numeral(0), None);
    assert_eq!(roman::numeral(4000), None);
    assert_eq!(roman::number("IIII"), None);
}
