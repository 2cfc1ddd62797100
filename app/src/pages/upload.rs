//! Receiving an uploaded file with the other fields of its form.

use crate::tr;
use crate::tr::Lang;
use crate::ui::Field;
use crate::web::Fields;
use axum::extract::{FromRequest, Multipart, Request};
use http::StatusCode;
use leptos::prelude::*;
use services::roster::{MAX_BYTES, ReadError};

/// What an uploaded table may weigh on the wire, in bytes: somewhat above the largest file, so that the page can say
/// that it is too large.
pub(super) const UPLOAD_BYTES: usize = 64 << 20;

/// Longest value of a field beside the file, in bytes.
const FIELD_BYTES: usize = 4_096;

/// A form with a file.
#[derive(Debug, Default)]
pub(super) struct Upload {
    pub fields: Fields,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Why there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoFile {
    Missing,
    TooLarge,
    Broken,
}

impl NoFile {
    pub fn words(self, lang: Lang) -> String {
        match self {
            Self::Missing => tr!(lang, "请先选择文件", "Choose the file first"),
            Self::TooLarge => ReadError::TooLarge.message(lang).to_owned(),
            Self::Broken => tr!(
                lang,
                "上传中断了，请再试一次",
                "The upload broke off; please try again"
            ),
        }
    }
}

/// Reads a form. What is too large is read to its end and thrown away, because a browser shows no answer before it has
/// sent all. The fields are there in either case, to be shown again.
pub(super) async fn receive(request: Request) -> (Upload, Option<NoFile>) {
    let mut upload = Upload::default();
    let mut pairs: Vec<(String, String)> = Vec::new();
    let Ok(mut form) = Multipart::from_request(request, &()).await else {
        return (upload, Some(NoFile::Missing));
    };
    let mut problem = None;
    loop {
        let mut field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => {
                problem = Some(broken(&error));
                break;
            }
        };
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = name == "file";
        let limit = if is_file { MAX_BYTES } else { FIELD_BYTES };
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        let mut is_too_large = false;
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) => {
                    is_too_large |= bytes.len() + chunk.len() > limit;
                    if !is_too_large {
                        bytes.extend_from_slice(&chunk);
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    problem = Some(broken(&error));
                    break;
                }
            }
        }
        if is_file {
            upload.name = file_name;
            upload.bytes = bytes;
            if is_too_large {
                problem = Some(NoFile::TooLarge);
            }
        } else {
            pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    upload.fields = Fields::from_pairs(pairs);
    if problem.is_none() && upload.bytes.is_empty() {
        problem = Some(NoFile::Missing);
    }
    (upload, problem)
}

fn broken(error: &axum::extract::multipart::MultipartError) -> NoFile {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        NoFile::TooLarge
    } else {
        NoFile::Broken
    }
}

/// The field for the file of a form; its name and element id are `file`.
#[component]
pub(super) fn FileField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// What kind of file it takes.
    #[prop(into)]
    hint: String,
    /// The endings of names that a browser offers; tables where nothing is said.
    #[prop(default = ".xlsx,.csv,.txt,.tsv")]
    accept: &'static str,
    /// What is wrong.
    error: Option<String>,
) -> AnyView {
    let described = if error.is_some() {
        "file-hint file-error"
    } else {
        "file-hint"
    };
    let invalid = error.is_some().then_some("true");
    view! {
        <Field id="file" label=label hint=hint error=error>
            <div class="upload">
                <input type="file" id="file" name="file" required=true accept=accept aria-describedby=described aria-invalid=invalid />
            </div>
        </Field>
    }
    .into_any()
}
