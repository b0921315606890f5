//! Where seeds come from: the operating system, or a counter when a replay must give the same bytes each time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::intake::Fault;
use crate::seal;

/// A source of seeds. Clones share it.
#[derive(Debug, Clone)]
pub enum Entropy {
    /// The operating system's.
    System,
    /// A counter: the nth seed is always the same. Only for replays, which are no evidence.
    Counter(Arc<AtomicU64>),
}

impl Entropy {
    /// A counter that begins anew.
    pub fn counter() -> Self {
        Self::Counter(Arc::new(AtomicU64::new(0)))
    }

    /// The next seed.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn seed(&self) -> Result<[u8; 32], Fault> {
        match self {
            Self::System => Ok(seal::random_seed()?),
            Self::Counter(count) => {
                let mut seed = [0; 32];
                seed[..8].copy_from_slice(&count.fetch_add(1, Ordering::Relaxed).to_be_bytes());
                Ok(seed)
            }
        }
    }
}
