//! What happens to the children of a class on one day, at random.

use super::town::{CHILDREN, PLACES, Town, district};
use super::*;
use crate::Actor;
use crate::areas::NewArea;
use crate::clearances::{ClearanceKind, NewClearance, Submitted};
use crate::family::ConsentAnswer;
use crate::intake::Submission;
use crate::records::NewRecord;
use domain::Zone;
use domain::facts::RiskLevel;
use domain::list::Who;
use domain::report::{
    Answers, CaseStatus, ContactWho, FactChange, HouseholdMatter, Learned, StandingFact, Symptoms,
    Temperature, TestResult,
};
use domain::state::{Finding, RecordKind};

/// What every few histories hold.
pub(super) const KINDS: [&str; 17] = [
    "web",
    "proxy",
    "paper",
    "late",
    "again",
    "confirm",
    "refuse",
    "contest",
    "contest answered",
    "asked",
    "record",
    "record withdrawn",
    "area",
    "area withdrawn",
    "clearance",
    "discrepancy",
    "withdrawal",
];
const NOTE: &str = "已经核实过";

impl Town {
    fn note<T>(&mut self, what: &'static str, result: Result<T>) -> Option<T> {
        let result = allowed(result);
        if result.is_some() {
            *self.happened.entry(what).or_default() += 1;
        }
        result
    }

    /// The job at midnight wakes up, sometimes after having slept through a night.
    pub(super) async fn next_morning(&mut self) {
        let days = if self.random.chance(500) { 2 } else { 1 };
        let minute = self.random.between(1, 400);
        let next = self.today().plus(days);
        self.clock.set(Zone::SHANGHAI.at(next, minute));
        self.services.catch_up(&Actor::job()).await.unwrap();
    }

    pub(super) async fn spend_the_day(&mut self) {
        for child in 0..CHILDREN {
            self.clock.advance(60_000);
            // Some families are often silent, so that days are missed.
            if !self.random.chance(if child == 0 { 4_500 } else { 1_200 }) {
                self.report(child, false).await;
            }
            if self.random.chance(2_000) {
                self.clock.advance(60_000);
                self.report(child, true).await;
            }
            self.staff(child).await;
            self.officers(child).await;
            if self.withdrawn[child].is_none() && self.random.chance(200) {
                self.withdraw(child).await;
            }
        }
        self.clock.advance(60_000);
        self.settle_what_waits().await;
        self.areas().await;
        self.services.finish_redecisions().await.unwrap();
    }

    /// A report by the family or the school, of today or of yesterday, sometimes on the basis of an old form.
    async fn report(&mut self, child: usize, is_again: bool) {
        let today = self.today();
        let by_family = self.withdrawn[child].is_none() && self.random.chance(7_000);
        let (actor, channel) = if by_family {
            (self.guardians[child].clone(), Channel::Web)
        } else if self.random.chance(5_000) {
            (self.teacher(), Channel::Proxy(Learned::Call))
        } else {
            (self.teacher(), Channel::Paper)
        };
        let is_late = !by_family && self.random.chance(4_000);
        let day = if is_late { today.plus(-1) } else { today };
        let answers = if self.withdrawn[child].is_some() {
            let refused = self.random.chance(2_000);
            if refused {
                Answers::paper_refused()
            } else {
                Answers::all_well()
            }
        } else {
            self.answers(child, day).await
        };
        let latest = self.latest(child, day).await;
        let based_on = if self.random.chance(1_000) { 0 } else { latest };
        let submission = Submission {
            person: self.people[child],
            day,
            id: self.random.bytes(),
            based_on,
            answers,
            channel,
        };
        let what = match (is_late, is_again, channel) {
            (true, ..) => "late",
            (false, true, _) => "again",
            (false, false, Channel::Web) => "web",
            (false, false, Channel::Paper) => "paper",
            _ => "proxy",
        };
        let sent = self.services.report(&actor, submission).await;
        let accepted = self.note(what, sent).is_some();
        if accepted && !by_family && self.withdrawn[child].is_none() && self.random.chance(1_500) {
            self.contest(child, day).await;
        }
    }

