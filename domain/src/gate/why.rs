//! Why the guard is told what they are told: everything but the health reason, which no gate knows.

use crate::pass::PassRefusal;
use crate::{Code, Lang, Millis, Text};

/// The ground of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Green today.
    Green,
    /// Let in on a signed slip that the teacher has not confirmed yet.
    Provisional,
    /// Goes out: nobody is kept inside.
    Leaving,
    /// No report today.
    NotReported,
    /// Yellow or red.
    Colour(Code),
    /// A high temperature once; to be measured again.
    MeasureAgain {
        /// From when on.
        due: Millis,
    },
    /// A high temperature twice.
    High,
    /// The pass itself is not accepted.
    Pass(PassRefusal),
    /// Nobody on the list has this short code.
    UnknownShortCode,
    /// The device has no list of today, which this needs.
    ListTooOld,
    /// The colour in the pass is not of today, and there is no list of today.
    StaleColour,
    /// The device has been without contact for too long.
    ContactNeeded,
    /// The device does not know the time.
    UnknownTime,
    /// The device has never had a contact.
    NotSetUp,
    /// A visitor whose pass is good, where the school lets such in.
    Visitor,
    /// A visitor whose pass is good, where the guard asks whether they are expected.
    VisitorAsk,
    /// The school lets no visitors in.
    NoVisitors,
    /// A card of another school has no colour, and its list is not here.
    VisitorCard,
    /// A visitor who is not green.
    VisitorColour(Code),
    /// A pass of another issuer that does not count here: whose it is and why, with the stable code.
    NotRecognised(String, Text),
}

impl Why {
    /// The stable code, for interfaces, entries and tests.
    pub fn code(&self) -> &str {
        match self {
            Self::Green => "green",
            Self::Provisional => "provisional",
            Self::Leaving => "leaving",
            Self::NotReported => "not_reported",
            Self::Colour(code) | Self::VisitorColour(code) => code.word(),
            Self::MeasureAgain { .. } => "measure_again",
            Self::High => "high",
            Self::Pass(refusal) => refusal.code(),
            Self::UnknownShortCode => "unknown_short_code",
            Self::ListTooOld => "list_too_old",
            Self::StaleColour => "stale_colour",
            Self::ContactNeeded => "contact_needed",
            Self::UnknownTime => "unknown_time",
            Self::NotSetUp => "not_set_up",
            Self::Visitor => "visitor",
            Self::VisitorAsk => "visitor_ask",
            Self::NoVisitors => "no_visitors",
            Self::VisitorCard => "visitor_card",
            Self::NotRecognised(code, _) => code,
        }
    }

    /// The words for the guard.
    pub fn text(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Green => ("绿码，签名有效", "Green, and rightly signed"),
            Self::Provisional => (
                "凭签字条临时放行，等班主任确认",
                "On a signed slip; the class teacher still confirms it",
            ),
            Self::Leaving => ("出校登记", "Going out"),
            Self::NotReported => ("今天还没有报告", "No report today"),
            Self::Colour(Code::Yellow) | Self::VisitorColour(Code::Yellow) => {
                ("黄码，观察中", "Yellow: observing")
            }
            Self::Colour(Code::Red) | Self::VisitorColour(Code::Red) => {
                ("红码，隔离中", "Red: isolating")
            }
            Self::Colour(_) | Self::VisitorColour(_) => ("今天没有绿码", "No green code today"),
            Self::MeasureAgain { .. } => (
                "体温偏高，等候复测",
                "High temperature: to be measured again",
            ),
            Self::High => ("复测体温仍偏高", "The second reading was high too"),
            Self::Pass(refusal) => return refusal.text(lang).to_owned(),
            Self::UnknownShortCode => (
                "名单里没有这个短码，请核对",
                "Nobody on the list has this short code; check it",
            ),
            Self::ListTooOld => (
                "本机没有今天的名单，请先联网",
                "This device has no list of today; connect it first",
            ),
            Self::StaleColour => (
                "不是今天的码，请换今天的",
                "The code is not of today; ask for today's",
            ),
            Self::ContactNeeded => (
                "离线太久，请先联网更新",
                "Offline for too long; connect the device first",
            ),
            Self::UnknownTime => (
                "本机时间不确定，请先联网",
                "The device is not sure of the time; connect it first",
            ),
            Self::NotSetUp => (
                "本机还没有更新过，请先联网",
                "The device has not been in contact yet; connect it first",
            ),
            Self::Visitor => ("访客，绿码有效", "Visitor with a green code"),
            Self::VisitorAsk => (
                "访客，绿码有效：请核对访客登记",
                "Visitor with a green code: look at the visitors' book",
            ),
            Self::NoVisitors => (
                "外校人员，本校不接待",
                "Of another school; no visitors here",
            ),
            Self::VisitorCard => (
                "外校的纸质卡没有颜色，请出示屏幕码",
                "A card of another school has no colour; ask for the live code",
            ),
            Self::NotRecognised(_, text) => return text.get(lang).to_owned(),
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}
