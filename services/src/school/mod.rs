//! The school: its settings, calendar, classes and people.
