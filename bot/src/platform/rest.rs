//! Calls of HTTP APIs, the same for every platform.
