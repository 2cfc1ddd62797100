//! How the interface works: the OpenAPI document as a page.

use super::fields::{Way, choices_of, fields, kind, line, marked, required};
use super::in_chinese;
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, ApiDocument, Ctx, Islands};
use axum::Extension;
use leptos::prelude::*;
use serde_json::Value;

/// The page.
pub async fn show(ctx: Ctx, document: Option<Extension<ApiDocument>>) -> Answer {
    let (lang, here, demo) = (ctx.lang, ctx.here.clone(), ctx.demo());
    let title = tr!(lang, "接口说明", "The interface");
    let heading = title.clone();
    let document = document.map(|Extension(ApiDocument(document))| document);
    ctx.ok(&title, Islands::No, move || {
        let operations = operations(lang, document.as_deref().unwrap_or(&Value::Null));
        view! {
            <DeskShell lang=lang here=here demo=demo>
                <PageHead title=heading sub=tr!(lang, "学校自有系统、消息渠道和卫生部门数据库用它上报和取数。", "With it schools' own systems, message channels and health authorities' databases report and read numbers.") />
                {start(lang)}
                {operations}
            </DeskShell>
        }
    })
}

fn start(lang: Lang) -> AnyView {
    view! {
        <Card title=tr!(lang, "怎样开始", "How to begin")>
            <ol class="stack">
                <li>{tr!(lang, "请学校管理员（设置 → 接口密钥）或教育局管理员生成一把密钥，选好权限、有效期和每分钟次数。", "Ask the school's administrator (Settings, Interface keys) or the bureau's for a key with its rights, life and pace.")}</li>
                <li>{tr!(lang, "每次请求带上 ", "Send it with each request: ")}<code>"Authorization: Bearer fxk_…"</code></li>
                <li>{tr!(lang, "会改动数据的请求请带上 ", "Name each request that changes something: ")}<code>"Idempotency-Key"</code>{tr!(lang, "：同名请求 24 小时内只做一次，网络断了可以放心重发。", ". Within 24 hours the same name is the same answer, so that it can be sent again after a broken connection.")}</li>
                <li>{tr!(lang, "出错时返回 ", "Errors are ")}<code>"application/problem+json"</code>{tr!(lang, "（RFC 9457），其中 code 不会变；429 和 503 请按 Retry-After 等待。", " (RFC 9457) with a code that never changes; after 429 and 503 wait as Retry-After says.")}</li>
            </ol>
            <p><a href="/api/v1/openapi.json">{tr!(lang, "OpenAPI 文件（JSON）", "The OpenAPI document (JSON)")}</a></p>
        </Card>
    }
    .into_any()
}

fn operations(lang: Lang, document: &Value) -> AnyView {
    let paths = document.get("paths").and_then(Value::as_object);
    let mut all = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            all.push(one(lang, document, path, method, operation));
        }
    }
    let problem = document.pointer("/components/schemas/Problem");
    let problem = problem.map(|problem| fields(lang, document, problem, Way::Answered));
    view! {
        {all.collect_view()}
        <Card title=tr!(lang, "出错时", "Errors")>
            <div class="stack">
                <p>{tr!(lang, "200 以外的回答都是 ", "Every answer but 200 is ")}<code>"application/problem+json"</code>{tr!(lang, "：", ":")}</p>
                <dl class="api-fields">{problem}</dl>
            </div>
        </Card>
    }
    .into_any()
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// A summary or description of the document in the reader's language.
pub(super) fn words(lang: Lang, value: &Value, key: &str) -> String {
    let english = text(value, key);
    match lang {
        Lang::Zh => in_chinese(&english).map_or(english, str::to_owned),
        Lang::En => english,
    }
}

fn one(lang: Lang, document: &Value, path: &str, method: &str, operation: &Value) -> AnyView {
    let title = words(lang, operation, "summary");
    let about = words(lang, operation, "description");
    let address = format!("{} {path}", method.to_uppercase());
    let all = operation.get("parameters").and_then(Value::as_array);
    let parameters = all.map(|all| parameters(lang, document, &title, all));
    let sent = operation.get("requestBody").map(|body| {
        let mut lines = vec![media(lang, body)];
        if let Some(schema) = body.pointer("/content/application~1json/schema") {
            lines.extend(fields(lang, document, schema, Way::Sent));
        }
        lines
    });
    let answered = operation
        .pointer("/responses/200/content/application~1json/schema")
        .map(|schema| fields(lang, document, schema, Way::Answered));
    let statuses = operation.get("responses").and_then(Value::as_object);
    let statuses = statuses.map(|all| {
        let lines = all.iter();
        lines
            .map(|(code, answer)| status(lang, code, answer))
            .collect()
    });
    let block = |label: String, lines: Option<Vec<AnyView>>| {
        lines.map(|lines| {
            view! { <Fold title=label><dl class="api-fields">{lines}</dl></Fold> }
        })
    };
    let sent = block(tr!(lang, "请求内容", "What is sent"), sent);
    let answered = block(tr!(lang, "返回内容", "What is answered"), answered);
    let statuses = block(tr!(lang, "状态码", "Statuses"), statuses);
    view! {
        <Card title=title>
            <div class="stack">
                <p><code>{address}</code></p>
                <p>{about}</p>
                {parameters}
                {sent}
                {answered}
                {statuses}
            </div>
        </Card>
    }
    .into_any()
}

