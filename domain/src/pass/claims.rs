//! The claims set of a pass: RFC 8392's own claims, and one private claim with what they have no room for.

use super::{IssuerId, Kind, Pass, PassRefusal, Says};
use crate::identity::MASKED_NAME_MAX;
use crate::{Code, Day, Millis};
use ciborium::Value;
use coset::CborSerializable as _;
use coset::cwt::{ClaimName, ClaimsSet, ClaimsSetBuilder, Timestamp};

/// Whom a pass is for. A token for anything else names something else.
pub(super) const AUDIENCE: &str = "gate";
/// The private claim.
const FUXUE: i64 = -65_537;

/// The claims as they are signed; `None` where a value has no place in them.
pub(super) fn write(pass: &Pass) -> Option<Vec<u8>> {
    if pass.name.len() > MASKED_NAME_MAX {
        return None;
    }
    let mut own = vec![
        Value::from(pass.says.kind().number()),
        Value::from(pass.holder),
        Value::from(pass.school),
        Value::from(pass.class),
        Value::from(pass.name.as_str()),
    ];
    match pass.says {
        Says::Card { serial } => own.push(Value::from(serial)),
        Says::Live { code, day } | Says::DayLetter { code, day } => {
            own.push(Value::from(code.number()));
            own.push(Value::from(u16::try_from(day.0).ok()?));
        }
    }
    ClaimsSetBuilder::new()
        .issuer(pass.issuer.to_string())
        .audience(AUDIENCE.to_owned())
        .expiration_time(seconds(pass.expires)?)
        .issued_at(seconds(pass.issued)?)
        .private_claim(FUXUE, Value::Array(own))
        .build()
        .to_vec()
        .ok()
}

/// Whole seconds that fit into four bytes.
fn seconds(at: Millis) -> Option<Timestamp> {
    let seconds = u32::try_from(at.0 / 1_000).ok()?;
    (at.0 % 1_000 == 0).then(|| Timestamp::WholeSeconds(seconds.into()))
}

/// The pass of a claims set whose signature was checked.
pub(super) fn read(bytes: &[u8]) -> Result<Pass, PassRefusal> {
    let claims = ClaimsSet::from_slice(bytes).map_err(|_| PassRefusal::Malformed)?;
    if claims.audience.as_deref() != Some(AUDIENCE) {
        return Err(PassRefusal::OtherAudience);
    }
    pass_of(claims).ok_or(PassRefusal::Malformed)
}

fn pass_of(claims: ClaimsSet) -> Option<Pass> {
    let is_plain =
        claims.subject.is_none() && claims.not_before.is_none() && claims.cwt_id.is_none();
    let [(ClaimName::PrivateUse(FUXUE), Value::Array(own))] = claims.rest.as_slice() else {
        return None;
    };
    let [kind, holder, school, class, Value::Text(name), says @ ..] = own.as_slice() else {
        return None;
    };
    let kind = Kind::ALL
        .into_iter()
        .find(|k| Some(k.number()) == integer(kind))?;
    let says = match (kind, says) {
        (Kind::Card, [serial]) => Says::Card {
            serial: integer(serial)?,
        },
        (Kind::Live, [code, day]) => Says::Live {
            code: code_of(code)?,
            day: day_of(day)?,
        },
        (Kind::DayLetter, [code, day]) => Says::DayLetter {
            code: code_of(code)?,
            day: day_of(day)?,
        },
        _ => return None,
    };
    let issuer: u32 = claims.issuer?.parse().ok()?;
    (is_plain && name.len() <= MASKED_NAME_MAX).then_some(())?;
    Some(Pass {
        issuer: IssuerId::try_from(issuer).ok()?,
        school: integer(school)?,
        class: integer(class)?,
        holder: integer(holder)?,
        name: name.clone(),
        says,
        issued: millis(claims.issued_at?)?,
        expires: millis(claims.expiration_time?)?,
    })
}

fn integer<T: TryFrom<i128>>(value: &Value) -> Option<T> {
    T::try_from(i128::from(value.as_integer()?)).ok()
}

fn code_of(value: &Value) -> Option<Code> {
    let number: i64 = integer(value)?;
    Code::ALL.into_iter().find(|code| code.number() == number)
}

fn day_of(value: &Value) -> Option<Day> {
    integer::<u16>(value).map(|day| Day(day.into()))
}

fn millis(at: Timestamp) -> Option<Millis> {
    match at {
        Timestamp::WholeSeconds(seconds) => u32::try_from(seconds)
            .ok()
            .map(|seconds| Millis(i64::from(seconds) * 1_000)),
        Timestamp::FractionalSeconds(_) => None,
    }
}
