//! What the buttons of a version and of a rule do: each parses, calls one service, and says where to go on.

use super::form::{RuleForm, new_parameter, new_rule};
use super::sheet::Sheet;
use super::{life, refused, symptoms, version};
use crate::draft::edit_of;
use crate::tr;
use crate::ui::{Button, ButtonKind, FieldError};
use crate::web::{Ctx, Failure, Fields};
use domain::Colour;
use domain::ids::{RegionCode, RulebookNo};
use domain::rulebook::{Document, Symptom};
use leptos::prelude::*;
use services::rules::BookView;
use services::{Error, Refusal};

/// What became of a button.
pub(super) enum Acted {
    /// It was done; the page to go on to.
    Done(String),
    /// It was not; what was typed, and why.
    Refused {
        draft: Option<Box<Document>>,
        errors: Vec<FieldError>,
    },
}

/// What a button that saves makes of the draft.
struct Edited {
    document: Document,
    errors: Vec<FieldError>,
    /// Where to go on, below the version's page.
    then: String,
}

/// Does it.
pub(super) async fn act(
    ctx: &Ctx,
    region: &RegionCode,
    no: RulebookNo,
    fields: &Fields,
) -> Result<Acted, Failure> {
    let actor = ctx.actor()?;
    let view = ctx.services().rulebook(actor, region, no).await?;
    let home = format!("/bureau/{region}/rules/{no}");
    let word = fields.get("do");
    let edited = match word {
        "save" => Some(save(ctx, &view, fields)),
        "add-rule" => Some(add_rule(ctx, &view, fields)),
        "add-parameter" => Some(add_parameter(ctx, &view, fields)),
        "save-symptoms" => Some(save_symptoms(&view, fields)),
        "add-symptom" => Some(add_symptom(ctx, &view, fields)),
        "restore" => Some(restore(&view, fields)),
        "delete-rule" => Some(delete_rule(&view, fields)),
        _ => match word.split_once(':') {
            Some(("drop", name)) => Some(drop_parameter(ctx, &view, fields, name)),
            Some(("drop-symptom", number)) => Some(drop_symptom(&view, fields, number)),
            _ => None,
        },
    };
    if let Some(edited) = edited {
        return keep(ctx, region, &view, fields, edited).await;
    }
    match step(ctx, region, &view, fields).await {
        Ok(Some(other)) => Ok(Acted::Done(other)),
        Ok(None) => Ok(Acted::Done(format!("{home}?done={word}"))),
        Err(error) => {
            let invalid = matches!(error, Error::Refused(Refusal::FieldInvalid));
            let mut error = refused(ctx, error)?;
            if invalid && word == "schedule" {
                error.message = tr!(
                    ctx.lang,
                    "请选一天，最晚在一年以内",
                    "Choose a day, within a year from today"
                );
            }
            if matches!(word, "urgent" | "propose" | "retire") && error.id == "note" {
                "why".clone_into(&mut error.id);
            }
            Ok(Acted::Refused {
                draft: None,
                errors: vec![error],
            })
        }
    }
}

/// Saves an edited draft, or shows it again with what was typed.
async fn keep(
    ctx: &Ctx,
    region: &RegionCode,
    view: &BookView,
    fields: &Fields,
    edited: Edited,
) -> Result<Acted, Failure> {
    let draft = Some(Box::new(edited.document.clone()));
    if !edited.errors.is_empty() {
        return Ok(Acted::Refused {
            draft,
            errors: edited.errors,
        });
    }
    let (no, based_on) = (view.line.no, fields.value("based_on")?);
    let saved = ctx
        .services()
        .save_draft(ctx.actor()?, region, no, edited.document, based_on)
        .await;
    match saved {
        Ok(_) => Ok(Acted::Done(format!(
            "/bureau/{region}/rules/{no}{}",
            edited.then
        ))),
        Err(error) => Ok(Acted::Refused {
            draft,
            errors: vec![refused(ctx, error)?],
        }),
    }
}

fn save(ctx: &Ctx, view: &BookView, fields: &Fields) -> Edited {
    let mut document = view.document.clone();
    let errors = version::read_values(ctx.lang, &mut document, &view.above, fields);
    Edited {
        document,
        errors,
        then: "?done=save".into(),
    }
}

/// Takes a parameter away; everything else in the form is saved with it.
fn drop_parameter(ctx: &Ctx, view: &BookView, fields: &Fields, name: &str) -> Edited {
    let mut edited = save(ctx, view, fields);
    edited.document.parameters.retain(|p| p.name != name);
    edited.errors.retain(|e| e.id != format!("p.{name}"));
    edited.then = "?done=drop-parameter".into();
    edited
}

