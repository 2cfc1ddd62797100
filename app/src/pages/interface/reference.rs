//! How the interface works: the OpenAPI document as a page.

use super::in_chinese;
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::{Answer, ApiDocument, Ctx, Islands};
use axum::Extension;
use leptos::prelude::*;
use serde_json::Value;

/// Deepest nesting of a schema that the page follows.
const DEEPEST: usize = 4;

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
    all.collect_view().into_any()
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// A summary or description of the document in the reader's language.
fn words(lang: Lang, value: &Value, key: &str) -> String {
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
    let parameters = operation
        .get("parameters")
        .and_then(Value::as_array)
        .map(|all| {
            let rows = all
                .iter()
                .map(|parameter| {
                    let place = match text(parameter, "in").as_str() {
                        "path" => tr!(lang, "路径", "path"),
                        "query" => tr!(lang, "查询", "query"),
                        _ => tr!(lang, "请求头", "header"),
                    };
                    let name = text(parameter, "name");
                    let about = words(lang, parameter, "description");
                    view! {
                        <DataRow>
                            <DataCell kind=CellKind::Name><code>{name}</code></DataCell>
                            <DataCell kind=CellKind::Mute>{place}</DataCell>
                            <DataCell kind=CellKind::Wide>{about}</DataCell>
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
        });
    let sent = operation
        .pointer("/requestBody/content/application~1json/schema")
        .map(|schema| shape(lang, document, schema));
    let answered = operation
        .pointer("/responses/200/content/application~1json/schema")
        .map(|schema| shape(lang, document, schema));
    let block = |label: String, fields: Option<Vec<AnyView>>| {
        let fields = fields.unwrap_or_default();
        (!fields.is_empty()).then(|| {
            view! { <Fold title=label><dl class="api-fields">{fields}</dl></Fold> }
        })
    };
    let sent = block(tr!(lang, "请求内容", "What is sent"), sent);
    let answered = block(tr!(lang, "返回内容", "What is answered"), answered);
    view! {
        <Card title=title>
            <div class="stack">
                <p><code>{address}</code></p>
                <p>{about}</p>
                {parameters}
                {sent}
                {answered}
            </div>
        </Card>
    }
    .into_any()
}

/// The fields of a schema with those inside them.
fn shape(lang: Lang, document: &Value, schema: &Value) -> Vec<AnyView> {
    let mut out = Vec::new();
    walk(lang, document, schema, "", 0, &mut out);
    out
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let named = schema.get("$ref").and_then(Value::as_str);
    named
        .and_then(|name| document.pointer(name.trim_start_matches('#')))
        .unwrap_or(schema)
}

fn walk(
    lang: Lang,
    document: &Value,
    schema: &Value,
    before: &str,
    depth: usize,
    out: &mut Vec<AnyView>,
) {
    let schema = resolve(document, schema);
    if depth > DEEPEST {
        return;
    }
    for part in ["allOf", "oneOf"] {
        for schema in schema
            .get(part)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            walk(lang, document, schema, before, depth + 1, out);
        }
    }
    if let Some(items) = schema.get("items") {
        walk(
            lang,
            document,
            items,
            &format!("{before}[]"),
            depth + 1,
            out,
        );
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let dot = if before.is_empty() { "" } else { "." };
        let path = format!("{before}{dot}{name}");
        let about = words(lang, property, "description");
        let kind = match property.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) => kinds
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(" | "),
            _ => text(resolve(document, property), "type"),
        };
        out.push(
            view! { <div><dt><code>{path.clone()}</code>" "<small class="mute">{kind}</small></dt><dd>{about}</dd></div> }
                .into_any(),
        );
        walk(lang, document, property, &path, depth + 1, out);
    }
}
