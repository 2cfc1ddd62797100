//! The right of access: all that is kept of a child, as one JSON document.

use super::days::{By, DayRevision, RevisionStatus};
use super::places::RegionNames;
use crate::{Actor, Result, Services};
use domain::access::Action;
use domain::decision::Decision;
use domain::ids::PersonId;
use domain::lang::Lang;
use domain::report::{Answers, FactChange, StandingFact, Temperature};
use domain::roster::Column;
use serde_json::{Value, json};

/// Decisions in the document, the latest ones.
const DECISIONS: i64 = 1_000;

impl Services {
    /// All that is kept of a child. A guardian whom the teacher has not confirmed yet gets the days since they
    /// joined, and of the roster only name and class. Phone numbers of other people are left out.
    pub async fn child_export(&self, actor: &Actor, person: PersonId) -> Result<Value> {
        let view = self.child_view(actor, person).await?;
        let days = self.child_days(actor, person).await?;
        let mut tx = self.store.read().await?;
        let loaded = self
            .load_child(&mut tx, actor, person, Action::ReadChildLog)
            .await?;
        let opened = self.opened_state(&mut tx, person).await?;
        let (since, zone) = (loaded.link.since, loaded.info.zone);
        let mut decisions = Vec::new();
        for row in tx.decisions_of(person, DECISIONS).await? {
            if let Some(decision) = self
                .open_decision(&opened, &row)
                .filter(|_| row.day >= since)
            {
                decisions.push(decision_json(&row.cause, decision, since));
            }
        }
        let mut guardians = Vec::new();
        for link in tx.guardians_of(person).await? {
            guardians.push(json!({
                "relation": link.relation,
                "status": link.status,
                "since": link.since_day.to_string(),
                "is_you": Some(link.account_id) == actor.id(),
            }));
        }
        let consents: Vec<_> = tx
            .consents_for(person)
            .await?
            .into_iter()
            .map(|c| {
                json!({
                    "answer": c.answer, "version": c.version, "day": zone.day_of(c.at).to_string(),
                    "by_you": Some(c.account_id) == actor.id(),
                })
            })
            .collect();
        let state = &opened.kept.state;
        let records: Vec<_> = state
            .records
            .iter()
            .filter(|r| r.received >= since)
            .map(|r| {
                json!({
                    "kind": format!("{:?}", r.kind), "received": r.received.to_string(), "authority": r.authority,
                })
            })
            .collect();
        Ok(json!({
            "format": "fuxue-child-1",
            "school": view.school.zh,
            "class": view.class.label(Lang::Zh),
            "roster": roster_json(&loaded.person.profile, loaded.link.is_confirmed),
            "guardians": guardians,
            "consents": consents,
            "today": view.today.to_string(),
            "code": view.decision.code.word(),
            "standing_facts": view.standing.iter().map(|s| json!({
                "since_report": s.id.day.to_string(),
                "ended": s.ended.map(|d| d.to_string()),
                "fact": fact_json(&s.fact, &view.regions),
            })).collect::<Vec<_>>(),
            "official_records": records,
            "days": days.days.iter().map(|day| json!({
                "day": day.day.to_string(),
                "code": day.code.map(domain::Code::word),
                "reports": day.revisions.iter().map(|r| revision_json(r, &days)).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "decisions": decisions,
        }))
    }
}

fn roster_json(profile: &domain::roster::RosterRow, is_confirmed: bool) -> Value {
    let mut out = serde_json::Map::new();
    let mut put = |key: &str, column| {
        out.insert(key.into(), Value::from(profile.text(column, Lang::Zh)));
    };
    put("name", Column::Name);
    if is_confirmed {
        put("student_no", Column::StudentNo);
        put("sex", Column::Sex);
        put("birth_date", Column::BirthDate);
        put("national_id", Column::NationalId);
        put("boarding", Column::Boarding);
        put("seat", Column::Seat);
        put("guardian_1_relation", Column::Guardian1Relation);
        put("guardian_2_relation", Column::Guardian2Relation);
    }
    Value::Object(out)
}

fn decision_json(cause: &str, mut decision: Decision, since: domain::Day) -> Value {
    super::hidden::hide_reasons(&mut decision, since);
    json!({
        "day": decision.day.to_string(),
        "code": decision.code.word(),
        "ends": decision.ends.map(|d| d.to_string()),
        "cause": cause,
        "reasons": decision.reasons.iter().map(|r| json!({
            "rule": r.rule_id, "rule_version": r.rule_version, "rulebook": r.rulebook_id, "reason": r.code,
            "text_zh": r.text.zh, "text_en": r.text.en, "source": r.source,
            "start": r.start.map(|d| d.to_string()), "known": r.known.map(|d| d.to_string()),
            "days": r.days, "ends": r.ends.map(|d| d.to_string()),
        })).collect::<Vec<_>>(),
    })
}

fn revision_json(revision: &DayRevision, days: &super::ChildDays) -> Value {
    let (day, minute) = revision.at;
    json!({
        "revision": revision.revision,
        "at": format!("{day} {:02}:{:02}", minute / 60, minute % 60),
        "by": match revision.by {
            By::You => "you",
            By::Guardian(relation) => relation.word(),
            By::School => "school",
        },
        "channel": revision.channel,
        "status": match revision.status {
            RevisionStatus::Holds => "holds",
            RevisionStatus::Replaced => "replaced",
            RevisionStatus::Waiting => "waiting",
            RevisionStatus::Refused => "refused",
            RevisionStatus::Struck => "struck",
        },
        "answers": revision.answers.as_ref().map(|a| answers_json(a, days)),
        "teacher_note": revision.note,
        "objection": revision.contest.as_ref().map(|contest| json!({
            "words": contest.words,
            "struck": contest.answer.as_ref().map(|(struck, _)| *struck),
            "answer": contest.answer.as_ref().map(|(_, words)| words),
        })),
    })
}

fn answers_json(answers: &Answers, days: &super::ChildDays) -> Value {
    let title = |number: u8| {
        days.symptoms
            .iter()
            .find(|s| s.number == number)
            .map_or_else(|| number.to_string(), |s| s.title.zh.clone())
    };
    let temperature = match answers.temperature {
        Temperature::BelowThreshold => json!("below_threshold"),
        Temperature::Tenths(tenths) => json!(f64::from(tenths) / 10.0),
    };
    let changes: Vec<_> = answers
        .changes
        .iter()
        .map(|change| match change {
            FactChange::Add(fact) => json!({"new": fact_json(fact, &days.regions)}),
            FactChange::End(id, day) => {
                json!({"ended": {"stated_on": id.day.to_string(), "on": day.to_string()}})
            }
            FactChange::Correct(id, fact) => {
                json!({"corrected": {"stated_on": id.day.to_string(), "to": fact_json(fact, &days.regions)}})
            }
        })
        .collect();
    json!({
        "temperature_celsius": temperature,
        "symptoms": answers.symptoms.numbers().map(title).collect::<Vec<_>>(),
        "symptoms_since": answers.symptoms_since.map(|d| d.to_string()),
        "facts": changes,
        "note": answers.note,
        "paper_refused": answers.paper_refused,
    })
}

fn fact_json(fact: &StandingFact, regions: &RegionNames) -> Value {
    match fact {
        StandingFact::Contact { with, who, last } => {
            json!({"kind": "contact", "with": with, "who": who, "last": last.to_string()})
        }
        StandingFact::Household { matter, since } => {
            json!({"kind": "household", "matter": matter, "since": since.to_string()})
        }
        StandingFact::Stay {
            region,
            arrived,
            left,
            transit,
        } => json!({
            "kind": "stay", "region": region.as_str(), "place": regions.get(region).map(|name| &name.zh),
            "arrived": arrived.to_string(), "left": left.map(|d| d.to_string()), "transit": transit,
        }),
        StandingFact::Test { result, sampled } => {
            json!({"kind": "test", "result": result, "sampled": sampled.to_string()})
        }
    }
}
