//! Rows of a list of official records.

use super::{FindRegion, Heading, ListColumn, ListFault, ListReason, MissingColumns, Read, Reader};
use crate::Day;
use crate::identity::{NationalId, NationalIdError, Phone, tidy_name};
use crate::roster::{Line, Words, one_of};
use crate::state::RecordKind;
use serde::{Deserialize, Serialize};

/// The kinds of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// 确诊病例
    Case,
    /// 密切接触者
    CloseContact,
    /// 次密接
    SecondContact,
    /// 旅居史
    Stay,
    /// 核酸检测
    Test,
    /// 疫苗接种
    Vaccination,
}

impl ListKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Case,
        Self::CloseContact,
        Self::SecondContact,
        Self::Stay,
        Self::Test,
        Self::Vaccination,
    ];

    /// The word used in forms and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::CloseContact => "close_contact",
            Self::SecondContact => "second_contact",
            Self::Stay => "stay",
            Self::Test => "test",
            Self::Vaccination => "vaccination",
        }
    }

    /// The kind of a form's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The kind of a record.
    pub fn of(record: &RecordKind) -> Self {
        match record {
            RecordKind::ConfirmedCase { .. } => Self::Case,
            RecordKind::CloseContact { .. } => Self::CloseContact,
            RecordKind::ContactOfContact { .. } => Self::SecondContact,
            RecordKind::Stay { .. } => Self::Stay,
            RecordKind::Test { .. } => Self::Test,
            RecordKind::Vaccination { .. } => Self::Vaccination,
        }
    }

    /// How lists write it besides its word, in small letters.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Case => &[
                "确诊病例",
                "确诊",
                "病例",
                "无症状感染者",
                "阳性感染者",
                "感染者",
                "confirmed case",
            ],
            Self::CloseContact => &["密切接触者", "密接", "密接者", "密切接触", "close contact"],
            Self::SecondContact => &[
                "次密接",
                "次密接者",
                "次密切接触者",
                "密接的密接",
                "一般接触者",
                "contact of contact",
            ],
            Self::Stay => &["旅居史", "旅居", "行程", "旅居人员", "travel"],
            Self::Test => &["核酸检测", "核酸", "检测", "抗原检测"],
            Self::Vaccination => &["疫苗接种", "疫苗", "接种"],
        }
    }

    /// The kind as lists write it.
    fn read(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let named = |kind: &Self| kind.names().contains(&text.as_str());
        Self::from_word(&text).or_else(|| Self::ALL.into_iter().find(named))
    }
}

/// Whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Their identity number.
    pub national_id: Option<NationalId>,
    /// A guardian's phone.
    pub phone: Option<Phone>,
    /// The name; may be empty.
    pub name: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRow {
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// Whom it is about.
    pub who: Who,
    /// What it says.
    pub kind: RecordKind,
}

impl RecordRow {
    /// The columns that a list of records can have.
    pub const COLUMNS: [ListColumn; 11] = [
        ListColumn::NationalId,
        ListColumn::Phone,
        ListColumn::Name,
        ListColumn::Kind,
        ListColumn::Date,
        ListColumn::Region,
        ListColumn::Arrived,
        ListColumn::Left,
        ListColumn::Transit,
        ListColumn::Outcome,
        ListColumn::Dose,
    ];
}

/// How lists write whether a test was positive, in small letters.
pub const OUTCOMES: Words<bool> = [
    (&["阳性", "阳", "+", "positive"], true),
    (&["阴性", "阴", "-", "negative"], false),
];

/// How lists write whether somebody only passed through, in small letters. A blank cell is no.
pub const TRANSITS: Words<bool> = [
    (&["是", "yes", "y", "途经", "经停"], true),
    (&["否", "no", "n"], false),
];

/// Reads a list of records. `kind` is what all rows are where the list has no column for it; `today` is the region's
/// calendar day.
///
/// # Errors
/// [`MissingColumns`] where it names nobody, or has neither a kind nor `kind`, nor any date.
pub fn read_records(
    lines: &[Line],
    kind: Option<ListKind>,
    today: Day,
    find: FindRegion,
) -> Result<Read<RecordRow>, MissingColumns> {
    let who: &[_] = &[ListColumn::NationalId, ListColumn::Phone];
    let dates: &[_] = &[ListColumn::Date, ListColumn::Arrived, ListColumn::Left];
    let kinds: &[_] = &[ListColumn::Kind];
    let needed: &[&[ListColumn]] = if kind.is_some() {
        &[who, dates]
    } else {
        &[who, kinds, dates]
    };
    let (heading, below) = Heading::find(lines, &RecordRow::COLUMNS, needed)?;
    let mut read = Read::under(&heading);
    for line in below {
        match read_record(&heading, line, kind, today, find) {
            Ok(row) => read.rows.push(row),
            Err(faults) => read.faults.extend(faults),
        }
    }
    Ok(read)
}

