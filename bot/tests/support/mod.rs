//! What the stories are told with.

mod binary;
mod database;
#[allow(dead_code, unused_imports, reason = "stories use it as they come to be written")]
pub(crate) mod discord;
mod discord_world;
#[allow(dead_code, reason = "each fake uses a part")]
mod fake;
mod org;
#[allow(dead_code, unused_imports, reason = "each fake uses a part")]
pub(crate) mod outside;
mod relay;
#[allow(dead_code, unused_imports, reason = "stories use it as they come to be written")]
pub(crate) mod slack;
mod slack_world;
mod stage;
mod terminal;
mod watcher;
mod webhook;
mod world;

pub(crate) use self::binary::{Ended, Home, Serving, fed};
pub(crate) use self::database::Place;
pub(crate) use self::discord_world::{Before as BeforeDiscord, DiscordWorld, in_discord};
pub(crate) use self::org::{Org, key};
pub(crate) use self::relay::{NextCommit, Relay};
pub(crate) use self::slack_world::{Before, SlackWorld, buttons, in_slack};
pub(crate) use self::stage::with_room_files;
pub(crate) use self::terminal::{Act, Kind, Terminal};
pub(crate) use self::watcher::Watcher;
pub(crate) use self::webhook::Webhook;
pub(crate) use self::world::{Beside, World, minutes, renderer, seconds};

/// What whoever writes section `lessons` of INC-1 is told: the template of most incidents has what went well, what went badly and
/// where people got lucky in the place of lessons.
pub(crate) const LESSONS: &str = "Section lessons of the postmortem of INC-1 is written. The template standard does not show it; \
                       `/incident postmortem template <name>` chooses another.";

/// Runs a story on both databases: `on_both!(story)` for an `async fn story(world: &mut World)`.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {$(
        mod $story {
            use crate::support::{Place, World};

            #[tokio::test]
            async fn on_sqlite() {
                let mut world = World::on(Place::sqlite()).await;
                super::$story(&mut world).await;
                world.end().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let mut world = World::on(Place::postgres().await).await;
                super::$story(&mut world).await;
                world.end().await;
            }
        }
    )+};
}
pub(crate) use on_both;
