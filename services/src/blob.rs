//! Compact values inside ciphertext: a byte that names the format, then postcard.

use crate::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Grows when a stored type changes its shape; older values of that type are then read by [`read_changed`].
const FORMAT: u8 = 2;
/// Before official records had numbers.
const FIRST: u8 = 1;

/// A value as it is stored.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    postcard::to_extend(value, vec![FORMAT]).map_err(|e| Error::internal(e.to_string()))
}

/// A stored value of a type that always had the same shape.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    match split(bytes)? {
        (FORMAT | FIRST, plain) => decode(plain),
        (format, _) => Err(unknown(format)),
    }
}

/// A stored value of a type that once had the shape of `First`.
pub(crate) fn read_changed<T: DeserializeOwned, First: DeserializeOwned + Into<T>>(
    bytes: &[u8],
) -> Result<T> {
    match split(bytes)? {
        (FORMAT, plain) => decode(plain),
        (FIRST, plain) => decode::<First>(plain).map(Into::into),
        (format, _) => Err(unknown(format)),
    }
}

fn split(bytes: &[u8]) -> Result<(u8, &[u8])> {
    bytes
        .split_first()
        .map(|(format, plain)| (*format, plain))
        .ok_or_else(|| Error::internal("an empty value"))
}

fn decode<T: DeserializeOwned>(plain: &[u8]) -> Result<T> {
    postcard::from_bytes(plain).map_err(|e| Error::internal(e.to_string()))
}

fn unknown(format: u8) -> Error {
    Error::internal(format!(
        "a value of format {format}, which this version does not know"
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct First(u8);

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Now(u8, bool);

    impl From<First> for Now {
        fn from(first: First) -> Self {
            Self(first.0, false)
        }
    }

    #[test]
    fn a_value_is_read_by_the_shape_it_was_written_in() {
        let now = write(&Now(7, true)).unwrap();
        assert_eq!(read_changed::<Now, First>(&now).unwrap(), Now(7, true));
        assert_eq!(
            read_changed::<Now, First>(&[FIRST, 7]).unwrap(),
            Now(7, false)
        );
        assert_eq!(read::<u8>(&[FIRST, 7]).unwrap(), 7);
        for unknown in [&[9, 7][..], &[]] {
            assert!(read::<u8>(unknown).is_err());
            assert!(read_changed::<Now, First>(unknown).is_err());
        }
    }
}
