//! The one form of a document that is signed.

use super::Document;
use serde_json::Value;

/// What a signature of a document covers: all it says but its days, which belong to its activation. JSON without
/// spaces, the keys of every object in the order of their bytes.
///
/// # Errors
/// Where the document cannot be written as JSON, which no document that was read from JSON can cause.
pub fn canonical(document: &Document) -> Result<Vec<u8>, serde_json::Error> {
    let mut json = serde_json::to_value(document)?;
    if let Value::Object(fields) = &mut json {
        fields.remove("effective_from");
        fields.remove("retired");
    }
    let mut out = Vec::new();
    write(&json, &mut out)?;
    Ok(out)
}

fn write(json: &Value, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match json {
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| key.as_bytes());
            out.push(b'{');
            for (index, (key, value)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, key)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
        scalar => serde_json::to_writer(&mut *out, scalar)?,
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::rulebook::SHIPPED;

    #[test]
    fn days_are_not_signed_and_everything_else_is() {
        let document: Document = serde_json::from_str(SHIPPED).unwrap();
        let signed = canonical(&document).unwrap();
        let mut moved = document.clone();
        moved.effective_from = moved.effective_from.plus(5);
        moved.retired = Some(moved.effective_from.plus(9));
        assert_eq!(canonical(&moved).unwrap(), signed);
        let mut changed = document;
        changed.rules.last_mut().unwrap().text.en.push('!');
        assert_ne!(canonical(&changed).unwrap(), signed);
        let text = String::from_utf8(signed).unwrap();
        assert!(
            text.starts_with(
                r#"{"id":"cn-base","parameters":[{"max":380,"min":365,"name":"fever_tenths""#
            ),
            "{text}"
        );
    }
}
