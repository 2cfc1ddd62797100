//! What each column of an uploaded file means, for a person to say.

use super::super::desk::{Desk, Tab, cell, row};
use crate::tr;
use crate::tr::Lang;
use crate::ui::{self, *};
use crate::web::{Ctx, Fields};
use axum::response::Response;
use domain::roster::{Column, Mapping};
use http::StatusCode;
use leptos::prelude::*;
use services::roster::Preview;

/// What the form says, for a file of so many columns.
pub(super) fn read(fields: &Fields, columns: usize) -> Mapping {
    Mapping(
        (0..columns)
            .map(|at| Column::from_word(fields.get(&format!("col{at}"))))
            .collect(),
    )
}

/// The page.
pub(super) fn page(ctx: &Ctx, desk: &Desk, status: StatusCode, preview: &Preview) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "名册的列", "Columns of the roster");
    desk.page(ctx, status, Tab::Roster, &title, || {
        view(lang, desk, preview)
    })
}

fn view(lang: Lang, desk: &Desk, preview: &Preview) -> AnyView {
    let parsed = &preview.parsed;
    let errors: Vec<FieldError> = parsed
        .problems
        .iter()
        .map(|p| FieldError::new("col0", p.message(lang)))
        .collect();
    let action = desk.path(&format!("/roster/import/{}", preview.staged));
    let rows = parsed
        .headers
        .iter()
        .enumerate()
        .filter(|(at, header)| !header.is_empty() || has_samples(preview, *at))
        .map(|(at, header)| line(lang, preview, at, header))
        .collect_view();
    let columns = vec![
        ui::Column::new(tr!(lang, "文件中的表头", "Header in the file")),
        ui::Column::new(tr!(lang, "前几行", "First rows")),
        ui::Column::new(tr!(lang, "是什么", "What it is")),
    ];
    view! {
        <Crumbs lang=lang trail=vec![Crumb::link(tr!(lang, "名册", "Roster"), desk.path("/roster")), Crumb::link(tr!(lang, "上传", "Upload"), desk.path("/roster/import")), Crumb::here(tr!(lang, "列", "Columns"))] />
        <PageHead title=tr!(lang, "每一列是什么？", "What is each column?") sub=tr!(lang, "{name}，表头在第 {row} 行", "{name}, headers in row {row}", name = preview.file_name, row = parsed.header_row) />
        <ErrorSummary lang=lang errors=errors />
        <form class="stack" method="post" action=action>
            <section class="card flush">
                <DataTable caption=tr!(lang, "文件的列", "Columns of the file") columns=columns>{rows}</DataTable>
            </section>
            <div class="row">
                <Button kind=ButtonKind::Primary name="action" value="map">{tr!(lang, "确定，看预览", "Confirm and preview")}</Button>
                <Button name="action" value="cancel">{tr!(lang, "放弃这次上传", "Discard this upload")}</Button>
            </div>
        </form>
    }
    .into_any()
}

fn samples(preview: &Preview, at: usize) -> Vec<String> {
    preview
        .parsed
        .samples
        .iter()
        .filter_map(|row| row.get(at))
        .filter(|text| !text.is_empty())
        .cloned()
        .collect()
}

fn has_samples(preview: &Preview, at: usize) -> bool {
    !samples(preview, at).is_empty()
}

fn line(lang: Lang, preview: &Preview, at: usize, header: &str) -> AnyView {
    let chosen = preview.parsed.mapping.0.get(at).copied().flatten();
    let id = format!("col{at}");
    let options = Column::ALL
        .into_iter()
        .map(|column| {
            let is_chosen = chosen == Some(column);
            view! { <option value=column.word() selected=is_chosen>{column.title(lang)}</option> }
        })
        .collect_view();
    let label = tr!(lang, "“{header}”是什么", "What “{header}” is");
    row(vec![
            cell(CellKind::Name, "", header.to_owned()),
            cell(CellKind::Mute, "", samples(preview, at).join("，")),
            cell(CellKind::Wide, "", view! { <div class="pick">
                    <select class="input" id=id.clone() name=id aria-label=label>
                        <option value="" selected=chosen.is_none()>{tr!(lang, "不用这一列", "not used")}</option>
                        {options}
                    </select>
                    <Icon name=IconName::ChevronDown />
                </div> }),
        ])
    .into_any()
}
