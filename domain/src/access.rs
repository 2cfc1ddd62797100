//! Who may do what, and where: one table of role × action × scope.
//!
//! A grant gives a role in one scope; scopes are nested (region ▸ school ▸ class ▸ person). An action is
//! allowed where one grant of a role listed for it covers the place it happens in.

use crate::ids::{ClassId, PersonId, RegionCode, SchoolId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The roles of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A parent, or a person who reports for oneself.
    Guardian,
    /// The teacher of a class.
    Teacher,
    /// The guard at a school's gates.
    Guard,
    /// The administrator of a school.
    SchoolAdmin,
    /// Looks at the numbers of a region.
    BureauViewer,
    /// The health officer of a region.
    HealthOfficer,
    /// The administrator of a region.
    BureauAdmin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Guardian,
        Self::Teacher,
        Self::Guard,
        Self::SchoolAdmin,
        Self::BureauViewer,
        Self::HealthOfficer,
        Self::BureauAdmin,
    ];

    /// The word used in tables and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Guardian => "guardian",
            Self::Teacher => "teacher",
            Self::Guard => "guard",
            Self::SchoolAdmin => "school_admin",
            Self::BureauViewer => "bureau_viewer",
            Self::HealthOfficer => "health_officer",
            Self::BureauAdmin => "bureau_admin",
        }
    }

    /// Everybody but guardians: shorter sessions, created by the person above.
    pub fn is_staff(self) -> bool {
        self != Self::Guardian
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.word().fmt(f)
    }
}

/// There is no role of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown role")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or(UnknownRole)
    }
}

/// Where a grant holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// A region and all below it.
    Region(RegionCode),
    /// One school.
    School(SchoolId),
    /// One class.
    Class(ClassId),
    /// One person.
    Person(PersonId),
}

/// A role in a scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
}

/// Where an action happens, with all that lies around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The region of the school, or the region itself.
    pub region: RegionCode,
    /// The school, unless the place is a region.
    pub school: Option<SchoolId>,
    /// The class, where the place is one or a person in it.
    pub class: Option<ClassId>,
    /// The person, where the place is one.
    pub person: Option<PersonId>,
}

impl Place {
    /// A region.
    pub fn region(region: RegionCode) -> Self {
        Self {
            region,
            school: None,
            class: None,
            person: None,
        }
    }

    /// Whether a grant's scope covers this place.
    pub fn is_within(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Region(code) => code.contains(&self.region),
            Scope::School(id) => self.school == Some(*id),
            Scope::Class(id) => self.class == Some(*id),
            Scope::Person(id) => self.person == Some(*id),
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident: $($role:ident)|+;)*) => {
        /// Everything that needs a permission.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action { $($(#[$doc])* $action,)* }

        impl Action {
            /// Every action, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$action),*];

            /// The roles that may do it within their scope.
            pub fn roles(self) -> &'static [Role] {
                match self { $(Self::$action => &[$(Role::$role),+],)* }
            }
        }
    };
}

