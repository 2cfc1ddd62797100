//! Recognising what a header means, whatever the school calls it.

use super::column::Column;
use crate::identity::clean;

/// How well a header fits its meaning; of two headers with one meaning the lower one wins.
pub(super) type Rank = u8;

/// What a header means, `None` where it is nothing that a roster needs.
pub fn recognise(header: &str) -> Option<Column> {
    ranked(header).map(|(column, _)| column)
}

/// What a header means and how well it fits.
pub(super) fn ranked(header: &str) -> Option<(Column, Rank)> {
    let plain = simplify(header);
    // First with the words in brackets, as in 家长(1)姓名, then without, as in 出生日期(年-月-日).
    lookup(&plain.replace(['(', ')'], "")).or_else(|| lookup(&without_brackets(&plain)))
}

/// The relation that a header such as 父亲手机 says by itself.
pub(super) fn implied_relation(header: &str) -> Option<&'static str> {
    let header = simplify(header);
    ["父亲", "母亲"]
        .into_iter()
        .find(|relation| header.starts_with(relation))
}

fn simplify(header: &str) -> String {
    clean(header)
        .to_lowercase()
        .chars()
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(
                    c,
                    '*' | ':' | '.' | ',' | '_' | '-' | '\'' | '’' | '、' | '/'
                )
        })
        .map(|c| match c {
            '【' | '[' => '(',
            '】' | ']' => ')',
            c => c,
        })
        .collect()
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

fn lookup(header: &str) -> Option<(Column, Rank)> {
    own(header)
        .or_else(|| header.strip_prefix("学生").and_then(own))
        .or_else(|| guardian(header).map(|column| (column, 0)))
        .or_else(|| contact(header).map(|column| (column, 2)))
}

/// Headers about the child itself and the class.
fn own(header: &str) -> Option<(Column, Rank)> {
    Some(match header {
        "学号" | "校内学号" | "studentno" | "studentnumber" | "studentid" => {
            (Column::StudentNo, 0)
        }
        "学籍号" | "学籍号码" | "全国学籍号" | "国网学籍号" | "全国学籍号码" | "学籍编号" => {
            (Column::StudentNo, 1)
        }
        "姓名" | "名字" | "幼儿姓名" | "儿童姓名" | "name" | "studentname" | "fullname" => {
            (Column::Name, 0)
        }
        "性别" | "幼儿性别" | "sex" | "gender" => (Column::Sex, 0),
        "出生日期" | "出生年月日" | "birthdate" | "dateofbirth" | "dob" | "birthday" => {
            (Column::BirthDate, 0)
        }
        "出生年月" | "出生时间" | "生日" | "幼儿出生日期" => (Column::BirthDate, 1),
        "身份证号"
        | "身份证号码"
        | "身份证"
        | "公民身份号码"
        | "公民身份证号"
        | "居民身份证号"
        | "居民身份证号码"
        | "身份号码"
        | "身份证件号"
        | "身份证件号码"
        | "幼儿身份证号"
        | "idnumber"
        | "nationalid"
        | "identitynumber" => (Column::NationalId, 0),
        "证件号" | "证件号码" => (Column::NationalId, 1),
        "年级" | "年级名称" | "所在年级" | "就读年级" | "年段" | "grade" | "year" => {
            (Column::Grade, 0)
        }
        "班级" | "班级名称" | "所在班级" | "就读班级" | "班级号" | "班号" | "班次" | "班别"
        | "年级班级" | "class" => (Column::Class, 0),
        "班" | "现班级" | "行政班" => (Column::Class, 1),
        "是否住校" | "住校" | "是否寄宿" | "寄宿" | "是否寄宿生" | "是否住宿" | "住宿"
        | "是否住校生" | "住校情况" | "住宿情况" | "住校走读" | "走读住校" | "就读方式"
        | "boarding" | "boarder" => (Column::Boarding, 0),
        "班主任" | "班主任姓名" | "班主任老师" | "classteacher" | "classteachername"
        | "teacher" => (Column::ClassTeacher, 0),
        "班主任手机"
        | "班主任手机号"
        | "班主任手机号码"
        | "班主任电话"
        | "班主任电话号码"
        | "班主任联系电话"
        | "班主任联系方式"
        | "classteacherphone"
        | "classteachersphone"
        | "teacherphone" => (Column::ClassTeacherPhone, 0),
        "座号" | "座位号" | "座位" | "班内序号" | "班内学号" | "seat" | "seatno" => {
            (Column::Seat, 0)
        }
        "备注" | "说明" | "备注说明" | "remark" | "remarks" | "note" | "notes" => {
            (Column::Remark, 0)
        }
        _ => return None,
    })
}

