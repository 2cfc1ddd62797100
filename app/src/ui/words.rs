//! Words for days, times, numbers and codes.

use crate::tr;
use crate::tr::Lang;
use domain::{Code, Day};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const WEEKDAYS_ZH: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
const WEEKDAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn month_en(month: u32) -> &'static str {
    let index = usize::try_from(month.saturating_sub(1)).unwrap_or(0);
    MONTHS.get(index).copied().unwrap_or("")
}

fn of_week(words: [&'static str; 7], day: Day) -> &'static str {
    let index = usize::try_from(day.weekday()).unwrap_or(0);
    words.get(index).copied().unwrap_or("")
}

/// 9月17日 / 17 Sep.
pub fn day_short(lang: Lang, day: Day) -> String {
    let (_, m, d) = day.ymd();
    tr!(lang, "{m}月{d}日", "{d} {month}", month = month_en(m))
}

/// 9月17日 周四 / Thu 17 Sep.
pub fn day_week(lang: Lang, day: Day) -> String {
    let short = day_short(lang, day);
    match lang {
        Lang::Zh => format!("{short} 周{}", of_week(WEEKDAYS_ZH, day)),
        Lang::En => format!("{} {short}", of_week(WEEKDAYS_EN, day)),
    }
}

/// 2020年9月17日 / 17 Sep 2020.
pub fn day_full(lang: Lang, day: Day) -> String {
    let (y, m, d) = day.ymd();
    tr!(
        lang,
        "{y}年{m}月{d}日",
        "{d} {month} {y}",
        month = month_en(m)
    )
}

/// The day of the month where the month is plain: 17日 / 17.
pub fn day_of_month(lang: Lang, day: Day) -> String {
    let (_, _, d) = day.ymd();
    tr!(lang, "{d}日", "{d}")
}

/// One character for the day of the week: 四 / T.
pub fn weekday_letter(lang: Lang, day: Day) -> &'static str {
    match lang {
        Lang::Zh => of_week(WEEKDAYS_ZH, day),
        Lang::En => of_week(WEEKDAYS_EN, day).get(..1).unwrap_or(""),
    }
}

/// A time of day from minutes since midnight: 7:14. 1440 is 24:00.
pub fn time(minute: u32) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

/// A length of time in minutes: 48 分钟, 1 小时 5 分钟 / 48 min, 1 h 5 min.
pub fn minutes(lang: Lang, minutes: u32) -> String {
    let (h, m) = (minutes / 60, minutes % 60);
    match (h, m) {
        (0, _) => tr!(lang, "{m} 分钟", "{m} min"),
        (_, 0) => tr!(lang, "{h} 小时", "{h} h"),
        _ => tr!(lang, "{h} 小时 {m} 分钟", "{h} h {m} min"),
    }
}

/// `1 rule`, `2 rules`: an English count with its noun. Chinese needs none.
pub fn counted(n: impl TryInto<i64>, one: &str, many: &str) -> String {
    let n = n.try_into().unwrap_or(i64::MAX);
    let noun = if n == 1 { one } else { many };
    format!("{} {noun}", number(n))
}

/// A text that begins a line of its own: its first letter is a capital.
pub fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}

/// A whole number with thousands separators: 68,412.
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share in per cent with one decimal, cut and never rounded up to 100: 96.6%. Nothing of nothing is 0.0%.
pub fn percent(part: i64, whole: i64) -> String {
    let tenths = if whole > 0 {
        part.saturating_mul(1000) / whole
    } else {
        0
    };
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// A temperature from tenths of a degree: 36.5 ℃ / 36.5 °C.
pub fn temperature(lang: Lang, tenths: i32) -> String {
    let (whole, rest) = (tenths / 10, tenths % 10);
    tr!(lang, "{whole}.{rest} ℃", "{whole}.{rest} °C")
}

/// Day 3 of 7: 第 3 天，共 7 天 / Day 3 of 7.
pub fn day_count(lang: Lang, nth: u32, of: u32) -> String {
    tr!(lang, "第 {nth} 天，共 {of} 天", "Day {nth} of {of}")
}

/// The word that goes with a code's shape everywhere.
pub fn status_word(lang: Lang, code: Code) -> String {
    match code {
        Code::Green => tr!(lang, "可返校", "May attend"),
        Code::Yellow => tr!(lang, "观察中", "Observing"),
        Code::Red => tr!(lang, "隔离中", "Isolating"),
        Code::Grey => tr!(lang, "未报告", "Not reported"),
    }
}

/// The name of the code itself.
pub fn code_name(lang: Lang, code: Code) -> String {
    match code {
        Code::Green => tr!(lang, "绿码", "Green code"),
        Code::Yellow => tr!(lang, "黄码", "Yellow code"),
        Code::Red => tr!(lang, "红码", "Red code"),
        Code::Grey => tr!(lang, "未报", "No report"),
    }
}

/// What the code means today, in one line.
pub fn code_meaning(lang: Lang, code: Code) -> String {
    match code {
        Code::Green => tr!(lang, "今天可以正常到校", "May go to school today"),
        Code::Yellow => tr!(lang, "暂时在家，还不能到校", "Stay at home, no school yet"),
        Code::Red => tr!(lang, "正在隔离，不能到校", "Stay isolated, no school"),
        Code::Grey => tr!(lang, "今天还没有报告", "Nothing reported yet today"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn days_read_as_people_write_them() {
        let day = Day::from_ymd(2020, 9, 17).unwrap();
        assert_eq!(day_short(Lang::Zh, day), "9月17日");
        assert_eq!(day_short(Lang::En, day), "17 Sep");
        assert_eq!(day_week(Lang::Zh, day), "9月17日 周四");
        assert_eq!(day_week(Lang::En, day), "Thu 17 Sep");
        assert_eq!(day_full(Lang::En, day), "17 Sep 2020");
        assert_eq!(weekday_letter(Lang::En, day), "T");
    }

    #[test]
    fn numbers_and_times_read_as_people_write_them() {
        assert_eq!(time(434), "7:14");
        assert_eq!(time(1440), "24:00");
        assert_eq!(minutes(Lang::Zh, 65), "1 小时 5 分钟");
        assert_eq!(number(68_412), "68,412");
        assert_eq!(number(-1_000_000), "−1,000,000");
        assert_eq!(number(999), "999");
        assert_eq!(temperature(Lang::Zh, 365), "36.5 ℃");
    }

    #[test]
    fn a_share_is_100_only_when_nobody_is_missing() {
        assert_eq!(percent(9_999, 10_000), "99.9%");
        assert_eq!(percent(45, 45), "100.0%");
        assert_eq!(percent(0, 0), "0.0%");
    }

    #[test]
    fn the_four_words_begin_with_four_characters() {
        let mut firsts: Vec<_> = Code::ALL
            .iter()
            .filter_map(|c| status_word(Lang::Zh, *c).chars().next())
            .collect();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), 4);
    }
}
