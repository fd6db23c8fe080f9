/// Counters, and when they move.
mod metrics;
/// The description of the interface.
mod openapi;
/// Pages that a site does not list, in the log.
mod origins;
/// The real binary as a service, with all that it writes.
mod service;
/// What traffic leaves on disk, byte by byte.
mod traces;
