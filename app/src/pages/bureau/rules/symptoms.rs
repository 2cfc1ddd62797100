//! The symptoms of a draft: their names and what they count as, one more, one fewer.

use super::sheet::Sheet;
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::Fields;
use domain::Text;
use domain::rulebook::{Document, Severity, Symptom};
use leptos::prelude::*;

/// The largest number that a report can hold.
const NUMBER_MAX: u8 = 63;

/// Takes over the names and weights of a form; what it does not hold stays. The second language may be missing for
/// now: the findings say so.
pub(super) fn read(document: &mut Document, fields: &Fields) {
    for symptom in &mut document.symptoms {
        let field = |part: &str| field(symptom.number, part);
        let half = |part: &str, kept: &str| {
            let name = field(part);
            let typed = fields.has(&name).then(|| fields.get(&name).trim());
            typed.unwrap_or(kept).to_owned()
        };
        let title = Text::new(half("zh", &symptom.title.zh), half("en", &symptom.title.en));
        match fields.get(&field("weight")) {
            "plain" => (symptom.severe, symptom.fever) = (false, false),
            "severe" => (symptom.severe, symptom.fever) = (true, false),
            "fever" => (symptom.severe, symptom.fever) = (false, true),
            _ => {}
        }
        symptom.title = title;
    }
}

/// One more symptom as a form describes it. Its number is above all that were ever given where this can be seen.
///
/// # Errors
/// What cannot be used.
pub(super) fn added(
    lang: Lang,
    document: &Document,
    others: &[&Document],
    fields: &Fields,
) -> Result<Symptom, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |id: &str, words: String| errors.push(FieldError::new(id, words));
    let code = fields.get("symptom_code").trim();
    let is_code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if code.is_empty() || code.len() > 64 || !code.bytes().all(is_code) {
        let words = tr!(
            lang,
            "只用小写字母、数字和下划线",
            "Small letters, digits and underscores only"
        );
        wrong("symptom_code", words);
    } else if document.symptoms.iter().any(|known| known.code == code) {
        let words = tr!(lang, "已经有这个代号", "There is such a name already");
        wrong("symptom_code", words);
    }
    let title = Text::new(
        fields.get("symptom_zh").trim(),
        fields.get("symptom_en").trim(),
    );
    for (id, half) in [("symptom_zh", &title.zh), ("symptom_en", &title.en)] {
        if half.is_empty() {
            wrong(id, tr!(lang, "请填写名称", "Enter a title"));
        }
    }
    let documents = others.iter().copied().chain([document]);
    let given = documents.flat_map(|document| &document.symptoms);
    let number = given
        .map(|symptom| symptom.number)
        .max()
        .map_or(0, |last| last.saturating_add(1));
    if number > NUMBER_MAX {
        let words = tr!(
            lang,
            "症状编号用完了，最多 64 个",
            "All 64 numbers of symptoms are given"
        );
        wrong("symptom_code", words);
    }
    if errors.is_empty() {
        Ok(Symptom {
            number,
            code: code.to_owned(),
            title,
            severe: fields.get("symptom_weight") == "severe",
            fever: false,
        })
    } else {
        Err(errors)
    }
}

fn field(number: u8, part: &str) -> String {
    format!("s.{number}.{part}")
}

/// The list with its form, and one for a new symptom.
pub(super) fn forms(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    let rows = sheet
        .document
        .symptoms
        .iter()
        .enumerate()
        .map(|(index, symptom)| row(sheet, index, symptom))
        .collect_view();
    let has_some = !sheet.document.symptoms.is_empty();
    let save = has_some.then(|| {
        view! { <div class="row"><Button kind=ButtonKind::Primary name="do" value="save-symptoms">{tr!(lang, "保存症状", "Save the symptoms")}</Button></div> }
    });
    let is_wrong = |error: &FieldError| error.id.starts_with("symptom_");
    let open = errors.iter().any(is_wrong);
    let value = |name: &str| typed.get(name).to_owned();
    let weights = weights(lang).into_iter().take(2).collect::<Vec<_>>();
    view! {
        <details class="card edit-only" open=open id="symptoms">
            <summary><h2>{tr!(lang, "表格里的症状", "Symptoms on the form")}</h2><Icon name=IconName::ChevronDown /></summary>
            <form class="stack" method="post" action=sheet.path()>
                <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
                // The first button of a form is what the Enter key presses.
                <button class="vh" name="do" value="save-symptoms" tabindex="-1" aria-hidden="true">{tr!(lang, "保存症状", "Save the symptoms")}</button>
                {rows}
                {save}
            </form>
            <form class="stack" method="post" action=sheet.path()>
                <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
                <h3>{tr!(lang, "添加症状", "Add a symptom")}</h3>
                <div class="inputs">
                    <TextInput name="symptom_code" label=tr!(lang, "代号", "Name") hint=tr!(lang, "小写字母，用于文件和接口", "small letters, for files and interfaces") value=value("symptom_code") maxlength=64u32 required=true error=error_of(errors, "symptom_code") />
                    <TextInput name="symptom_zh" label=tr!(lang, "名称（中文）", "Title (Chinese)") value=value("symptom_zh") maxlength=60u32 required=true error=error_of(errors, "symptom_zh") />
                    <TextInput name="symptom_en" label=tr!(lang, "名称（英文）", "Title (English)") value=value("symptom_en") maxlength=60u32 required=true error=error_of(errors, "symptom_en") />
                    <Select name="symptom_weight" label=tr!(lang, "算作", "Counts as") options=weights value=value("symptom_weight") />
                </div>
                <div class="row"><Button name="do" value="add-symptom">{tr!(lang, "添加症状", "Add the symptom")}</Button></div>
            </form>
        </details>
    }
    .into_any()
}

