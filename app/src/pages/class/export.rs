//! The class as a workbook.

use crate::web::{Answer, Ctx};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use domain::ids::ClassId;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use services::classroom::Workbook;

/// The file.
pub async fn download(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    let book = ctx
        .services()
        .export_class(ctx.actor()?, class, ctx.lang)
        .await?;
    Ok(workbook(book))
}

/// A workbook as a file to be saved.
pub(super) fn workbook(book: Workbook) -> Response {
    let headers = [
        (
            CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
        ),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", book.name),
        ),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, book.bytes).into_response()
}
