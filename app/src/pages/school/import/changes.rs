//! The parts of a preview as tables.

use super::super::desk::{bad_row, cell, row};
use crate::tr;
use crate::tr::Lang;
use crate::ui::{self, *};
use domain::roster::{Column as Field, Plan, RosterRow, Update};
use leptos::prelude::*;
use services::roster::Preview;

/// A part of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    New,
    Changed,
    Returned,
    Faulty,
    Absent,
    Unchanged,
}

impl Part {
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Changed,
        Self::Returned,
        Self::Faulty,
        Self::Absent,
        Self::Unchanged,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Returned => "returned",
            Self::Faulty => "faulty",
            Self::Absent => "absent",
            Self::Unchanged => "unchanged",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }

    /// The first part with something in it.
    pub fn first(plan: &Plan) -> Self {
        Self::ALL
            .into_iter()
            .find(|part| part.size(plan) > 0)
            .unwrap_or(Self::New)
    }

    pub fn size(self, plan: &Plan) -> usize {
        match self {
            Self::New => plan.new.len(),
            Self::Changed => plan.changed.len(),
            Self::Returned => plan.returned.len(),
            Self::Faulty => plan.faults.len(),
            Self::Absent => plan.absent.len(),
            Self::Unchanged => plan.unchanged.len(),
        }
    }

    pub fn label(self, lang: Lang) -> String {
        match self {
            Self::New => tr!(lang, "新增", "New"),
            Self::Changed => tr!(lang, "更新", "Changed"),
            Self::Returned => tr!(lang, "回到名册", "Returned"),
            Self::Faulty => tr!(lang, "有错误", "Faulty"),
            Self::Absent => tr!(lang, "文件中没有", "Not in the file"),
            Self::Unchanged => tr!(lang, "没有变化", "Unchanged"),
        }
    }
}

/// The rows of a part from `from` on, `size` of them.
pub(super) fn body(lang: Lang, preview: &Preview, part: Part, from: usize, size: usize) -> AnyView {
    let plan = &preview.plan;
    if part.size(plan) == 0 {
        return view! {
            <EmptyState icon=IconName::Check title=tr!(lang, "这里没有人", "Nobody here")>
                <p>{tr!(lang, "请看其他分类。", "Look at the other parts.")}</p>
            </EmptyState>
        }
        .into_any();
    }
    match part {
        Part::New => {
            let rows = plan.new.iter().skip(from).take(size);
            people(lang, part, rows.map(|(row, data)| (*row, data)))
        }
        Part::Unchanged => {
            let rows = plan.unchanged.iter().skip(from).take(size);
            let checked = &preview.parsed.checked.rows;
            let of = |row: u32| {
                let at = checked.binary_search_by_key(&row, |(row, _)| *row).ok()?;
                checked.get(at).map(|(row, data)| (*row, data))
            };
            people(lang, part, rows.filter_map(|(row, _)| of(*row)))
        }
        Part::Changed => updates(lang, part, plan.changed.iter().skip(from).take(size)),
        Part::Returned => updates(lang, part, plan.returned.iter().skip(from).take(size)),
        Part::Faulty => faults(lang, preview, from, size),
        Part::Absent => absent(lang, preview),
    }
}

fn row_column(lang: Lang) -> ui::Column {
    ui::Column::number(tr!(lang, "行", "Row"))
}

fn people<'a>(lang: Lang, part: Part, rows: impl Iterator<Item = (u32, &'a RosterRow)>) -> AnyView {
    let fields = [
        Field::Class,
        Field::StudentNo,
        Field::BirthDate,
        Field::Guardian1Name,
        Field::Guardian1Phone,
    ];
    let mut columns = vec![row_column(lang), ui::Column::new(Field::Name.title(lang))];
    columns.extend(fields.map(|f| ui::Column::new(f.title(lang))));
    let rows = rows
        .map(|(number, data)| {
            let mut cells = vec![
                cell(CellKind::Number, tr!(lang, "行", "Row"), number),
                cell(CellKind::Name, "", data.name.clone()),
            ];
            cells.extend(fields.map(|f| cell(CellKind::Text, f.title(lang), data.text(f, lang))));
            row(cells)
        })
        .collect_view();
    view! { <DataTable caption=part.label(lang) columns=columns>{rows}</DataTable> }.into_any()
}

fn updates<'a>(lang: Lang, part: Part, rows: impl Iterator<Item = &'a Update>) -> AnyView {
    let columns = vec![
        row_column(lang),
        ui::Column::new(Field::Name.title(lang)),
        ui::Column::new(Field::Class.title(lang)),
        ui::Column::new(tr!(lang, "变化", "What changes")),
    ];
    let nothing = tr!(lang, "（空）", "(empty)");
    let shown = |text: &str| {
        if text.is_empty() {
            nothing.clone()
        } else {
            text.to_owned()
        }
    };
    let rows = rows
        .map(|update| {
            let changes = update
                .changes
                .iter()
                .map(|change| {
                    view! {
                        <div>
                            {change.column.title(lang)}
                            " "
                            <del>{shown(&change.old)}</del>
                            " → "
                            <ins>{shown(&change.new)}</ins>
                        </div>
                    }
                })
                .collect_view();
            row(vec![
                cell(CellKind::Number, tr!(lang, "行", "Row"), update.row),
                cell(CellKind::Name, "", update.data.name.clone()),
                cell(CellKind::Text, "", update.data.class.label(lang)),
                cell(CellKind::Wide, "", changes),
            ])
        })
        .collect_view();
    view! { <DataTable caption=part.label(lang) columns=columns>{rows}</DataTable> }.into_any()
}

fn faults(lang: Lang, preview: &Preview, from: usize, size: usize) -> AnyView {
    let columns = vec![
        row_column(lang),
        ui::Column::new(tr!(lang, "列", "Column")),
        ui::Column::new(tr!(lang, "原因", "Reason")),
    ];
    let rows = preview
        .plan
        .faults
        .iter()
        .skip(from)
        .take(size)
        .map(|fault| {
            bad_row(vec![
                cell(CellKind::Number, tr!(lang, "行", "Row"), fault.row),
                cell(CellKind::Name, "", fault.column.clone()),
                cell(CellKind::Wide, "", fault.message(lang)),
            ])
        })
        .collect_view();
    view! { <DataTable caption=Part::Faulty.label(lang) columns=columns>{rows}</DataTable> }
        .into_any()
}

fn absent(lang: Lang, preview: &Preview) -> AnyView {
    let columns = vec![
        ui::Column::new(tr!(lang, "移出名册", "Take off")),
        ui::Column::new(Field::Name.title(lang)),
        ui::Column::new(Field::Class.title(lang)),
        ui::Column::new(Field::StudentNo.title(lang)),
    ];
    let rows = preview
        .absent
        .iter()
        .map(|absent| {
            let (name, id) = (absent.profile.name.clone(), absent.person.to_string());
            let label = tr!(lang, "移出{name}", "Take off {name}");
            row(vec![
                cell(
                    CellKind::Text,
                    "",
                    view! { <input type="checkbox" name="remove" value=id aria-label=label /> },
                ),
                cell(CellKind::Name, "", name),
                cell(CellKind::Text, "", absent.profile.class.label(lang)),
                cell(
                    CellKind::Mute,
                    "",
                    absent.profile.text(Field::StudentNo, lang),
                ),
            ])
        })
        .collect_view();
    view! { <DataTable caption=Part::Absent.label(lang) columns=columns>{rows}</DataTable> }
        .into_any()
}
