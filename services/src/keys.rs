//! The key file: the one secret that opens the database. It lies beside the data or elsewhere, never inside.

use crate::clock::{Entropy, bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The master key and its number.
pub struct KeyFile {
    id: u32,
    master: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyFile")
            .field("id", &self.label())
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Body {
    format: String,
    key_id: String,
    master: String,
}

const FORMAT: &str = "fuxue key file 1";

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It could not be read or written.
    #[error("key file {path}: {cause}")]
    Io {
        /// Which file.
        path: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It is not a key file.
    #[error("{0} is not a Fuxue key file")]
    Malformed(String),
}

impl KeyFile {
    /// A new random key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self {
            id: u32::from_be_bytes(bytes(entropy)),
            master: Zeroizing::new(bytes(entropy)),
        }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Its number as people read it.
    pub fn label(&self) -> String {
        format!("{:08x}", self.id)
    }

    pub(crate) fn master(&self) -> &[u8; 32] {
        &self.master
    }

    /// Reads a key file; `None` where there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, KeyFileError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            // No text at all is no key file either.
            Err(cause) if cause.kind() == std::io::ErrorKind::InvalidData => {
                return Err(KeyFileError::Malformed(path.display().to_string()));
            }
            Err(cause) => {
                return Err(KeyFileError::Io {
                    path: path.display().to_string(),
                    cause,
                });
            }
        };
        Self::parse(&text)
            .map(Some)
            .ok_or_else(|| KeyFileError::Malformed(path.display().to_string()))
    }

    fn parse(text: &str) -> Option<Self> {
        let body: Body = serde_json::from_str(text).ok()?;
        let master = Zeroizing::new(STANDARD.decode(&body.master).ok()?);
        let master: [u8; 32] = master.as_slice().try_into().ok()?;
        let id = u32::from_str_radix(&body.key_id, 16).ok()?;
        (body.format == FORMAT).then_some(Self {
            id,
            master: Zeroizing::new(master),
        })
    }

    /// Writes the key file, readable by its owner only; an existing file is left alone and is an error.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyFileError> {
        let body = Body {
            format: FORMAT.into(),
            key_id: self.label(),
            master: STANDARD.encode(*self.master),
        };
        let text = serde_json::to_string_pretty(&body).unwrap_or_default();
        write_private(path, &text)
    }

    /// Writes a sheet to print and lock away, from which the key file can be typed in again.
    pub fn write_recovery_sheet(&self, path: &Path) -> Result<(), KeyFileError> {
        let encoded = STANDARD.encode(*self.master);
        let groups: Vec<_> = encoded
            .as_bytes()
            .chunks(4)
            .map(String::from_utf8_lossy)
            .collect();
        let text = format!(
            "复学码 Fuxue — 密钥恢复单 / key recovery sheet\n\n\
             没有这把密钥，数据库和所有备份都打不开。请打印两份，分别锁好，然后删除本文件。\n\
             Without this key neither the database nor any backup opens. Print it twice, lock the copies away in\n\
             two places, then delete this file.\n\n\
             key id   {}\n\
             master   {}\n\n\
             恢复 / to restore: {{\"format\":\"{FORMAT}\",\"key_id\":\"{}\",\"master\":\"<master 去掉空格 / without spaces>\"}}\n",
            self.label(),
            groups.join(" "),
            self.label(),
        );
        write_private(path, &text)
    }
}

fn write_private(path: &Path, text: &str) -> Result<(), KeyFileError> {
    let io = |cause| KeyFileError::Io {
        path: path.display().to_string(),
        cause,
    };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    file.sync_all().map_err(io)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn a_key_file_is_private_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fuxue.key");
        assert!(KeyFile::read(&path).unwrap().is_none());
        let key = KeyFile::generate(&SystemEntropy);
        key.write_new(&path).unwrap();
        let back = KeyFile::read(&path).unwrap().unwrap();
        assert_eq!((back.id(), back.master()), (key.id(), key.master()));
        assert!(
            key.write_new(&path).is_err(),
            "an existing key is never overwritten"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        std::fs::write(folder.path().join("other"), "{}").unwrap();
        assert!(KeyFile::read(&folder.path().join("other")).is_err());
    }
}
