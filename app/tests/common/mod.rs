//! A small demo district behind the real router, with somebody of each role signed in, and a school in another
//! district that none of them may reach.

#![allow(dead_code, reason = "each test file uses what it needs")]

use axum::Router;
use axum::body::Body;
use domain::Zone;
use domain::access::{Role, Scope};
use domain::ids::{ClassId, PersonId, SchoolId};
use http::{Request, Response, StatusCode};
use services::accounts::SESSION_COOKIE;
use services::clock::{ManualClock, SystemEntropy};
use services::demo::{DemoOptions, prepare};
use services::open::Location;
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::collections::HashMap;
use std::sync::Arc;
use tower::ServiceExt as _;

/// A region of the demo, with one of its schools, classes and people.
#[derive(Debug, Clone)]
struct Places {
    region: &'static str,
    school: SchoolId,
    class: ClassId,
    person: PersonId,
}

/// The district.
pub struct District {
    pub router: Router,
    pub services: Arc<Services>,
    /// Moves the district's time.
    pub clock: Arc<ManualClock>,
    cookies: HashMap<Role, String>,
    inside: Places,
    /// The demo guardian's own child.
    pub child: PersonId,
    outside: Places,
    _folder: tempfile::TempDir,
}

const ROSTER: &str = "学号,姓名,出生日期,年级,班级,家长1姓名,家长1手机\n900001,沈雯,2012-11-27,一年级,1班,沈国,19900000001\n";

impl District {
    /// Builds it, on the morning of a Thursday.
    pub async fn new() -> Self {
        let morning = Zone::SHANGHAI.at("2020-09-17".parse().expect("a day"), 7 * 60 + 14);
        let folder = tempfile::tempdir().expect("a folder");
        let location = Location::in_folder(folder.path().join("data"), true);
        let options = DemoOptions {
            students: 300,
            ..DemoOptions::default()
        };
        let clock = Arc::new(ManualClock::new(morning));
        let (services, accounts) =
            prepare(&location, &options, clock.clone(), Arc::new(SystemEntropy))
                .await
                .expect("a demo");
        let mut cookies = HashMap::new();
        let mut scopes = HashMap::new();
        for account in accounts {
            let role: Role = account.role.parse().expect("a role");
            let signed_in = services
                .sign_in(&account.login, &account.password)
                .await
                .expect("the demo's account");
            let scope = signed_in
                .actor
                .scopes_of(role)
                .next()
                .expect("its scope")
                .clone();
            cookies
                .entry(role)
                .or_insert_with(|| format!("{SESSION_COOKIE}={}", signed_in.token.cookie()));
            scopes.entry(role).or_insert(scope);
        }
        let (Scope::Class(class), Scope::School(school), Scope::Person(child)) = (
            &scopes[&Role::Teacher],
            &scopes[&Role::SchoolAdmin],
            &scopes[&Role::Guardian],
        ) else {
            panic!("teachers have classes, administrators schools, guardians children");
        };
        assert_eq!(
            scopes[&Role::Guard],
            Scope::School(*school),
            "the guard belongs to the administrator's school"
        );
        let inside = Places {
            region: "330503",
            school: *school,
            class: *class,
            person: first_person(&services, *class).await,
        };
        let outside = outside(&services).await;
        let router = app::router(services.clone());
        Self {
            router,
            services,
            clock,
            cookies,
            inside,
            child: *child,
            outside,
            _folder: folder,
        }
    }

    /// The session cookie of a role.
    pub fn cookie(&self, role: Role) -> &str {
        &self.cookies[&role]
    }

    /// Asks for a page as a role.
    pub async fn get(&self, role: Role, path: &str) -> Response<Body> {
        self.ask(role, Request::get(path), String::new()).await
    }

    /// Sends a form as a role.
    pub async fn post(&self, role: Role, path: &str, form: &[(&str, &str)]) -> Response<Body> {
        let body = form
            .iter()
            .map(|(name, value)| format!("{name}={}", percent(value)))
            .collect::<Vec<_>>()
            .join("&");
        let request =
            Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.ask(role, request, body).await
    }

    /// Sends a form with a file as a role.
    pub async fn upload(
        &self,
        role: Role,
        path: &str,
        form: &[(&str, &str)],
        name: &str,
        file: &str,
    ) -> Response<Body> {
        let part = |header: &str, content: &str| {
            format!("--x\r\nContent-Disposition: form-data; {header}\r\n\r\n{content}\r\n")
        };
        let fields = form
            .iter()
            .map(|(name, value)| part(&format!("name=\"{name}\""), value));
        let file = part(&format!("name=\"file\"; filename=\"{name}\""), file);
        let body = fields.collect::<String>() + &file + "--x--\r\n";
        let request = Request::post(path).header("content-type", "multipart/form-data; boundary=x");
        self.ask(role, request, body).await
    }

    async fn ask(
        &self,
        role: Role,
        request: http::request::Builder,
        body: String,
    ) -> Response<Body> {
        let request = request
            .header("cookie", self.cookie(role))
            .header("accept-language", "zh")
            .body(Body::from(body))
            .expect("a request");
        self.router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer")
    }

    /// The text of a page that has to be there.
    pub async fn page(&self, role: Role, path: &str) -> String {
        let response = self.get(role, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        text(response).await
    }

    /// A route's path at places inside a role's scope.
    pub fn inside(&self, path: &str, role: Role) -> String {
        let person = if role == Role::Guardian {
            self.child
        } else {
            self.inside.person
        };
        fill(
            path,
            &Places {
                person,
                ..self.inside.clone()
            },
        )
    }

    /// A route's path at places outside a role's scope.
    pub fn outside(&self, path: &str, _role: Role) -> String {
        fill(path, &self.outside)
    }
}

/// The body of an answer.
pub async fn text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 8 << 20)
        .await
        .expect("a body");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a form's field on a page.
pub fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&mark)
        .unwrap_or_else(|| panic!("{name} is on the page: {page}"));
    rest.split('"').next().unwrap_or_default()
}

fn percent(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn fill(path: &str, at: &Places) -> String {
    let path = path
        .replace("{region}", at.region)
        .replace("{school}", &at.school.to_string())
        .replace("{class}", &at.class.to_string())
        .replace("{person}", &at.person.to_string());
    // What else a path names does not matter: permission comes first.
    let mut out = String::new();
    let mut rest = path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push('1');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}

async fn first_person(services: &Services, class: ClassId) -> PersonId {
    services
        .store
        .read()
        .await
        .expect("a reader")
        .people_of_class(class)
        .await
        .expect("people")[0]
        .person_id
}

/// A school in the neighbouring district.
async fn outside(services: &Services) -> Places {
    let command = Actor::command();
    let new = NewSchool {
        code: "3305020001".into(),
        name: "邻区小学".into(),
        name_en: String::new(),
        kind: SchoolKind::Primary,
        region: "330502001".parse().expect("a town"),
        zone: Zone::SHANGHAI,
    };
    let school = services
        .create_school(&command, &new)
        .await
        .expect("a school");
    services
        .import_roster_file(
            &command,
            "3305020001",
            "roster.csv",
            ROSTER.as_bytes().to_vec(),
            false,
        )
        .await
        .expect("a roster");
    let class = services
        .store
        .read()
        .await
        .expect("a reader")
        .classes_of(school)
        .await
        .expect("classes")[0]
        .class_id;
    Places {
        region: "330502",
        school,
        class,
        person: first_person(services, class).await,
    }
}
