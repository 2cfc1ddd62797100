//! What identifies a person on paper: national identity number, telephone, name and birth date.

mod date;
mod name;
mod national_id;
mod phone;
mod text;

pub use date::{parse_date, serial_date};
pub use name::{MASKED_NAME_MAX, mask_name, tidy_name};
pub use national_id::{NationalId, NationalIdError};
pub use phone::{Phone, PhoneError};
pub use text::{clean, last_four, tidy_student_no, to_half_width};