/// Words for guardians, with their place where the word itself says it.
const WHO: [(&str, Option<usize>); 13] = [
    ("法定监护人", None),
    ("监护人", None),
    ("学生家长", None),
    ("家长", None),
    ("家庭成员", None),
    ("紧急联系人", None),
    ("联系人", None),
    ("guardian", None),
    ("parent", None),
    ("父亲", Some(0)),
    ("母亲", Some(1)),
    ("father", Some(0)),
    ("mother", Some(1)),
];

/// Headers that name a guardian: 家长1手机, 监护人手机号, 第二监护人与学生关系, 父亲姓名 …
fn guardian(header: &str) -> Option<Column> {
    let header = header.strip_prefix("学生").unwrap_or(header);
    let (ordinal, rest) = strip_ordinal(header);
    let (rest, fixed) = WHO
        .iter()
        .find_map(|(who, slot)| Some((rest.strip_prefix(who)?, *slot)))?;
    let (inner, rest) = strip_ordinal(rest);
    let (rest, outer) = split_trailing_ordinal(rest);
    let field = match rest.strip_prefix('的').unwrap_or(rest) {
        "" | "姓名" | "名字" | "名称" | "name" => 0,
        "关系"
        | "与学生关系"
        | "与孩子关系"
        | "与幼儿关系"
        | "与本人关系"
        | "与学生的关系"
        | "与被监护人关系"
        | "称谓"
        | "称呼"
        | "relation"
        | "relationship" => 1,
        rest if is_phone(rest) => 2,
        _ => return None,
    };
    let slot = fixed.or(ordinal).or(inner).or(outer).unwrap_or(0);
    Column::GUARDIANS.get(slot)?.get(field).copied()
}

/// Headers without a person's word, which in a roster of children mean the guardian: 联系电话, 与学生关系.
fn contact(header: &str) -> Option<Column> {
    let (rest, ordinal) = split_trailing_ordinal(header);
    let field = match rest {
        "关系" | "与学生关系" | "与本人关系" | "与孩子关系" => 1,
        rest if is_phone(rest.strip_prefix("家庭").unwrap_or(rest)) => 2,
        _ => return None,
    };
    Column::GUARDIANS
        .get(ordinal.unwrap_or(0))?
        .get(field)
        .copied()
}

fn is_phone(word: &str) -> bool {
    matches!(
        word,
        "手机"
            | "手机号"
            | "手机号码"
            | "电话"
            | "电话号码"
            | "联系电话"
            | "联系手机"
            | "联系手机号"
            | "联系方式"
            | "联系号码"
            | "移动电话"
            | "phone"
            | "mobile"
            | "phonenumber"
            | "mobilenumber"
    )
}

const ORDINALS: [(&str, usize); 9] = [
    ("第一", 0),
    ("第二", 1),
    ("1", 0),
    ("2", 1),
    ("一", 0),
    ("二", 1),
    ("①", 0),
    ("②", 1),
    ("甲", 0),
];

fn strip_ordinal(text: &str) -> (Option<usize>, &str) {
    ORDINALS
        .iter()
        .find_map(|(word, slot)| Some((Some(*slot), text.strip_prefix(word)?)))
        .unwrap_or((None, text))
}

