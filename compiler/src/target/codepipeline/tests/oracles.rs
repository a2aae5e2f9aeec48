//! Exported documents before other people's validators. They are used where `tests/oracles/setup` has installed them;
//! otherwise this says that it checked nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::places::Places;
use crate::target::codepipeline::export;

use super::documents;

#[test]
fn validators_accept_the_documents() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let python = root.join(".venv/bin/python");
    if !root.join(".venv/.oracles").exists() {
        eprintln!("no document was validated: run tests/oracles/setup first");
        return;
    }
    let folder = std::env::temp_dir().join(format!("standpipe-oracles-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut files = Vec::new();
    for (name, plan) in documents::plans() {
        let document = export(&plan, &Places::default()).document.unwrap();
        let file = folder.join(format!("{name}.json"));
        fs::write(&file, document.to_json()).unwrap();
        files.push(file);
    }
    for oracle in ["validate.py", "moto.py"] {
        let script = root.join("tests/oracles").join(oracle);
        let output = Command::new(&python).arg(script).args(&files).output().unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{oracle}:\n{text}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
