//! Tables as another program sends them: a spreadsheet, CSV, or JSON rows by column title.

use super::problem::Problem;
use axum::body::Bytes;
use domain::Lang;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use services::roster::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS, ReadError};
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use utoipa::openapi::{KnownFormat, Object, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The name and bytes of a file that the imports read.
pub type File = (String, Vec<u8>);

/// A list of at most `MOST`; of a longer one, one more is kept to tell that it is.
#[derive(Debug)]
pub struct AtMost<T, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> AtMost<T, MOST> {
    /// What is in it; `None` where that is too much.
    pub fn all(self) -> Option<Vec<T>> {
        (self.0.len() <= MOST).then_some(self.0)
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for AtMost<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(PhantomData))
    }
}

struct List<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for List<T, MOST> {
    type Value = AtMost<T, MOST>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut kept = Vec::new();
        while kept.len() <= MOST {
            let Some(value) = list.next_element()? else {
                return Ok(AtMost(kept));
            };
            kept.push(value);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(AtMost(kept))
    }
}

/// Rows by column title.
#[derive(Debug, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// A text, a number, true, false or null by column title. At most 199,999 rows of 256 columns together.
    // With the row of titles, no more than a list may have.
    #[schema(max_items = 199_999, value_type = Vec<HashMap<String, serde_json::Value>>)]
    rows: AtMost<Row, { MAX_ROWS - 1 }>,
}

/// An XLSX file.
pub struct Workbook;

impl ToSchema for Workbook {}

impl PartialSchema for Workbook {
    fn schema() -> RefOr<Schema> {
        let bytes = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let file = Object::builder().schema_type(Type::String);
        file.format(Some(bytes)).into()
    }
}

/// The cells of a row with their titles; of too many, one more than there may be.
#[derive(Debug)]
struct Row(Vec<(String, Text)>);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Cells)
    }
}

struct Cells;

impl<'de> Visitor<'de> for Cells {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row: values by column title")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut cells: A) -> Result<Row, A::Error> {
        let mut kept = Vec::new();
        while kept.len() <= MAX_COLUMNS {
            let Some(cell) = cells.next_entry()? else {
                return Ok(Row(kept));
            };
            kept.push(cell);
        }
        while cells.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Row(kept))
    }
}

/// A value as a cell of a list has it; `None` for what is none.
#[derive(Debug)]
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Plain)
    }
}

struct Plain;

impl<'de> Visitor<'de> for Plain {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false or null")
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text(Some(String::new())))
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Text, E> {
        Ok(Text(Some(if yes { "是" } else { "否" }.to_owned())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(Some(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Text, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
}

/// Why JSON rows are no table.
enum Unfit {
    /// A place in the request, and what is wrong there.
    Place(String),
    /// The table as a whole.
    File(ReadError),
}

/// The table of a request's body.
///
/// # Errors
/// 415 for another media type, 400 for JSON that is no table, 422 for one that is too large.
pub async fn table(lang: Lang, headers: &HeaderMap, body: Bytes) -> Result<File, Problem> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value: &HeaderValue| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase());
    match media.as_deref() {
        Some("text/csv") => Ok(("interface.csv".into(), body.into())),
        Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") => {
            Ok(("interface.xlsx".into(), body.into()))
        }
        Some("application/json") => {
            let written = tokio::task::spawn_blocking(move || written(&body)).await;
            let written = written.unwrap_or(Err(Unfit::File(ReadError::NotATable)));
            let bytes = written.map_err(|unfit| match unfit {
                Unfit::Place(place) => Problem::malformed(lang, place),
                Unfit::File(error) => Problem::unreadable(lang, error),
            })?;
            Ok(("interface.csv".into(), bytes))
        }
        _ => {
            let title = match lang {
                Lang::Zh => "请发送 text/csv、XLSX 或 application/json。",
                Lang::En => "Send text/csv, XLSX or application/json.",
            };
            Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media_type",
                title,
            ))
        }
    }
}

