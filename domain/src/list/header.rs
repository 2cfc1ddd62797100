//! Recognising the columns of a list, whatever its writer calls them.

use super::{HEADER_ROWS, MissingColumns};
use crate::Lang;
use crate::identity::clean;
use crate::roster::Line;

/// The meanings that columns of a kind of list can have.
pub trait Meaning: Copy + PartialEq + 'static {
    /// How writers call such a column: in small letters, without spaces, marks, and what stands in brackets.
    fn names(self) -> &'static [&'static str];
}

/// What a column of a list can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListColumn {
    /// 身份证号
    NationalId,
    /// 手机
    Phone,
    /// 姓名
    Name,
    /// 类型
    Kind,
    /// 日期: of the sample, the last contact, the vaccination.
    Date,
    /// 地区: a region's code or name.
    Region,
    /// 到达
    Arrived,
    /// 离开
    Left,
    /// 途经: only passed through.
    Transit,
    /// 结果
    Outcome,
    /// 剂次
    Dose,
    /// 风险等级
    Level,
    /// 起始日期 of a declaration
    From,
    /// 解除日期 of a declaration
    To,
    /// 回溯天数
    LookBack,
}

impl ListColumn {
    /// The heading that pages show.
    pub fn title(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::NationalId => ("身份证号", "Identity number"),
            Self::Phone => ("手机", "Mobile number"),
            Self::Name => ("姓名", "Name"),
            Self::Kind => ("类型", "Kind"),
            Self::Date => ("日期", "Date"),
            Self::Region => ("地区", "Region"),
            Self::Arrived => ("到达", "Arrived"),
            Self::Left => ("离开", "Left"),
            Self::Transit => ("途经", "Passed through"),
            Self::Outcome => ("结果", "Result"),
            Self::Dose => ("剂次", "Dose"),
            Self::Level => ("风险等级", "Level"),
            Self::From => ("起始日期", "From"),
            Self::To => ("解除日期", "To"),
            Self::LookBack => ("回溯天数", "Look-back days"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

impl Meaning for ListColumn {
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::NationalId => &[
                "身份证号",
                "身份证号码",
                "身份证",
                "证件号码",
                "证件号",
                "身份证件号码",
                "公民身份号码",
                "居民身份证号",
                "identitynumber",
                "idnumber",
                "nationalid",
            ],
            Self::Phone => &[
                "手机",
                "手机号",
                "手机号码",
                "电话",
                "电话号码",
                "联系电话",
                "联系方式",
                "家长手机",
                "家长电话",
                "监护人手机",
                "phone",
                "mobile",
                "mobilenumber",
            ],
            Self::Name => &["姓名", "名字", "人员姓名", "name"],
            Self::Kind => &[
                "类型",
                "类别",
                "人员类型",
                "人员类别",
                "记录类型",
                "kind",
                "type",
            ],
            Self::Date => &[
                "日期",
                "采样日期",
                "采样时间",
                "最后接触日期",
                "末次接触日期",
                "末次接触时间",
                "接触日期",
                "接种日期",
                "检测日期",
                "确诊日期",
                "date",
            ],
            Self::Region => &[
                "地区",
                "旅居地",
                "旅居地区",
                "所在地",
                "地点",
                "区划",
                "区划代码",
                "行政区划",
                "行政区划代码",
                "地区代码",
                "风险地区",
                "区域",
                "region",
                "area",
            ],
            Self::Arrived => &[
                "到达",
                "到达日期",
                "到达时间",
                "抵达日期",
                "入住日期",
                "arrived",
            ],
            Self::Left => &["离开", "离开日期", "离开时间", "返回日期", "left"],
            Self::Transit => &[
                "途经",
                "是否途经",
                "仅途经",
                "经停",
                "是否经停",
                "transit",
                "passedthrough",
            ],
            Self::Outcome => &["结果", "检测结果", "核酸结果", "检验结果", "result"],
            Self::Dose => &["剂次", "针次", "第几剂", "接种剂次", "dose"],
            Self::Level => &["风险等级", "等级", "级别", "level"],
            Self::From => &[
                "起始日期",
                "生效日期",
                "开始日期",
                "起始",
                "公布日期",
                "from",
            ],
            Self::To => &["解除日期", "终止日期", "结束日期", "截止日期", "解除", "to"],
            Self::LookBack => &["回溯天数", "追溯天数", "回溯", "lookback", "lookbackdays"],
        }
    }
}

/// The recognised columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading<C = ListColumn> {
    /// The row of the headers as the spreadsheet numbers it.
    pub row: u32,
    /// Meaning, place from 0, and the header as written.
    columns: Vec<(C, usize, String)>,
    /// Place and header of the others: without a meaning, or with one that stands before them.
    others: Vec<(usize, String)>,
}

