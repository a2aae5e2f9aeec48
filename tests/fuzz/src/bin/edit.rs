//! Edits of well-formed files, token by token.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| standpipe_fuzz::edit(data));
