//! Both languages, side by side, where a text is used.

pub use domain::lang::Lang;

/// The text in the reader's language, as a `String`.
///
/// The two literals are format strings: they may name variables in scope, or arguments given
/// after them. An argument that only one language needs is no error.
///
/// ```
/// use app::tr::Lang;
/// let n = 4;
/// assert_eq!(app::tr!(Lang::En, "提醒 {n} 人", "Remind {n}"), "Remind 4");
/// assert_eq!(app::tr!(Lang::Zh, "{who}", "{who}{s}", who = "周敏", s = "s"), "周敏");
/// ```
#[macro_export]
macro_rules! tr {
    ($lang:expr, $zh:literal, $en:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        $(
            #[allow(unused_variables, reason = "one language may need fewer arguments")]
            let $name = &$value;
        )*
        match $lang {
            $crate::tr::Lang::Zh => format!($zh),
            $crate::tr::Lang::En => format!($en),
        }
    }};
}