fn read_record(
    heading: &Heading,
    line: &Line,
    default: Option<ListKind>,
    today: Day,
    find: FindRegion,
) -> Result<RecordRow, Vec<ListFault>> {
    let mut reader = Reader::new(heading, line);
    let who = who(&mut reader);
    let kind = kind(&mut reader, default).and_then(|kind| detail(&mut reader, kind, today, find));
    match kind {
        Some(kind) if reader.faults.is_empty() => Ok(RecordRow {
            row: line.number,
            who,
            kind,
        }),
        _ => Err(reader.faults),
    }
}

fn who(reader: &mut Reader) -> Who {
    let before = reader.faults.len();
    let id = reader.text(ListColumn::NationalId);
    let phone = reader.text(ListColumn::Phone);
    let name = reader.text(ListColumn::Name);
    let national_id = match NationalId::parse(&id) {
        _ if id.is_empty() => None,
        Ok(id) => Some(id),
        Err(error) => {
            let reason = match error {
                NationalIdError::Form => ListReason::NationalIdForm,
                _ => ListReason::NationalIdCheck,
            };
            reader.fault(ListColumn::NationalId, reason);
            None
        }
    };
    let phone = match Phone::parse(&phone) {
        _ if phone.is_empty() => None,
        Ok(phone) => Some(phone),
        Err(_) => {
            reader.fault(ListColumn::Phone, ListReason::PhoneUnreadable);
            None
        }
    };
    if national_id.is_none() && phone.is_none() && reader.faults.len() == before {
        reader.fault(ListColumn::NationalId, ListReason::NobodyNamed);
    }
    Who {
        national_id,
        phone,
        name: tidy_name(&name),
    }
}

fn kind(reader: &mut Reader, default: Option<ListKind>) -> Option<ListKind> {
    let text = reader.text(ListColumn::Kind);
    match (text.as_str(), default) {
        ("", Some(kind)) => Some(kind),
        ("", None) => {
            reader.fault(ListColumn::Kind, ListReason::KindMissing);
            None
        }
        (text, _) => {
            let kind = ListKind::read(text);
            if kind.is_none() {
                reader.fault(ListColumn::Kind, ListReason::KindUnknown);
            }
            kind
        }
    }
}

fn detail(reader: &mut Reader, kind: ListKind, today: Day, find: FindRegion) -> Option<RecordKind> {
    match kind {
        ListKind::Case => {
            let sampled = reader.needed_date(ListColumn::Date, Some(today))?;
            Some(RecordKind::ConfirmedCase { sampled })
        }
        ListKind::CloseContact => {
            let last = reader.needed_date(ListColumn::Date, Some(today))?;
            Some(RecordKind::CloseContact { last })
        }
        ListKind::SecondContact => {
            let last = reader.needed_date(ListColumn::Date, Some(today))?;
            Some(RecordKind::ContactOfContact { last })
        }
        ListKind::Stay => stay(reader, today, find),
        ListKind::Test => {
            let sampled = reader.needed_date(ListColumn::Date, Some(today));
            let positive = one_of(&OUTCOMES, &reader.text(ListColumn::Outcome));
            if positive.is_none() {
                reader.fault(ListColumn::Outcome, ListReason::OutcomeUnknown);
            }
            Some(RecordKind::Test {
                positive: positive?,
                sampled: sampled?,
            })
        }
        ListKind::Vaccination => {
            let day = reader.needed_date(ListColumn::Date, Some(today));
            let text = reader.text(ListColumn::Dose);
            let dose = match text
                .trim_start_matches('第')
                .trim_end_matches(['剂', '针', '次'])
            {
                "" | "1" | "一" => Some(1),
                "2" | "二" => Some(2),
                "3" | "三" => Some(3),
                other => other.parse().ok().filter(|dose| (1..=9).contains(dose)),
            };
            if dose.is_none() {
                reader.fault(ListColumn::Dose, ListReason::DoseUnknown);
            }
            Some(RecordKind::Vaccination {
                day: day?,
                dose: dose?,
            })
        }
    }
}

fn stay(reader: &mut Reader, today: Day, find: FindRegion) -> Option<RecordKind> {
    let region = reader.region(ListColumn::Region, find);
    let left = reader.date(ListColumn::Left, Some(today));
    let arrived = reader.date(ListColumn::Arrived, Some(today));
    let dated = reader.date(ListColumn::Date, Some(today));
    // A list that names one day only means that day.
    let Some(arrived) = arrived.or(dated).or(left) else {
        if reader.faults.is_empty() {
            reader.fault(ListColumn::Arrived, ListReason::DateMissing);
        }
        return None;
    };
    if left.is_some_and(|left| left < arrived) {
        reader.fault(ListColumn::Left, ListReason::LeftBeforeArrived);
    }
    let transit = match reader.text(ListColumn::Transit) {
        blank if blank.is_empty() => Some(false),
        text => one_of(&TRANSITS, &text),
    };
    if transit.is_none() {
        reader.fault(ListColumn::Transit, ListReason::TransitUnknown);
    }
    Some(RecordKind::Stay {
        region: region?,
        arrived,
        left,
        transit: transit?,
    })
}
