//! The import of a large roster by the command line, alone and while reports come in.

use crate::families::Families;
use crate::load;
use crate::load::loops::Done;
use crate::program::Program;
use crate::reports::{PACED_CONNECTIONS, at_a_pace};
use domain::Zone;
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Students of one class in the file, and grades: numbers of classes have two digits at most.
const CLASS: usize = 250;
const GRADES: usize = 5;

/// A school whose roster is still to be imported.
#[derive(Debug, Clone, Copy)]
pub struct School(pub &'static str);

impl School {
    /// Creates it, without anybody.
    pub async fn create(self, services: &Services) {
        let new = NewSchool {
            code: self.0.into(),
            name: format!("第{}大学", self.0),
            name_en: String::new(),
            kind: SchoolKind::University,
            region: "330503".parse().unwrap(),
            zone: Zone::SHANGHAI,
        };
        services
            .create_school(&Actor::command(), &new)
            .await
            .unwrap();
    }

    /// Writes a roster of so many rows.
    pub fn write_roster(self, rows: usize, file: &Path) {
        let mut roster = "学号,姓名,性别,年级,班级,家长1姓名,家长1关系,家长1手机\n".to_owned();
        for row in 0..rows {
            let (class, grade) = (row / CLASS, row / CLASS % GRADES + 1);
            let number = class / GRADES + 1;
            writeln!(
                roster,
                "{}{row:06},张小雨,女,大学{grade}年级,{number}班,张丽华,母亲,199{row:08}",
                self.0
            )
            .unwrap();
        }
        std::fs::write(file, roster).unwrap();
    }

    /// The import of a file beside the program.
    fn import(self, binary: &Path, data: &Path, file: &Path) -> Command {
        let mut command = Command::new(binary);
        command
            .env_clear()
            .args([
                "import-roster",
                "--log",
                "error",
                "--school",
                self.0,
                "--data",
            ])
            .arg(data)
            .arg(file);
        command
    }

    /// How long the import takes alone.
    pub fn alone(self, binary: &Path, data: &Path, file: &Path) -> Duration {
        let begun = Instant::now();
        let ended = self.import(binary, data, file).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        let first: Vec<_> = said.lines().take(5).collect();
        assert!(ended.status.success(), "every row is imported: {first:?} …");
        begun.elapsed()
    }

    /// How long the import takes while reports come in, and how these fare.
    pub fn beside_reports(
        self,
        binary: &Path,
        data: &Path,
        file: &Path,
        program: &Program,
        families: &Rc<Families>,
    ) -> (Duration, Done) {
        let done = load::run(async {
            let connections = load::open(program.address, PACED_CONNECTIONS).await;
            let mut import = self.import(binary, data, file);
            let import = RefCell::new(import.stdout(Stdio::null()).spawn().unwrap());
            let is_over = || {
                let ended = import.borrow_mut().try_wait().unwrap();
                assert!(
                    ended.is_none_or(|ended| ended.success()),
                    "every row is imported"
                );
                ended.is_some()
            };
            at_a_pace(connections, families, is_over, || ()).await
        });
        (done.took, done)
    }
}
