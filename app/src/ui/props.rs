//! What optional properties take.

use leptos::prelude::*;

/// An optional text: a literal, a `String`, or an `Option` of either.
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

/// A place in a component for a view of the page's own: a `view!`, an `AnyView`, a text, or an
/// `Option` of a view.
#[derive(Default)]
pub struct Slot(pub(super) Option<AnyView>);

impl<T: IntoView + 'static> From<View<T>> for Slot {
    fn from(view: View<T>) -> Self {
        Self(Some(view.into_any()))
    }
}

impl<T: IntoView + 'static> From<Option<View<T>>> for Slot {
    fn from(view: Option<View<T>>) -> Self {
        Self(view.map(IntoAny::into_any))
    }
}

impl From<AnyView> for Slot {
    fn from(view: AnyView) -> Self {
        Self(Some(view))
    }
}

impl From<Option<AnyView>> for Slot {
    fn from(view: Option<AnyView>) -> Self {
        Self(view)
    }
}

impl From<String> for Slot {
    fn from(text: String) -> Self {
        Self(Some(text.into_any()))
    }
}

impl From<&'static str> for Slot {
    fn from(text: &'static str) -> Self {
        Self(Some(text.into_any()))
    }
}
