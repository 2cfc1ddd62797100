//! The whole way from the text of somebody else's pass to whether it counts here.

use super::{ForeignPass, RecognitionRule, judge};
use crate::gate::TrustedIssuer;
use crate::pass::{Authentic, Envelope, IssuerId, JwkSet, Pass, PassRefusal};
use crate::{Code, Day, Lang, Millis};

/// An issuer as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Its number.
    pub issuer: IssuerId,
    /// What our bureau calls it.
    pub name: String,
}

/// A foreign pass that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Whose it is.
    pub whose: Whose,
    /// What it holds.
    pub pass: Pass,
}

/// Why a foreign pass does not count.
#[derive(Debug, Clone, PartialEq)]
pub enum NotRecognised {
    /// It is no pass, or not one that can be read.
    Unreadable(PassRefusal),
    /// Nobody who is trusted has the key.
    UnknownIssuer,
    /// The pass itself is wrong: its signature, its key, its time.
    Pass(Whose, PassRefusal),
    /// A card, or a kind or school for which the issuer is not trusted.
    OutOfScope(Whose),
    /// It was issued, or is shown, outside the time for which its issuer is trusted.
    NotInForce(Whose),
    /// A rule refuses it.
    Rule(Whose, Box<RecognitionRule>),
    /// Its colour lets nobody in, whatever the rules say.
    Colour(Whose, Code),
}

/// Whether somebody else's pass counts here, now and on our today.
///
/// # Errors
/// Whose it is and what speaks against it.
pub fn recognise(
    text: &str,
    trust: &[TrustedIssuer],
    rules: &[RecognitionRule],
    (now, today): (Millis, Day),
) -> Result<Recognised, NotRecognised> {
    let envelope = Envelope::parse(text.trim()).map_err(NotRecognised::Unreadable)?;
    let (issuer, authentic) = authenticate(&envelope, trust)?;
    let whose = Whose {
        issuer: issuer.issuer,
        name: issuer.name.clone(),
    };
    let verified = match authentic.at(now) {
        Ok(verified) => verified,
        Err(refusal) => return Err(NotRecognised::Pass(whose, refusal)),
    };
    let pass = verified.pass().clone();
    if pass.issued < issuer.from || now < issuer.from || now >= issuer.until {
        return Err(NotRecognised::NotInForce(whose));
    }
    let Some((code, day)) = pass.says.colour() else {
        return Err(NotRecognised::OutOfScope(whose));
    };
    let foreign = ForeignPass {
        issuer: pass.issuer,
        region: issuer.region.clone(),
        code,
        day,
        today,
    };
    if let Err(rule) = judge(rules, &foreign) {
        return Err(NotRecognised::Rule(whose, Box::new(rule.clone())));
    }
    if code != Code::Green {
        return Err(NotRecognised::Colour(whose, code));
    }
    Ok(Recognised { whose, pass })
}

/// Who of those trusted has signed it. Several may name a key of the same number; only one of them has signed.
fn authenticate<'a>(
    envelope: &Envelope,
    trust: &'a [TrustedIssuer],
) -> Result<(&'a TrustedIssuer, Authentic), NotRecognised> {
    let kid = envelope.key().to_string();
    let mut worst = NotRecognised::UnknownIssuer;
    for issuer in trust {
        let keys = (issuer.keys.keys.iter())
            .filter(|key| key.kid == kid && key.fx_issuer == issuer.issuer)
            .cloned()
            .collect();
        let refusal = match envelope.clone().authenticate(&JwkSet { keys }.ring()) {
            Ok(authentic) => return Ok((issuer, authentic)),
            Err(PassRefusal::UnknownKey) => continue,
            Err(refusal) => refusal,
        };
        let whose = Whose {
            issuer: issuer.issuer,
            name: issuer.name.clone(),
        };
        worst = match refusal {
            PassRefusal::KeyOutOfScope => NotRecognised::OutOfScope(whose),
            refusal => NotRecognised::Pass(whose, refusal),
        };
    }
    Err(worst)
}

impl NotRecognised {
    /// The stable code, for interfaces and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(refusal) | Self::Pass(_, refusal) => refusal.code(),
            Self::UnknownIssuer => "issuer_not_trusted",
            Self::OutOfScope(_) => "not_recognised_kind",
            Self::NotInForce(_) => "trust_not_in_force",
            Self::Rule(..) => "recognition_rule",
            Self::Colour(..) => "not_green",
        }
    }

    /// Whose pass it is, where that is known.
    pub fn whose(&self) -> Option<&Whose> {
        match self {
            Self::Unreadable(_) | Self::UnknownIssuer => None,
            Self::Pass(whose, _)
            | Self::OutOfScope(whose)
            | Self::NotInForce(whose)
            | Self::Rule(whose, _)
            | Self::Colour(whose, _) => Some(whose),
        }
    }

    /// The rule that refuses it, where one does.
    pub fn rule(&self) -> Option<&RecognitionRule> {
        match self {
            Self::Rule(_, rule) => Some(rule),
            _ => None,
        }
    }

    /// The words for a person: whose code it is, and why it does not count.
    pub fn text(&self, lang: Lang) -> String {
        let why = self.why(lang);
        match (self.whose(), lang) {
            (Some(whose), Lang::Zh) => format!("{}的码：{why}", whose.name),
            (Some(whose), Lang::En) => format!("Code of {}: {why}", whose.name),
            (None, _) => why,
        }
    }

    fn why(&self, lang: Lang) -> String {
        let both = |zh: &str, en: &str| match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        };
        match self {
            Self::Unreadable(refusal) | Self::Pass(_, refusal) => refusal.text(lang).to_owned(),
            Self::UnknownIssuer => both(
                "签发单位不在互认名单里",
                "Its issuer is not one that is recognised here",
            ),
            Self::OutOfScope(_) => both(
                "这种码或这所学校的码这里不认，只认互认范围内的屏幕码和当日证明",
                "this kind of code, or this school's, is not recognised here; live codes and day letters within what was agreed are",
            ),
            Self::NotInForce(_) => both(
                "不在互认的有效期内",
                "outside the time for which it is recognised here",
            ),
            Self::Rule(_, rule) => match lang {
                Lang::Zh => format!("{}（规则 {}）", rule.label.zh, rule.id),
                Lang::En => format!("{} (rule {})", rule.label.en, rule.id),
            },
            Self::Colour(..) => both("不是绿码", "it is not green"),
        }
    }
}
