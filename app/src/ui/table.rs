//! Tables that become cards on phones, and the ways through them.

use crate::tr;
use crate::tr::Lang;
use crate::ui::icon::{Icon, IconName};
use crate::ui::props::Slot;
use crate::ui::status::{ShapeSize, StatusShape};
use crate::ui::words::number;
use domain::Code;
use leptos::prelude::*;

/// A column of a [`DataTable`].
pub struct Column {
    label: String,
    number: bool,
    view: Option<AnyView>,
}

impl Column {
    /// A column of words.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            number: false,
            view: None,
        }
    }

    /// A column of numbers, set to the right.
    pub fn number(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            number: true,
            view: None,
        }
    }

    /// A column whose head is drawn; `label` is what screen readers say.
    pub fn drawn(label: impl Into<String>, view: impl Into<Slot>) -> Self {
        Self {
            label: label.into(),
            number: false,
            view: view.into().0,
        }
    }
}

/// A table. Under 640 px each row becomes a card; the cells' labels then stand before their values.
#[component]
pub fn DataTable(
    /// What the table lists, for screen readers.
    #[prop(into)]
    caption: String,
    /// Its columns.
    columns: Vec<Column>,
    /// [`DataRow`]s.
    children: Children,
) -> AnyView {
    let name = caption.clone();
    view! {
        <div class="scroll" role="region" tabindex="0" aria-label=name>
            <table class="data fold" role="table">
                <caption class="vh">{caption}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {columns
                            .into_iter()
                            .map(|column| {
                                let class = column.number.then_some("num");
                                let inside = match column.view {
                                    Some(drawn) => {
                                        view! {
                                            <span class="vh">{column.label}</span>
                                            {drawn}
                                        }
                                            .into_any()
                                    }
                                    None => column.label.into_any(),
                                };
                                view! { <th scope="col" role="columnheader" class=class>{inside}</th> }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody role="rowgroup">{children()}</tbody>
            </table>
        </div>
    }.into_any()
}

/// A row; tinted when its person is flagged.
#[component]
pub fn DataRow(
    /// The code of the row's person: yellow and red tint it.
    #[prop(optional)]
    code: Option<Code>,
    /// The row has a fault.
    #[prop(optional)]
    bad: bool,
    /// [`DataCell`]s.
    children: Children,
) -> AnyView {
    let class = match code {
        _ if bad => Some("bad"),
        Some(Code::Yellow) => Some("yellow"),
        Some(Code::Red) => Some("red"),
        _ => None,
    };
    view! { <tr role="row" class=class>{children()}</tr> }.into_any()
}

/// How a cell is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CellKind {
    /// Words.
    #[default]
    Text,
    /// Words of lesser weight.
    Mute,
    /// The name of the row.
    Name,
    /// A number, set to the right.
    Number,
    /// Takes a line of its own when the row is a card.
    Wide,
}

/// A cell.
#[component]
pub fn DataCell(
    /// The column's name, shown before the value when the row is a card; empty where it needs none.
    #[prop(optional, into)]
    label: String,
    /// How it is set.
    #[prop(optional)]
    kind: CellKind,
    /// The value.
    children: Children,
) -> AnyView {
    let class = match kind {
        CellKind::Text => None,
        CellKind::Mute => Some("mute"),
        CellKind::Name => Some("name"),
        CellKind::Number => Some("num"),
        CellKind::Wide => Some("wide"),
    };
    view! {
        <td role="cell" class=class data-label=label>
            {children()}
        </td>
    }
    .into_any()
}

/// One filter over a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pill {
    /// Where it leads.
    pub href: String,
    /// What it shows.
    pub label: String,
    /// How many it shows.
    pub count: Option<i64>,
    /// The code that it filters by.
    pub code: Option<Code>,
    /// It is on.
    pub current: bool,
}

/// Filters over a list, one of which is on.
#[component]
pub fn Pills(
    /// What they filter, for screen readers.
    #[prop(into)]
    label: String,
    /// The filters.
    pills: Vec<Pill>,
) -> AnyView {
    view! {
        <nav class="pills" aria-label=label>
            {pills
                .into_iter()
                .map(|pill| {
                    view! {
                        <a href=pill.href aria-current=pill.current.then_some("true")>
                            {pill.code.map(|code| view! { <StatusShape code=code size=ShapeSize::Inline /> })}
                            {pill.label} {pill.count.map(|n| format!(" {}", number(n)))}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }.into_any()
}

/// Searches a list: sends `q` by GET.
#[component]
pub fn SearchBox(
    /// The reader's language.
    lang: Lang,
    /// The list's page.
    #[prop(into)]
    action: String,
    /// What can be searched by: 姓名或座号.
    #[prop(into)]
    label: String,
    /// What was searched.
    #[prop(optional, into)]
    value: String,
    /// Further fields of the query, kept as they are.
    #[prop(optional)]
    keep: Vec<(String, String)>,
) -> AnyView {
    view! {
        <form class="search" method="get" action=action role="search">
            <Icon name=IconName::Search />
            <input class="input" type="search" name="q" value=value placeholder=label.clone() aria-label=label />
            {keep
                .into_iter()
                .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                .collect_view()}
            <button class="btn small">{tr!(lang, "搜索", "Search")}</button>
        </form>
    }.into_any()
}

/// Shows a list as it was at a day's end: sends `day` by GET.
#[component]
pub fn DayBox(
    /// The reader's language.
    lang: Lang,
    /// The list's page.
    #[prop(into)]
    action: String,
    /// The day that was asked for.
    #[prop(optional, into)]
    value: String,
) -> AnyView {
    let label = tr!(lang, "到哪一天为止", "Up to which day");
    view! {
        <form class="search" method="get" action=action role="search">
            <input class="input" type="date" name="day" value=value aria-label=label />
            <button class="btn small">{tr!(lang, "查看", "Show")}</button>
        </form>
    }
    .into_any()
}

/// A number of rows as pages show it.
pub fn count(n: impl TryInto<i64>) -> i64 {
    n.try_into().unwrap_or(i64::MAX)
}

fn rows(n: impl TryInto<usize>) -> usize {
    n.try_into().unwrap_or(usize::MAX)
}

/// The page of a list that is shown to whoever asks for this one, from 1: the last where there are fewer.
pub fn page_of(asked: usize, size: usize, total: usize) -> usize {
    asked.min(total.div_ceil(size.max(1))).max(1)
}

/// Which part of a list this page shows, and the ways to the parts before and after.
#[component]
pub fn Pager(
    /// The reader's language.
    lang: Lang,
    /// The page, from 1.
    page: impl TryInto<usize>,
    /// Rows of a page.
    size: impl TryInto<usize>,
    /// Rows of the list.
    total: impl TryInto<usize>,
    /// The address of a page.
    href: impl Fn(i64) -> String,
) -> AnyView {
    let (page, size, total) = (rows(page), rows(size), rows(total));
    let (from, to) = ((page - 1) * size + 1, (page * size).min(total));
    let previous = (page > 1).then(|| href(count(page_of(page - 1, size, total))));
    let next = (to < total).then(|| href(count(page + 1)));
    let (a, b, all) = (number(count(from)), number(count(to)), number(count(total)));
    let text = if from > total {
        tr!(lang, "共 {all} 条", "{all} in all")
    } else {
        tr!(lang, "第 {a}–{b} 条，共 {all} 条", "{a}–{b} of {all}")
    };
    view! {
        <nav class="pager" aria-label=tr!(lang, "翻页", "Pages")>
            <span class="n">{text}</span>
            {previous
                .map(|href| {
                    view! {
                        <a class="btn small" href=href rel="prev">
                            <Icon name=IconName::ChevronLeft />
                            {tr!(lang, "上一页", "Previous")}
                        </a>
                    }
                })}
            {next
                .map(|href| {
                    view! {
                        <a class="btn small" href=href rel="next">
                            {tr!(lang, "下一页", "Next")}
                            <Icon name=IconName::ChevronRight />
                        </a>
                    }
                })}
        </nav>
    }
    .into_any()
}

/// At the foot of a card: the [`Pager`] of a list that has more than one page.
#[component]
pub fn PagerFoot(
    /// The reader's language.
    lang: Lang,
    /// The page, from 1.
    page: impl TryInto<usize>,
    /// Rows of a page.
    size: impl TryInto<usize>,
    /// Rows of the list.
    total: impl TryInto<usize>,
    /// The address of a page.
    href: impl Fn(i64) -> String,
) -> AnyView {
    let (size, total) = (rows(size), rows(total));
    let has_more = total > size;
    has_more
        .then(|| {
            view! {
                <div class="card-foot"><Pager lang=lang page=page size=size total=total href=href /></div>
            }
        })
        .into_any()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// What stands there, and the pages that it leads to.
    fn read(html: &str) -> (String, Vec<(&str, &str)>) {
        let (_, text) = html.split_once("<span class=\"n\">").unwrap();
        let text = text.split('<').next().unwrap();
        let links = html.split("<a ").skip(1).map(|link| {
            let of = |name: &str| link.split_once(name)?.1.split('"').next();
            (of("rel=\"").unwrap(), of("href=\"?page=").unwrap())
        });
        (text.to_owned(), links.collect())
    }

    #[test]
    fn a_pager_says_where_it_is_and_leads_to_pages_that_there_are() {
        let href = |page: i64| format!("?page={page}");
        for (page, total, text, links) in [
            (1, 0, "0 in all", vec![]),
            (1, 10, "1–10 of 10", vec![]),
            (1, 11, "1–10 of 11", vec![("next", "2")]),
            (2, 11, "11–11 of 11", vec![("prev", "1")]),
            (3, 11, "11 in all", vec![("prev", "2")]),
            (9, 11, "11 in all", vec![("prev", "2")]),
        ] {
            let lang = Lang::En;
            let pager = view! { <Pager lang=lang page=page size=10 total=total href=href /> };
            let html = pager.to_html();
            assert_eq!(read(&html), (text.to_owned(), links), "page {page}");
            let foot = view! { <PagerFoot lang=lang page=page size=10 total=total href=href /> };
            let foot = foot.to_html();
            assert_eq!(foot.contains(&html), total > 10, "{foot}");
        }
    }
}
