//! What a school's administrator can rely on, through the real router and a real database file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use axum::Router;
use axum::body::Body;
use domain::Zone;
use domain::access::{Grant, Role, Scope};
use domain::ids::{RegionCode, SchoolId};
use http::{Request, Response, StatusCode};
use services::accounts::{NewStaff, SESSION_COOKIE};
use services::clock::{SystemClock, SystemEntropy};
use services::open::Location;
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::sync::Arc;
use tower::ServiceExt as _;

const REGIONS: &str = "code,parent,level,name\nCN,,country,中国\n33,CN,province,浙江省\n3305,33,city,湖州市\n330503,3305,district,南浔区\n330503001,330503,town,东迁街道\n";
const PRIMARY: &[u8] = include_bytes!("../../services/tests/data/roster-primary.xlsx");

struct Page {
    status: StatusCode,
    location: String,
    text: String,
}

impl Page {
    async fn of(response: Response<Body>) -> Self {
        let header = response.headers().get("location");
        let location = header.map_or("", |l| l.to_str().unwrap()).to_owned();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 8 << 20).await;
        Self {
            status,
            location,
            text: String::from_utf8(bytes.unwrap().into()).unwrap(),
        }
    }

    /// Asserts that the page says something.
    #[track_caller]
    fn says(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "no {words} in {}", self.text);
        self
    }

    /// The value of a hidden field.
    fn field(&self, name: &str) -> String {
        let at = self
            .text
            .find(&format!("name=\"{name}\" value=\""))
            .unwrap();
        let rest = &self.text[at..];
        rest.split('"').nth(3).unwrap().to_owned()
    }
}

struct School {
    _folder: tempfile::TempDir,
    services: Arc<Services>,
    router: Router,
    id: SchoolId,
    other: SchoolId,
    cookie: String,
}

impl School {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().into(), false);
        let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let command = Actor::command();
        services
            .import_regions(&command, REGIONS.as_bytes())
            .await
            .unwrap();
        let mut ids = Vec::new();
        for code in ["S1", "S2"] {
            let new = NewSchool {
                code: code.into(),
                name: format!("示例小学{code}"),
                name_en: String::new(),
                kind: SchoolKind::Primary,
                region: RegionCode::parse("330503001").unwrap(),
                zone: Zone::SHANGHAI,
            };
            ids.push(services.create_school(&command, &new).await.unwrap());
        }
        let admin = NewStaff {
            name: "陈校长".into(),
            login: "chen".into(),
            grant: Grant {
                role: Role::SchoolAdmin,
                scope: Scope::School(ids[0]),
            },
        };
        let code = services
            .create_staff(&command, &admin)
            .await
            .unwrap()
            .unwrap();
        let signed_in = services
            .activate(code.code.as_str(), "a long password")
            .await
            .unwrap();
        Self {
            router: app::router(services.clone()),
            _folder: folder,
            services,
            id: ids[0],
            other: ids[1],
            cookie: format!("{SESSION_COOKIE}={}", signed_in.token.cookie()),
        }
    }

    async fn ask(&self, request: Request<Body>) -> Page {
        Page::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    async fn get(&self, path: &str) -> Page {
        let request = Request::get(path).header("cookie", &self.cookie);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &str) -> Page {
        let request = Request::post(path)
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }

    async fn upload(&self, school: SchoolId, name: &str, bytes: &[u8]) -> Page {
        let mut body = format!("--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n").into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let request = Request::post(format!("/school/{school}/roster/import"))
            .header("cookie", &self.cookie)
            .header("content-type", "multipart/form-data; boundary=cut");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    fn path(&self, rest: &str) -> String {
        format!("/school/{}{rest}", self.id)
    }

    /// Uploads and applies a file.
    async fn import(&self, name: &str, bytes: &[u8]) -> Page {
        let preview = self.upload(self.id, name, bytes).await.location;
        let mark = self.get(&preview).await.field("mark");
        self.post(&preview, &format!("action=apply&mark={mark}"))
            .await
    }
}

#[tokio::test]
async fn a_roster_is_uploaded_previewed_and_applied() {
    let school = School::new().await;
    school
        .get(&school.path(""))
        .await
        .says("名册还是空的")
        .says("开始使用");
    let uploaded = school.upload(school.id, "名册.xlsx", PRIMARY).await;
    assert_eq!(uploaded.status, StatusCode::SEE_OTHER, "{}", uploaded.text);
    let preview = school.get(&uploaded.location).await;
    preview
        .says("将新增 1047 人")
        .says("郭慧宇")
        .says("名册.xlsx")
        .says("第 1–50 条，共 1,047 条");
    let second = school
        .get(&format!("{}?part=new&page=2", uploaded.location))
        .await;
    second.says("第 51–100 条");
    school
        .get(&format!("{}?map=1", uploaded.location))
        .await
        .says("每一列是什么")
        .says("99011920");

    // An old mark applies nothing and shows the preview again.
    let outdated = school
        .post(&uploaded.location, "action=apply&mark=old")
        .await;
    assert_eq!(outdated.status, StatusCode::CONFLICT);
    outdated.says("预览之后名册有了变化");

    let form = format!("action=apply&mark={}", preview.field("mark"));
    let applied = school.post(&uploaded.location, &form).await;
    assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.text);
    assert!(applied.location.ends_with("/done?n=1047.0.0.0.0"));
    school.get(&applied.location).await.says("1,047");
    let gone = school.get(&uploaded.location).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    gone.says("上传的文件已经过期").says("name=\"file\"");

    let overview = school.get(&school.path("")).await;
    overview.says("一年级").says("1,047 人，24 个班");
    assert!(!overview.text.contains("style="));
    let found = school.get(&school.path("/roster?q=郭慧宇")).await;
    found.says("郭慧宇").says("**************8444");
    assert!(!found.text.contains("990119201304238444"));
}