fn add_rule(ctx: &Ctx, view: &BookView, fields: &Fields) -> Edited {
    let mut document = view.document.clone();
    let id = fields.get("new_rule").trim();
    let is_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut errors = Vec::new();
    if id.is_empty() || id.len() > 32 || !id.chars().all(is_id) || id == "file.json" {
        let words = tr!(
            ctx.lang,
            "只用字母、数字、连字符和点",
            "Letters, digits, hyphens and dots only"
        );
        errors.push(FieldError::new("new_rule", words));
    } else if document.rules.iter().any(|rule| rule.id == id) {
        let words = tr!(ctx.lang, "已经有这个编号", "There is such a rule already");
        errors.push(FieldError::new("new_rule", words));
    } else {
        let colour = if fields.get("new_colour") == "red" {
            Colour::Red
        } else {
            Colour::Yellow
        };
        document.rules.push(new_rule(id, colour));
    }
    Edited {
        document,
        errors,
        then: format!("/{id}?done=add-rule"),
    }
}

fn add_parameter(ctx: &Ctx, view: &BookView, fields: &Fields) -> Edited {
    let mut document = view.document.clone();
    let mut errors = Vec::new();
    match new_parameter(ctx.lang, fields) {
        Ok(parameter) if document.parameters.iter().any(|p| p.name == parameter.name) => {
            let words = tr!(
                ctx.lang,
                "已经有这个参数",
                "There is such a parameter already"
            );
            errors.push(FieldError::new("new_name", words));
        }
        Ok(parameter) => document.parameters.push(parameter),
        Err(found) => errors = found,
    }
    Edited {
        document,
        errors,
        then: "?done=add-parameter".into(),
    }
}

fn save_symptoms(view: &BookView, fields: &Fields) -> Edited {
    let mut document = view.document.clone();
    symptoms::read(&mut document, fields);
    Edited {
        document,
        errors: Vec::new(),
        then: "?done=save-symptoms".into(),
    }
}

/// Takes a symptom away; everything else in the form is saved with it.
fn drop_symptom(view: &BookView, fields: &Fields, number: &str) -> Edited {
    let mut edited = save_symptoms(view, fields);
    let is_it = |symptom: &Symptom| number.parse() == Ok(symptom.number);
    edited.document.symptoms.retain(|symptom| !is_it(symptom));
    edited.then = "?done=drop-symptom".into();
    edited
}

fn add_symptom(ctx: &Ctx, view: &BookView, fields: &Fields) -> Edited {
    let mut document = view.document.clone();
    let base = view.base.iter().map(|(_, base)| base);
    let others: Vec<&Document> = base.chain(&view.above).collect();
    let mut errors = Vec::new();
    match symptoms::added(ctx.lang, &document, &others, fields) {
        Ok(symptom) => document.symptoms.push(symptom),
        Err(found) => errors = found,
    }
    Edited {
        document,
        errors,
        then: "?done=add-symptom".into(),
    }
}

/// Puts a rule of the base back in its place.
fn restore(view: &BookView, fields: &Fields) -> Edited {
    let mut document = view.document.clone();
    let base = view.base.as_ref().map(|(_, base)| base);
    let id = fields.get("rule");
    let known = document.rules.iter().any(|rule| rule.id == id);
    let found = base.and_then(|base| {
        let at = base.rules.iter().position(|rule| rule.id == id)?;
        Some((at, base.rules.get(at)?.clone()))
    });
    if let Some((at, rule)) = found.filter(|_| !known) {
        document.rules.insert(at.min(document.rules.len()), rule);
    }
    Edited {
        document,
        errors: Vec::new(),
        then: "?done=restore".into(),
    }
}

fn delete_rule(view: &BookView, fields: &Fields) -> Edited {
    let mut document = view.document.clone();
    document.rules.retain(|rule| rule.id != fields.get("rule"));
    Edited {
        document,
        errors: Vec::new(),
        then: "?done=delete-rule".into(),
    }
}

