//! Live progress and copying on the teacher's pages.
