//! Records in words.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::day_short;
use domain::list::ListKind;
use domain::state::RecordKind;

/// A kind of record.
pub(in crate::pages) fn kind_word(lang: Lang, kind: ListKind) -> String {
    match kind {
        ListKind::Case => tr!(lang, "确诊病例", "Confirmed case"),
        ListKind::CloseContact => tr!(lang, "密切接触者", "Close contact"),
        ListKind::SecondContact => tr!(lang, "次密接", "Contact of a contact"),
        ListKind::Stay => tr!(lang, "旅居史", "Stay"),
        ListKind::Test => tr!(lang, "核酸检测", "Test"),
        ListKind::Vaccination => tr!(lang, "疫苗接种", "Vaccination"),
    }
}

/// What a record says, in a line; `place` is the full name of a stay's region.
pub(in crate::pages) fn record_words(lang: Lang, kind: &RecordKind, place: Option<&str>) -> String {
    match kind {
        RecordKind::ConfirmedCase { sampled } => {
            let day = day_short(lang, *sampled);
            tr!(lang, "{day} 采样确诊", "Sample of {day} confirmed")
        }
        RecordKind::CloseContact { last } => {
            let day = day_short(lang, *last);
            tr!(
                lang,
                "密切接触，最后接触 {day}",
                "Close contact, last on {day}"
            )
        }
        RecordKind::ContactOfContact { last } => {
            let day = day_short(lang, *last);
            tr!(
                lang,
                "次密接，最后接触 {day}",
                "Contact of a contact, last on {day}"
            )
        }
        RecordKind::Stay {
            region,
            arrived,
            left,
            transit,
        } => {
            let place = place.map_or_else(|| region.to_string(), ToOwned::to_owned);
            let from = day_short(lang, *arrived);
            let days = match left {
                Some(left) => format!("{from}–{}", day_short(lang, *left)),
                None => tr!(lang, "{from}起", "since {from}"),
            };
            if *transit {
                tr!(
                    lang,
                    "{place}，{days}，途经",
                    "{place}, {days}, passed through"
                )
            } else {
                tr!(lang, "{place}，{days}", "{place}, {days}")
            }
        }
        RecordKind::Test { positive, sampled } => {
            let day = day_short(lang, *sampled);
            if *positive {
                tr!(lang, "{day} 采样，阳性", "Sample of {day}: positive")
            } else {
                tr!(lang, "{day} 采样，阴性", "Sample of {day}: negative")
            }
        }
        RecordKind::Vaccination { day, dose } => {
            let day = day_short(lang, *day);
            tr!(lang, "{day} 第 {dose} 剂", "Dose {dose} on {day}")
        }
    }
}
