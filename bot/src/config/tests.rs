mod errors;
mod sample;
mod sources;
