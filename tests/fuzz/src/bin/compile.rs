//! Any text as two files of a pipeline.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| standpipe_fuzz::compile(data));