#[tokio::test]
async fn what_cannot_be_a_roster_is_refused_on_the_same_page() {
    let school = School::new().await;
    for (name, bytes, words) in [
        ("a.jpg", vec![0xff, 0xd8, 0, 1, 2], "无法识别的文件"),
        ("a.csv", Vec::new(), "请先选择名册文件"),
        ("big.csv", vec![b'a'; (20 << 20) + 1], "文件过大"),
    ] {
        let refused = school.upload(school.id, name, &bytes).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        refused.says(words).says("type=\"file\"").says("file-error");
    }
}

#[tokio::test]
async fn another_schools_pages_are_closed() {
    let school = School::new().await;
    let upload = school.upload(school.other, "a.xlsx", PRIMARY).await;
    assert_eq!(upload.status, StatusCode::FORBIDDEN);
    for rest in [
        "",
        "/roster",
        "/roster/import",
        "/roster/import/1",
        "/roster/import/1/faults.csv",
        "/person/1",
        "/staff",
        "/settings",
        "/log",
    ] {
        let path = format!("/school/{}{rest}", school.other);
        assert_eq!(
            school.get(&path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    for rest in ["/roster/import/1", "/person/1", "/staff", "/settings"] {
        let path = format!("/school/{}{rest}", school.other);
        let posted = school.post(&path, "").await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN, "{path}");
    }
    // Nor does the own school's address open another school's child.
    school.import("a.csv", TWO.as_bytes()).await;
    let command = Actor::command();
    let bytes = "学号,姓名,班级\nB1,别校,一年级1班\n".as_bytes().to_vec();
    school
        .services
        .import_roster_file(&command, "S2", "b.csv", bytes, false)
        .await
        .unwrap();
    let mut tx = school.services.store.read().await.unwrap();
    let stranger = tx.people_of_school(school.other).await.unwrap()[0].person_id;
    drop(tx);
    let page = school
        .get(&school.path(&format!("/person/{stranger}")))
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

const TWO: &str = "学号,姓名,班级,班主任,班主任手机,出生日期,家长手机\nA1,安娜,一年级1班,周敏,19900000101,2013-05-01,19900000001\nA2,本笛,一年级2班,王伟,,2013-05-02,19900000002\n";

#[tokio::test]
async fn unknown_headers_are_mapped_and_faults_can_be_downloaded() {
    let school = School::new().await;
    let file = "编码,孩子,所在\nA1,安娜,一年级1班\n=X,坏,一年级1班\n";
    let uploaded = school.upload(school.id, "a.csv", file.as_bytes()).await;
    let mapping = school.get(&uploaded.location).await;
    mapping.says("没有“姓名”列").says("name=\"col2\"");
    let half = school
        .post(&uploaded.location, "action=map&col0=student_no")
        .await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
    half.says("没有“姓名”列");
    let form = "action=map&col0=student_no&col1=name&col2=class";
    let named = school.post(&uploaded.location, form).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER);
    let preview = school.get(&named.location).await;
    preview.says("将新增 1 人").says("有 1 处错误");
    let faults = school
        .get(&format!("{}/faults.csv", uploaded.location))
        .await;
    assert_eq!(
        faults.text,
        "\u{feff}行,列,原因\r\n3,\"编码\",\"学号只能由字母和数字组成\"\r\n"
    );
    let discarded = school.post(&uploaded.location, "action=cancel").await;
    assert_eq!(discarded.location, school.path("/roster"));
    school.get(&uploaded.location).await.says("已经过期");
}

#[tokio::test]
async fn a_teacher_is_created_activates_and_signs_in() {
    let school = School::new().await;
    school.import("a.csv", TWO.as_bytes()).await;
    let staff = school.get(&school.path("/staff")).await;
    staff
        .says("名册中有 2 位班主任还没有账号")
        .says("周敏")
        .says("陈校长");
    let strips = school
        .post(&school.path("/staff"), "action=create-all")
        .await;
    strips.says("周敏").says("19900000101").says("<svg");
    let (_, rest) = strips.text.split_once("class=\"short\">").unwrap();
    let code = rest.split('<').next().unwrap();
    assert_eq!(strips.text.matches("class=\"short\"").count(), 1);

    let path = format!("/activate/{code}");
    let activated = school
        .post(&path, "new=teacher+pass+1&again=teacher+pass+1")
        .await;
    assert_eq!(
        activated.status,
        StatusCode::SEE_OTHER,
        "{}",
        activated.text
    );
    assert!(activated.location.starts_with("/class/"));

    let empty = school
        .post(
            &school.path("/staff"),
            "action=create&role=teacher&name=&login=x",
        )
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty
        .says("请填写姓名")
        .says("请至少选一个班")
        .says("value=\"x\"");
    let guard = "action=create&role=guard&name=%E6%9D%8E%E5%A4%A7%E7%88%B7&login=gate1";
    school
        .post(&school.path("/staff"), guard)
        .await
        .says("门卫");
    school
        .get(&school.path("/staff?q=gate1"))
        .await
        .says("李大爷")
        .says("待激活");
    // Signing in ends the session that the browser had.
    let signed_in = school
        .post("/signin", "login=19900000101&password=teacher+pass+1")
        .await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn settings_are_checked_saved_and_written_down() {
    let school = School::new().await;
    let path = school.path("/settings");
    school
        .get(&path)
        .await
        .says("value=\"08:00\"")
        .says("东迁街道");
    let wrong = "action=save&name=&due=25:00&late=9&age=3&contact=x";
    let refused = school.post(&path, wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "请填写校名",
        "例如 08:00",
        "0 到 7 天",
        "6 到 30 岁",
        "value=\"25:00\"",
    ] {
        refused.says(words);
    }
    let long = format!(
        "action=save&name=A&name_en={}&due=08:00&late=1&age=&contact=",
        "a".repeat(121)
    );
    school.post(&path, &long).await.says("最多 120 个字符");
    let good = "action=save&name=%E6%96%B0%E5%90%8D&name_en=New+Name&due=07:40&late=2&age=14&contact=0572-1";
    assert_eq!(school.post(&path, good).await.status, StatusCode::SEE_OTHER);
    let saved = school.get(&format!("{path}?saved=1")).await;
    saved
        .says("已保存")
        .says("07:40")
        .says("新名")
        .says("New Name");

    let added = school
        .post(&path, "action=day&day=1999-01-01&what=none")
        .await;
    assert_eq!(added.status, StatusCode::UNPROCESSABLE_ENTITY);
    let today = Zone::SHANGHAI.day_of(school.services.clock.now());
    let form = |what: &str| format!("action=day&day={}&what={what}", today.plus(-3));
    assert_eq!(
        school.post(&path, &form("none")).await.status,
        StatusCode::SEE_OTHER
    );
    school.get(&path).await.says("恢复平常");
    school.post(&path, &form("usual")).await;
    assert!(!school.get(&path).await.text.contains("恢复平常"));
    school
        .get(&school.path("/log"))
        .await
        .says("修改设置")
        .says("修改校历")
        .says("陈校长")
        .says("0572-1");
    let before = school.get(&school.path("/log?day=1999-01-01")).await;
    before.says("这一天以前没有记录");
    assert!(!before.text.contains("修改设置"));
    let until = school.path(&format!("/log?day={today}"));
    school.get(&until).await.says("修改设置");
    school
        .get(&school.path("/log?day=999999-01-01"))
        .await
        .says("修改设置");
}

#[tokio::test]
async fn a_child_leaves_and_comes_back_after_being_asked_twice() {
    let school = School::new().await;
    school.import("a.csv", TWO.as_bytes()).await;
    let list = school.get(&school.path("/roster")).await;
    let at = list.text.find("/person/").unwrap();
    let person: String = list.text[at + 8..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let path = school.path(&format!("/person/{person}"));
    let page = school.get(&path).await;
    page.says("安娜").says("2013-05-01").says("19900000001");
    school
        .get(&format!("{path}?ask=leave"))
        .await
        .says("把安娜移出名册？");
    let left = school.post(&path, "action=leave").await;
    school
        .get(&left.location)
        .await
        .says("已移出名册")
        .says("撤销");
    school.get(&school.path("/roster")).await.says("在校 1 人");
    let again = school.post(&path, "action=leave").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    school.post(&path, "action=return").await;
    school.get(&school.path("/roster")).await.says("在校 2 人");

    let other = page.text.split("<option value=\"").nth(2).unwrap();
    let class = other.split('"').next().unwrap();
    let moved = school
        .post(&path, &format!("action=move&class={class}"))
        .await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    school.get(&path).await.says("一(2)班 2号");
    let overview = school.get(&school.path("")).await;
    overview.says("2 人，1 个班");
    school
        .get(&school.path("/log"))
        .await
        .says("调班")
        .says("一(1)班 → 一(2)班");
}
