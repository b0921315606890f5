//! Components: buttons under messages, and forms as modals or menus.
//!
//! Source: <https://discord.com/developers/docs/components/reference>.

mod button;
mod choose;
mod modal;
#[cfg(test)]
mod tests;
mod values;

pub use self::button::{control_of, rows};
pub use self::choose::{Chosen, chosen, menus};
pub use self::modal::{Opened, modal, opened};
pub use self::values::values;

/// What begins every name that is sent back when something is pressed or filled in.
const PREFIX: &str = "firebell:";
/// What stands where a name has no incident.
const NONE: &str = "-";
/// The longest name that is sent back.
///
/// Source: <https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id>.
const CUSTOM_ID: usize = 100;

/// The most rows of one message, and the most options of one menu.
///
/// Source: <https://discord.com/developers/docs/components/reference#legacy-message-component-behavior> and
/// <https://discord.com/developers/docs/components/reference#string-select-string-select-structure>.
const ROWS: usize = 5;
const OPTIONS: usize = 25;

/// What a component is, in Discord's numbers.
///
/// Source: <https://discord.com/developers/docs/components/reference#component-object-component-types>.
const ROW: u64 = 1;
const BUTTON: u64 = 2;
const SELECT: u64 = 3;
const TEXT_INPUT: u64 = 4;
