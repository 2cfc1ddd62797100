//! Posted forms as a bag of fields, so that a page can show again exactly what was typed.

use super::Failure;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use domain::Day;
use services::{Error, Refusal};

/// The fields of a form or a query, in order. A name may come several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded` text; what is not such text has no fields.
    pub fn parse(bytes: &[u8]) -> Self {
        Self(serde_html_form::from_bytes(bytes).unwrap_or_default())
    }

    /// Fields from pairs.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
        )
    }

    /// The first value of a field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// Whether the field is there.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// A field as a day, as browsers send one: four digits of year. `None` for anything else.
    pub fn day(&self, name: &str) -> Option<Day> {
        let text = self.get(name);
        (text.len() == 10).then(|| text.parse().ok()).flatten()
    }

    /// Whether the button that was pressed (`act`) asks for a step within the form, and does not send it.
    pub fn is_step(&self) -> bool {
        !matches!(self.get("act"), "" | "send")
    }

    /// Which page of a list is asked for, from 1.
    pub fn page(&self) -> usize {
        self.get("page").parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    /// A field as an identifier or number.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`]: such fields are hidden or chosen, so nobody mistyped them.
    pub fn value<T: std::str::FromStr>(&self, name: &str) -> Result<T, Failure> {
        self.get(name)
            .trim()
            .parse()
            .map_err(|_| Failure(Error::Refused(Refusal::FieldInvalid)))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = axum::response::Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        Ok(Self::parse(&bytes))
    }
}

/// Text for use inside a query value.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A path on this site to go on to; anything else is the start page.
pub fn local_path(text: &str) -> &str {
    let is_local = text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains('\\')
        && !text.contains(char::is_control);
    if is_local { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        assert_eq!(local_path("/class/3?all=1"), "/class/3?all=1");
        for bad in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nb",
            "/\t/evil.example",
        ] {
            assert_eq!(local_path(bad), "/", "{bad}");
        }
    }

    #[test]
    fn fields_keep_what_was_typed() {
        let fields = Fields::parse("name=%E8%83%A1&symptom=1&symptom=3".as_bytes());
        assert_eq!(fields.get("name"), "胡");
        assert_eq!(fields.all("symptom").collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(escape("/a?b=胡"), "/a%3Fb%3D%E8%83%A1");
    }
}
