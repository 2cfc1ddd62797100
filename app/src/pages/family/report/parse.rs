//! From typed fields to answers, and what is still to be put right.

use super::edit::{stay_prefix, stays};
use super::prefill::fact_prefix;
use super::{place, temperature};
use crate::tr;
use crate::tr::Lang;
use crate::ui::FieldError;
use crate::ui::words::temperature as degrees;
use crate::web::Fields;
use domain::Day;
use domain::identity::parse_date;
use domain::report::{
    AnswerFault, Answers, CaseStatus, ContactWho, FactChange, FaultReason, Field, HouseholdMatter,
    LOOK_BACK_DAYS, NOTE_MAX, StandingFact, Symptoms, Temperature, TestResult,
};
use services::family::ChildView;

/// What was understood.
pub(super) struct Parsed {
    pub answers: Answers,
    pub errors: Vec<FieldError>,
    /// For each change, the id of the field that a fault in it leads to.
    places: Vec<String>,
}

struct Reader<'a> {
    lang: Lang,
    fields: &'a Fields,
    errors: Vec<FieldError>,
}

/// Reads the whole form.
pub(super) fn parse(lang: Lang, fields: &Fields, child: &ChildView) -> Parsed {
    let mut reader = Reader {
        lang,
        fields,
        errors: Vec::new(),
    };
    let temperature = reader.temperature();
    let symptoms = reader.symptoms(child);
    let since = (!symptoms.is_empty())
        .then(|| reader.symptoms_since(child.today))
        .flatten();
    let mut changes = Vec::new();
    let mut places = Vec::new();
    let mut note_change = |change: Option<FactChange>, id: String| {
        if let Some(change) = change {
            changes.push(change);
            places.push(id);
        }
    };
    for standing in &child.standing {
        let prefix = fact_prefix(standing.id);
        match fields.get(&format!("{prefix}-do")) {
            "end" => {
                let id = format!("{prefix}-end");
                let day = reader.date(&id);
                note_change(day.map(|day| FactChange::End(standing.id, day)), id);
            }
            "fix" => {
                let (fact, id) = reader.fact(&prefix, &standing.fact);
                note_change(fact.map(|fact| FactChange::Correct(standing.id, fact)), id);
            }
            _ => {}
        }
    }
    let (contact, id) = reader.contact(child.today);
    note_change(contact.map(FactChange::Add), id);
    if fields.get("away") == "yes" {
        for at in 0..stays(fields) {
            let (stay, id) = reader.stay(&stay_prefix(at));
            note_change(stay.map(FactChange::Add), id);
        }
    }
    if fields.get("home") == "some" {
        let (fact, id) = reader.household("home");
        note_change(fact.map(FactChange::Add), id);
    }
    if fields.get("test") == "yes" {
        let (fact, id) = reader.test("test");
        note_change(fact.map(FactChange::Add), id);
    }
    for kept in fields.all("also") {
        note_change(serde_json::from_str(kept).ok(), "also".into());
    }
    let note = reader.note();
    Parsed {
        answers: Answers {
            temperature,
            symptoms,
            symptoms_since: since,
            changes,
            note,
            paper_refused: false,
        },
        errors: reader.errors,
        places,
    }
}

