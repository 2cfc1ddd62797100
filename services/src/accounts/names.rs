//! What is kept of an account holder, and how logins are written.

use crate::vault::{Cell, CellKey};
use crate::{Error, Refusal, Result, Services};
use domain::identity::{Phone, to_half_width};
use serde::{Deserialize, Serialize};
use store::AccountRow;

/// Name, login and phone of an account holder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountProfile {
    /// How others call them: 周敏, 胡亦辰的妈妈.
    pub name: String,
    /// As they typed it.
    pub login: String,
    /// A phone number, where the school knows one.
    pub phone: Option<String>,
}

/// Shortest and longest login that is not a phone number, in characters.
const LOGIN_CHARS: std::ops::RangeInclusive<usize> = 3..=40;

/// The one way in which a login is compared: half-width, lower case, phones as eleven digits.
///
/// # Errors
/// [`Refusal::LoginInvalid`] for anything that is neither a phone nor 3–40 letters, digits, `.`, `-`, `_` or `@`.
pub(crate) fn normalise_login(text: &str) -> Result<String> {
    let login = to_half_width(text).trim().to_lowercase();
    if let Ok(phone) = Phone::parse(&login) {
        return Ok(phone.as_str().to_owned());
    }
    let fits = LOGIN_CHARS.contains(&login.chars().count())
        && login
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    if fits {
        Ok(login)
    } else {
        Err(Refusal::LoginInvalid.into())
    }
}

impl Services {
    pub(crate) fn login_index(&self, login: &str) -> Vec<u8> {
        self.vault.index("login", login)
    }

    pub(crate) fn account_key(&self, row: &AccountRow) -> Result<CellKey> {
        self.vault
            .subject(row.account_id.0, &row.wrapped)
            .map_err(|_| Error::internal(format!("account {} does not open", row.account_id)))
    }

    /// Opens what is kept of an account holder.
    pub(crate) fn account_profile(&self, row: &AccountRow) -> Result<AccountProfile> {
        let plain = self
            .account_key(row)?
            .open(
                Cell::new("account", "profile_enc", row.account_id.0),
                &row.profile_enc,
            )
            .map_err(|_| Error::internal(format!("account {} does not open", row.account_id)))?;
        serde_json::from_slice(&plain).map_err(|e| Error::internal(e.to_string()))
    }

    pub(crate) fn seal_account(
        &self,
        key: &CellKey,
        id: i64,
        profile: &AccountProfile,
    ) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(profile).map_err(|e| Error::internal(e.to_string()))?;
        Ok(key.seal(
            &*self.entropy,
            Cell::new("account", "profile_enc", id),
            &plain,
        ))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn logins_are_compared_in_one_form() {
        assert_eq!(
            normalise_login(" １３９ 0000 0001 ").unwrap(),
            "13900000001"
        );
        assert_eq!(normalise_login("+86 13900000001").unwrap(), "13900000001");
        assert_eq!(normalise_login("Zhou.Min").unwrap(), "zhou.min");
        assert_eq!(normalise_login("周老师1").unwrap(), "周老师1");
        for bad in ["", "ab", "a b c d", "<script>", &"x".repeat(41)] {
            assert!(normalise_login(bad).is_err(), "{bad}");
        }
    }
}
