//! What a bureau, a school and the public can rely on about recognition of other issuers, over the pages.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use axum::body::Body;
use common::{District, field, text};
use domain::Millis;
use domain::access::Role;
use domain::gate::VisitorPolicy;
use domain::pass::{IssuerId, JwkSet, KeyExchange, KeyScope, Kind, PassSigner, TrustedKey};
use http::{Request, Response, StatusCode};
use services::clock::Clock as _;
use tower::ServiceExt as _;

const ADMIN: Role = Role::BureauAdmin;
const TRUST: &str = "/bureau/330503/trust";
const RULES: &str = "/bureau/330503/recognition";

/// A key file of a neighbour, made at a moment, with the keys that are revoked.
fn key_file(now: Millis, made: i64, is_revoked: bool) -> String {
    let signer = |n: u8| PassSigner::from_secret(&[n; 32]);
    let issuer = IssuerId::try_from(330_502_117).unwrap();
    let key = |signer: &PassSigner, kinds: &[Kind]| TrustedKey {
        public: signer.public(),
        issuer,
        scope: KeyScope::of(kinds.iter().copied()),
        from: Millis(now.0 - 86_400_000),
        until: Millis(now.0 + 120 * 86_400_000),
        revoked: None,
    };
    let screens = [Kind::Live, Kind::DayLetter];
    let mut keys = vec![key(&signer(1), &[]), key(&signer(2), &screens)];
    if is_revoked {
        keys[1].revoked = Some(now);
        keys.push(key(&signer(3), &screens));
    }
    let file = KeyExchange {
        issuer,
        name: "吴兴区".into(),
        iat: (now.0 + made) / 1_000,
        jwks: JwkSet::new(&keys),
    };
    file.sign(&signer(1)).unwrap()
}

async fn upload(district: &District, role: Role, file: &str) -> Response<Body> {
    district.upload(role, TRUST, &[], "keys.jws", file).await
}

async fn public(district: &District, path: &str, lang: &str) -> String {
    let request = Request::get(path)
        .header("accept-language", lang)
        .body(Body::empty())
        .unwrap();
    let response = district.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    text(response).await
}