impl<C: Meaning> Heading<C> {
    /// As [`Heading::best`]; of each group in `needed` one has to be there.
    ///
    /// # Errors
    /// [`MissingColumns`], the first of each group that is not there.
    pub fn find<'a>(
        lines: &'a [Line],
        all: &[C],
        needed: &[&[C]],
    ) -> Result<(Self, &'a [Line]), MissingColumns<C>> {
        let (heading, below) = Self::best(lines, all);
        let missing = heading.missing(needed);
        if missing.is_empty() {
            Ok((heading, below))
        } else {
            Err(MissingColumns(missing))
        }
    }

    /// Finds the headers among the first rows: the row with the most known names. `all` are the columns that such a
    /// list can have. Gives the rows below too.
    pub fn best<'a>(lines: &'a [Line], all: &[C]) -> (Self, &'a [Line]) {
        let candidates = lines.iter().enumerate().take(HEADER_ROWS);
        let best = candidates
            .map(|(at, line)| (at, columns_of(line, all), line.number))
            .rev()
            .max_by_key(|(_, (columns, _), _)| columns.len());
        let (at, (columns, others), row) = best.unwrap_or_default();
        let heading = Self {
            row,
            columns,
            others,
        };
        (heading, lines.get(at + 1..).unwrap_or_default())
    }

    /// The first of each group of which no column is there.
    pub fn missing(&self, needed: &[&[C]]) -> Vec<C> {
        needed
            .iter()
            .filter(|group| group.iter().all(|column| self.place(*column).is_none()))
            .filter_map(|group| group.first().copied())
            .collect()
    }

    /// Place from 0 and header of the columns that are not used: without a meaning, or with one that stands before them.
    pub fn others(&self) -> &[(usize, String)] {
        &self.others
    }

    /// The headers of the columns that are not used, without the empty ones.
    pub fn ignored(&self) -> Vec<String> {
        let headers = self.others.iter().map(|(_, header)| header);
        headers
            .filter(|header| !header.is_empty())
            .cloned()
            .collect()
    }

    /// Whether the column at a place, from 0, is one of those found.
    pub fn has_place(&self, place: usize) -> bool {
        self.columns.iter().any(|(_, known, _)| *known == place)
    }

    /// Where a column stands, from 0.
    pub fn place(&self, column: C) -> Option<usize> {
        self.columns
            .iter()
            .find(|(known, ..)| *known == column)
            .map(|(_, place, _)| *place)
    }
}

impl Heading {
    /// The header as the file writes it; where it is not there, as this program would.
    pub fn written(&self, column: ListColumn) -> String {
        self.columns
            .iter()
            .find(|(known, ..)| *known == column)
            .map_or_else(
                || column.title(Lang::Zh).to_owned(),
                |(.., text)| text.clone(),
            )
    }
}

/// What a header means; `None` where it is none of `all`.
pub fn meaning_of<C: Meaning>(header: &str, all: &[C]) -> Option<C> {
    let plain = simplify(header);
    let means = |column: &&C| column.names().contains(&plain.as_str());
    all.iter().find(means).copied()
}

/// The columns with a meaning, and the others.
type Columns<C> = (Vec<(C, usize, String)>, Vec<(usize, String)>);

fn columns_of<C: Meaning>(line: &Line, all: &[C]) -> Columns<C> {
    let mut found: Vec<(C, usize, String)> = Vec::new();
    let mut others = Vec::new();
    for (place, cell) in line.cells.iter().enumerate() {
        let written = clean(&cell.text());
        match meaning_of(&written, all) {
            Some(column) if found.iter().all(|(known, ..)| *known != column) => {
                found.push((column, place, written));
            }
            _ => others.push((place, written)),
        }
    }
    (found, others)
}

/// Without brackets and what stands in them, spaces and marks.
fn simplify(header: &str) -> String {
    let mut depth = 0_u32;
    header
        .to_lowercase()
        .chars()
        .filter(|c| {
            match c {
                '(' | '[' | '【' => depth += 1,
                ')' | ']' | '】' => depth = depth.saturating_sub(1),
                c => {
                    return depth == 0
                        && !c.is_whitespace()
                        && !matches!(c, '*' | ':' | '_' | '-' | '.');
                }
            }
            false
        })
        .collect()
}
