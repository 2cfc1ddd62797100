//! Official records: what authorities say about people, entered one by one or by lists.

mod facts;

pub(crate) use facts::open_record;
