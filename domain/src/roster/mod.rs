//! A school’s roster file.
