/// Alerts, by Prometheus' own tool.
#[cfg(target_os = "linux")]
mod alerts;
/// Counters, and when they move.
mod metrics;
/// The description of the interface.
mod openapi;
/// Pages that a site does not list, in the log.
mod origins;
/// What packages install beside the program.
mod packaged;
/// Proxies that do not say for whom they ask, in the log.
mod proxies;
/// The real binary as a service, with all that it writes.
mod service;
/// What traffic leaves on disk, byte by byte.
mod traces;
/// systemd's units.
#[cfg(target_os = "linux")]
mod units;
/// The real binary behind a proxy of the same machine, on a unix socket.
#[cfg(unix)]
mod unix_socket;
