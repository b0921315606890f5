mod errors;
mod files;
mod sample;
mod sources;
mod written;
