//! Firebell's domain and rules. Pure: no I/O, no clock, no randomness; everything it needs to know is handed in
//! and everything it wants done is handed back.

pub mod action;
pub mod actor;
pub mod chain;
pub mod command;
pub mod control;
pub mod decide;
pub mod directory;
pub mod effect;
pub mod facts;
pub mod file;
pub mod form;
pub mod ids;
pub mod incident;
pub mod integration;
pub mod message;
pub mod metrics;
pub mod oncall;
pub mod outlet;
pub mod owed;
pub mod paging;
pub mod place;
pub mod policy;
pub mod postmortem;
pub mod rca;
pub mod refusal;
pub mod reply;
pub mod report;
pub mod settings;
pub mod similar;
pub mod suggest;
pub mod text;
pub mod timeline;
pub mod times;
pub mod view;
pub mod when;