impl Reader<'_> {
    fn wrong(&mut self, id: &str, message: String) {
        self.errors.push(FieldError::new(id, message));
    }

    fn temperature(&mut self) -> Temperature {
        let lang = self.lang;
        let typed = self.fields.get("temperature");
        let below = self.fields.has("below");
        match temperature::read(typed) {
            temperature::Typed::Tenths(tenths) => return Temperature::Tenths(tenths),
            temperature::Typed::Nothing if below => return Temperature::BelowThreshold,
            temperature::Typed::Nothing => {
                let words = tr!(
                    lang,
                    "第 1 项 体温：还没有填",
                    "1 Temperature: not filled in yet"
                );
                self.wrong("temperature", words);
            }
            temperature::Typed::Off(meant) => {
                let typed = typed.trim();
                let words = match meant {
                    Some(_) if typed.contains(['.', ',', '．', '。', '，', '、']) => tr!(
                        lang,
                        "第 1 项 体温：{typed} 的小数太多，只填一位",
                        "1 Temperature: {typed} has too many decimals; give one"
                    ),
                    Some(_) => tr!(
                        lang,
                        "第 1 项 体温：{typed} 超出范围，是不是少了小数点？",
                        "1 Temperature: {typed} is out of range. Is the point missing?"
                    ),
                    None => tr!(
                        lang,
                        "第 1 项 体温：{typed} 不在 34.0–43.0 ℃ 之间",
                        "1 Temperature: {typed} is not between 34.0 and 43.0 °C"
                    ),
                };
                self.wrong("temperature", words);
            }
        }
        Temperature::BelowThreshold
    }

    fn symptoms(&mut self, child: &ChildView) -> Symptoms {
        let lang = self.lang;
        let mut symptoms = Symptoms::default();
        let mut is_none = false;
        for value in self.fields.all("symptom") {
            is_none |= value == "none";
            if let Ok(number) = value.parse::<u8>()
                && child.symptoms.iter().any(|s| s.number == number)
            {
                symptoms = symptoms.with(number);
            }
        }
        if is_none && !symptoms.is_empty() {
            let words = tr!(
                lang,
                "第 2 项：“都没有”和不舒服只能选一样",
                "2 Symptoms: either “none” or some, not both"
            );
            self.wrong("symptom", words);
        } else if !is_none && symptoms.is_empty() {
            let words = tr!(
                lang,
                "第 2 项：还没有选；没有不舒服请选“都没有”",
                "2 Symptoms: not answered yet; without any, tick “none”"
            );
            self.wrong("symptom", words);
        }
        symptoms
    }

    fn symptoms_since(&mut self, today: Day) -> Option<Day> {
        match self.fields.get("since") {
            "today" => Some(today),
            "yesterday" => Some(today.plus(-1)),
            "earlier" => self.date("since_date"),
            _ => None,
        }
    }

    fn contact(&mut self, today: Day) -> (Option<StandingFact>, String) {
        match self.fields.get("contact") {
            "yes" => self.case_contact("contact"),
            // Not sure counts as contact with a suspected case, on the day given or today.
            "unsure" => {
                let typed = !self.fields.get("contact-last").trim().is_empty();
                let last = if typed {
                    self.date("contact-last")
                } else {
                    Some(today)
                };
                let fact = last.map(|last| StandingFact::Contact {
                    with: CaseStatus::Suspected,
                    who: ContactWho::Other,
                    last,
                });
                (fact, "contact-last".into())
            }
            _ => (None, "contact".into()),
        }
    }

    fn fact(&mut self, prefix: &str, like: &StandingFact) -> (Option<StandingFact>, String) {
        match like {
            StandingFact::Contact { .. } => self.case_contact(prefix),
            StandingFact::Household { .. } => self.household(prefix),
            StandingFact::Stay { .. } => self.stay(prefix),
            StandingFact::Test { .. } => self.test(prefix),
        }
    }

    fn case_contact(&mut self, prefix: &str) -> (Option<StandingFact>, String) {
        let with = self.pick(&format!("{prefix}-with"), |word| match word {
            "confirmed" => Some(CaseStatus::Confirmed),
            "suspected" => Some(CaseStatus::Suspected),
            _ => None,
        });
        let who = self.pick(&format!("{prefix}-who"), |word| match word {
            "household" => Some(ContactWho::Household),
            "other" => Some(ContactWho::Other),
            _ => None,
        });
        let id = format!("{prefix}-last");
        let last = self.date(&id);
        let fact = with
            .zip(who)
            .zip(last)
            .map(|((with, who), last)| StandingFact::Contact { with, who, last });
        (fact, id)
    }

    fn household(&mut self, prefix: &str) -> (Option<StandingFact>, String) {
        let matter = self.pick(&format!("{prefix}-matter"), |word| match word {
            "symptoms" => Some(HouseholdMatter::Symptoms),
            "isolating" => Some(HouseholdMatter::Isolating),
            "returned" => Some(HouseholdMatter::Returned),
            _ => None,
        });
        let id = format!("{prefix}-since");
        let since = self.date(&id);
        let fact = matter
            .zip(since)
            .map(|(matter, since)| StandingFact::Household { matter, since });
        (fact, id)
    }

    fn test(&mut self, prefix: &str) -> (Option<StandingFact>, String) {
        let result = self.pick(&format!("{prefix}-result"), |word| match word {
            "negative" => Some(TestResult::Negative),
            "positive" => Some(TestResult::Positive),
            _ => None,
        });
        let id = format!("{prefix}-sampled");
        let sampled = self.date(&id);
        let fact = result
            .zip(sampled)
            .map(|(result, sampled)| StandingFact::Test { result, sampled });
        (fact, id)
    }

    fn stay(&mut self, prefix: &str) -> (Option<StandingFact>, String) {
        let lang = self.lang;
        let region = place::chosen(self.fields, prefix);
        if region.is_none() {
            let words = tr!(
                lang,
                "去了哪里：请至少选到市",
                "Where to: please choose at least the city"
            );
            let level = if self.fields.get(&format!("{prefix}-province")).is_empty() {
                "province"
            } else {
                "city"
            };
            self.wrong(&format!("{prefix}-{level}"), words);
        }
        let arrived = self.date(&format!("{prefix}-arrived"));
        let id = format!("{prefix}-left");
        let still = self.fields.has(&format!("{prefix}-still"));
        let typed = !self.fields.get(&id).trim().is_empty();
        let left = match (still, typed) {
            (true, false) => Some(None),
            (true, true) => {
                let words = tr!(
                    lang,
                    "回来日期和“还在那里”只能填一样",
                    "Either a date of leaving or “still there”, not both"
                );
                self.wrong(&id, words);
                None
            }
            (false, _) => self.date(&id).map(Some),
        };
        let transit = self.fields.has(&format!("{prefix}-transit"));
        let fact = region
            .zip(arrived)
            .zip(left)
            .map(|((region, arrived), left)| StandingFact::Stay {
                region,
                arrived,
                left,
                transit,
            });
        (fact, id)
    }

    fn note(&mut self) -> String {
        let lang = self.lang;
        // Browsers send line breaks as two characters and count them as one.
        let note = self
            .fields
            .get("note")
            .replace("\r\n", "\n")
            .trim()
            .to_owned();
        let n = note.chars().count();
        if n > NOTE_MAX {
            let words = tr!(
                lang,
                "说明：最多 {NOTE_MAX} 字，现在 {n} 字",
                "Note: at most {NOTE_MAX} characters, now {n}"
            );
            self.wrong("note", words);
        }
        note
    }

    fn date(&mut self, id: &str) -> Option<Day> {
        let lang = self.lang;
        let typed = self.fields.get(id);
        let day = parse_date(typed);
        if day.is_none() {
            let words = if typed.trim().is_empty() {
                tr!(lang, "请填日期", "Please give the date")
            } else {
                let typed = typed.trim();
                tr!(
                    lang,
                    "“{typed}”不是日期，请写成 2020-09-14 这样",
                    "“{typed}” is not a date; please write it like 2020-09-14"
                )
            };
            self.wrong(id, words);
        }
        day
    }

    fn pick<T>(&mut self, id: &str, of: impl Fn(&str) -> Option<T>) -> Option<T> {
        let lang = self.lang;
        let picked = of(self.fields.get(id));
        if picked.is_none() {
            self.wrong(id, tr!(lang, "请选一项", "Please choose one"));
        }
        picked
    }
}

