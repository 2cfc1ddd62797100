//! Passes as families and teachers get them: a code that verifies against the published keys, renewed without
//! being written down as a read, today's letter, printed cards.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use common::{District, field, text};
use domain::access::Role;
use domain::pass::{HolderStatus, JwkSet, Kind, PassRefusal, Says, Verified, verify};
use domain::{Code, Millis};
use http::StatusCode;
use serde_json::Value;

/// The text of a QR code that a page draws as an SVG path of lines, read by a reader of QR codes.
fn read_qr(svg: &str) -> String {
    let (_, side) = svg.split_once("viewBox=\"0 -.5 ").expect("a size");
    let side: usize = side.split(' ').next().unwrap().parse().unwrap();
    let mut dark = vec![false; side * side];
    // The last path is the dark one.
    let (_, path) = svg.rsplit_once(" d=\"").expect("a path");
    let path = path.split('"').next().unwrap();
    // Each row is `M x y h length`, and `m gap 0 h length` as often as it goes on.
    let (mut x, mut y) = (0, 0);
    for line in path
        .split_inclusive(['M', 'm'])
        .collect::<Vec<_>>()
        .windows(2)
    {
        let (place, length) = line[1]
            .trim_end_matches(['M', 'm'])
            .split_once('h')
            .unwrap();
        let (across, down) = place.split_once(' ').unwrap();
        let (across, down): (usize, usize) = (across.parse().unwrap(), down.parse().unwrap());
        if line[0].ends_with('M') {
            (x, y) = (across, down);
        } else {
            (x, y) = (x + across, y + down);
        }
        let length: usize = length.parse().unwrap();
        dark[y * side + x..][..length].fill(true);
        x += length;
    }
    let quiet = 40;
    let size = side + 2 * quiet;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, |x, y| {
        let at = |v: usize| v.checked_sub(quiet).filter(|v| *v < side);
        match (at(x), at(y)) {
            (Some(x), Some(y)) if dark[y * side + x] => 0,
            _ => 255,
        }
    });
    image.detect_grids()[0].decode().unwrap().1
}

/// The QR codes of a page.
fn codes(page: &str) -> Vec<String> {
    page.split("class=\"qr\"")
        .skip(1)
        .map(|part| {
            let (_, svg) = part.split_once("<svg").expect("a drawing");
            read_qr(svg.split("</svg>").next().unwrap())
        })
        .collect()
}

async fn check(district: &District, pass: &str) -> Result<Verified, PassRefusal> {
    let page = district
        .page(Role::Guard, "/.well-known/fuxue-keys.json")
        .await;
    let keys: JwkSet = serde_json::from_str(&page).unwrap();
    verify(pass, &keys.ring(), district.services.clock.now())
}

/// The demo guardian's child, after a report that all is well.
async fn coloured(district: &District) -> String {
    let page = district.page(Role::Guardian, "/family").await;
    let form = [
        ("kind", "all_well"),
        ("submission", field(&page, "submission")),
        ("day", field(&page, "day")),
        ("based_on", field(&page, "based_on")),
    ];
    let report = district.inside("/child/{person}/report", Role::Guardian);
    let sent = district.post(Role::Guardian, &report, &form).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    district.child.to_string()
}

async fn renewed(district: &District, child: &str) -> Value {
    let response = district
        .get(Role::Guardian, &format!("/child/{child}/code/live"))
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    serde_json::from_str(&text(response).await).unwrap()
}

#[tokio::test]
async fn the_code_page_shows_a_pass_that_verifies_against_the_published_keys() {
    let district = District::new().await;
    let child = coloured(&district).await;
    let page = district
        .page(Role::Guardian, &format!("/child/{child}/code"))
        .await;
    let found = codes(&page);
    assert_eq!(found.len(), 1);
    let verified = check(&district, &found[0]).await.unwrap();
    let pass = verified.pass();
    assert_eq!(pass.says.kind(), Kind::Live);
    assert_eq!(pass.expires.0 - pass.issued.0, 180_000);
    assert!(page.contains(&pass.name), "the masked name of the page");
    let (code, day) = pass.says.colour().unwrap();
    assert!(code != Code::Grey && page.contains(&format!("class=\"code {}\"", code.word())));
    assert_eq!(day.to_string(), "2020-09-17");
}

#[tokio::test]
async fn the_page_renews_its_pass_and_the_log_does_not_show_it() {
    let district = District::new().await;
    let child = coloured(&district).await;
    let log = format!("/child/{child}/log");
    let before = district.page(Role::Guardian, &log).await;
    let first = renewed(&district, &child).await;
    assert!(first["left"].as_i64().unwrap() > 150_000);
    let again = renewed(&district, &child).await;
    assert_eq!(first["svg"], again["svg"], "asked again in the same moment");
    district.clock.advance(61_000);
    let later = renewed(&district, &child).await;
    assert_ne!(first["svg"], later["svg"]);
    let pass = read_qr(later["svg"].as_str().unwrap());
    assert!(check(&district, &pass).await.is_ok());
    let old = read_qr(first["svg"].as_str().unwrap());
    assert!(check(&district, &old).await.is_ok());
    district.clock.advance(180_000);
    assert_eq!(check(&district, &old).await, Err(PassRefusal::Expired));
    let after = district.page(Role::Guardian, &log).await;
    assert_eq!(before.matches("<li").count(), after.matches("<li").count());
}

