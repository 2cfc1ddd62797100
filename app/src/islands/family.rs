//! The clock, the countdown and the temperature steps of the guardians' pages.
