//! A text that a component may go without.

/// What an optional text property takes: a literal, a `String`, or an `Option` of either.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OptText(pub(super) Option<String>);

impl From<&str> for OptText {
    fn from(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl From<String> for OptText {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl From<Option<String>> for OptText {
    fn from(text: Option<String>) -> Self {
        Self(text)
    }
}

impl From<Option<&str>> for OptText {
    fn from(text: Option<&str>) -> Self {
        Self(text.map(ToOwned::to_owned))
    }
}