    async fn latest(&self, child: usize, day: Day) -> u16 {
        let mut tx = self.services.store.read().await.unwrap();
        let rows = tx.reports_of(self.people[child], day, day).await.unwrap();
        let latest = rows.iter().map(|row| row.revision).max();
        u16::try_from(latest.unwrap_or(0)).unwrap()
    }

    async fn answers(&mut self, child: usize, day: Day) -> Answers {
        let mut answers = Answers::all_well();
        let random = &mut self.random;
        if random.chance(600) {
            answers.temperature =
                Temperature::Tenths(u16::try_from(random.between(364, 386)).unwrap());
        }
        if random.chance(500) {
            let number = u8::try_from(random.below(11)).unwrap();
            answers.symptoms = Symptoms::default().with(number);
        }
        if random.chance(900) {
            answers.changes.push(FactChange::Add(fact(random, day)));
        }
        if random.chance(1_500) {
            let known = standing(&self.opened(child).await.kept.state);
            let open: Vec<_> = known.iter().filter(|s| s.ended.is_none()).collect();
            if let Some(which) = self.random.pick(&open) {
                answers.changes.push(if self.random.chance(6_000) {
                    FactChange::End(which.id, day)
                } else {
                    FactChange::Correct(which.id, fact(&mut self.random, day))
                });
            }
        }
        answers
    }

    async fn contest(&mut self, child: usize, day: Day) {
        let mut tx = self.services.store.read().await.unwrap();
        let rows = tx.reports_of(self.people[child], day, day).await.unwrap();
        drop(tx);
        let Some(row) = rows.iter().find(|row| row.status == "accepted") else {
            return;
        };
        let (guardian, person) = (self.guardians[child].clone(), self.people[child]);
        let report = row.report_id;
        let contested = self
            .services
            .contest_report(&guardian, person, report, "没有人问过我们")
            .await;
        if self.note("contest", contested).is_some() && self.random.chance(8_000) {
            let strike = self.random.chance(7_000);
            let answered = self
                .services
                .answer_contest(&self.teacher(), self.class, report, strike, NOTE)
                .await;
            self.note("contest answered", answered);
        }
    }

    async fn staff(&mut self, child: usize) {
        let (teacher, person, today) = (self.teacher(), self.people[child], self.today());
        if self.random.chance(1_000) {
            let asked = self
                .services
                .ask_about_gaps(&teacher, self.class, person, NOTE)
                .await;
            self.note("asked", asked);
        }
        if self.random.chance(4_000) {
            let page = self
                .services
                .clearance_page(&teacher, person)
                .await
                .unwrap();
            let Some(reason) = page.clearable.first().map(|c| c.reason.clone()) else {
                return;
            };
            let new = NewClearance {
                reason,
                kind: Some(ClearanceKind::ClinicNote),
                date: Some(today),
                issuer: "南浔区人民医院".into(),
                note: String::new(),
            };
            let submitted = self.services.submit_clearance(&teacher, person, &new).await;
            if let Some(Submitted::Waits(id)) = allowed(submitted) {
                let accept = self.random.chance(6_000);
                for actor in [self.admin(), Self::officer()] {
                    let settled = self
                        .services
                        .settle_clearance(&actor, id, accept, NOTE)
                        .await;
                    self.note("clearance", settled);
                }
            }
        }
    }

    async fn officers(&mut self, child: usize) {
        let (officer, today) = (Self::officer(), self.today());
        if self.random.chance(500) {
            let new = NewRecord {
                who: Who {
                    national_id: None,
                    phone: domain::identity::Phone::parse(&format!("1990000000{}", child + 1)).ok(),
                    name: String::new(),
                },
                kind: record(&mut self.random, today),
                authority: "湖州市疾控中心".into(),
            };
            let entered = self
                .services
                .enter_record(&officer, &district(), &new)
                .await;
            self.note("record", entered);
        }
        if self.random.chance(300) {
            let records = self.opened(child).await.kept.state.records;
            if let Some(record) = self.random.pick(&records) {
                let withdrawn = self
                    .services
                    .withdraw_record(&officer, record.id.0, NOTE)
                    .await;
                self.note("record withdrawn", withdrawn);
            }
        }
    }

