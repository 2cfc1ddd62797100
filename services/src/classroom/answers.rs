//! A report's answers in words that pages can show side by side.

use crate::context::SchoolInfo;
use crate::recolour::Opened;
use crate::{Result, Services};
use domain::decision::day_text;
use domain::facts::standing;
use domain::ids::{AccountId, ReportId};
use domain::report::{
    Answers, CaseStatus, Channel, ContactWho, FactChange, HouseholdMatter, StandingFact,
    Temperature, TestResult,
};
use domain::state::State;
use domain::{Day, Millis, Text};
use store::{ReportRow, Tx};

/// What a report says, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersView {
    /// The temperature.
    pub temperature: Temperature,
    /// The symptoms by their titles in the rulebook.
    pub symptoms: Vec<Text>,
    /// What it says of contacts, household, stays and tests.
    pub changes: Vec<Text>,
    /// The note to the teacher.
    pub note: String,
    /// Checked on paper: may not attend.
    pub paper_refused: bool,
}

/// One revision of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportView {
    /// Its number.
    pub report: ReportId,
    /// From 1.
    pub revision: i64,
    /// How it came in.
    pub channel: Option<Channel>,
    /// When it was acknowledged.
    pub at: Millis,
    /// The same as minutes since midnight at the school.
    pub minute: u32,
    /// Who sent it: the relation of a guardian, or a teacher's name.
    pub by: Reporter,
    /// accepted, pending, refused or replaced.
    pub status: String,
    /// It came from an older form.
    pub stale: bool,
    /// What it says; `None` once its answers were destroyed.
    pub answers: Option<AnswersView>,
    /// The teacher's words when settling it.
    pub note: String,
}

/// Who sent a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reporter {
    /// A guardian, or the person.
    Guardian(crate::family::Relation),
    /// Staff, by name.
    Staff(String),
    /// Nobody that is known any more.
    Unknown,
}

/// The symptoms that forms offer today, by number and title.
pub(super) fn symptom_titles(info: &SchoolInfo, day: Day) -> Vec<(u8, Text)> {
    let symptoms = info.symptoms(day).into_iter();
    symptoms
        .map(|symptom| (symptom.number, symptom.title.clone()))
        .collect()
}

impl Services {
    pub(super) async fn answers_view(
        &self,
        tx: &mut Tx,
        info: &SchoolInfo,
        state: &State,
        day: Day,
        answers: &Answers,
    ) -> Result<AnswersView> {
        let titles = symptom_titles(info, day);
        let symptoms = answers
            .symptoms
            .numbers()
            .map(|n| {
                titles.iter().find(|(number, _)| *number == n).map_or_else(
                    || Text::new(format!("症状 {n}"), format!("symptom {n}")),
                    |(_, title)| title.clone(),
                )
            })
            .collect();
        let mut changes = Vec::new();
        for change in &answers.changes {
            changes.push(self.change_text(tx, state, change).await?);
        }
        Ok(AnswersView {
            temperature: answers.temperature,
            symptoms,
            changes,
            note: answers.note.clone(),
            paper_refused: answers.paper_refused,
        })
    }

    async fn change_text(&self, tx: &mut Tx, state: &State, change: &FactChange) -> Result<Text> {
        let known = |id| standing(state).into_iter().find(|s| s.id == id);
        Ok(match change {
            FactChange::Add(fact) => fact_text(tx, fact).await?,
            FactChange::Correct(_, fact) => {
                let text = fact_text(tx, fact).await?;
                Text::new(
                    format!("更正：{}", text.zh),
                    format!("corrected: {}", text.en),
                )
            }
            FactChange::End(id, day) => {
                let on = day_text(*day);
                let what = match known(*id) {
                    Some(s) => fact_text(tx, &s.fact).await?,
                    None => Text::new("以前填报的一项", "something reported earlier"),
                };
                Text::new(
                    format!("{}，{}结束", what.zh, on.zh),
                    format!("{}, ended {}", what.en, on.en),
                )
            }
        })
    }

