//! The paper forms of a class from a spreadsheet: a table of those without a report, filled in and sent back. Each row is
//! a report of its own, whatever is wrong with the others.
//!
//! The way of a file: cells → a table whose columns are known ([`read`]) → whose form each row is and what it says
//! ([`judge`]) → the intake. The same file again takes nothing twice.

mod columns;
mod judge;
mod read;
mod sheet;

pub use columns::TableColumn;

use super::export::Workbook;
use super::forms::PaperRow;
use super::paper::PaperFault;
use crate::intake::{Fate, Receipt, Submission, check_reach, fate_of};
use crate::roster::{ReadError, read};
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{ClassId, PersonId};
use domain::list::ListReason;
use domain::report::{Answers, Channel, Field, Temperature};
use domain::{Day, Lang};
use judge::{Form, Judge};
use read::Table;

/// Most rows of a table; no class has as many people.
pub const TABLE_ROWS: usize = 1_000;

/// Why a file was not entered at all.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be read as a table.
    #[error(transparent)]
    File(#[from] ReadError),
    /// These columns were not found.
    #[error("columns are missing: {0:?}")]
    Columns(Vec<TableColumn>),
    /// A second column of this meaning, with this heading.
    #[error("a second column means {0:?}: {1}")]
    Repeated(TableColumn, String),
    /// A second sheet has such columns, too.
    #[error("a second sheet has the columns, too")]
    SecondSheet,
    /// More rows than [`TABLE_ROWS`].
    #[error("too many rows")]
    TooManyRows,
    /// The download wrote another day above the headings than the one that was chosen.
    #[error("a table of {written} was sent for {chosen}")]
    OtherDay {
        /// The day in the table.
        written: Day,
        /// The day that was chosen.
        chosen: Day,
    },
    /// Anything else.
    #[error(transparent)]
    Other(Error),
}

impl<E: Into<Error>> From<E> for TableError {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// What entering a table returns.
pub type Tabled<T> = std::result::Result<T, TableError>;

/// Why a row was not taken, or does not hold yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowReason {
    /// A cell that cannot be read.
    Cell(TableColumn, ListReason),
    /// Neither a student number nor a name.
    NobodyNamed,
    /// Nobody of this class.
    NotInClass,
    /// Number and name do not belong to one person.
    NameDiffers,
    /// Several of the class have this name.
    NameOfSeveral,
    /// The person stands in that row already.
    Twice(u32),
    /// Neither yes nor no.
    SignedUnknown,
    /// Neither *may attend* nor *may not*.
    CheckUnknown,
    /// These words are no symptom of the rulebook.
    SymptomUnknown(String),
    /// Something stands under the note that the download did not write.
    NoteUnread,
    /// The form cannot be entered like this.
    Paper(PaperFault),
    /// There is another report of that day.
    HasReported,
    /// It was taken, and refused or struck since.
    Struck,
    /// It is kept, but waits for the teacher: pending or stale.
    Waits(Fate),
    /// The intake refused it.
    Refused(Refusal),
    /// It was not saved; sent again it may be.
    NotSaved,
}

/// A row to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// Whose form it is, where that is known.
    pub person: Option<PersonId>,
    /// Their name, or what the row has in its place.
    pub name: String,
    /// What is the matter.
    pub reason: RowReason,
}

impl RowFault {
    fn of(row: u32, person: &PaperRow, reason: RowReason) -> Self {
        Self {
            row,
            person: Some(person.person),
            name: person.name.clone(),
            reason,
        }
    }
}

/// What became of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOutcome {
    /// Rows taken now.
    pub taken: usize,
    /// Rows taken before.
    pub known: usize,
    /// Rows that say nothing.
    pub skipped: usize,
    /// The headings of columns with cells that were not read.
    pub unread: Vec<String>,
    /// The others, by row.
    pub faults: Vec<RowFault>,
}

/// A row of a table, whose form it is, and its report.
type Sent<'a> = (u32, &'a PaperRow, Submission);