fn parameters(lang: Lang, document: &Value, title: &str, all: &[Value]) -> AnyView {
    let rows = all
        .iter()
        .map(|parameter| {
            let place = match text(parameter, "in").as_str() {
                "path" => tr!(lang, "路径", "path"),
                "query" => tr!(lang, "查询", "query"),
                _ => tr!(lang, "请求头", "header"),
            };
            let is_required = parameter.get("required") == Some(&Value::Bool(true));
            let place = marked(place, is_required.then(|| required(lang)));
            let name = text(parameter, "name");
            let about = words(lang, parameter, "description");
            let schema = parameter.get("schema").unwrap_or(&Value::Null);
            let choices = choices_of(kind(document, schema).1);
            view! {
                <DataRow>
                    <DataCell kind=CellKind::Name><code>{name}</code></DataCell>
                    <DataCell kind=CellKind::Mute>{place}</DataCell>
                    <DataCell kind=CellKind::Wide>{about}{choices}</DataCell>
                </DataRow>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new(tr!(lang, "参数", "Parameter")),
        Column::new(tr!(lang, "位置", "Where")),
        Column::new(tr!(lang, "说明", "What")),
    ];
    view! { <DataTable caption=tr!(lang, "{title}：参数", "{title}: parameters") columns=columns>{rows}</DataTable> }
        .into_any()
}

/// The media types of a body.
fn media(lang: Lang, body: &Value) -> AnyView {
    let about = tr!(lang, "可以是", "One of");
    line(
        "Content-Type".to_owned(),
        required(lang),
        about,
        types(body),
    )
}

fn types(body: &Value) -> Vec<String> {
    let content = body.get("content").and_then(Value::as_object);
    let types = content.into_iter().flatten();
    types.map(|(media, _)| media.clone()).collect()
}

/// A status with what it means and the headers that come with it.
fn status(lang: Lang, code: &str, answer: &Value) -> AnyView {
    let mut about = words(lang, answer, "description");
    let headers = answer.get("headers").and_then(Value::as_object);
    for (name, header) in headers.into_iter().flatten() {
        let what = words(lang, header, "description");
        about += &tr!(lang, " {name}：{what}", " {name}: {what}");
    }
    line(code.to_owned(), types(answer).join(", "), about, Vec::new())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn document() -> Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// The path of every property of a schema, and of those inside it.
    fn paths(document: &Value, schema: &Value, before: &str, found: &mut BTreeSet<String>) {
        match schema {
            Value::Array(parts) => {
                for part in parts {
                    paths(document, part, before, found);
                }
            }
            Value::Object(parts) => {
                for (key, inside) in parts {
                    let properties = inside.as_object().filter(|_| key == "properties");
                    for (name, property) in properties.into_iter().flatten() {
                        let path = format!("{before}.{name}");
                        let path = path.trim_start_matches('.');
                        found.insert(path.to_owned());
                        paths(document, property, path, found);
                    }
                    match key.as_str() {
                        "properties" => {}
                        "items" => paths(document, inside, &format!("{before}[]"), found),
                        "$ref" => {
                            let name = inside.as_str().unwrap().trim_start_matches('#');
                            paths(document, document.pointer(name).unwrap(), before, found);
                        }
                        _ => paths(document, inside, before, found),
                    }
                }
            }
            _ => {}
        }
    }

    /// Every word that an enumeration of the document allows.
    fn allowed(value: &Value, found: &mut BTreeSet<String>) {
        for (key, inside) in value.as_object().into_iter().flatten() {
            match inside.as_array() {
                Some(all) if key == "enum" => {
                    found.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                _ => allowed(inside, found),
            }
        }
        for inside in value.as_array().into_iter().flatten() {
            allowed(inside, found);
        }
    }

    #[test]
    fn the_page_shows_all_that_the_document_says() {
        let document = document();
        let (mut said, mut choices) = (BTreeSet::new(), BTreeSet::new());
        allowed(&document, &mut choices);
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values() {
                said.extend(types(&operation["requestBody"]));
                for body in [&operation["requestBody"], &operation["responses"]] {
                    paths(&document, body, "", &mut said);
                }
                let statuses = operation["responses"].as_object().unwrap();
                said.extend(statuses.keys().cloned());
            }
        }
        for known in [
            "reports[].facts[].household",
            "schools[].name.zh",
            "429",
            "text/csv",
        ] {
            assert!(said.contains(known), "{known}");
        }
        assert!(choices.contains("contact"));
        for lang in [Lang::Zh, Lang::En] {
            let html = Owner::new().with(|| operations(lang, &document).to_html());
            let all = said.iter().chain(&choices);
            let missing: Vec<_> = all
                .filter(|word| !html.contains(&format!("<code>{word}</code>")))
                .collect();
            assert_eq!(missing, Vec::<&String>::new());
        }
    }
}
