//! Why a child's code is what it is, for its guardian: the facts and the rules, without what lies before the day
//! on which a guardian joined whom the teacher has not confirmed yet.

use super::hidden::{hide_reasons, is_hidden};
use super::home::Seen;
use crate::{Actor, Result, Services};
use domain::Day;
use domain::certlogic::Value;
use domain::decision::{Decision, FactRead, Outlook, Trace, What, decide, explain, outlook};
use domain::facts::{FactKind, NONE_DAYS};
use domain::ids::{PersonId, RegionCode};
use domain::lang::Text;
use domain::report::Channel;
use domain::roster::ClassName;
use domain::rulebook::Document;
use domain::state::WINDOW_DAYS;

/// The grounds of a child's code of today.
#[derive(Debug, Clone, PartialEq)]
pub struct ChildWhy {
    /// Who.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The class.
    pub class: ClassName,
    /// The school's name.
    pub school: Text,
    /// Whom families may ask.
    pub contact: String,
    /// The region of the school, whose rules these are.
    pub region: RegionCode,
    /// Today at the school.
    pub today: Day,
    /// The code of today; reasons from before the reader's first day are hidden.
    pub decision: Decision,
    /// Why; what rests on something from before the reader's first day is left out.
    pub trace: Trace,
    /// The rulebooks behind it.
    pub books: Vec<Document>,
    /// How today's report came in, and at which minute; `None` without one.
    pub told: Option<(Channel, u32)>,
    /// What could still change the code.
    pub outlook: Outlook,
    /// Whether something is left out.
    pub has_hidden: bool,
}

impl Services {
    /// The grounds of a child's code, as its guardian may know them.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for a child that is not theirs, or is none.
    pub async fn child_why(&self, actor: &Actor, person: PersonId) -> Result<ChildWhy> {
        let Seen { loaded, opened, .. } = self.see_child(actor, person).await?;
        let (state, today, info) = (&opened.kept.state, loaded.today, &loaded.info);
        let since = loaded.link.since;
        let mut decision = decide(state, &info.context(), today, today);
        let mut trace = explain(state, &info.context(), today, today);
        let books = info.books_behind(&trace);
        let has_hidden = leave_out(&decision, &mut trace, since);
        hide_reasons(&mut decision, since);
        let mut outlook = outlook(state, &info.context(), today);
        if has_hidden {
            // The others would tell what the hidden reasons are.
            let is_plain = |what| {
                matches!(
                    what,
                    What::Report | What::Finding | What::MissedDay | What::Time
                )
            };
            outlook.changes.retain(|change| is_plain(change.what));
        }
        Ok(ChildWhy {
            person,
            class: crate::people::class_name(&loaded.class),
            school: info.row.names(),
            contact: info.row.contact.clone(),
            region: info.row.region_code.clone(),
            today,
            told: state
                .report_of(today)
                .map(|report| (report.channel, info.zone.minute_of(report.at))),
            name: loaded.person.profile.name,
            decision,
            trace,
            books,
            outlook,
            has_hidden,
        })
    }
}

/// Takes rules, facts and arithmetic out of a trace that rest on something from before `since`; whether there were any.
fn leave_out(decision: &Decision, trace: &mut Trace, since: Day) -> bool {
    let hidden: Vec<_> = decision
        .reasons
        .iter()
        .filter(|reason| is_hidden(reason, since))
        .map(|reason| (reason.rulebook_id.as_str(), reason.rule_id.as_str()))
        .collect();
    let is_left_out = |book: &str, rule: &str| hidden.contains(&(book, rule));
    trace
        .rules
        .retain(|rule| !is_left_out(&rule.rulebook_id, &rule.rule_id));
    trace.isolations.retain(|isolation| {
        isolation.known >= since && !is_left_out(&isolation.rulebook_id, &isolation.rule_id)
    });
    let first_counted = trace.day.plus(-WINDOW_DAYS);
    let mut has_hidden = !hidden.is_empty();
    for rule in &mut trace.rules {
        let before = rule.facts.len();
        rule.facts
            .retain(|read| may_know(read, since, since <= first_counted));
        if rule.facts.len() < before {
            has_hidden = true;
            rule.steps.clear();
        }
    }
    has_hidden
}

/// A fact that became known on the reader's first day or later, or that says nothing; counts over earlier days only
/// for those who were there.
fn may_know(read: &FactRead, since: Day, was_there: bool) -> bool {
    let is_nothing = match (&read.value, read.fact.kind()) {
        (Value::Int(days), FactKind::DaysSince) => *days >= i64::from(NONE_DAYS),
        (value, _) => value.truth() == Some(false),
    };
    is_nothing || read.known.map_or(was_there, |known| known >= since)
}
