#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuxue_fuzz::certlogic(bytes));
