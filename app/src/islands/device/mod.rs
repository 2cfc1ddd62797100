//! What islands need of a browser that keeps something: its interfaces by name, and a store that is sealed.

pub(crate) mod js;
pub(crate) mod store;