    /// One revision with its words.
    pub(super) async fn report_view(
        &self,
        tx: &mut Tx,
        info: &SchoolInfo,
        opened: &Opened,
        row: &ReportRow,
    ) -> Result<ReportView> {
        let answers = match self.open_answers(opened, row)? {
            Some(answers) => Some(
                self.answers_view(tx, info, &opened.kept.state, row.day, &answers)
                    .await?,
            ),
            None => None,
        };
        let note = match &row.note_enc {
            Some(sealed) => opened
                .key
                .open(
                    crate::vault::Cell::new("report", "note_enc", row.report_id.0),
                    sealed,
                )
                .map(|plain| String::from_utf8_lossy(&plain).into_owned())
                .unwrap_or_default(),
            None => String::new(),
        };
        Ok(ReportView {
            report: row.report_id,
            revision: row.revision,
            channel: Channel::from_number(row.channel),
            at: row.at,
            minute: info.zone.minute_of(row.at),
            by: self.reporter(tx, row).await?,
            status: row.status.clone(),
            stale: row.stale,
            answers,
            note,
        })
    }

    async fn reporter(&self, tx: &mut Tx, row: &ReportRow) -> Result<Reporter> {
        let Some(account) = row.account_id else {
            return Ok(Reporter::Unknown);
        };
        if let Some(link) = tx.guardianship(account, row.person_id).await? {
            return Ok(relation_of(&link.relation));
        }
        self.staff_name(tx, account).await
    }

    pub(super) async fn staff_name(&self, tx: &mut Tx, account: AccountId) -> Result<Reporter> {
        Ok(match tx.account(account).await? {
            Some(row) => Reporter::Staff(self.account_profile(&row)?.name),
            None => Reporter::Unknown,
        })
    }
}

pub(super) fn relation_of(word: &str) -> Reporter {
    Reporter::Guardian(
        crate::family::Relation::parse(word).unwrap_or(crate::family::Relation::Other),
    )
}

/// A standing fact in words: 9月14日接触确诊者（同住）.
async fn fact_text(tx: &mut Tx, fact: &StandingFact) -> Result<Text> {
    Ok(match fact {
        StandingFact::Contact { with, who, last } => {
            let day = day_text(*last);
            let (with_zh, with_en) = match with {
                CaseStatus::Confirmed => ("确诊者", "a confirmed case"),
                CaseStatus::Suspected => ("疑似者", "a suspected case"),
            };
            let (who_zh, who_en) = match who {
                ContactWho::Household => ("（同住）", " in the household"),
                ContactWho::Other => ("", ""),
            };
            Text::new(
                format!("{}最后接触{with_zh}{who_zh}", day.zh),
                format!("last contact with {with_en}{who_en} on {}", day.en),
            )
        }
        StandingFact::Household { matter, since } => {
            let day = day_text(*since);
            let (zh, en) = match matter {
                HouseholdMatter::Symptoms => ("同住人不舒服", "someone at home feels ill"),
                HouseholdMatter::Isolating => ("同住人在隔离", "someone at home is isolating"),
                HouseholdMatter::Returned => ("同住人从外地回来", "someone at home came back"),
            };
            Text::new(
                format!("{}起{zh}", day.zh),
                format!("{en} since {}", day.en),
            )
        }
        StandingFact::Stay {
            region,
            arrived,
            left,
            transit,
        } => {
            let name = tx.region(region).await?.map_or_else(
                || Text::new(region.as_str(), region.as_str()),
                |row| row.names(),
            );
            let from = day_text(*arrived);
            let (to_zh, to_en) = match left.map(day_text) {
                Some(to) => (format!("至{}", to.zh), format!(" to {}", to.en)),
                None => ("起，还没离开".to_owned(), ", still there".to_owned()),
            };
            let (zh, en) = if *transit {
                ("途经（未出站）", "passed through")
            } else {
                ("在", "stayed in")
            };
            Text::new(
                format!("{}{to_zh}{zh}{}", from.zh, name.zh),
                format!("{en} {}, {}{to_en}", name.en, from.en),
            )
        }
        StandingFact::Test { result, sampled } => {
            let day = day_text(*sampled);
            let (zh, en) = match result {
                TestResult::Negative => ("没有异常", "negative"),
                TestResult::Positive => ("需要隔离", "positive"),
            };
            Text::new(
                format!("{}采样的检测{zh}", day.zh),
                format!("test of {}: {en}", day.en),
            )
        }
    })
}