    /// The guardian withdraws: what the domain makes of a rebuild is all that a later one can know of the answers.
    async fn withdraw(&mut self, child: usize) {
        let info = self.info().await;
        let rebuilt = self.rebuilt(child).await;
        let left = domain::decision::withdraw(&rebuilt.full, &info.context(), self.today());
        let done = self
            .services
            .decide_consent(
                &self.guardians[child],
                self.people[child],
                ConsentAnswer::Withdrawn,
            )
            .await;
        if self.note("withdrawal", done).is_some() {
            self.withdrawn[child] = Some(left);
        }
    }

    /// The teacher settles some of the waiting reports, the officer some discrepancies.
    async fn settle_what_waits(&mut self) {
        let (teacher, officer) = (self.teacher(), Self::officer());
        let inbox = self
            .services
            .class_inbox(&teacher, self.class)
            .await
            .unwrap();
        for pending in inbox.pending {
            if self.random.chance(5_000) {
                let confirm = self.random.chance(7_000);
                let report = pending.waits.report;
                let settled = self
                    .services
                    .settle_report(&teacher, self.class, report, confirm, NOTE)
                    .await;
                self.note(if confirm { "confirm" } else { "refuse" }, settled);
            }
        }
        let page = self
            .services
            .region_discrepancies(&officer, &district(), 0)
            .await
            .unwrap();
        for open in page.open {
            if self.random.chance(3_000) {
                let findings = [
                    Finding::RecordRight,
                    Finding::ReportRight,
                    Finding::BothRight,
                ];
                let finding = *self.random.pick(&findings).unwrap();
                let settled = self
                    .services
                    .settle_discrepancy(&officer, open.record, finding, NOTE)
                    .await;
                self.note("discrepancy", settled);
            }
        }
    }

    async fn areas(&mut self) {
        let officer = Self::officer();
        if self.random.chance(1_500) {
            let level = if self.random.chance(5_000) {
                RiskLevel::High
            } else {
                RiskLevel::Medium
            };
            let back = self.random.below(6).cast_signed();
            let new = NewArea {
                region: self.random.pick(&PLACES).unwrap().parse().unwrap(),
                level,
                from: self.today().plus(-back),
                to: None,
                look_back: 14,
                authority: "北京市".into(),
            };
            let declared = self
                .services
                .declare_area(&officer, &district(), &new)
                .await;
            let id = self.note("area", declared);
            self.areas.extend(id);
        }
        if self.random.chance(600)
            && let Some(area) = self.areas.pop()
        {
            let withdrawn = self.services.withdraw_area(&officer, area, NOTE).await;
            self.note("area withdrawn", withdrawn);
        }
    }
}

fn fact(random: &mut Random, day: Day) -> StandingFact {
    let back = random.below(9).cast_signed();
    let since = day.plus(-back);
    match random.below(5) {
        0 => StandingFact::Contact {
            with: CaseStatus::Confirmed,
            who: ContactWho::Household,
            last: since,
        },
        1 => StandingFact::Household {
            matter: HouseholdMatter::Isolating,
            since,
        },
        2 => StandingFact::Test {
            result: if random.chance(4_000) {
                TestResult::Positive
            } else {
                TestResult::Negative
            },
            sampled: since,
        },
        _ => StandingFact::Stay {
            region: random.pick(&PLACES).unwrap().parse().unwrap(),
            arrived: since,
            left: random.chance(6_000).then_some(day),
            transit: random.chance(2_000),
        },
    }
}

fn record(random: &mut Random, today: Day) -> RecordKind {
    let back = random.below(9).cast_signed();
    let since = today.plus(-back);
    match random.below(6) {
        0 => RecordKind::ConfirmedCase { sampled: since },
        1 => RecordKind::CloseContact { last: since },
        2 => RecordKind::ContactOfContact { last: since },
        3 => RecordKind::Test {
            positive: false,
            sampled: since,
        },
        _ => RecordKind::Stay {
            region: random.pick(&PLACES).unwrap().parse().unwrap(),
            arrived: since,
            left: random.chance(5_000).then_some(today),
            transit: false,
        },
    }
}
