//! Discord's commands: the tree that is made from the grammar, what is read from an interaction with it, and what is
//! offered while somebody types.

mod offer;
mod reading;
mod register;
#[cfg(test)]
mod tests;
mod tree;

pub use self::offer::{Offer, offer, options};
pub use self::reading::{Asked, read};
pub use self::register::differ;
pub use self::tree::{Scope, commands};

/// The commands in the menu of a message.
const MARK: &str = "Add to timeline";
const EVIDENCE: &str = "Add as evidence";
const DECLARE_FROM: &str = "Declare incident";

/// What an option of a subcommand is, in Discord's numbers.
///
/// Source: <https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-type>.
const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;
const STRING: u64 = 3;
const BOOLEAN: u64 = 5;
/// What a command is: a slash command, or one in the menu of a message.
///
/// Source: <https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-types>.
const CHAT_INPUT: u64 = 1;
const MESSAGE: u64 = 3;