impl Services {
    /// The table of those of a class who have no report today, to be filled in; audited as an export.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's classes.
    pub async fn paper_table(&self, actor: &Actor, class: ClassId, lang: Lang) -> Result<Workbook> {
        let form = self.paper_form(actor, class).await?;
        self.audit_export(actor, class, form.rows.len()).await?;
        let bytes = sheet::workbook(&form, lang)
            .map_err(|e| Error::internal(format!("table of paper forms: {e}")))?;
        Ok(Workbook {
            name: format!("paper-{class}-{}.xlsx", form.frame.today),
            bytes,
        })
    }

    /// Enters the paper forms of a filled-in table as reports of `day`, each on its own.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's classes, [`Refusal::NotThisDay`] and [`Refusal::DayTooLate`] where late
    /// reports do not reach the day; the others of [`TableError`] where the file is no such table, or one of another day.
    /// Nothing is entered then.
    pub async fn enter_paper_table(
        &self,
        actor: &Actor,
        class: ClassId,
        day: Day,
        file_name: &str,
        bytes: Vec<u8>,
    ) -> Tabled<TableOutcome> {
        let mut tx = self.store.read().await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::ReportByProxy)
            .await?;
        drop(tx);
        check_reach(day, &entered.info, self.today_at(&entered.info))?;
        let table = read_table(file_name.to_owned(), bytes, day).await?;
        let mut tx = self.store.read().await?;
        let pupils = self.paper_pupils(&mut tx, &entered, day, |_| true).await?;
        drop(tx);
        let symptoms = Self::symptoms_of(&entered, day);
        let mut outcome = TableOutcome {
            unread: table.unread(),
            ..TableOutcome::default()
        };
        let judge = Judge::new(&table, &pupils, &symptoms);
        let forms = self.judge_rows(class, day, &table, judge, &mut outcome);
        self.send_forms(actor, forms, &mut outcome).await;
        outcome.faults.sort_by_key(|fault| fault.row);
        Ok(outcome)
    }

    /// The reports that the rows make; what becomes of the others is noted in `outcome`.
    fn judge_rows<'a>(
        &self,
        class: ClassId,
        day: Day,
        table: &Table,
        mut judge: Judge<'a>,
        outcome: &mut TableOutcome,
    ) -> Vec<Sent<'a>> {
        let mut forms = Vec::new();
        for line in &table.lines {
            let judged = judge.judge(line).and_then(|form| {
                form.map(|form| self.submission(class, day, line.number, form))
                    .transpose()
            });
            match judged {
                Ok(None) => outcome.skipped += 1,
                Ok(Some(None)) => outcome.known += 1,
                Ok(Some(Some(form))) => forms.push(form),
                Err(fault) => outcome.faults.push(fault),
            }
        }
        forms
    }

    /// The report that a row makes; `None` where it was taken before, and holds or was replaced since.
    fn submission<'a>(
        &self,
        class: ClassId,
        day: Day,
        number: u32,
        Form { pupil, answers }: Form<'a>,
    ) -> std::result::Result<Option<Sent<'a>>, RowFault> {
        let row = &pupil.row;
        let id = self.table_submission(class, day, row.person, &answers);
        let fault = |reason| Err(RowFault::of(number, row, reason));
        match pupil.sent(id) {
            Some(sent) if sent.status == "pending" => {
                return fault(RowReason::Waits(fate_of(sent)));
            }
            Some(sent) if sent.status != "refused" => return Ok(None),
            _ if pupil.has_report() => return fault(RowReason::HasReported),
            Some(_) => return fault(RowReason::Struck),
            None => {}
        }
        let submission = Submission {
            person: row.person,
            day,
            id,
            based_on: row.revision,
            answers,
            channel: Channel::Import,
        };
        Ok(Some((number, row, submission)))
    }

    async fn send_forms(&self, actor: &Actor, forms: Vec<Sent<'_>>, outcome: &mut TableOutcome) {
        let (rows, sent): (Vec<_>, Vec<_>) = forms
            .into_iter()
            .map(|(number, row, submission)| ((number, row), submission))
            .unzip();
        let answers = self.report_many(actor, sent).await;
        for ((number, row), answer) in rows.into_iter().zip(answers) {
            match reason_of(answer) {
                None => outcome.taken += 1,
                Some(reason) => outcome.faults.push(RowFault::of(number, row, reason)),
            }
        }
    }

    /// The submission id of a row, by all that it says: the same row of a file sent again is the same report. It is made
    /// with a key, because answers are few enough to be found by trying.
    fn table_submission(
        &self,
        class: ClassId,
        day: Day,
        person: PersonId,
        answers: &Answers,
    ) -> [u8; 16] {
        let tenths = match answers.temperature {
            Temperature::BelowThreshold => 0,
            Temperature::Tenths(tenths) => tenths,
        };
        let (symptoms, refused) = (answers.symptoms.0, answers.paper_refused);
        let said = format!("{class} {day} {person} {tenths} {symptoms} {refused}");
        self.vault.mark("paper table", &said)
    }
}

