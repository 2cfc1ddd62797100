//! What a device keeps: in IndexedDB, sealed with a key that the browser uses and never gives away.

use super::js::{Answer, ask, bytes, call, get, list, object, set, wait, window};
use js_sys::{Array, Promise, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};

/// Where the key is.
const KEY: &str = "key";

/// A store with its key.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    name: String,
    stores: &'static [&'static str],
    database: JsValue,
    key: JsValue,
}

/// A change to be written.
pub(crate) enum Change {
    Put(&'static str, JsValue, JsValue),
    Delete(&'static str, JsValue),
}

/// A request's result.
async fn done(request: JsValue) -> Answer<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        set(&request, "onsuccess", &resolve);
        set(&request, "onerror", &reject);
    });
    wait(promise.into()).await?;
    get(&request, "result")
}

impl Store {
    /// Opens a store by its name, and makes it at its first use. The first of its parts keeps single things, the key
    /// among them.
    pub(crate) async fn open(name: &str, stores: &'static [&'static str]) -> Answer<Self> {
        let factory = get(&window(), "indexedDB")?;
        let request = call(&factory, "open", &[&name.into(), &1.into()])?;
        let made = request.clone();
        let upgrade = Closure::once_into_js(move || {
            if let Ok(database) = get(&made, "result") {
                for store in stores {
                    let _ = call(&database, "createObjectStore", &[&(*store).into()]);
                }
            }
        });
        set(&request, "onupgradeneeded", &upgrade);
        let database = done(request).await?;
        let open = database.clone();
        // Whoever destroys the store waits for nobody.
        let close = Closure::once_into_js(move || {
            let _ = call(&open, "close", &[]);
        });
        set(&database, "onversionchange", &close);
        let mut store = Self {
            name: name.to_owned(),
            stores,
            database,
            key: JsValue::UNDEFINED,
        };
        store.key = store.find_key().await?;
        Ok(store)
    }

    fn singles(&self) -> &'static str {
        self.stores.first().copied().unwrap_or_default()
    }

    async fn find_key(&self) -> Answer<JsValue> {
        let found = self.read(self.singles(), KEY).await?;
        if !found.is_undefined() {
            return Ok(found);
        }
        let kind = object([("name", "AES-GCM".into()), ("length", 256.into())]);
        let uses: JsValue = list(&[&"encrypt".into(), &"decrypt".into()]).into();
        let key = ask(&subtle()?, "generateKey", &[&kind, &false.into(), &uses]).await?;
        self.write(vec![Change::Put(self.singles(), KEY.into(), key.clone())])
            .await?;
        Ok(key)
    }

    fn begin(&self, mode: &str) -> Answer<JsValue> {
        let names: Array = self
            .stores
            .iter()
            .map(|store| JsValue::from(*store))
            .collect();
        // An entry that was written survives the loss of power.
        let strict = object([("durability", "strict".into())]);
        call(
            &self.database,
            "transaction",
            &[&names, &mode.into(), &strict],
        )
    }

    async fn read(&self, store: &str, key: &str) -> Answer<JsValue> {
        let store = call(&self.begin("readonly")?, "objectStore", &[&store.into()])?;
        done(call(&store, "get", &[&key.into()])?).await
    }

    async fn all(&self, store: &str, what: &str) -> Answer<Vec<JsValue>> {
        let store = call(&self.begin("readonly")?, "objectStore", &[&store.into()])?;
        let found = done(call(&store, what, &[])?).await?;
        Ok(found.dyn_into::<Array>()?.iter().collect())
    }

    /// Writes all of it or nothing.
    pub(crate) async fn write(&self, changes: Vec<Change>) -> Answer<()> {
        let transaction = self.begin("readwrite")?;
        let written = Promise::new(&mut |resolve, reject| {
            set(&transaction, "oncomplete", &resolve);
            set(&transaction, "onabort", &reject);
            set(&transaction, "onerror", &reject);
        });
        for change in changes {
            match change {
                Change::Put(store, key, value) => {
                    let store = call(&transaction, "objectStore", &[&store.into()])?;
                    call(&store, "put", &[&value, &key])?;
                }
                Change::Delete(store, key) => {
                    let store = call(&transaction, "objectStore", &[&store.into()])?;
                    call(&store, "delete", &[&key])?;
                }
            }
        }
        wait(written.into()).await.map(|_| ())
    }

    /// A value, sealed for its place.
    pub(crate) async fn seal<T: Serialize>(&self, place: &str, value: &T) -> Answer<JsValue> {
        let plain = serde_json::to_vec(value).map_err(|e| e.to_string())?;
        let nonce = bytes(&random::<12>()?);
        let how = cipher(place, &nonce);
        let sealed = ask(&subtle()?, "encrypt", &[&how, &self.key, &bytes(&plain)]).await?;
        Ok(object([("nonce", nonce), ("sealed", sealed)]))
    }

    async fn unseal<T: DeserializeOwned>(&self, place: &str, value: &JsValue) -> Answer<T> {
        let how = cipher(place, &get(value, "nonce")?);
        let sealed = get(value, "sealed")?;
        let plain = ask(&subtle()?, "decrypt", &[&how, &self.key, &sealed]).await?;
        let plain = Uint8Array::new(&plain).to_vec();
        serde_json::from_slice(&plain).map_err(|e| e.to_string().into())
    }

    /// A sealed single thing, where it is there and can be opened.
    pub(crate) async fn kept<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let value = self.read(self.singles(), name).await.ok()?;
        if value.is_undefined() {
            return None;
        }
        self.unseal(name, &value).await.ok()
    }

    /// The keys of a part, in order.
    pub(crate) async fn keys(&self, store: &str) -> Answer<Vec<JsValue>> {
        self.all(store, "getAllKeys").await
    }

    /// What can be opened of a part, in the order of its keys.
    pub(crate) async fn opened<T: DeserializeOwned>(
        &self,
        store: &str,
        place: impl Fn(&JsValue) -> String,
    ) -> Answer<Vec<(JsValue, T)>> {
        let keys = self.keys(store).await?;
        let values = self.all(store, "getAll").await?;
        let mut opened = Vec::new();
        for (key, value) in keys.into_iter().zip(values) {
            if let Ok(value) = self.unseal(&place(&key), &value).await {
                opened.push((key, value));
            }
        }
        Ok(opened)
    }

    /// Deletes the store with its key: nothing that was sealed can be opened any more.
    pub(crate) async fn destroy(self) -> Answer<()> {
        call(&self.database, "close", &[])?;
        let factory = get(&window(), "indexedDB")?;
        let request = call(&factory, "deleteDatabase", &[&self.name.as_str().into()])?;
        done(request).await.map(|_| ())
    }
}

fn subtle() -> Answer<JsValue> {
    get(&get(&window(), "crypto")?, "subtle")
}

fn cipher(place: &str, nonce: &JsValue) -> JsValue {
    object([
        ("name", "AES-GCM".into()),
        ("iv", nonce.clone()),
        ("additionalData", bytes(place.as_bytes())),
    ])
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Answer<[u8; N]> {
    let array = Uint8Array::new_with_length(u32::try_from(N).unwrap_or(u32::MAX));
    call(&get(&window(), "crypto")?, "getRandomValues", &[&array])?;
    let mut bytes = [0; N];
    array.copy_to(&mut bytes);
    Ok(bytes)
}