/// A step of the version's life; a page to go on to, where it is not the version's.
async fn step(
    ctx: &Ctx,
    region: &RegionCode,
    view: &BookView,
    fields: &Fields,
) -> Result<Option<String>, Error> {
    let actor = ctx.actor().map_err(|failure| failure.0)?;
    let (services, no) = (ctx.services(), view.line.no);
    let based_on = fields.get("based_on").parse().unwrap_or(view.revision);
    let open = fields.get("open") == "yes";
    match fields.get("do") {
        "submit" => {
            services
                .submit_rulebook(actor, region, no, based_on)
                .await?;
        }
        "approve" => {
            services
                .approve_rulebook(actor, region, no, based_on)
                .await?;
        }
        "return" => {
            services
                .return_rulebook(actor, region, no, fields.get("note"))
                .await?;
        }
        "schedule" => {
            let day = life::day_in(fields).ok_or(Refusal::FieldInvalid)?;
            services
                .schedule_rulebook(actor, region, no, day, open)
                .await?;
        }
        "cancel" => services.cancel_schedule(actor, region, no).await?,
        "urgent" => {
            services
                .activate_emergency(actor, region, no, open, fields.get("why"))
                .await?;
        }
        "ratify" => services.ratify_rulebook(actor, region, no).await?,
        "propose" => {
            services
                .propose_retirement(actor, region, no, fields.get("why"))
                .await?;
        }
        "retire" => {
            services
                .retire_rulebook(actor, region, no, fields.get("why"))
                .await?;
        }
        "delete" => {
            services.delete_draft(actor, region, no).await?;
            return Ok(Some(format!("/bureau/{region}/rules?done=delete")));
        }
        "copy" => {
            let draft = services.start_draft(actor, region, no).await?;
            return Ok(Some(format!("/bureau/{region}/rules/{draft}?done=begin")));
        }
        "replay" => services.start_replay(actor, region, no).await?,
        "stop" => services.cancel_replay(actor, region, no).await?,
        _ => return Err(Refusal::FieldInvalid.into()),
    }
    Ok(None)
}

/// Why nobody may edit this here: it is no draft, or the reader may not.
pub(super) fn why_not(ctx: &Ctx, sheet: &Sheet) -> Error {
    let place = domain::access::Place::region(sheet.view.line.region.clone());
    let may = ctx
        .actor
        .as_ref()
        .is_some_and(|actor| actor.may(domain::access::Action::DraftRules, &place));
    if may {
        Error::Refused(Refusal::RulebookState)
    } else {
        Error::Forbidden
    }
}

/// What a button of a rule's form does: a page to go on to, or nothing and the form shows the rest.
pub(super) async fn rule(
    ctx: &Ctx,
    sheet: &Sheet,
    form: &mut RuleForm,
    fields: &Fields,
) -> Result<Option<String>, Failure> {
    let word = fields.get("do");
    if edit_of(word).is_some() || word != "save" || !form.errors.is_empty() {
        return Ok(None);
    }
    let based_on = fields.value("based_on")?;
    let (region, no) = (&sheet.frame.region, sheet.view.line.no);
    let saved = ctx
        .services()
        .save_draft(ctx.actor()?, region, no, form.document.clone(), based_on)
        .await;
    match saved {
        Ok(_) => {
            let id = form.rule_now().map_or("", |rule| rule.id.as_str());
            Ok(Some(format!("{}?done=save", sheet.rule_path(id))))
        }
        Err(error) => {
            form.errors.push(refused(ctx, error)?);
            Ok(None)
        }
    }
}

/// Asks before a rule is taken out of the draft.
pub(super) fn delete_question(sheet: &Sheet, id: &str) -> AnyView {
    let lang = sheet.frame.lang;
    let in_base = sheet
        .base()
        .is_some_and(|base| base.rules.iter().any(|rule| rule.id == id));
    let words = if in_base {
        tr!(
            lang,
            "把 {id} 从草稿中去掉？之后还可以从原来的版本恢复，草稿里对它的改动会丢失。",
            "Take {id} out of the draft? It can be put back from the version before, without the draft's changes to it."
        )
    } else {
        tr!(
            lang,
            "把 {id} 从草稿中去掉？它是新规则，去掉后不能恢复。",
            "Take {id} out of the draft? It is new and cannot be put back."
        )
    };
    let verb = tr!(lang, "去掉这条规则", "Take it out");
    let label = verb.clone();
    view! {
        <section class="card bad" role="alertdialog" aria-label=label>
            <form class="form" method="post" action=sheet.path()>
                <p>{words}</p>
                <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
                <input type="hidden" name="rule" value=id.to_owned() />
                <div class="row">
                    <Button kind=ButtonKind::Danger name="do" value="delete-rule">{verb}</Button>
                    <Button href=sheet.rule_path(id)>{tr!(lang, "不，返回", "No, go back")}</Button>
                </div>
            </form>
        </section>
    }
    .into_any()
}
