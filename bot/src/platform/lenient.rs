//! Fields that a platform leaves out or sets to null.

use serde::{Deserialize, Deserializer};

/// Reads null as nothing said.
pub(in crate::platform) fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}

/// Declares an answer's struct whose fields may all be absent or null.
macro_rules! answer {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
        $vis struct $name {
            $(
                $(#[$field_meta])*
                #[serde(default, deserialize_with = "crate::platform::lenient::or_default")]
                $field_vis $field: $type,
            )*
        }
    };
}

pub(in crate::platform) use answer;
