//! What can be wrong with a file as a whole.

use domain::Lang;

/// Why a file cannot be read as a roster at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Larger than [`super::MAX_BYTES`], or unpacks to far more than a roster needs.
    #[error("file too large")]
    TooLarge,
    /// More rows than [`super::MAX_ROWS`].
    #[error("too many rows")]
    TooManyRows,
    /// An Excel file of the time before 2007.
    #[error("old Excel format")]
    OldExcel,
    /// Protected by a password.
    #[error("password protected")]
    Locked,
    /// Neither a workbook nor a text table.
    #[error("not a table")]
    NotATable,
    /// A workbook that is broken.
    #[error("damaged workbook")]
    Damaged,
    /// No row that could be a header.
    #[error("no header found")]
    NoHeader,
}

impl ReadError {
    /// The stable word that interfaces use.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::TooManyRows => "too_many_rows",
            Self::OldExcel => "old_excel",
            Self::Locked => "locked",
            Self::NotATable => "not_a_table",
            Self::Damaged => "damaged",
            Self::NoHeader => "no_header",
        }
    }

    /// The reason, and what to do, in words.
    pub fn message(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::TooLarge => (
                "文件过大（最大 20 MB）",
                "The file is too large (at most 20 MB)",
            ),
            Self::TooManyRows => (
                "行数过多（最多 20 万行）",
                "The file has too many rows (at most 200,000)",
            ),
            Self::OldExcel => (
                "这是旧版 Excel 文件（.xls），请另存为 .xlsx 或 .csv 后再上传",
                "This is an old Excel file (.xls); save it as .xlsx or .csv first",
            ),
            Self::Locked => (
                "文件有密码保护，请取消密码后再上传",
                "The file is protected by a password; remove it first",
            ),
            Self::NotATable => (
                "无法识别的文件，请上传 .xlsx 或 .csv",
                "This is not a spreadsheet; upload an .xlsx or .csv file",
            ),
            Self::Damaged => (
                "文件已损坏，请重新保存后再上传",
                "The file is damaged; save it again and upload that",
            ),
            Self::NoHeader => (
                "前 10 行中找不到表头（学号、姓名、班级……）",
                "No header (学号, 姓名, 班级 …) is in the first 10 rows",
            ),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}
