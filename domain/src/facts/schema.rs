//! The published schema of facts.

use crate::certlogic::Slot;
use crate::lang::Text;
use serde::{Deserialize, Serialize};

/// What a *days since* fact reads where there is nothing to count from.
pub const NONE_DAYS: i32 = 9999;

/// The type of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// True or false.
    Flag,
    /// A whole number from 0.
    Number,
    /// Whole days from 0, or [`NONE_DAYS`]; has a date that an outcome may name as its start.
    DaysSince,
}

macro_rules! facts {
    ($($name:ident $path:literal $kind:ident $zh:literal $en:literal;)*) => {
        /// One fact that rules can read. Its number is stable only within one build: whatever is written down
        /// names its path.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Fact {$(
            #[doc = $en]
            #[serde(rename = $path)]
            $name,
        )*}

        impl Fact {
            /// Every fact, in the order of the schema.
            pub const ALL: [Self; COUNT] = [$(Self::$name),*];

            /// The path by which rules name it.
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }

            /// Its type.
            pub fn kind(self) -> FactKind {
                match self { $(Self::$name => FactKind::$kind,)* }
            }

            /// What it means.
            pub fn meaning(self) -> Text {
                match self { $(Self::$name => Text::new($zh, $en),)* }
            }
        }

        pub(super) const COUNT: usize = [$($path),*].len();
    };
}

facts! {
    TodayReported "today.reported" Flag
        "当天有已接受的报告" "The day has an accepted report.";
    TodayMeasured "today.measured" Flag
        "当天报告了体温读数" "The report of the day states a measured temperature.";
    TodayTemperature "today.temperature_tenths" Number
        "当天体温，十分之一摄氏度；没有读数时为 0"
        "Temperature of the day in tenths of a degree Celsius; 0 when not measured.";
    TodayPaperRefused "today.paper_refused" Flag
        "当天在学校纸面查验，不能到校" "Checked on paper at school, and may not attend.";
    SymptomsListed "symptoms.listed_count" Number
        "当天勾选的症状数，含重症状；“发热”另计"
        "Symptoms stated for the day, severe ones included, fever apart.";
    SymptomsSevere "symptoms.severe_count" Number
        "当天勾选的重症状数" "Symptoms stated for the day that are listed as severe.";
    SymptomsFever "symptoms.fever" Flag
        "当天勾选了“发热”" "Fever was ticked as a symptom of the day.";
    TestPositive "test.positive.days_since" DaysSince
        "距自报检测结果需隔离的采样日的天数"
        "Days since the sample of a positive test that a report states.";
    CaseOfficial "case.official.days_since" DaysSince
        "距官方确诊记录或官方阳性检测采样日的天数"
        "Days since the sample of an official confirmed case or an official positive test.";
    TestNegative "test.negative.days_since" DaysSince
        "距官方阴性检测采样日的天数（自报的阴性不算）"
        "Days since the sample of an official negative test (a self-reported one does not count).";
    VaccinationDays "vaccination.days_since" DaysSince
        "距官方记录的最近一次接种的天数" "Days since the last vaccination on official record.";
    VaccinationDose "vaccination.dose" Number
        "官方记录的最高接种剂次；没有记录为 0"
        "The highest dose on official record by the day; 0 where there is none.";
    ContactClose "contact.close.days_since_last" DaysSince
        "距最后一次密切接触的天数（官方或追踪，或同住人确诊）"
        "Days since the last close contact (official or traced, or a confirmed case in the household).";
    ContactSecond "contact.second.days_since_last" DaysSince
        "距最后一次次密接触的天数（追踪第二层，或同住人在隔离）"
        "Days since the last contact of a contact (traced at depth two, or a household member isolating).";
    ContactReported "contact.reported.days_since_last" DaysSince
        "距最后一次自报接触的天数（同住人以外的确诊者，或任何疑似者）"
        "Days since the last self-reported contact (confirmed, outside the household, or suspected).";
    StayHigh "stay.high.days_since_left" DaysSince
        "距离开高风险地区的天数；还在那里为 0"
        "Days since leaving a high-risk area; 0 while still there.";
    StayMedium "stay.medium.days_since_left" DaysSince
        "距离开中风险地区的天数；还在那里为 0"
        "Days since leaving a medium-risk area; 0 while still there.";
    StayHighTransit "stay.high_transit.days_since_left" DaysSince
        "距途经高风险地区（未出站）的天数"
        "Days since passing through a high-risk area without leaving the station.";
    DiscrepancyOpen "discrepancy.open_count" Number
        "未处理的记录不一致数" "Open discrepancies between official records and reports.";
    GapsMissed "gaps.missed_school_days" Number
        "此前 14 天内漏报的上课日数（补报期已过，且老师尚未询问）"
        "School days missed in the 14 days before (late limit passed, not yet asked about).";
}

impl Fact {
    /// The fact of a path.
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.path() == path)
    }

    /// The fact that an expression's slot stands for.
    pub(crate) fn from_slot(slot: Slot) -> Option<Self> {
        Self::ALL.get(usize::from(slot)).copied()
    }

    /// Comes from the day's own report; its date is that day.
    pub fn is_of_the_report(self) -> bool {
        self <= Self::SymptomsFever
    }

    /// Comes from a dated event: a contact, a stay, a test, a record.
    pub fn is_of_an_event(self) -> bool {
        self.kind() == FactKind::DaysSince || self == Self::VaccinationDose
    }

    /// Counted over other days, without a date: no isolation may rest on it.
    pub fn is_counted(self) -> bool {
        !self.is_of_the_report() && !self.is_of_an_event()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_found_by_its_path_and_slot() {
        for (index, fact) in Fact::ALL.into_iter().enumerate() {
            assert_eq!(fact as usize, index);
            assert_eq!(Fact::from_path(fact.path()), Some(fact));
            assert_eq!(Fact::from_slot(Slot::try_from(index).unwrap()), Some(fact));
        }
        let counted: Vec<_> = Fact::ALL.into_iter().filter(|f| f.is_counted()).collect();
        assert_eq!(counted, [Fact::DiscrepancyOpen, Fact::GapsMissed]);
    }
}
