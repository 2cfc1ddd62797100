//! A scanner that types like a keyboard: fast, and with Enter at the end.

/// In a field, keys of a scanner follow each other within this time, in milliseconds: nobody types so fast.
const IN_FIELD: f64 = 80.0;
/// Elsewhere nothing else is typed, and a slow scanner is heard too.
const ELSEWHERE: f64 = 1_000.0;
/// Fewest characters of a code.
const SHORTEST: usize = 6;
/// More than any code has.
const LONGEST: usize = 400;

/// What has been typed without a pause.
#[derive(Debug, Default)]
pub(super) struct Wedge {
    typed: String,
    last: f64,
}

impl Wedge {
    /// Hears a key at a moment; gives the text when a scanner has ended one.
    pub(super) fn key(&mut self, key: &str, at: f64, in_field: bool) -> Option<String> {
        let between = if in_field { IN_FIELD } else { ELSEWHERE };
        if at - self.last > between {
            self.typed.clear();
        }
        self.last = at;
        if key == "Enter" {
            let typed = std::mem::take(&mut self.typed);
            return (typed.len() >= SHORTEST).then_some(typed);
        }
        // Shift, Control and the like have names of several letters.
        if key.chars().count() == 1 && self.typed.len() < LONGEST {
            self.typed.push_str(key);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str, between: f64, in_field: bool) -> Option<String> {
        let mut wedge = Wedge::default();
        let mut at = 1_000.0;
        for key in text.chars() {
            assert_eq!(wedge.key(&key.to_string(), at, in_field), None);
            at += between;
        }
        wedge.key("Shift", at, in_field);
        wedge.key("Enter", at, in_field)
    }

    #[test]
    fn what_is_typed_fast_and_ended_is_a_code() {
        assert_eq!(typed("NSP0BE", 5.0, true).as_deref(), Some("NSP0BE"));
        assert_eq!(typed("FX1:ABC", 30.0, true).as_deref(), Some("FX1:ABC"));
    }

    #[test]
    fn what_a_person_types_is_none() {
        assert_eq!(typed("NSP0BE", 120.0, true), None);
        assert_eq!(typed("ABC", 5.0, false), None);
    }

    #[test]
    fn outside_of_fields_a_slow_scanner_is_heard() {
        assert_eq!(typed("NSP0BE", 120.0, false).as_deref(), Some("NSP0BE"));
        assert_eq!(typed("NSP0BE", 1_100.0, false), None);
    }
}
