//! Compact values inside ciphertext: a byte that names the format, then postcard.

use crate::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Grows when a stored type changes its shape; older values are then read by their own type.
const FORMAT: u8 = 1;

/// A value as it is stored.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    postcard::to_extend(value, vec![FORMAT]).map_err(|e| Error::internal(e.to_string()))
}

/// A stored value.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    match bytes.split_first() {
        Some((&FORMAT, plain)) => {
            postcard::from_bytes(plain).map_err(|e| Error::internal(e.to_string()))
        }
        Some((format, _)) => Err(Error::internal(format!(
            "a value of format {format}, which this version does not know"
        ))),
        None => Err(Error::internal("an empty value")),
    }
}