/// The faults that the rules of a report found, at their fields.
pub(super) fn fault_errors(lang: Lang, faults: &[AnswerFault], parsed: &Parsed) -> Vec<FieldError> {
    faults
        .iter()
        .map(|fault| {
            let id = match fault.field {
                Field::Temperature => "temperature",
                Field::SymptomsSince => "since_date",
                Field::Change(at) => parsed.places.get(at).map_or("note", String::as_str),
                Field::Note => "note",
            };
            FieldError::new(id, fault_text(lang, fault.reason))
        })
        .collect()
}

/// Why an answer cannot be taken, in words.
pub fn fault_text(lang: Lang, reason: FaultReason) -> String {
    match reason {
        FaultReason::TemperatureRange => {
            let (low, high) = (degrees(lang, 340), degrees(lang, 430));
            tr!(
                lang,
                "体温要在 {low} 到 {high} 之间",
                "The temperature has to be between {low} and {high}"
            )
        }
        FaultReason::InFuture => tr!(lang, "日期不能晚于今天", "The date cannot be after today"),
        FaultReason::TooLongAgo => tr!(
            lang,
            "日期太早了，最多填 {LOOK_BACK_DAYS} 天之内的",
            "Too long ago: at most {LOOK_BACK_DAYS} days back"
        ),
        FaultReason::EndsBeforeStart => tr!(
            lang,
            "结束日期不能早于开始日期",
            "The end cannot come before the beginning"
        ),
        FaultReason::UnknownFact => tr!(
            lang,
            "这一条已经结束或被改过了",
            "This has ended or been changed meanwhile"
        ),
        FaultReason::TooMany => tr!(
            lang,
            "一次填得太多了，请先交一部分",
            "Too many at once; please send some of them first"
        ),
        FaultReason::TooLong => tr!(lang, "太长了，请写短一点", "Too long; please shorten it"),
    }
}
