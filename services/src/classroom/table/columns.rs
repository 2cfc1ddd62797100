//! The columns of a table of paper forms, whatever a school calls them.

use domain::Lang;
use domain::list::Meaning;

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableColumn {
    /// 学号
    StudentNo,
    /// 姓名
    Name,
    /// 座号: for whoever fills the table in.
    Seat,
    /// 有签字纸面
    Signed,
    /// 体温
    Temperature,
    /// 不舒服
    Symptoms,
    /// 纸面查验, for families who refused online answers.
    Check,
    /// 说明: what the download says of somebody.
    Note,
}

impl TableColumn {
    /// Every column, in the order of the download.
    pub const ALL: [Self; 8] = [
        Self::StudentNo,
        Self::Name,
        Self::Seat,
        Self::Signed,
        Self::Temperature,
        Self::Symptoms,
        Self::Check,
        Self::Note,
    ];

    /// The heading.
    pub fn title(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::StudentNo => ("学号", "Student number"),
            Self::Name => ("姓名", "Name"),
            Self::Seat => ("座号", "Seat"),
            Self::Signed => ("有签字纸面", "Signed paper"),
            Self::Temperature => ("体温", "Temperature"),
            Self::Symptoms => ("不舒服", "Symptoms"),
            Self::Check => ("纸面查验", "Check on paper"),
            Self::Note => ("说明", "Note"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

impl Meaning for TableColumn {
    fn names(self) -> &'static [&'static str] {
        match self {
            // Not 学籍号: where a school has both, its roster goes by the other.
            Self::StudentNo => &[
                "学号",
                "校内学号",
                "学生学号",
                "studentnumber",
                "studentno",
                "studentid",
            ],
            Self::Name => &[
                "姓名",
                "名字",
                "学生姓名",
                "name",
                "studentname",
                "fullname",
            ],
            Self::Seat => &["座号", "座位号", "座位", "序号", "seat", "seatno", "no"],
            Self::Signed => &[
                "有签字纸面",
                "签字纸面",
                "纸面",
                "有纸面",
                "签字",
                "有签字",
                "已签字",
                "签字表",
                "纸质表",
                "signedpaper",
                "signed",
                "paper",
                "paperform",
                "signedform",
            ],
            Self::Temperature => &[
                "体温",
                "体温℃",
                "今日体温",
                "今天体温",
                "早上体温",
                "早晨体温",
                "上午体温",
                "晨检体温",
                "午检体温",
                "中午体温",
                "下午体温",
                "晚上体温",
                "temperature",
                "temp",
                "bodytemperature",
            ],
            Self::Symptoms => &[
                "不舒服",
                "哪里不舒服",
                "有没有不舒服",
                "有无不舒服",
                "症状",
                "有无症状",
                "有没有症状",
                "身体不适",
                "有无不适",
                "不适",
                "不适症状",
                "symptoms",
                "symptom",
            ],
            Self::Check => &[
                "纸面查验",
                "纸面查验结果",
                "查验结果",
                "查验",
                "checkonpaper",
                "papercheck",
                "check",
                "resultofthecheck",
                "resultofthepapercheck",
            ],
            Self::Note => &["说明", "note", "notes"],
        }
    }
}
