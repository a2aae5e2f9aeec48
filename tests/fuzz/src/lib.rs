//! What must hold for every input, whatever it is.
//!
//! `compile` takes bytes as files, `edit` takes them as edits of files that are well-formed, `plan` as a plan. Each
//! panics at what must not be; libFuzzer keeps the input.

mod edit;
mod program;

use compiler::places::Places;
use compiler::plan::Plan;
use compiler::target::TARGETS;

/// The bytes as a program: the main file, and behind the separator the file that it may use as `b.pipe`.
pub fn compile(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        program::holds(text);
    }
}

/// The bytes as edits of one of the seeds.
pub fn edit(data: &[u8]) {
    program::holds(&edit::edited(data));
}

/// The bytes as a plan: what is accepted can be written and read again, and exported or refused.
pub fn plan(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Plan::from_json(text) {
        Ok(plan) => {
            assert_eq!(
                Plan::from_json(&plan.to_json()).as_ref(),
                Ok(&plan),
                "a plan is read as it was written"
            );
            for target in TARGETS {
                let output = (target.export)(&plan, &Places::default());
                program::exported(&output);
            }
        }
        Err(problems) => assert!(!problems.is_empty(), "a plan is refused without a reason"),
    }
}
