//! Stub.
use crate::app::App;
use crate::platform::console::{
    Screen,
    screen::{LineScreen, Look},
};
use std::sync::Arc;
pub struct ConsoleScreen;
impl ConsoleScreen {
    pub fn new(_: Look) -> Self {
        Self
    }
    pub fn shared(&self) -> Arc<dyn Screen> {
        Arc::new(LineScreen::new(Look::Plain, |_| Ok(())))
    }
}
pub struct ConsoleOptions;
impl ConsoleOptions {
    pub fn new(_: ConsoleScreen) -> Self {
        Self
    }
}
pub async fn run(_: App, _: ConsoleOptions) -> Result<(), std::io::Error> {
    Ok(())
}
