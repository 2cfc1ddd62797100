//! Tables as another program sends them: a spreadsheet, CSV, or JSON rows by column title.

use super::problem::Problem;
use axum::body::Bytes;
use domain::Lang;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The name and bytes of a file that the imports read.
pub type File = (String, Vec<u8>);

/// Rows by column title.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    rows: Vec<Map<String, Value>>,
}

/// The table of a request's body.
///
/// # Errors
/// 415 for another media type, 400 for JSON that is no table.
pub fn table(lang: Lang, headers: &HeaderMap, body: Bytes) -> Result<File, Problem> {
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
            let rows: Rows = serde_json::from_slice(&body)
                .map_err(|error| Problem::malformed(lang, error.to_string()))?;
            let bytes = written(&rows.rows).map_err(|at| Problem::malformed(lang, at))?;
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

/// JSON rows as CSV, so that they take the very way of an uploaded list. The error says which value is no text.
fn written(rows: &[Map<String, Value>]) -> Result<Vec<u8>, String> {
    let mut titles: Vec<&str> = Vec::new();
    for title in rows.iter().flat_map(Map::keys) {
        if !titles.contains(&title.as_str()) {
            titles.push(title);
        }
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| error.to_string();
    out.write_record(&titles).map_err(failed)?;
    for (place, row) in rows.iter().enumerate() {
        let cells = titles.iter().map(|title| match row.get(*title) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(Value::Bool(yes)) => Ok(if *yes { "是" } else { "否" }.to_owned()),
            Some(_) => Err(format!("rows[{place}].{title}")),
        });
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        out.write_record(&cells).map_err(failed)?;
    }
    out.into_inner().map_err(|error| error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn sent(media: &'static str, body: &str) -> Result<File, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        table(Lang::En, &headers, Bytes::from(body.to_owned()))
    }

    #[test]
    fn json_rows_become_a_table_with_all_their_titles() {
        let body = r#"{"rows": [{"学号": "0017", "座号": 3}, {"姓名": "王\"小\"明, 二", "住校": true, "学号": null}]}"#;
        let (name, bytes) = sent("application/json; charset=utf-8", body).unwrap();
        assert_eq!(name, "interface.csv");
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "学号,座号,住校,姓名\n0017,3,,\n,,是,\"王\"\"小\"\"明, 二\"\n"
        );
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_place() {
        let nested = sent(
            "application/json",
            r#"{"rows": [{"a": "b"}, {"a": ["c"]}]}"#,
        );
        assert!(format!("{:?}", nested.unwrap_err()).contains("rows[1].a"));
        assert!(sent("application/json", "[]").is_err());
        assert!(sent("text/plain", "a,b").is_err());
    }
}
