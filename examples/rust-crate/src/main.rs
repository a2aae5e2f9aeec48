//! `roman 2026` prints `MMXXVI`, and `roman MMXXVI` prints `2026`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [argument] = arguments.as_slice() else {
        eprintln!("usage: roman NUMBER|NUMERAL");
        return ExitCode::from(2);
    };
    let converted = match argument.parse() {
        Ok(number) => roman::numeral(number),
        Err(_) => roman::number(argument).map(|number| number.to_string()),
    };
    if let Some(text) = converted {
        println!("{text}");
        ExitCode::SUCCESS
    } else {
        eprintln!("roman: `{argument}` is neither a number from 1 to 3999 nor a numeral");
        ExitCode::FAILURE
    }
}
