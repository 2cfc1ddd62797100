//! The gate's words, for the app and for the page without script.

use crate::tr;
use crate::tr::Lang;
use domain::gate::{Verdict, Why};
use domain::pass::PassRefusal;

/// The guard's own words for a verdict.
pub fn verdict_word(lang: Lang, verdict: Verdict) -> String {
    match verdict {
        Verdict::Admit => tr!(lang, "放行", "Let in"),
        Verdict::Refuse => tr!(lang, "请勿入校", "Do not enter"),
        Verdict::ReportFirst => tr!(lang, "先报告", "Report first"),
    }
}

/// The word where somebody goes out.
pub fn leaving_word(lang: Lang) -> String {
    tr!(lang, "出校", "Going out")
}

/// What to do when somebody is not let in; never why.
pub fn steps(lang: Lang, why: &Why) -> Vec<String> {
    let aside = tr!(
        lang,
        "请到旁边的等候区",
        "Ask them to the waiting place beside the gate"
    );
    let teacher = tr!(
        lang,
        "联系班主任，由老师说明情况",
        "Call the class teacher, who explains"
    );
    let short = tr!(
        lang,
        "或者输入码下面的短码",
        "Or type the short code below the QR code"
    );
    match why {
        Why::Green | Why::Provisional | Why::Leaving | Why::Visitor => vec![],
        Why::NotReported => vec![
            tr!(
                lang,
                "请家长现在用手机报告，再扫一次",
                "Ask the guardian to report by phone, then scan again"
            ),
            tr!(
                lang,
                "没有手机：收家长签字条，量体温",
                "Without a phone: take the signed slip and the temperature"
            ),
        ],
        Why::Colour(_) | Why::High => vec![
            aside,
            teacher,
            tr!(lang, "再查下一位", "Go on with the next"),
        ],
        Why::MeasureAgain { .. } => vec![
            aside,
            tr!(
                lang,
                "到时间由专人复测",
                "Measure again when the time is up"
            ),
        ],
        Why::Pass(PassRefusal::Expired | PassRefusal::FromFuture) | Why::StaleColour => vec![
            tr!(
                lang,
                "请刷新返校码再扫，截图无效",
                "Ask them to renew the code: a picture of it is not valid"
            ),
            short,
        ],
        Why::Pass(PassRefusal::CardVoided) => vec![
            tr!(
                lang,
                "收下旧卡，请出示新卡",
                "Keep the old card and ask for the new one"
            ),
            short,
            teacher,
        ],
        Why::Pass(_) | Why::UnknownShortCode => vec![short, aside, teacher],
        Why::ListTooOld | Why::ContactNeeded | Why::UnknownTime | Why::NotSetUp => vec![
            tr!(lang, "请把本机连上网络", "Connect this device"),
            tr!(
                lang,
                "连不上时用另一台机器，或请值班老师核对",
                "If that fails, use another device, or ask the teacher on duty"
            ),
        ],
        Why::VisitorAsk => vec![
            tr!(
                lang,
                "在访客登记簿上找这个人",
                "Look for them in the visitors' book"
            ),
            tr!(
                lang,
                "没有登记：请被访的人来接",
                "Not there: ask whom they visit to come"
            ),
        ],
        Why::NoVisitors | Why::VisitorCard | Why::VisitorColour(_) | Why::NotRecognised(..) => {
            vec![
                aside,
                tr!(
                    lang,
                    "请被访的人或值班老师来处理",
                    "Ask whom they visit, or the teacher on duty"
                ),
            ]
        }
    }
}

/// Tenths of a degree as typed: `36.5`, `365` and `37` are read; `None` outside 34.0–43.0 ℃ or where it is no number.
pub fn tenths(typed: &str) -> Option<u16> {
    let typed = typed.trim().replace('。', ".");
    let (whole, rest) = typed.split_once('.').unwrap_or((&typed, ""));
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !is_plain(whole) || !is_plain(rest) {
        return None;
    }
    let value: u16 = match (whole.len(), rest.len()) {
        (2, 0) => whole.parse::<u16>().ok()? * 10,
        (3, 0) => whole.parse().ok()?,
        (2, 1) => whole.parse::<u16>().ok()? * 10 + rest.parse::<u16>().ok()?,
        _ => return None,
    };
    (340..=430).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_is_read_with_and_without_its_point() {
        for (typed, value) in [
            ("36.5", Some(365)),
            ("365", Some(365)),
            ("37", Some(370)),
            ("43.0", Some(430)),
            ("43.1", None),
            ("33.9", None),
            ("3", None),
            ("36.55", None),
            ("-365", None),
            ("", None),
        ] {
            assert_eq!(tenths(typed), value, "{typed}");
        }
    }

    #[test]
    fn whoever_is_not_let_in_is_told_what_to_do_and_never_why() {
        let grounds = [
            Why::NotReported,
            Why::Colour(domain::Code::Red),
            Why::High,
            Why::ListTooOld,
            Why::VisitorAsk,
            Why::NoVisitors,
            Why::UnknownShortCode,
        ];
        let grounds = grounds
            .into_iter()
            .chain(PassRefusal::ALL.iter().copied().map(Why::Pass));
        for why in grounds {
            for lang in [Lang::Zh, Lang::En] {
                assert!(steps(lang, &why).len() >= 2, "{why:?}");
            }
        }
        assert!(steps(Lang::Zh, &Why::Green).is_empty());
    }
}