#[tokio::test]
async fn nobody_gets_the_pass_of_a_child_that_is_not_theirs() {
    let district = District::new().await;
    for path in ["/child/{person}/code/live", "/child/{person}/letter"] {
        let other = district.outside(path, Role::Guardian);
        assert_eq!(
            district.get(Role::Guardian, &other).await.status(),
            StatusCode::FORBIDDEN
        );
        let own = district.inside(path, Role::Guardian);
        assert_eq!(
            district.get(Role::Guard, &own).await.status(),
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test]
async fn a_pass_is_no_session() {
    let district = District::new().await;
    let child = coloured(&district).await;
    let page = district
        .page(Role::Guardian, &format!("/child/{child}/code"))
        .await;
    let pass = &codes(&page)[0];
    let token = services::accounts::SessionToken::from_cookie(pass);
    assert!(
        district
            .services
            .authenticate(&token)
            .await
            .unwrap()
            .is_none()
    );
    let session = district.cookie(Role::Guardian).split_once('=').unwrap().1;
    for text in [session.to_owned(), format!("FX1:{session}")] {
        assert!(check(&district, &text).await.is_err());
    }
}

#[tokio::test]
async fn todays_letter_is_valid_until_midnight() {
    let district = District::new().await;
    let child = coloured(&district).await;
    let page = district
        .page(Role::Guardian, &format!("/child/{child}/letter"))
        .await;
    let verified = check(&district, &codes(&page)[0]).await.unwrap();
    assert_eq!(verified.pass().says.kind(), Kind::DayLetter);
    let midnight = domain::Zone::SHANGHAI.at("2020-09-18".parse().unwrap(), 0);
    assert_eq!(verified.pass().expires, midnight);
}

#[tokio::test]
async fn a_class_prints_cards_and_a_newer_card_voids_the_older() {
    let district = District::new().await;
    let path = district.inside("/class/{class}/cards", Role::Teacher);
    let nothing = district.post(Role::Teacher, &path, &[]).await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let sheet = district
        .post(Role::Teacher, &path, &[("everybody", "yes")])
        .await;
    assert_eq!(sheet.status(), StatusCode::OK);
    let cards = codes(&text(sheet).await);
    assert!(cards.len() > 5, "{}", cards.len());
    let mut holders = std::collections::BTreeSet::new();
    for card in &cards {
        let verified = check(&district, card).await.unwrap();
        assert_eq!(verified.pass().says, Says::Card { serial: 1 });
        assert!(holders.insert(verified.pass().holder));
    }
    // Now each has one: printing for those without prints nothing more.
    let again = district
        .post(Role::Teacher, &path, &[("everybody", "yes")])
        .await;
    assert_eq!(codes(&text(again).await).len(), 0);
    let page = district.page(Role::Teacher, &path).await;
    let person = page
        .split("name=\"person\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let reprint = district
        .post(Role::Teacher, &path, &[("person", person)])
        .await;
    let newer = codes(&text(reprint).await);
    let newer = check(&district, &newer[0]).await.unwrap();
    assert_eq!(newer.pass().says, Says::Card { serial: 2 });
    let status = HolderStatus {
        serial: 2,
        has_left: false,
    };
    assert_eq!(newer.check_holder(Some(&status)), Ok(()));
    let mut older = Vec::new();
    for card in &cards {
        let verified = check(&district, card).await.unwrap();
        if verified.pass().holder == newer.pass().holder {
            older.push(verified.check_holder(Some(&status)));
        }
    }
    assert_eq!(older, [Err(PassRefusal::CardVoided)]);
    let row = district
        .services
        .inspect_pass(&services::Actor::command(), &cards[0], Vec::new())
        .await
        .unwrap();
    assert!(row.is_own && row.pass.is_some());
}

#[tokio::test]
async fn slips_to_be_signed_have_a_line_for_each_pupil() {
    let district = District::new().await;
    let cards = district
        .page(
            Role::Teacher,
            &district.inside("/class/{class}/cards", Role::Teacher),
        )
        .await;
    let slips = district
        .page(
            Role::Teacher,
            &district.inside("/class/{class}/well-slips", Role::Teacher),
        )
        .await;
    let pupils = cards.matches("name=\"person\"").count();
    assert!(pupils > 5);
    assert_eq!(slips.matches("class=\"slip well\"").count(), pupils);
}

#[tokio::test]
async fn the_key_file_for_other_issuers_is_signed() {
    let district = District::new().await;
    let file = district
        .page(Role::Guard, "/.well-known/fuxue-keys.jws")
        .await;
    let now: Millis = district.services.clock.now();
    let opened = domain::pass::KeyExchange::open(&file, now).unwrap();
    assert!(!opened.file.name.is_empty(), "the region of its schools");
    let response = district
        .get(Role::Guard, "/.well-known/fuxue-keys.json")
        .await;
    assert_eq!(
        response.headers()["content-type"],
        "application/jwk-set+json"
    );
}