async fn read_table(file_name: String, bytes: Vec<u8>, chosen: Day) -> Tabled<Table> {
    let table = tokio::task::spawn_blocking(move || only_table(&bytes, &file_name))
        .await
        .map_err(|e| Error::internal(format!("reading a table of paper forms: {e}")))??;
    match table.day {
        Some(written) if written != chosen => Err(TableError::OtherDay { written, chosen }),
        _ => Ok(table),
    }
}

/// The one sheet of a file that is such a table; where none is, what the first one lacks.
fn only_table(bytes: &[u8], file_name: &str) -> Tabled<Table> {
    let (mut found, mut missing) = (None, None);
    for sheet in read(bytes, file_name)? {
        match Table::read(&sheet.lines) {
            Err(TableError::Columns(columns)) if is_something_else(&columns) => {
                missing.get_or_insert(columns);
            }
            Err(error) => return Err(error),
            Ok(_) if found.is_some() => return Err(TableError::SecondSheet),
            Ok(table) => found = Some(table),
        }
    }
    found.ok_or_else(|| missing.map_or(ReadError::NotATable.into(), TableError::Columns))
}

/// Whether a sheet that lacks these columns is not meant to be read: it names nobody, or tells of no paper.
fn is_something_else(missing: &[TableColumn]) -> bool {
    missing.contains(&TableColumn::StudentNo) || missing.contains(&TableColumn::Signed)
}

/// Longest text that is shown of what stands in a file, in characters.
const SHOWN_CHARS: usize = 40;

/// The beginning of a text that stands in a file.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Why a report that was sent is not one of those taken.
fn reason_of(answer: Result<Receipt>) -> Option<RowReason> {
    match answer {
        Ok(receipt) if receipt.fate == Fate::Accepted => None,
        Ok(receipt) => Some(RowReason::Waits(receipt.fate)),
        Err(Error::Refused(refusal)) => Some(RowReason::Refused(refusal)),
        Err(Error::Answers(faults)) => {
            let is_temperature = faults.iter().any(|fault| fault.field == Field::Temperature);
            Some(if is_temperature {
                RowReason::Paper(PaperFault::Temperature)
            } else {
                RowReason::Refused(Refusal::AnswersInvalid)
            })
        }
        // Whoever has left the class since the table was judged.
        Err(Error::Forbidden) => Some(RowReason::NotInClass),
        Err(_) => Some(RowReason::NotSaved),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::{AnswerFault, FaultReason};

    #[test]
    fn what_is_shown_of_a_file_is_short() {
        let name = "阿".repeat(SHOWN_CHARS);
        assert_eq!(cut(&name), name);
        assert_eq!(cut(&format!("{name}丁")), format!("{name}…"));
    }

    #[test]
    fn a_row_that_the_intake_had_no_room_for_is_to_be_sent_again() {
        let wrong = |field| {
            let reason = FaultReason::TooLong;
            Error::Answers(vec![AnswerFault { field, reason }])
        };
        for (error, reason) in [
            (Error::Overloaded, RowReason::NotSaved),
            (Error::internal("a disk"), RowReason::NotSaved),
            (Error::Forbidden, RowReason::NotInClass),
            (
                wrong(Field::Temperature),
                RowReason::Paper(PaperFault::Temperature),
            ),
            (
                wrong(Field::Note),
                RowReason::Refused(Refusal::AnswersInvalid),
            ),
            (
                Refusal::ConsentRefused.into(),
                RowReason::Refused(Refusal::ConsentRefused),
            ),
        ] {
            assert_eq!(reason_of(Err(error)), Some(reason));
        }
    }
}
