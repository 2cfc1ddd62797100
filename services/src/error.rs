//! What can go wrong: a closed list that people are told, and everything else, which they are not.

use domain::Lang;
use store::StoreError;

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn,
    /// The account may not do this here; also the answer for what does not exist, so that nothing is told.
    #[error("not allowed")]
    Forbidden,
    /// There is no such entry in a place that is the account's own: it may look, and there is nothing. Never the answer
    /// for what lies outside its scope, which is [`Error::Forbidden`] whether it exists or not.
    #[error("not found")]
    NotFound,
    /// Something the person can be told, and can mend.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Some answers of a report cannot be accepted.
    #[error("answers to mend: {0:?}")]
    Answers(Vec<domain::report::AnswerFault>),
    /// Too much at once; the same request may go through in a moment.
    #[error("overloaded")]
    Overloaded,
    /// Anything else. Logged once with its cause; the person gets a reference number.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a use case returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An internal error with a message for the log.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into().into())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => {
                tracing::error!("the disk or the database is full");
                Self::Overloaded
            }
            StoreError::Busy => Self::Overloaded,
            other => Self::Internal(Box::new(other)),
        }
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// Everything a person can be told, with a stable code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Refusal { $($(#[$doc])* $name,)* }

        impl Refusal {
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
    /// Login or password is wrong; the same for an account that does not exist.
    WrongCredentials = "wrong_credentials", "账号或密码不对。请再试一次；也可以向学校要一张新的邀请条重设密码。", "Login or password is wrong. Try again, or ask the school for a new slip to set a new password.";
    /// Too many wrong passwords; the login waits.
    TooManyAttempts = "too_many_attempts", "试错次数太多，请过一会儿再试。", "Too many wrong attempts. Please wait a while and try again.";
    /// The login is taken or cannot be used.
    LoginTaken = "login_taken", "这个账号名不能用，请换一个。", "This login cannot be used. Please choose another.";
    /// The login is not a phone number and not a name of 3 to 40 letters and digits.
    LoginInvalid = "login_invalid", "请填写手机号，或 3 到 40 个字母、数字或汉字的名字。", "Enter a mobile number, or a name of 3 to 40 letters or digits.";
    /// The password is too short, too long or the login itself.
    PasswordWeak = "password_weak", "密码至少 8 个字符，不能和账号相同。", "The password needs at least 8 characters and must differ from the login.";
    /// The two passwords differ.
    PasswordsDiffer = "passwords_differ", "两次输入的密码不一样。", "The two passwords are not the same.";
    /// The present password is wrong.
    PasswordWrong = "password_wrong", "现在的密码不对。", "The present password is wrong.";
    /// No usable slip or activation code like this: unknown, used, void or expired.
    CodeUnusable = "code_unusable", "这个邀请码不能用：可能输错、已用过或已过期。请向班主任要一张新的。", "This code cannot be used: mistyped, used already or expired. Ask the class teacher for a new one.";
    /// The answers do not fit the slip.
    SlipAnswersWrong = "slip_answers_wrong", "生日或号码后四位对不上。错五次后这张邀请条作废。", "Birth date or last four digits do not match. After five wrong tries the slip is void.";
    /// This account is a guardian of this child already.
    AlreadyGuardian = "already_guardian", "您已经关联了这个孩子。", "You are linked to this child already.";
    /// The person is too young to report for themselves.
    TooYoungForSelf = "too_young_for_self", "这位学生还没到学校规定的自己报告的年龄，请由家长加入。", "This student has not reached the age from which the school lets students report for themselves.";
    /// No consent for online answers.
    ConsentMissing = "consent_missing", "还没有同意线上填报，请先阅读并选择。", "Online reporting has not been agreed to yet. Please read and choose first.";
    /// A guardian has refused; only the school can record their agreement.
    ConsentRefused = "consent_refused", "有监护人不同意线上填报。请每天到校查验纸面；如已商定，请学校登记。", "A guardian has refused online reporting. The school checks on paper each day, and can record an agreement.";
    /// The form was made for another day.
    NotThisDay = "not_this_day", "这张表不是今天的，请重新打开页面再填。", "This form is not for today. Please open the page again.";
    /// The day lies further back than late reports may.
    DayTooLate = "day_too_late", "这一天已经不能补报。", "It is too late to report for that day.";
    /// All well cannot be said with one click.
    AllWellUnavailable = "all_well_unavailable", "昨天的不舒服还没有说明，请用详细填写。", "Yesterday's symptoms are still open. Please use the detailed form.";
    /// Some answers cannot be accepted; the fields say which.
    AnswersInvalid = "answers_invalid", "有几处要改，改好就能提交。", "Some answers need a change before they can be sent.";
    /// What was to be settled is settled already.
    AlreadySettled = "already_settled", "这一条已经处理过了。", "This has been settled already.";
    /// There is an objection to this report already.
    AlreadyContested = "already_contested", "对这份报告已经提过异议，请等老师答复。", "There is an objection to this report already. Please wait for the teacher's answer.";
    /// A reason or note is needed.
    NoteNeeded = "note_needed", "请写明原因，至少 4 个字。", "Please give a reason of at least 4 characters.";
    /// The cap on revealed names within an hour is reached.
    RevealCap = "reveal_cap", "一小时内查看实名的次数已到上限。", "The number of names that can be revealed within an hour is reached.";
    /// A school of that code exists.
    SchoolCodeTaken = "school_code_taken", "这个学校代码已经有了。", "There is a school with this code already.";
    /// No region of that code, or outside one's own.
    RegionUnknown = "region_unknown", "没有这个区划代码，或不在您的范围内。", "There is no such region code, or it lies outside your region.";
    /// A field is empty, too long or of the wrong form.
    FieldInvalid = "field_invalid", "有一项没有填对，请检查。", "One of the fields is not right. Please check.";
    /// Whoever submitted something does not settle it.
    OwnSubmission = "own_submission", "这是您自己提交的，请由另一位负责人处理。", "You submitted this yourself; somebody else has to settle it.";
    /// No key of passes has this number.
    KeyUnknown = "key_unknown", "没有这个编号的密钥。", "There is no key of this number.";
    /// Somebody else saved the draft meanwhile.
    DraftStale = "draft_stale", "这份草稿刚被别人改过。您填的内容都还在，请对照后再保存。", "Somebody else has changed this draft meanwhile. What you entered is still here; compare and save again.";
    /// A rulebook has errors that stand in the way.
    RulebookFaulty = "rulebook_faulty", "规则里还有错误，改好才能继续。", "The rules still have errors, which have to be mended first.";
    /// The step is not possible where the rulebook stands now.
    RulebookState = "rulebook_state", "这个版本现在的状态不能这样做，请刷新页面。", "This version has moved on, and that is not possible any more. Please reload the page.";
    /// The same person cannot be the second one.
    FourEyesSame = "four_eyes_same", "写过或批准过它的人，不能再来批准或追认，要另一个人。", "Whoever wrote or approved it cannot be the next to approve or ratify it; another person has to.";
    /// Two people of whom one created or changed the other's account in the last 7 days.
    FourEyesTied = "four_eyes_tied", "7 天内一方建立或改动过另一方的账号，不能互相批准。", "One of you created or changed the other's account in the last 7 days, so that you cannot approve for each other.";
    /// The chosen day is too near.
    NoticeTooShort = "notice_too_short", "生效日太近，没有留够提前通知的时间。", "The chosen day is too near: the notice period would not be kept.";
    /// The draft was not replayed yet.
    ReplayNeeded = "replay_needed", "请先用近 14 天的数据试算这一版，再继续。", "Replay this version over the last 14 days first.";
    /// The last rulebook of a region cannot be retired.
    LastRulebook = "last_rulebook", "停用后这个地区就没有规则了，不能停用。", "Without it nothing would judge the region, so that it cannot be retired.";
    /// There is a rulebook of that name.
    RulebookNameTaken = "rulebook_name_taken", "这个规则集名字已经有了。", "There is a rulebook of this name already.";
    /// There is this version of the rulebook already.
    RulebookVersionTaken = "rulebook_version_taken", "这个规则集已经有这个版本号。", "There is this version of the rulebook already.";
    /// A version in force for good is taken out of force without anybody else having proposed it.
    RetirementNotProposed = "retirement_not_proposed", "停用要两个人：先由另一个人提议。", "Taking rules out of force needs two people: another one has to propose it first.";
    /// The file is not a rulebook.
    RulebookFileInvalid = "rulebook_file_invalid", "这不是规则集文件，或者太大。", "This is not a rulebook file, or it is too large.";
    /// The signature of the file does not fit its content.
    RulebookSignatureBroken = "rulebook_signature_broken", "文件的签名和内容对不上，没有导入。", "The signature does not fit the content of the file. Nothing was imported.";
    /// The school's roster has no such student number, or several people have it.
    StudentUnknown = "student_unknown", "学校名单里没有这个学号，或不止一人。", "The school's roster has nobody with this student number, or more than one.";
    /// No symptom of the rulebook in force has this word.
    SymptomUnknown = "symptom_unknown", "现行规则里没有这个症状代码。", "The rules in force know no symptom of this word.";
    /// No usable code for a device like this: unknown, used, or older than a quarter of an hour.
    GateCodeUnusable = "gate_code_unusable", "这个设备码不能用：可能输错、已用过，或已超过 15 分钟。请学校管理员再生成一个。", "This device code cannot be used: mistyped, used already, or older than 15 minutes. Ask the school's administrator for a new one.";
    /// The device was cut off, or never enrolled.
    DeviceCutOff = "cut_off", "这台设备已停用，或还没有登记。请联系学校管理员。", "This device was cut off or never enrolled. Please ask the school's administrator.";
    /// The upload cannot be found any more.
    UploadGone = "upload_gone", "上传的文件已经过期，请重新上传。", "The uploaded file has expired. Please upload it again.";
    /// It is no key file, or too large.
    IssuerFileInvalid = "issuer_file_invalid", "这不是密钥文件，或者太大。请向对方要最新的密钥文件（fuxue-keys.jws）。", "This is not a key file, or it is too large. Ask the other side for its newest key file (fuxue-keys.jws).";
    /// The signature of a key file is wrong.
    IssuerFileForged = "issuer_file_forged", "密钥文件的签名不对，可能被改过或没有传完。没有收下，请重新向对方要。", "The signature of the key file is wrong: it was changed, or is incomplete. It was not taken; ask for it again.";
    /// The key that signed a key file may not sign it.
    IssuerFileSigner = "issuer_file_signer", "签名的密钥不能签这种文件（过期、已吊销，或不是对方的主密钥）。没有收下。", "The key that signed the file may not sign it: it has ended, was revoked, or is not the issuer's long-lived key. It was not taken.";
    /// A key file of our own, or with a key of ours.
    IssuerFileOurs = "issuer_file_ours", "文件里是我们自己的编号或密钥，不能当作别的单位。没有收下。", "The file has our own number or a key of ours, which is never another issuer's. It was not taken.";
    /// A key file with keys of several issuers.
    IssuerFileMixed = "issuer_file_mixed", "文件里混有别的单位的密钥。没有收下。", "The file has keys of somebody else among the issuer's own. It was not taken.";
    /// A key file without a key that signs live passes or day letters.
    IssuerFileEmpty = "issuer_file_empty", "文件里没有能签屏幕码或当日证明的密钥。没有收下。", "The file has no key that signs live passes or day letters. It was not taken.";
    /// A key file from the future.
    IssuerFileFuture = "issuer_file_future", "文件的日期在将来，请双方都检查时钟。没有收下。", "The file was made in the future; both sides have to check their clocks. It was not taken.";
    /// A key file that is not newer than the one known.
    IssuerFileOld = "issuer_file_old", "已经有这份文件，或更新的文件。没有改变什么。", "This file, or a newer one, is known already. Nothing was changed.";
    /// A newer key file signed by another long-lived key.
    IssuerKeyChanged = "issuer_key_changed", "签名的不是上次核对过的那把主密钥。没有收下：请打电话问对方；确实换了，先移除这个单位，再当作新的核对。", "It is signed by another key than the one compared before. It was not taken: telephone the other side; if they have really changed it, remove the issuer and compare it anew.";
    /// Not every group of a fingerprint was compared.
    FingerprintNotCompared = "fingerprint_not_compared", "请在电话里逐组核对指纹，八组都打上勾。", "Compare the fingerprint by telephone group by group, and tick all eight.";
    /// Rules of recognition with errors.
    RecognitionFaulty = "recognition_faulty", "互认规则里有错误，没有保存。", "The rules of recognition have errors and were not saved.";
    /// Somebody else has changed it meanwhile.
    TrustStale = "trust_stale", "刚被别人改过。请看过现在的内容再改。", "Somebody else has changed this meanwhile. Look at it as it is now, then change it.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_a_code_of_its_own_and_both_languages() {
        let mut codes: Vec<_> = Refusal::ALL.iter().map(|r| r.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::ALL.len());
        for refusal in Refusal::ALL {
            assert!(
                !refusal.text(Lang::Zh).is_empty() && refusal.text(Lang::En).is_ascii(),
                "{refusal:?}"
            );
        }
    }
}
