//! English names for regions and schools: suggested when they are imported or created, kept as data, and corrected by
//! whoever knows better.
//!
//! A name is read from the left: the longest word of a table wins, and what lies between such words is romanised as one
//! word, without tones, as Chinese maps do. `reference/names-en.csv` holds what is read otherwise than by its usual
//! sound (重庆), or has a spelling of its own (哈尔滨).

use pinyin::ToPinyin as _;
use std::sync::LazyLock;

/// Words and spellings that hold wherever they stand.
static PLACES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    include_str!("../../../reference/names-en.csv")
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .collect()
});

/// Characters that sound otherwise in the names of places than the library's first reading.
const READINGS: &[(char, &str)] = &[('长', "chang"), ('都', "du"), ('佛', "fo")];

/// The last word of a region's name.
const REGION_ENDS: &[(&str, &str)] = &[
    ("特别行政区", "Special Administrative Region"),
    ("自治区", "Autonomous Region"),
    ("自治州", "Autonomous Prefecture"),
    ("自治县", "Autonomous County"),
    ("自治旗", "Autonomous Banner"),
    (
        "经济技术开发区",
        "Economic and Technological Development Zone",
    ),
    (
        "高新技术产业开发区",
        "High-Tech Industrial Development Zone",
    ),
    ("工业园区", "Industrial Park"),
    ("商贸园区", "Trade Park"),
    ("左旗", "Left Banner"),
    ("右旗", "Right Banner"),
    ("管委会", "Administrative Committee"),
    ("开发区", "Development Zone"),
    ("管理区", "Administrative Zone"),
    ("民族乡", "Ethnic Township"),
    ("街道", "Subdistrict"),
    ("地区", "Prefecture"),
    ("林区", "Forestry District"),
    ("矿区", "Mining District"),
    ("新区", "New Area"),
    ("省", "Province"),
    ("盟", "League"),
    ("旗", "Banner"),
    ("县", "County"),
    ("镇", "Town"),
    ("乡", "Township"),
    ("市", "City"),
    ("区", "District"),
];

/// Names that are no place's own.
const WHOLE: &[(&str, &str)] = &[
    ("中国", "China"),
    ("市辖区", "Districts"),
    ("县", "Counties"),
    ("省直辖县级行政区划", "Counties under the Province"),
    ("自治区直辖县级行政区划", "Counties under the Region"),
];

/// Cities that are provinces: nobody calls them *City*.
const CITY_PROVINCES: [&str; 4] = ["北京市", "天津市", "上海市", "重庆市"];

/// What the names of schools are made of.
const SCHOOL_WORDS: &[(&str, &str)] = &[
    ("九年一贯制学校", "Nine-Year School"),
    ("职业技术学院", "Vocational and Technical College"),
    ("职业技术学校", "Vocational and Technical School"),
    ("职业中等专业学校", "Secondary Vocational School"),
    ("中等职业学校", "Secondary Vocational School"),
    ("职业高级中学", "Vocational High School"),
    ("特殊教育学校", "School for Special Education"),
    ("初级中学", "Junior Middle School"),
    ("高级中学", "Senior High School"),
    ("完全中学", "Middle School"),
    ("中心小学", "Central Primary School"),
    ("外国语", "Foreign Language"),
    ("幼儿园", "Kindergarten"),
    ("小学", "Primary School"),
    ("初中", "Junior Middle School"),
    ("高中", "Senior High School"),
    ("中学", "Middle School"),
    ("学院", "College"),
    ("大学", "University"),
    ("学校", "School"),
    ("校区", "Campus"),
    ("分校", "Branch"),
    ("附属", "Affiliated"),
    ("实验", "Experimental"),
    ("示例", "Sample"),
    ("中心", "Central"),
    ("希望", "Hope"),
    ("民办", "Private"),
    ("师范", "Normal"),
    ("第一", "No. 1"),
    ("第二", "No. 2"),
    ("第三", "No. 3"),
    ("第四", "No. 4"),
    ("第五", "No. 5"),
    ("第六", "No. 6"),
    ("第七", "No. 7"),
    ("第八", "No. 8"),
    ("第九", "No. 9"),
    ("第十", "No. 10"),
    ("街道", "Subdistrict"),
    ("省", "Province"),
    ("市", "City"),
    ("县", "County"),
    ("区", "District"),
    ("镇", "Town"),
    ("乡", "Township"),
];

/// What English pages could call a region: 南浔区 is *Nanxun District*.
pub fn region_name(zh: &str) -> String {
    if let Some((_, en)) = PLACES.iter().chain(WHOLE).find(|(word, _)| *word == zh) {
        return (*en).to_owned();
    }
    if CITY_PROVINCES.contains(&zh) {
        return words(zh.trim_end_matches('市'), &[]);
    }
    let end = REGION_ENDS
        .iter()
        .find_map(|(end, en)| Some((zh.strip_suffix(end).filter(|stem| !stem.is_empty())?, *en)));
    match end {
        Some((stem, en)) => format!("{} {en}", words(stem, &[])),
        None => words(zh, &[]),
    }
}