fn row(sheet: &Sheet, index: usize, symptom: &Symptom) -> AnyView {
    let lang = sheet.frame.lang;
    let place = format!("/symptoms/{index}/");
    let fault = sheet
        .findings
        .iter()
        .find(|finding| finding.severity == Severity::Error && finding.place.starts_with(&place))
        .map(|finding| words::sentence(finding.text.get(lang)));
    let (code, number) = (symptom.code.clone(), symptom.number);
    let weight = match (symptom.severe, symptom.fever) {
        (true, _) => "severe",
        (_, true) => "fever",
        _ => "plain",
    };
    let name = symptom.title.get(lang).to_owned();
    let label = tr!(lang, "去掉 {name}", "Take {name} away");
    view! {
        <fieldset class="inputs">
            <legend class="mono">{code}</legend>
            <TextInput name=field(number, "zh") label=tr!(lang, "中文", "Chinese") value=symptom.title.zh.clone() maxlength=60u32 error=fault />
            <TextInput name=field(number, "en") label=tr!(lang, "英文", "English") value=symptom.title.en.clone() maxlength=60u32 />
            <Select name=field(number, "weight") label=tr!(lang, "算作", "Counts as") options=weights(lang) value=weight />
            <div class="row">
                <Button small=true name="do" value=format!("drop-symptom:{number}") label=label>{tr!(lang, "去掉", "Take away")}</Button>
            </div>
        </fieldset>
    }
    .into_any()
}

fn weights(lang: Lang) -> Vec<Choice> {
    vec![
        Choice::new("plain", tr!(lang, "一般症状", "ordinary")),
        Choice::new("severe", tr!(lang, "重症状", "severe")),
        Choice::new("fever", tr!(lang, "即发热", "the fever itself")),
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use domain::rulebook::SHIPPED;

    #[test]
    fn names_and_weights_are_taken_over_and_a_new_number_was_never_given() {
        let mut document: Document = serde_json::from_str(SHIPPED).unwrap();
        let base = document.clone();
        let typed = [
            ("s.1.zh", " 干咳 "),
            ("s.1.weight", "severe"),
            ("s.8.weight", "plain"),
        ];
        read(&mut document, &Fields::from_pairs(typed.to_vec()));
        let cough = &document.symptoms[1];
        assert_eq!(
            (cough.title.zh.as_str(), cough.title.en.as_str()),
            ("干咳", "cough")
        );
        assert!(cough.severe && !document.symptoms[8].severe && document.symptoms[9].severe);

        document.symptoms.retain(|symptom| symptom.number < 5);
        let fields = |code| {
            let pairs = vec![
                ("symptom_code", code),
                ("symptom_zh", "味觉减退"),
                ("symptom_en", "loss of taste"),
                ("symptom_weight", "severe"),
            ];
            Fields::from_pairs(pairs)
        };
        let new = added(Lang::En, &document, &[&base], &fields("taste")).unwrap();
        assert_eq!((new.number, new.severe, new.fever), (11, true, false));
        let taken = added(Lang::En, &document, &[&base], &fields("cough")).unwrap_err();
        assert_eq!(taken[0].id, "symptom_code");
        let nothing = added(Lang::En, &document, &[], &Fields::default()).unwrap_err();
        let fields: Vec<_> = nothing.iter().map(|error| error.id.as_str()).collect();
        assert_eq!(fields, ["symptom_code", "symptom_zh", "symptom_en"]);
    }
}
