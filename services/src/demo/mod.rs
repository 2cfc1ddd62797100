//! A sample district with invented people.