actions! {
    /// See a child's code and reasons, and report for it.
    ReportForChild: Guardian;
    /// Consent for a child, refuse, or withdraw.
    DecideConsent: Guardian;
    /// Read who has looked at a child's data.
    ReadChildLog: Guardian;
    /// See a class's progress, its missing and its flagged children.
    SeeClass: Teacher | SchoolAdmin;
    /// Report by proxy or enter paper forms for a class.
    ReportByProxy: Teacher | SchoolAdmin;
    /// Confirm or refuse corrections that weaken a code.
    ConfirmCorrection: Teacher | SchoolAdmin;
    /// Confirm new guardians of a class.
    ConfirmGuardian: Teacher | SchoolAdmin;
    /// Print invitation slips.
    PrintSlips: Teacher | SchoolAdmin;
    /// Print cards, which void the older ones, and slips to be signed.
    PrintCards: Teacher | SchoolAdmin;
    /// Unlink a guardian and issue the slip anew.
    UnlinkGuardian: SchoolAdmin;
    /// Export a class's list.
    ExportClass: Teacher | SchoolAdmin;
    /// See who may enter today: masked names and verdicts only.
    SeeGate: Guard | SchoolAdmin;
    /// See a school's classes and settings.
    SeeSchool: SchoolAdmin;
    /// Import and change the roster.
    ChangeRoster: SchoolAdmin;
    /// Create and recover the school's staff accounts.
    ManageSchoolStaff: SchoolAdmin;
    /// Change the school's settings.
    ChangeSchool: SchoolAdmin;
    /// See the numbers of a region, its schools and classes.
    SeeRegion: BureauViewer | HealthOfficer | BureauAdmin;
    /// Export the numbers of a region.
    ExportRegion: BureauViewer | HealthOfficer | BureauAdmin;
    /// Reveal a masked name, with a reason.
    RevealName: BureauViewer | HealthOfficer | BureauAdmin;
    /// Enter official records, and withdraw those entered in error.
    EnterRecords: HealthOfficer;
    /// Write, import and replay drafts of rulebooks, and hand them in.
    DraftRules: HealthOfficer | BureauAdmin;
    /// Approve, schedule, activate, ratify and retire rulebooks.
    ActivateRules: BureauAdmin;
    /// Declare, change and lift risk areas.
    DeclareRiskAreas: HealthOfficer;
    /// Submit a clearance for a child.
    SubmitClearance: Guardian | Teacher;
    /// Accept or refuse clearances for yellow.
    ClearYellow: SchoolAdmin;
    /// Accept or refuse clearances for red.
    ClearRed: HealthOfficer;
    /// Settle discrepancies between official records and reports.
    SettleDiscrepancy: HealthOfficer;
    /// Create schools and their administrators, and the bureau's own accounts.
    ManageRegion: BureauAdmin;
    /// Make and revoke the keys with which a school's programs use the interface.
    ManageSchoolKeys: SchoolAdmin;
    /// Make and revoke the keys with which a region's programs use the interface.
    ManageRegionKeys: BureauAdmin;
    /// Trust other issuers, stop trusting them, and write the rules of recognition.
    TrustIssuers: BureauAdmin;
    /// Take a school's list along at its gates, and hand in what happened there. Devices act as guards.
    WorkGate: Guard;
    /// Keep a school's gates and devices, and read the gate's day.
    ManageGates: SchoolAdmin;
    /// Confirm or reject slips that were handed in at the gate.
    ConfirmSlip: Teacher | SchoolAdmin;
}

/// Whether one of `grants` allows `action` at `place`.
pub fn allows(grants: &[Grant], action: Action, place: &Place) -> bool {
    grants
        .iter()
        .any(|grant| action.roles().contains(&grant.role) && place.is_within(&grant.scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            region: RegionCode::parse("330503001").expect("a town"),
            school: Some(SchoolId(2)),
            class: Some(ClassId(3)),
            person: Some(PersonId(4)),
        }
    }

    fn inside(role: Role) -> Scope {
        match role {
            Role::Guardian => Scope::Person(PersonId(4)),
            Role::Teacher => Scope::Class(ClassId(3)),
            Role::Guard | Role::SchoolAdmin => Scope::School(SchoolId(2)),
            _ => Scope::Region(RegionCode::parse("330503").expect("a district")),
        }
    }

    fn outside(role: Role) -> Scope {
        match role {
            Role::Guardian => Scope::Person(PersonId(5)),
            Role::Teacher => Scope::Class(ClassId(5)),
            Role::Guard | Role::SchoolAdmin => Scope::School(SchoolId(5)),
            _ => Scope::Region(RegionCode::parse("330502").expect("a district")),
        }
    }

    #[test]
    fn a_role_acts_inside_its_scope_and_never_outside() {
        for &action in Action::ALL {
            for role in Role::ALL {
                let listed = action.roles().contains(&role);
                let grant = |scope| [Grant { role, scope }];
                assert_eq!(
                    allows(&grant(inside(role)), action, &place()),
                    listed,
                    "{role} {action:?}"
                );
                assert!(
                    !allows(&grant(outside(role)), action, &place()),
                    "{role} {action:?} outside"
                );
            }
        }
    }

    #[test]
    fn a_school_grant_does_not_reach_its_region() {
        let school = Grant {
            role: Role::BureauAdmin,
            scope: Scope::School(SchoolId(2)),
        };
        let region = Place::region(RegionCode::parse("330503").expect("a district"));
        assert!(!allows(&[school], Action::SeeRegion, &region));
    }
}