/// JSON rows as CSV, so that they take the very way of an uploaded list.
fn written(body: &[u8]) -> Result<Vec<u8>, Unfit> {
    let sent: Rows =
        serde_json::from_slice(body).map_err(|error| Unfit::Place(error.to_string()))?;
    let rows = sent.rows.all().ok_or(Unfit::File(ReadError::TooManyRows))?;
    let mut titles: Vec<&str> = Vec::new();
    let mut columns = HashMap::new();
    for (place, Row(cells)) in rows.iter().enumerate() {
        for (title, _) in cells {
            columns.entry(title.as_str()).or_insert_with(|| {
                titles.push(title);
                titles.len() - 1
            });
        }
        if titles.len() > MAX_COLUMNS || cells.len() > MAX_COLUMNS {
            return Err(Unfit::Place(format!(
                "rows[{place}]: more than {MAX_COLUMNS} columns"
            )));
        }
    }
    // All in quotes: what separates columns is guessed from what stands outside of them.
    let mut out = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    let failed = |error: csv::Error| Unfit::Place(error.to_string());
    out.write_record(&titles).map_err(failed)?;
    for (place, Row(cells)) in rows.iter().enumerate() {
        let mut record = vec![String::new(); titles.len()];
        for (title, Text(text)) in cells {
            let no_text = || Unfit::Place(format!("rows[{place}].{title}: not a text"));
            let text = text.as_ref().ok_or_else(no_text)?;
            let column = columns.get(title.as_str());
            if let Some(cell) = column.and_then(|column| record.get_mut(*column)) {
                cell.clone_from(text);
            }
        }
        out.write_record(&record).map_err(failed)?;
        if out.get_ref().len() > MAX_BYTES {
            return Err(Unfit::File(ReadError::TooLarge));
        }
    }
    out.into_inner()
        .map_err(|error| Unfit::Place(error.to_string()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    async fn sent(media: &'static str, body: &str) -> Result<File, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        table(Lang::En, &headers, Bytes::from(body.to_owned())).await
    }

    async fn refused(body: &str) -> String {
        format!("{:?}", sent("application/json", body).await.unwrap_err())
    }

    #[tokio::test]
    async fn json_rows_become_a_table_with_all_their_titles() {
        let body = r#"{"rows": [{"学号": "0017", "座号": 3}, {"姓名": "王\"小\"明, 二;三;四", "住校": true, "学号": null}]}"#;
        let sent = sent("application/json; charset=utf-8", body).await;
        let (name, bytes) = sent.unwrap();
        assert_eq!(name, "interface.csv");
        let text = String::from_utf8(bytes.clone()).unwrap();
        let expected = [
            r#""学号","座号","姓名","住校""#,
            r#""0017","3","","""#,
            r#""","","王""小""明, 二;三;四","是""#,
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
        let read = services::roster::read(&bytes, &name).unwrap();
        assert_eq!(read[0].lines[0].cells.len(), 4, "{read:?}");
    }

    #[tokio::test]
    async fn what_is_no_table_is_refused_with_its_place() {
        let nested = refused(r#"{"rows": [{"a": "b"}, {"a": ["c"]}]}"#).await;
        assert!(nested.contains("rows[1].a"), "{nested}");
        assert!(refused("[]").await.contains("malformed"));
        assert!(sent("text/plain", "a,b").await.is_err());
    }

    #[tokio::test]
    async fn a_list_without_bounds_is_refused_before_it_fills_the_memory() {
        // A title of its own in each row would be as many columns as rows.
        let rows = |count: usize, row: &dyn Fn(usize) -> String| {
            let rows: Vec<_> = (0..count).map(row).collect();
            format!(r#"{{"rows": [{}]}}"#, rows.join(","))
        };
        let titles = rows(100_000, &|n| format!(r#"{{"k{n}": 1}}"#));
        let titles = refused(&titles).await;
        assert!(
            titles.contains("rows[256]: more than 256 columns"),
            "{titles}"
        );
        let nested = format!(r#"{{"rows": [{{"a": [{}0]}}]}}"#, "0,".repeat(100_000));
        assert!(refused(&nested).await.contains("rows[0].a"));
        let many = refused(&rows(MAX_ROWS, &|_| r#"{"a": 1}"#.into())).await;
        assert!(many.contains("too_many_rows"), "{many}");
        let wide = rows(MAX_ROWS - 1, &|n| format!(r#"{{"k{}": 1}}"#, n % 200));
        let wide = refused(&wide).await;
        assert!(wide.contains("too_large"), "{wide}");
    }
}
