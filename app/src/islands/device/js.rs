//! Talking to what the browser has, by name: half of it (code detection, torch, wake lock, locks) has no bindings.

use js_sys::futures::JsFuture;
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};

pub(crate) type Answer<T> = Result<T, JsValue>;

/// A member.
pub(crate) fn get(of: &JsValue, name: &str) -> Answer<JsValue> {
    Reflect::get(of, &name.into())
}

/// Sets a member.
pub(crate) fn set(of: &JsValue, name: &str, value: &JsValue) {
    // Only frozen objects refuse, and none is given here.
    let _ = Reflect::set(of, &name.into(), value);
}

/// Calls a method.
pub(crate) fn call(of: &JsValue, name: &str, arguments: &[&JsValue]) -> Answer<JsValue> {
    let method: Function = get(of, name)?.dyn_into()?;
    Reflect::apply(&method, of, &list(arguments))
}

/// Makes an object of a class that the window has.
pub(crate) fn make(class: &str, arguments: &[&JsValue]) -> Answer<JsValue> {
    let class: Function = get(&window(), class)?.dyn_into()?;
    Reflect::construct(&class, &list(arguments))
}

/// What a promise comes to.
pub(crate) async fn wait(promise: JsValue) -> Answer<JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>()?).await
}

/// Calls a method that gives a promise.
pub(crate) async fn ask(of: &JsValue, name: &str, arguments: &[&JsValue]) -> Answer<JsValue> {
    wait(call(of, name, arguments)?).await
}

pub(crate) fn list(values: &[&JsValue]) -> Array {
    values.iter().copied().collect()
}

/// An object with these members.
pub(crate) fn object<const N: usize>(members: [(&str, JsValue); N]) -> JsValue {
    let object: JsValue = Object::new().into();
    for (name, value) in members {
        set(&object, name, &value);
    }
    object
}

pub(crate) fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

pub(crate) fn window() -> JsValue {
    js_sys::global().into()
}

pub(crate) fn navigator() -> Answer<JsValue> {
    get(&window(), "navigator")
}
