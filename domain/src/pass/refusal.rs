//! Why a pass is not accepted: one reason each, in both languages.

use crate::Lang;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// Why a pass is not accepted. The order is the order of the checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        pub enum PassRefusal { $($(#[$doc])* #[error($en)] $name,)* }

        impl PassRefusal {
            /// Every refusal.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code, for interfaces and tests.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The words for a person.
            pub fn text(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Self::$name, Lang::Zh) => $zh, (Self::$name, Lang::En) => $en,)* }
            }
        }
    };
}

refusals! {
    /// It does not begin with [`super::PREFIX`].
    NotOurs = "not_ours", "这不是返校码", "This is not a school pass";
    /// It begins like a pass but cannot be read.
    Malformed = "malformed", "读不出来，码可能不完整", "It cannot be read; it may be incomplete";
    /// A header that must be understood is not.
    UnknownCritical = "unknown_critical", "这是更新版本的码，本机还不认识", "It needs a newer version to read it";
    /// It names no algorithm, or `none`.
    AlgorithmNone = "algorithm_none", "没有签名，不是真码", "It is not signed";
    /// It names an algorithm other than EdDSA.
    WrongAlgorithm = "wrong_algorithm", "签名方式不对，不是真码", "It is signed in a way that is not accepted";
    /// Nobody known has a key of this number.
    UnknownKey = "unknown_key", "不认识签发它的密钥", "The key that signed it is not known here";
    /// The key was revoked.
    KeyRevoked = "key_revoked", "签发它的密钥已经吊销", "The key that signed it has been revoked";
    /// The signature is not of that key.
    BadSignature = "bad_signature", "签名不对，可能是伪造的", "The signature is wrong; it may be forged";
    /// It is meant for something else than a pass.
    OtherAudience = "other_audience", "这个码不是用来进校门的", "It was not made to be shown at a gate";
    /// It names another issuer than the key's.
    OtherIssuer = "other_issuer", "签发单位与密钥不符", "It names another issuer than its key belongs to";
    /// The key may not sign this kind of pass, or not for this school.
    KeyOutOfScope = "key_out_of_scope", "这把密钥无权签发这种码或这所学校的码", "Its key may not sign this kind of pass, or not for this school";
    /// It was issued while the key was not in force.
    KeyNotInForce = "key_not_in_force", "签发时密钥不在有效期内", "It was issued while its key was not in force";
    /// It would be valid for longer than its kind may.
    LivesTooLong = "lives_too_long", "有效期超出规定", "It claims to be valid for longer than its kind may be";
    /// It was issued later than now.
    FromFuture = "from_future", "签发时间还没到，请检查时钟", "It was issued in the future; check the clock";
    /// It is not valid any more.
    Expired = "expired", "已经过期，请刷新或换新的", "It has expired; renew it";
    /// A newer card of the same holder was printed.
    CardVoided = "card_voided", "这张卡已经作废，有更新的卡", "This card is void: a newer one has been printed";
    /// The holder does not belong to the school any more.
    ChildLeft = "child_left", "已经不在这所学校", "Its holder has left the school";
    /// The school knows no such holder.
    UnknownHolder = "unknown_holder", "学校名单里没有这个人", "The school's list does not have its holder";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_a_code_of_its_own_and_both_languages() {
        let mut codes: Vec<_> = PassRefusal::ALL.iter().map(|r| r.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), PassRefusal::ALL.len());
        for refusal in PassRefusal::ALL {
            assert!(!refusal.text(Lang::Zh).is_ascii(), "{refusal:?}");
            assert!(refusal.text(Lang::En).is_ascii(), "{refusal:?}");
        }
    }
}
