//! Password hashing: argon2id with the parameters of RFC 9106's low-memory choice as OWASP gives them, a few at a time.

use crate::clock::{Entropy, bytes};
use crate::{Error, Refusal, Result};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 8;
/// Most bytes of a password; longer ones only cost time.
const PASSWORD_MAX: usize = 256;
/// KiB of memory, passes and lanes: OWASP's password storage cheat sheet.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Sign-ins that may wait for their hash; more are answered with 503.
const WAITING: usize = 64;
/// Hashes at a time: one, so that on two cores the writer of reports always has the other.
const AT_A_TIME: usize = 1;

/// Hashes passwords, never so many at once that reports would wait.
#[derive(Debug, Clone)]
pub struct Hashing {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    decoy: Arc<str>,
}

fn argon2() -> Result<Argon2<'static>> {
    let (m, t, p) = COST;
    let params = Params::new(m, t, p, None).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str, salt: [u8; 16]) -> Result<String> {
    let salt = SaltString::encode_b64(&salt).map_err(|e| Error::internal(e.to_string()))?;
    let hash = argon2()?
        .hash_password(password.as_bytes(), &salt)
        .map_err(|e| Error::internal(e.to_string()))?;
    Ok(hash.to_string())
}

impl Hashing {
    /// Ready to hash; costs one hash, for the decoy that unknown logins are checked against.
    pub fn new(entropy: &dyn Entropy) -> Result<Self> {
        let secret: [u8; 32] = bytes(entropy);
        let secret = secret
            .map(|b| char::from(b'a' + b % 26))
            .iter()
            .collect::<String>();
        Ok(Self {
            running: Arc::new(Semaphore::new(AT_A_TIME)),
            waiting: Arc::new(Semaphore::new(WAITING)),
            decoy: hash_now(&secret, bytes(entropy))?.into(),
        })
    }

    /// # Errors
    /// [`Refusal::PasswordWeak`] for a password that is too short, too long, or the login itself.
    pub(crate) fn check_new(password: &str, login: &str) -> Result<()> {
        let fits = password.chars().count() >= PASSWORD_MIN && password.len() <= PASSWORD_MAX;
        if fits && !password.eq_ignore_ascii_case(login) {
            Ok(())
        } else {
            Err(Refusal::PasswordWeak.into())
        }
    }

    /// The hash of a new password, in PHC form.
    pub async fn hash(&self, entropy: &dyn Entropy, password: &str) -> Result<String> {
        let (password, salt) = (password.to_owned(), bytes(entropy));
        self.run(move || hash_now(&password, salt)).await?
    }

    /// Whether `password` fits; takes as long when there is no hash at all.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        if password.len() > PASSWORD_MAX {
            return Ok(false);
        }
        let is_real = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(&self.decoy).to_owned());
        self.run(move || {
            let parsed = PasswordHash::new(&hash).map_err(|e| Error::internal(e.to_string()))?;
            Ok(argon2()?
                .verify_password(password.as_bytes(), &parsed)
                .is_ok()
                && is_real)
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Overloaded)?;
        let turn = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| Error::Overloaded)?;
        tokio::task::spawn_blocking(move || {
            let out = work();
            drop(turn);
            out
        })
        .await
        .map_err(|e| Error::Internal(Box::new(e)))
    }
}
