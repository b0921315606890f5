//! Answers to whoever asked, in the way that fits how they asked.
