//! Words in English and Chinese, from `locales/*/*.ftl` (Fluent). A key that is missing shows as itself, and a test
//! fails before that can be seen.

use std::{fmt, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use kernel::Locale;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "locales"]
struct Files;

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| load(Locale::English));
static CHINESE: LazyLock<Bundle> = LazyLock::new(|| load(Locale::Chinese));

fn bundle(locale: Locale) -> &'static Bundle {
    match locale {
        Locale::English => &ENGLISH,
        Locale::Chinese => &CHINESE,
    }
}

fn load(locale: Locale) -> Bundle {
    let language = locale.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Isolation marks guard mixed left-to-right and right-to-left text; neither language here is the latter.
    bundle.set_use_isolating(false);
    for (_, text) in sources(locale) {
        let resource = match FluentResource::try_new(text) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                tracing::error!(?errors, "a locale file has errors");
                resource
            }
        };
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, "two locale files have the same key");
        }
    }
    bundle
}

/// The files of a language: name and text.
pub fn sources(locale: Locale) -> Vec<(String, String)> {
    let prefix = format!("{}/", locale.tag());
    let names = Files::iter().filter(|name| name.starts_with(&prefix));
    names
        .filter_map(|name| {
            let text = String::from_utf8(Files::get(&name)?.data.into_owned()).ok()?;
            Some((name.strip_prefix(&prefix)?.to_owned(), text))
        })
        .collect()
}

/// Text in a language, put together when it is written out.
pub struct Message<'k> {
    locale: Locale,
    key: &'k str,
    args: FluentArgs<'static>,
}

/// The text of `key` in `locale`.
pub fn message(locale: Locale, key: &str) -> Message<'_> {
    Message { locale, key, args: FluentArgs::new() }
}

impl Message<'_> {
    /// Fills in `{ $name }`.
    pub fn with(mut self, name: &'static str, value: impl IntoArg) -> Self {
        self.args.set(name, value.into_arg());
        self
    }
}

/// What can be filled in: whole numbers, and anything that can be written.
pub trait IntoArg {
    fn into_arg(self) -> FluentValue<'static>;
}
macro_rules! numbers { ($($type:ty)*) => { $(
    impl IntoArg for $type { fn into_arg(self) -> FluentValue<'static> { FluentValue::from(self) } }
    impl IntoArg for &$type { fn into_arg(self) -> FluentValue<'static> { FluentValue::from(*self) } }
)* } }
numbers!(i64 i32 u32 usize u64);
macro_rules! texts { ($($type:ty)*) => { $(
    impl IntoArg for $type { fn into_arg(self) -> FluentValue<'static> { FluentValue::from(self.to_string()) } }
)* } }
texts!(&str &&str String &String kernel::Money &kernel::Money kernel::BasisPoints &kernel::BasisPoints Message<'_> std::borrow::Cow<'_, str>);

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bundle = bundle(self.locale);
        let Some(pattern) = bundle.get_message(self.key).and_then(|message| message.value()) else {
            return f.write_str(self.key);
        };
        let mut errors = Vec::new();
        f.write_str(&bundle.format_pattern(pattern, Some(&self.args), &mut errors))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fluent_bundle::FluentResource;

    use super::*;

    /// The keys of a language, each with the arguments it names.
    fn keys(locale: Locale) -> BTreeMap<String, Vec<String>> {
        let mut keys = BTreeMap::new();
        for (file, text) in sources(locale) {
            let resource =
                FluentResource::try_new(text.clone()).unwrap_or_else(|(_, e)| panic!("{file}: {e:?}"));
            drop(resource);
            let mut key = String::new();
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                if let Some((name, _)) = line.split_once('=')
                    && line.starts_with(|c: char| c.is_ascii_alphabetic())
                {
                    key = name.trim().to_owned();
                    assert!(keys.insert(key.clone(), Vec::new()).is_none(), "{file}: {key} is there twice");
                }
                for part in line.split('$').skip(1) {
                    let name: String =
                        part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                    let args: &mut Vec<String> = keys.get_mut(&key).unwrap();
                    if !args.contains(&name) {
                        args.push(name);
                        args.sort();
                    }
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let (english, chinese) = (keys(Locale::English), keys(Locale::Chinese));
        for (key, args) in &english {
            assert_eq!(chinese.get(key), Some(args), "{key} in zh-CN");
        }
        for key in chinese.keys() {
            assert!(english.contains_key(key), "{key} is only in zh-CN");
        }
    }

    #[test]
    fn numbers_and_words_are_filled_in() {
        let text = message(Locale::English, "field-too-long").with("limit", 30i64).to_string();
        assert!(text.contains("30"), "{text}");
        assert_eq!(message(Locale::Chinese, "no-such-key").to_string(), "no-such-key");
    }
}
