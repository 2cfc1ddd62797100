//! Between HTTP and the pages: who asks and in which language, forms, answers, failures, the route table.

mod ctx;
mod device;
mod failure;
mod form;
mod html;
mod route;

pub use ctx::{Ctx, Visitor};
pub use device::AtGate;
pub use failure::{Failure, or_again, render_failures};
pub use form::{Fields, escape, local_path};
pub use html::{Assets, Dress, Islands, Secure, see_other};
pub use route::{Needs, Route};

use services::Services;
use std::sync::Arc;

/// What every handler shares.
#[derive(Debug, Clone)]
pub struct App {
    /// The use cases.
    pub services: Arc<Services>,
    /// The names of the hashed files.
    pub assets: Arc<Assets>,
}

/// The OpenAPI document of the interface for other programs; an extension that the server sets.
#[derive(Debug, Clone)]
pub struct ApiDocument(pub Arc<serde_json::Value>);

/// What a handler answers.
pub type Answer = Result<axum::response::Response, Failure>;
