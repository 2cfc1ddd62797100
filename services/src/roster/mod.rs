//! Rosters: reading a file and importing it.
