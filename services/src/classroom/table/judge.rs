//! The rows of a table beside the class: whose paper form each one is, and what it says.

use super::columns::TableColumn;
use super::read::Table;
use super::{RowFault, RowReason, cut};
use crate::classroom::forms::{PaperPupil, PaperRow, Symptom};
use crate::classroom::paper::{PaperEntry, PaperFault};
use domain::identity::{tidy_name, tidy_student_no};
use domain::ids::PersonId;
use domain::report::Answers;
use domain::roster::Line;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A row that can be entered.
pub(super) struct Form<'a> {
    pub pupil: &'a PaperPupil,
    pub answers: Answers,
}

/// Judges the rows of one table, in their order.
pub(super) struct Judge<'a> {
    table: &'a Table,
    pupils: &'a [PaperPupil],
    symptoms: &'a [Symptom],
    /// In which row somebody came first.
    first: HashMap<PersonId, u32>,
}

impl<'a> Judge<'a> {
    pub fn new(table: &'a Table, pupils: &'a [PaperPupil], symptoms: &'a [Symptom]) -> Self {
        Self {
            table,
            pupils,
            symptoms,
            first: HashMap::new(),
        }
    }

    /// The form of a row; `None` where the row says nothing, whoever it is about.
    pub fn judge(&mut self, line: &Line) -> Result<Option<Form<'a>>, RowFault> {
        let entry = self.table.entry(line, self.symptoms);
        if entry.as_ref().is_ok_and(PaperEntry::is_blank) {
            return Ok(None);
        }
        let pupil = self.find(line).map_err(|reason| RowFault {
            row: line.number,
            person: None,
            name: self.written(line),
            reason,
        })?;
        let answers = self
            .answers(line, pupil, entry)
            .map_err(|reason| RowFault::of(line.number, &pupil.row, reason))?;
        Ok(answers.map(|answers| Form { pupil, answers }))
    }

    fn answers(
        &mut self,
        line: &Line,
        pupil: &PaperPupil,
        entry: Result<PaperEntry, RowReason>,
    ) -> Result<Option<Answers>, RowReason> {
        match self.first.entry(pupil.row.person) {
            Entry::Occupied(first) => return Err(RowReason::Twice(*first.get())),
            Entry::Vacant(place) => place.insert(line.number),
        };
        match entry?.answers(&pupil.row) {
            // Whoever has reported is asked for nothing more: the row is theirs already, or is not taken.
            Err(PaperFault::TemperatureNeeded) if pupil.has_report() => {
                Ok(Some(Answers::all_well()))
            }
            answers => answers.map_err(RowReason::Paper),
        }
    }

    /// Whom a row names: by the student number, or by a name that only one of the class has. What it says of people of
    /// other classes is the same as of nobody. A number that nobody has on record contradicts no name without one.
    fn find(&self, line: &Line) -> Result<&'a PaperPupil, RowReason> {
        let student_no = tidy_student_no(&self.table.text(line, TableColumn::StudentNo)?);
        let name = tidy_name(&self.table.text(line, TableColumn::Name)?).to_lowercase();
        let is_of_name = |row: &PaperRow| row.name.to_lowercase() == name;
        let numbered = |pupil: &&PaperPupil| {
            !student_no.is_empty() && pupil.row.student_no.as_deref() == Some(&student_no)
        };
        let mut of_name = self.pupils.iter().filter(|pupil| is_of_name(&pupil.row));
        match self.pupils.iter().find(numbered) {
            Some(pupil) if name.is_empty() || is_of_name(&pupil.row) => Ok(pupil),
            Some(_) => Err(RowReason::NameDiffers),
            None if student_no.is_empty() && name.is_empty() => Err(RowReason::NobodyNamed),
            None => match (of_name.next(), of_name.next()) {
                (None, _) => Err(RowReason::NotInClass),
                (Some(pupil), None) if student_no.is_empty() || pupil.row.student_no.is_none() => {
                    Ok(pupil)
                }
                (Some(_), _) if !student_no.is_empty() => Err(RowReason::NameDiffers),
                (Some(_), _) => Err(RowReason::NameOfSeveral),
            },
        }
    }

    /// Whom a row names, as it is written there.
    fn written(&self, line: &Line) -> String {
        [TableColumn::Name, TableColumn::StudentNo]
            .into_iter()
            .filter_map(|column| self.table.text(line, column).ok())
            .find(|text| !text.is_empty())
            .map(|text| cut(&text))
            .unwrap_or_default()
    }
}
