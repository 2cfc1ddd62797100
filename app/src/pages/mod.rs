//! The pages, one folder or file each: its handlers, its view, its forms.

pub mod account;
pub mod bureau;
pub mod class;
mod clearance;
pub mod family;
pub mod gate;
pub mod home;
pub mod interface;
pub mod keys;
pub mod public;
pub mod rules;
pub mod school;
pub mod signin;
mod upload;
mod why;
