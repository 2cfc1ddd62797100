//! What the roster says of a person, sealed and opened.

use crate::vault::{Cell, CellKey};
use crate::{Error, Result, Services};
use domain::Lang;
use domain::identity::mask_name;
use domain::roster::{ClassName, RosterRow, Stage};
use std::collections::HashMap;
use store::{ClassRow, PersonRow, Tx};

/// A person of the roster, opened.
#[derive(Debug)]
pub(crate) struct OpenPerson {
    pub row: PersonRow,
    pub key: CellKey,
    pub profile: RosterRow,
}

impl OpenPerson {
    pub fn masked(&self) -> String {
        mask_name(&self.profile.name)
    }
}

impl Services {
    /// The keys of several subjects, by number; whose was destroyed is not among them.
    pub(crate) async fn subject_keys(
        &self,
        tx: &mut Tx,
        subjects: &[i64],
    ) -> Result<HashMap<i64, CellKey>> {
        let keys = tx.subject_keys(subjects).await?.into_iter();
        keys.map(|(subject, wrapped)| {
            let key = self.vault.subject(subject, &wrapped);
            Ok((subject, key.map_err(|e| Error::internal(e.to_string()))?))
        })
        .collect()
    }

    /// Opens a person's row.
    pub(crate) fn open_person(&self, row: PersonRow) -> Result<OpenPerson> {
        let sealed = |_| Error::internal(format!("person {} does not open", row.person_id));
        let key = self
            .vault
            .subject(row.person_id.0, &row.wrapped)
            .map_err(sealed)?;
        let plain = key
            .open(
                Cell::new("person", "profile_enc", row.person_id.0),
                &row.profile_enc,
            )
            .map_err(sealed)?;
        let profile = serde_json::from_slice(&plain)
            .map_err(|e| Error::internal(format!("person {}: {e}", row.person_id)))?;
        Ok(OpenPerson { row, key, profile })
    }

    /// Seals what the roster says of a person.
    pub(crate) fn seal_profile(
        &self,
        key: &CellKey,
        person: i64,
        profile: &RosterRow,
    ) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(profile).map_err(|e| Error::internal(e.to_string()))?;
        Ok(key.seal(
            &*self.entropy,
            Cell::new("person", "profile_enc", person),
            &plain,
        ))
    }
}

/// A class's name from its row.
pub(crate) fn class_name(row: &ClassRow) -> ClassName {
    ClassName {
        stage: Stage::from_number(row.stage).unwrap_or(Stage::Primary),
        grade: u8::try_from(row.grade).unwrap_or_default(),
        number: u16::try_from(row.number).unwrap_or_default(),
    }
}

/// A class as people say it.
pub(crate) fn class_label(row: &ClassRow, lang: Lang) -> String {
    class_name(row).label(lang)
}
