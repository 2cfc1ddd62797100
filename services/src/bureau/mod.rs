//! The bureau: numbers by region, school, class and student; names revealed with a reason.
