//! Parts of pages that come alive in the browser.
