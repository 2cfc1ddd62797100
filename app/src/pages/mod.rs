//! The pages, one folder or file each: its handlers, its view, its forms.

pub mod account;
pub mod home;
pub mod signin;
