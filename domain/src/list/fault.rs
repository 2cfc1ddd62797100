//! What is wrong with a row of a list, in words that help to mend it.

use crate::Lang;
use serde::{Deserialize, Serialize};

/// One fault of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFault {
    /// The row as the spreadsheet numbers it, from 1.
    pub row: u32,
    /// The column's header as written.
    pub column: String,
    /// What is wrong.
    pub reason: ListReason,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $zh:literal, $en:literal;)*) => {
        /// What can be wrong with a row.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ListReason { $($(#[$doc])* $name,)* }

        impl ListReason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The reason in words.
            pub fn message(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Self::$name, Lang::Zh) => $zh, (Self::$name, Lang::En) => $en,)* }
            }
        }
    };
}

reasons! {
    /// Neither an identity number nor a phone.
    NobodyNamed = "没有身份证号，也没有手机号", "Neither an identity number nor a phone is given";
    /// Not an identity number.
    NationalIdForm = "身份证号应为18位", "An identity number has 18 characters";
    /// The check digit or the birth date in it does not fit.
    NationalIdCheck = "身份证号校验不符，请核对是否输错", "The check digit of the identity number does not fit: something is mistyped";
    /// Not a mobile number.
    PhoneUnreadable = "不是11位手机号", "Not a mobile number of 11 digits";
    /// No kind.
    KindMissing = "没有类型", "The kind is missing";
    /// Not a kind that is known.
    KindUnknown = "不认识的类型；可写：确诊病例、密切接触者、次密接、旅居史、核酸检测、疫苗接种", "Not a known kind; write 确诊病例, 密切接触者, 次密接, 旅居史, 核酸检测 or 疫苗接种";
    /// No date where one is needed.
    DateMissing = "没有日期", "The date is missing";
    /// Not a date.
    DateUnreadable = "不是日期，请写成 2020-09-17", "Not a date; write it as 2020-09-17";
    /// A date after today.
    DateInFuture = "日期在今天之后", "The date lies after today";
    /// A date too far back or ahead to matter.
    DateFarOff = "日期太早或太晚", "The date lies too far back or ahead";
    /// No region where one is needed.
    RegionMissing = "没有地区", "The region is missing";
    /// No such region, or several of that name.
    RegionUnknown = "找不到这个地区，或有几个同名的；请写区划代码", "No such region, or several of that name; write its code";
    /// Left before arriving.
    LeftBeforeArrived = "离开在到达之前", "Left before arriving";
    /// Neither positive nor negative.
    OutcomeUnknown = "结果应为“阳性”或“阴性”", "The result is neither 阳性 (positive) nor 阴性 (negative)";
    /// Not a dose.
    DoseUnknown = "剂次应为 1 到 9", "The dose is not 1 to 9";
    /// Neither high nor medium.
    LevelUnknown = "等级应为“高”或“中”", "The level is neither 高 (high) nor 中 (medium)";
    /// Lifted before it began.
    LiftedBeforeFrom = "解除日期在起始日期之前", "Lifted before it began";
    /// Not a number of days.
    LookBackUnknown = "回溯天数应为 0 到 60", "The look-back is not 0 to 60 days";
    /// Neither yes nor no.
    TransitUnknown = "应为“是”或“否”", "Neither 是 (yes) nor 否 (no)";
    /// The spreadsheet has rounded a long number.
    Rounded = "长数字被表格软件改动，末几位已丢失，请按文本格式重新填写", "The spreadsheet has rounded this long number; type it again as text";
    /// The cell shows a formula's error.
    FormulaError = "单元格中的公式出错", "The cell shows a formula's error";
    /// Characters were lost when the file was saved.
    TextDamaged = "有乱码，请重新填写", "Characters were lost; type it again";
    /// Longer than such a text can be.
    TooLong = "内容过长", "Too long";
    /// Several children have a guardian with this phone.
    PhoneOfSeveral = "这个手机号对应几名学生，请补上身份证号", "Several students have a guardian with this phone; add the identity number";
    /// Whoever the number belongs to has another name.
    NameDiffers = "姓名与系统中这个号码的学生不一致，请核对是否为家长本人", "The name is not that of the student with this number; is it the guardian's own?";
    /// Another row of the file says the same.
    SaidTwice = "与文件中另一行相同", "Another row of the file says the same";
}