/// What English pages could call a school: 南浔镇示例小学 is *Nanxun Town Sample Primary School*.
pub fn school_name(zh: &str) -> String {
    words(zh, SCHOOL_WORDS)
}

/// The words of a name, with a space between them.
fn words(zh: &str, table: &[(&str, &str)]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut plain = String::new();
    let mut rest = zh;
    while let Some(next) = rest.chars().next() {
        let known = PLACES
            .iter()
            .chain(table)
            .filter(|(word, _)| rest.starts_with(word))
            .max_by_key(|(word, _)| word.len());
        // A word of one character is no word at the beginning of another: 市 in 练市镇 belongs to a name.
        let known =
            known.filter(|(word, _)| !ends_later(word, out.is_empty() && plain.is_empty(), rest));
        match known {
            Some((word, en)) => {
                out.extend(romanised(&std::mem::take(&mut plain)));
                out.push((*en).to_owned());
                rest = rest.strip_prefix(word).unwrap_or_default();
            }
            None => {
                plain.push(next);
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out.extend(romanised(&plain));
    out.join(" ")
}

/// Whether a level's word of one character is part of a longer name: nothing stands before it, or another level's word
/// comes right after it, as in 练市镇.
fn ends_later(word: &str, is_first: bool, rest: &str) -> bool {
    let mut chars = word.chars();
    let is_one = chars.next().is_some() && chars.next().is_none();
    let follows = rest
        .chars()
        .nth(1)
        .is_some_and(|c| matches!(c, '省' | '市' | '县' | '区' | '镇' | '乡'));
    is_one && (is_first || follows)
}

/// Characters as one word without tones: 西安 is *Xi'an*. What is no Chinese character stays as it is.
fn romanised(zh: &str) -> Option<String> {
    let mut out = String::new();
    for c in zh.chars() {
        let usual = || c.to_pinyin().map(pinyin::Pinyin::plain);
        let known = READINGS.iter().find(|(of, _)| *of == c);
        match known.map(|(_, sound)| *sound).or_else(usual) {
            Some(sound) => {
                let is_open = sound.starts_with(['a', 'e', 'o']);
                if is_open && out.ends_with(char::is_alphabetic) {
                    out.push('\'');
                }
                if out.is_empty() {
                    out.push_str(&capital(sound));
                } else {
                    out.push_str(sound);
                }
            }
            None => out.push(c),
        }
    }
    let out = out.trim();
    (!out.is_empty()).then(|| out.to_owned())
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + chars.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_called_as_maps_call_them() {
        for (zh, en) in [
            ("南浔区", "Nanxun District"),
            ("湖州市", "Huzhou City"),
            ("浙江省", "Zhejiang Province"),
            ("陕西省", "Shaanxi Province"),
            ("山西省", "Shanxi Province"),
            ("重庆市", "Chongqing"),
            ("北京市", "Beijing"),
            ("西安市", "Xi'an City"),
            ("长沙市", "Changsha City"),
            ("长子县", "Zhangzi County"),
            ("东阿县", "Dong'e County"),
            ("吕梁市", "Lüliang City"),
            ("练市镇", "Lianshi Town"),
            ("江都区", "Jiangdu District"),
            ("佛山市", "Foshan City"),
            ("阿拉善左旗", "Alxa Left Banner"),
            ("东迁街道", "Dongqian Subdistrict"),
            ("内蒙古自治区", "Inner Mongolia Autonomous Region"),
            ("广西壮族自治区", "Guangxi Zhuang Autonomous Region"),
            ("新疆维吾尔自治区", "Xinjiang Uyghur Autonomous Region"),
            (
                "积石山保安族东乡族撒拉族自治县",
                "Jishishan Bonan Dongxiang Salar Autonomous County",
            ),
            ("哈尔滨市", "Harbin City"),
            ("市辖区", "Districts"),
            ("县", "Counties"),
            ("中国", "China"),
        ] {
            assert_eq!(region_name(zh), en, "{zh}");
        }
    }

    #[test]
    fn schools_are_called_by_what_they_are() {
        for (zh, en) in [
            ("南浔镇示例小学", "Nanxun Town Sample Primary School"),
            (
                "东迁街道示例第二小学",
                "Dongqian Subdistrict Sample No. 2 Primary School",
            ),
            ("练市镇示例中学", "Lianshi Town Sample Middle School"),
            (
                "菱湖镇示例职业技术学校",
                "Linghu Town Sample Vocational and Technical School",
            ),
            ("重庆市第八中学", "Chongqing City No. 8 Middle School"),
            ("Dulwich 幼儿园", "Dulwich Kindergarten"),
            ("<b>小学</b>", "<b> Primary School </b>"),
        ] {
            assert_eq!(school_name(zh), en, "{zh}");
        }
    }

    #[test]
    fn the_table_says_only_what_the_sounds_do_not() {
        assert!(PLACES.len() > 100);
        for (zh, en) in PLACES.iter() {
            assert!(en.is_ascii() && !zh.is_empty() && !en.contains(','), "{zh}");
            assert_ne!(romanised(zh).as_deref(), Some(*en), "{zh}");
        }
    }
}
