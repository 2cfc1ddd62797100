//! Programs that send lists of reports over the interface, with keys of their own.

use crate::families::OF_FAMILIES;
use crate::load::{CHILDREN, CLIENTS, CODE, Heard, Sent, admin_of, student_no, temperature};
use domain::Day;
use domain::ids::SchoolId;
use domain::interface::Right;
use serde_json::{Value, json};
use services::Services;
use services::interface::{KeyPlace, NewKey, RATE_MAX};

/// Reports of one request.
const BATCH: usize = 8;

#[derive(Debug, Clone)]
pub struct Program {
    pub number: usize,
    key: String,
    sent: usize,
}

/// Makes the keys of a school's programs.
pub async fn with_keys(services: &Services, school: SchoolId) -> Vec<Program> {
    let admin = admin_of(school);
    let new = NewKey {
        name: "一卡通".into(),
        rights: vec![Right::Reports],
        days: 30,
        per_minute: RATE_MAX,
    };
    let mut programs = Vec::new();
    for number in 0..CLIENTS {
        let place = KeyPlace::School(school);
        let made = services.make_api_key(&admin, &place, &new).await;
        programs.push(Program {
            number,
            key: made.unwrap().secret,
            sent: 0,
        });
    }
    programs
}

impl Program {
    /// Another program with the same key, which sends for the same children. Its number follows those of the families.
    pub fn beside(&self) -> Self {
        Self {
            number: self.number + 2 * CLIENTS,
            ..self.clone()
        }
    }

    /// The next list: in turn all children for whom no family reports.
    pub fn next(&mut self) -> Vec<Sent> {
        let numbers = self.sent..self.sent + BATCH;
        self.sent = numbers.end;
        numbers
            .map(|n| {
                let child = OF_FAMILIES + (n * CLIENTS + self.number) % (CHILDREN - OF_FAMILIES);
                Sent::new(self.number, n, child, 0)
            })
            .collect()
    }

    pub fn request(&self, reports: &[Sent], day: Day) -> String {
        let reports: Vec<Value> = reports
            .iter()
            .map(|sent| {
                let child = sent.child();
                json!({
                    "id": format!("{:032x}", sent.id),
                    "student_no": student_no(child),
                    "day": day.to_string(),
                    "temperature_tenths": temperature(child).0,
                })
            })
            .collect();
        let body = json!({ "reports": reports }).to_string();
        self.head(body.len()) + &body
    }

    /// The head of a request whose body has this length.
    pub fn head(&self, length: usize) -> String {
        let key = &self.key;
        format!(
            "POST /api/v1/schools/{CODE}/reports HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    }

    /// Which reports were acknowledged, with their revisions; the others are not of this day.
    pub fn read(&self, reports: &[Sent], heard: Heard) -> std::io::Result<Vec<(u128, u64)>> {
        if matches!(heard.status, 502..=504) {
            // The balancer's, too.
            assert_eq!(heard.kind, "application/problem+json", "{heard:?}");
            let problem: Value = serde_json::from_str(&heard.body)?;
            assert_eq!(problem["status"], heard.status, "{problem}");
            return Err(heard.come_again());
        }
        let answer: Value = serde_json::from_str(&heard.body)?;
        assert_eq!(heard.status, 200, "{answer}");
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), reports.len());
        if results.iter().any(|result| result["state"] == "retry") {
            return Err(heard.come_again());
        }
        let taken = reports.iter().zip(results).filter_map(|(sent, result)| {
            assert_eq!(result["id"], format!("{:032x}", sent.id));
            if result["problems"][0]["code"] == "not_this_day" {
                return None;
            }
            assert_eq!(result["state"], "accepted", "{result}");
            Some((sent.id, result["revision"].as_u64().unwrap()))
        });
        Ok(taken.collect())
    }
}
