/// The alert rules, tested with promtool.
#[cfg(target_os = "linux")]
mod alerts;
/// Metrics, and which events change them.
mod metrics;
/// The OpenAPI document.
mod openapi;
/// Log lines about pages that a site does not list.
mod origins;
/// Files that packages install beside the program.
mod packaged;
/// Log lines about proxies that forward no client address.
mod proxies;
/// The real binary as a service, with everything that it writes.
mod service;
/// Traces of readers in the files that the endpoint writes, byte by byte.
mod traces;
/// The systemd units.
#[cfg(target_os = "linux")]
mod units;
/// The real binary behind a proxy on the same machine, on a unix socket.
#[cfg(unix)]
mod unix_socket;
