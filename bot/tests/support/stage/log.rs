//! What Firebell logs in a story.

use std::io;
use std::sync::{Arc, Mutex};

use tracing::{Dispatch, Level, dispatcher};

/// Warnings and errors, line by line. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// From now on what this thread logs is written here, until the answer is dropped.
    pub(super) fn listen(&self) -> dispatcher::DefaultGuard {
        let writer = self.clone();
        let lines = tracing_subscriber::fmt().with_ansi(false).with_max_level(Level::WARN);
        dispatcher::set_default(&Dispatch::new(lines.with_writer(move || writer.clone()).finish()))
    }

    pub(super) fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.0.lock().unwrap()).lines().map(str::to_owned).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
