//! Compact values inside ciphertext: a byte that names the format, then postcard.

use crate::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Grows when a stored type changes its shape; older values of that type are then read by [`read_changed`].
const FORMAT: u8 = 4;
/// Before it was kept as what somebody is counted on days gone by.
const THIRD: u8 = 3;
/// Before temperatures of the gate were facts.
const SECOND: u8 = 2;
/// Before official records had numbers.
const FIRST: u8 = 1;

/// A value as it is stored.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    postcard::to_extend(value, vec![FORMAT]).map_err(|e| Error::internal(e.to_string()))
}

/// A stored value of a type that always had the same shape.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    match split(bytes)? {
        (FORMAT | THIRD | SECOND | FIRST, plain) => decode(plain),
        (format, _) => Err(unknown(format)),
    }
}

/// A stored value of a type that first had the shape of `First`, then that of `Second` and of `Third`; where a change left
/// it as it was, two of these are the same.
pub(crate) fn read_changed<T, Third, Second, First>(bytes: &[u8]) -> Result<T>
where
    T: DeserializeOwned,
    Third: DeserializeOwned + Into<T>,
    Second: DeserializeOwned + Into<T>,
    First: DeserializeOwned + Into<T>,
{
    match split(bytes)? {
        (FORMAT, plain) => decode(plain),
        (THIRD, plain) => decode::<Third>(plain).map(Into::into),
        (SECOND, plain) => decode::<Second>(plain).map(Into::into),
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

    #[derive(serde::Deserialize)]
    struct Second(u8, u8);

    #[derive(serde::Deserialize)]
    struct Third(u8, u8, u8);

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Now(u8, bool);

    impl From<First> for Now {
        fn from(first: First) -> Self {
            Self(first.0, false)
        }
    }

    impl From<Second> for Now {
        fn from(second: Second) -> Self {
            Self(second.0, second.1 > 1)
        }
    }

    impl From<Third> for Now {
        fn from(third: Third) -> Self {
            Self(third.0, third.1 > third.2)
        }
    }

    #[test]
    fn a_value_is_read_by_the_shape_it_was_written_in() {
        let now = write(&Now(7, true)).unwrap();
        let read_now = read_changed::<Now, Third, Second, First>;
        assert_eq!(read_now(&now).unwrap(), Now(7, true));
        assert_eq!(read_now(&[THIRD, 7, 2, 1]).unwrap(), Now(7, true));
        assert_eq!(read_now(&[SECOND, 7, 2]).unwrap(), Now(7, true));
        assert_eq!(read_now(&[FIRST, 7]).unwrap(), Now(7, false));
        // A type that only the first change touched.
        assert_eq!(
            read_changed::<Now, Now, Now, First>(&[SECOND, 7, 1]).unwrap(),
            Now(7, true)
        );
        assert_eq!(read::<u8>(&[FIRST, 7]).unwrap(), 7);
        for unknown in [&[9, 7][..], &[]] {
            assert!(read::<u8>(unknown).is_err());
            assert!(read_now(unknown).is_err());
        }
    }
}