fn split_trailing_ordinal(text: &str) -> (&str, Option<usize>) {
    ORDINALS
        .iter()
        .find_map(|(word, slot)| Some((text.strip_suffix(word)?, Some(*slot))))
        .unwrap_or((text, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lang;

    #[test]
    fn the_usual_headers_are_recognised() {
        for (column, headers) in [
            (
                Column::StudentNo,
                "学号 学籍号 全国学籍号 学生学号 *学号 student_no",
            ),
            (Column::Name, "姓名 学生姓名 姓名* 幼儿姓名 Name"),
            (Column::Sex, "性别 学生性别 性别(男/女)"),
            (
                Column::BirthDate,
                "出生日期 出生年月日 生日 出生日期（年-月-日） 出生日期(yyyy-mm-dd)",
            ),
            (
                Column::NationalId,
                "身份证号 身份证号码 身份证件号 证件号码 公民身份号码 学生身份证号 身份证号（文本格式）",
            ),
            (Column::Grade, "年级 所在年级"),
            (Column::Class, "班级 班级名称 所在班级 班别"),
            (Column::Boarding, "是否住校 是否寄宿 住校/走读 就读方式"),
            (Column::ClassTeacher, "班主任 班主任姓名"),
            (
                Column::ClassTeacherPhone,
                "班主任手机 班主任电话 班主任联系电话",
            ),
            (
                Column::Guardian1Name,
                "家长1姓名 家长姓名 监护人 监护人姓名 监护人1姓名 第一监护人姓名 家长（1）姓名 家长一姓名 父亲姓名 联系人",
            ),
            (
                Column::Guardian1Relation,
                "家长1关系 监护人关系 与学生关系 监护人与学生关系 家长称谓",
            ),
            (
                Column::Guardian1Phone,
                "家长1手机 家长手机 监护人手机号 监护人手机号码 联系电话 家长联系电话 家长电话1 父亲手机 手机号码 联系方式 家庭电话",
            ),
            (
                Column::Guardian2Name,
                "家长2姓名 监护人2 第二监护人姓名 家长二姓名 母亲姓名 家长姓名2",
            ),
            (Column::Guardian2Relation, "家长2关系 第二监护人与学生关系"),
            (
                Column::Guardian2Phone,
                "家长2手机 监护人2手机号 母亲联系电话 联系电话2 家长电话②",
            ),
            (Column::Seat, "座号 座位号"),
            (Column::Remark, "备注 备注（可不填）"),
        ] {
            for header in headers.split(' ') {
                assert_eq!(recognise(header), Some(column), "{header}");
            }
        }
        assert_eq!(recognise(" 身 份 证\n号 码 "), Some(Column::NationalId));
        assert_eq!(recognise("家长１\r\n手机"), Some(Column::Guardian1Phone));
        assert_eq!(recognise("Guardian 2 phone"), Some(Column::Guardian2Phone));
    }

    #[test]
    fn a_column_is_recognised_by_its_titles_and_its_word() {
        for column in Column::ALL {
            let titles = [Lang::Zh, Lang::En].map(|lang| column.title(lang));
            for header in titles.into_iter().chain([column.word()]) {
                assert_eq!(recognise(header), Some(column), "{header}");
            }
        }
    }

    #[test]
    fn what_belongs_to_somebody_else_is_not_taken_for_the_child() {
        for header in [
            "",
            "序号",
            "编号",
            "家长身份证号",
            "监护人单位",
            "学生手机",
            "家庭住址",
            "民族",
            "政治面貌",
            "班主任身份证号",
            "父亲职业",
            "南浔镇示例小学 2019-2020学年第二学期学生名册",
            "学校名称",
            "身份证件类型",
            "家长3姓名",
        ] {
            assert_eq!(recognise(header), None, "{header}");
        }
    }
}
