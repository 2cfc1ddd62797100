//! Choosing a region by its code or name; where a name fits several, they are offered.

use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Ctx, Failure, Fields};
use domain::Text;
use domain::ids::RegionCode;
use leptos::prelude::*;

/// A place as a form has it.
#[derive(Debug, Clone, Default)]
pub(super) struct PlaceChoice {
    pub chosen: Option<RegionCode>,
    typed: String,
    offered: Vec<(RegionCode, Text)>,
}

impl PlaceChoice {
    /// What is wrong with it, where no region is chosen.
    pub fn error(&self, lang: Lang) -> Option<String> {
        match (&self.chosen, self.typed.is_empty(), self.offered.is_empty()) {
            (Some(_), ..) => None,
            (None, true, _) => Some(tr!(
                lang,
                "请填写地区名称或区划代码",
                "Enter a region's name or code"
            )),
            (None, false, true) => Some(tr!(
                lang,
                "找不到这个地区，请换一种写法，例如：北京市大兴区",
                "No such region; write it differently, for example 北京市大兴区"
            )),
            (None, false, false) => Some(tr!(
                lang,
                "有几个地区符合，请在下面选一个",
                "Several regions fit; choose one below"
            )),
        }
    }
}

/// Reads the fields `place` and `place_code`.
pub(super) async fn read(ctx: &Ctx, fields: &Fields) -> Result<PlaceChoice, Failure> {
    let typed = fields.get("place").trim().to_owned();
    if typed.is_empty() {
        return Ok(PlaceChoice::default());
    }
    let offered = ctx.services().search_regions(&typed).await?;
    let picked = RegionCode::parse(fields.get("place_code"))
        .ok()
        .filter(|code| offered.iter().any(|(known, _)| known == code));
    let chosen = match picked {
        Some(code) => Some(code),
        None => ctx.services().region_of_text(&typed).await?,
    };
    Ok(PlaceChoice {
        chosen,
        typed,
        offered,
    })
}

/// The text field, and below it the regions that fit.
#[component]
pub(super) fn PlaceField(
    lang: Lang,
    place: PlaceChoice,
    label: String,
    error: Option<String>,
    /// The form can be sent without it.
    #[prop(optional)]
    is_optional: bool,
) -> AnyView {
    let options: Vec<_> = place
        .offered
        .iter()
        .map(|(code, name)| Choice::new(code.as_str(), format!("{} ({code})", name.get(lang))))
        .collect();
    let chosen = place.chosen.map(|c| c.to_string()).unwrap_or_default();
    let several = (options.len() > 1).then(|| {
        view! { <RadioGroup name="place_code" label=tr!(lang, "是哪一个", "Which one") options=options value=chosen columns=1 /> }
    });
    view! {
        <TextInput
            name="place"
            label=label
            hint=tr!(lang, "写全名或区划代码，例如：北京市大兴区，或 110115", "Full name or code, for example 北京市大兴区 or 110115")
            value=place.typed
            maxlength=60u32
            required=!is_optional
            error=error
        />
        {several}
    }
    .into_any()
}