fn location(response: &Response<Body>) -> String {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// The values of the boxes for the groups of a fingerprint.
fn groups(page: &str) -> Vec<String> {
    page.split("name=\"groups\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

fn terms(groups: &[String]) -> Vec<(&str, &str)> {
    let mut form = vec![
        ("do", "trust"),
        ("with", "吴兴区教育局 陈老师"),
        ("name", "吴兴区"),
        ("place", "330502"),
        ("from", "2020-09-17"),
        ("until", "2021-07-10"),
        ("kinds", "live"),
        ("kinds", "day_letter"),
        ("schools", ""),
    ];
    form.extend(groups.iter().map(|group| ("groups", group.as_str())));
    form
}

#[tokio::test]
async fn an_issuer_is_compared_trusted_renewed_removed_and_restored() {
    let district = District::new().await;
    let now = district.clock.now();
    let empty = district.page(ADMIN, TRUST).await;
    assert!(empty.contains("没有这样的单位") && empty.contains("fuxue-keys.jws"));
    let bad = upload(&district, ADMIN, "no key file").await;
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(bad).await.contains("这不是密钥文件"));
    let preview = location(&upload(&district, ADMIN, &key_file(now, 0, false)).await);
    let page = district.page(ADMIN, &preview).await;
    let all = groups(&page);
    assert_eq!(all.len(), 8, "{page}");
    assert!(page.contains("330502117") && page.contains("吴兴区"));
    let seven = district.post(ADMIN, &preview, &terms(&all[..7])).await;
    assert_eq!(seven.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(seven).await;
    assert!(
        page.contains("八组都打上勾") && page.contains("陈老师"),
        "what was typed stays"
    );
    let mut endless = terms(&all);
    endless[5] = ("until", "2031-01-01");
    let endless = district.post(ADMIN, &preview, &endless).await;
    assert_eq!(endless.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let one = location(&district.post(ADMIN, &preview, &terms(&all)).await);
    assert_eq!(one, format!("{TRUST}/330502117?done=trusted"));
    let page = district.page(ADMIN, &one).await;
    assert!(
        page.contains("互认中") && page.contains("和吴兴区教育局 陈老师核对"),
        "{page}"
    );
    let list = district.page(ADMIN, &format!("{TRUST}?q=330502117")).await;
    assert!(list.contains("吴兴区"));
    let none = district
        .page(ADMIN, &format!("{TRUST}?q=%E6%B2%A1%E6%9C%89"))
        .await;
    assert!(none.contains("没有这样的单位"));

    let same = upload(&district, ADMIN, &key_file(now, 0, false)).await;
    assert!(text(same).await.contains("已经有这份文件"));
    let preview = location(&upload(&district, ADMIN, &key_file(now, 60_000, true)).await);
    let page = district.page(ADMIN, &preview).await;
    assert!(page.contains("不用再核对") && groups(&page).is_empty());
    let one = location(&district.post(ADMIN, &preview, &[("do", "renew")]).await);
    let page = district.page(ADMIN, &one).await;
    assert!(
        page.contains("新的密钥文件已收下") && page.contains("吊销"),
        "{page}"
    );

    let path = format!("{TRUST}/330502117");
    let asks = district.page(ADMIN, &format!("{path}?remove=1")).await;
    let version = field(&asks, "version").to_owned();
    let remove = |reason: &'static str| {
        let form = [
            ("do", "remove"),
            ("version", version.as_str()),
            ("reason", reason),
        ];
        let (district, path) = (&district, path.clone());
        async move { district.post(ADMIN, &path, &form).await }
    };
    assert_eq!(remove("").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let removed = location(&remove("不再合作").await);
    let page = district.page(ADMIN, &removed).await;
    assert!(page.contains("撤销移除") && page.contains("不再合作"));
    let late = remove("不再合作").await;
    assert!(text(late).await.contains("刚被别人改过"));
    let form = [("do", "restore"), ("version", field(&page, "version"))];
    let restored = location(&district.post(ADMIN, &path, &form).await);
    assert!(district.page(ADMIN, &restored).await.contains("移除已撤销"));
    let log = district.page(ADMIN, "/bureau/330503/log").await;
    for words in [
        "信任签发单位",
        "更新签发单位的密钥",
        "移除签发单位",
        "恢复签发单位",
    ] {
        assert!(log.contains(words), "{words}");
    }
    let unknown = district.get(ADMIN, &format!("{TRUST}/100000000")).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rules_are_tried_and_saved_on_one_page() {
    let district = District::new().await;
    let page = district.page(ADMIN, RULES).await;
    assert!(page.contains("of-today") && page.contains("本级没有自己的规则"));
    let rule = |condition: &'static str, deed: &'static str| {
        vec![
            ("version", "0"),
            ("id-0", "hubei"),
            ("zh-0", "湖北省的码暂不认"),
            ("en-0", "Codes of Hubei are not recognised for now"),
            ("condition-0", condition),
            ("on-0", "yes"),
            ("sample_issuer", "420100117"),
            ("place", "4201"),
            ("days_old", "0"),
            ("colour", "green"),
            ("begin", "2020-09-17"),
            ("do", deed),
        ]
    };
    let hubei = r#"{"===": [{"var": "province"}, "42"]}"#;
    let added = district.post(ADMIN, RULES, &rule(hubei, "add")).await;
    assert_eq!(added.status(), StatusCode::OK);
    assert!(text(added).await.contains("condition-1"));
    let tried = district.post(ADMIN, RULES, &rule(hubei, "try")).await;
    assert_eq!(tried.status(), StatusCode::OK);
    let page = text(tried).await;
    assert!(page.contains("试的结果：不认（hubei）"), "{page}");
    let wrong = r#"{"===": [{"var": "colour"}, "gren"]}"#;
    for deed in ["try", "save"] {
        let wrong = district.post(ADMIN, RULES, &rule(wrong, deed)).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = text(wrong).await;
        assert!(page.contains("colour 不可能是“gren”") && page.contains("id=\"condition-0\""));
    }
    assert!(
        district
            .page(ADMIN, RULES)
            .await
            .contains("本级没有自己的规则")
    );
    let gone = district.post(ADMIN, RULES, &rule(hubei, "remove-0")).await;
    assert!(text(gone).await.contains("本级没有自己的规则"));
    let saved = location(&district.post(ADMIN, RULES, &rule(hubei, "save")).await);
    let page = district.page(ADMIN, &saved).await;
    assert!(
        page.contains("已保存为新的一版") && page.contains("第 1 版"),
        "{page}"
    );
    let stale = district.post(ADMIN, RULES, &rule(hubei, "save")).await;
    assert!(text(stale).await.contains("刚被别人改过"));
    let public = public(&district, "/recognition?region=330503", "en").await;
    assert!(public.contains("Codes of Hubei are not recognised for now"));
}

#[tokio::test]
async fn everybody_reads_whose_codes_count_and_how_ours_are_compared() {
    let district = District::new().await;
    let preview =
        location(&upload(&district, ADMIN, &key_file(district.clock.now(), 0, false)).await);
    let all = groups(&district.page(ADMIN, &preview).await);
    location(&district.post(ADMIN, &preview, &terms(&all)).await);
    let own = district.services.own_side().await.unwrap();
    for (lang, words) in [
        ("zh", "屏幕码、当日证明"),
        ("en", "live codes, day letters"),
    ] {
        let page = public(&district, "/recognition?region=330503", lang).await;
        for part in [
            "330502117",
            words,
            &own.fingerprint,
            "/.well-known/fuxue-keys.jws",
            "not-green",
        ] {
            assert!(page.contains(part), "{lang}: {part}");
        }
    }
    let above = public(&district, "/recognition?region=CN", "zh").await;
    assert!(
        !above.contains("330502117"),
        "the district's list is not the country's"
    );
    assert!(
        public(&district, "/rules?region=330503", "zh")
            .await
            .contains("/recognition?region=330503")
    );
    let none = public(&district, "/recognition?region=330503&q=nothing", "en").await;
    assert!(none.contains("No such issuer"));
}

#[tokio::test]
async fn a_school_chooses_what_happens_with_visitors() {
    let district = District::new().await;
    let path = district.inside("/school/{school}/settings", Role::SchoolAdmin);
    let page = district.page(Role::SchoolAdmin, &path).await;
    assert!(page.contains("外来人员") && page.contains("登记过的才放行"));
    let form = [("action", "visitors"), ("visitors", "admit")];
    location(&district.post(Role::SchoolAdmin, &path, &form).await);
    let school = path.split('/').nth(2).unwrap().parse().unwrap();
    let mut tx = district.services.store.read().await.unwrap();
    let (policy, ..) = district.services.gate_trust(&mut tx, school).await.unwrap();
    assert_eq!(policy, VisitorPolicy::Admit);
    drop(tx);
    let form = [("action", "visitors"), ("visitors", "everybody")];
    let wrong = district.post(Role::SchoolAdmin, &path, &form).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let log = path.replace("settings", "log");
    assert!(
        district
            .page(Role::SchoolAdmin, &log)
            .await
            .contains("修改外来人员的处理")
    );
}

#[tokio::test]
async fn an_upload_belongs_to_whoever_made_it() {
    let district = District::new().await;
    let file = key_file(district.clock.now(), 0, false);
    for role in [Role::HealthOfficer, Role::BureauViewer, Role::SchoolAdmin] {
        let refused = upload(&district, role, &file).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{role}");
    }
    let gone = district.get(ADMIN, &format!("{TRUST}/new/17")).await;
    assert_eq!(gone.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(gone).await.contains("上传的文件已经过期"));
}
