//! nginx, configured to serve files fast: one worker, open files cached, no log.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::http;
use crate::on_core;
use devtools::supervise::Server;

/// Starts nginx on the directory `files`; gives the server and its URL.
pub(crate) fn start(dir: &Path) -> Result<(Server, String)> {
    let address = http::free()?;
    let at = dir.display();
    let config = format!(
        "daemon off; master_process off; pid {at}/nginx.pid; error_log {at}/nginx.log;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; sendfile on; tcp_nopush on; open_file_cache max=100; keepalive_requests 1000000000;\n\
         client_body_temp_path {at}/body; proxy_temp_path {at}/proxy; fastcgi_temp_path {at}/fastcgi;\n\
         uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi; default_type application/json;\n\
         server {{ listen {address}; add_header Cache-Control 'public, max-age=10';\n\
         location = /v1/sites/demo/view {{ alias {at}/files/view; }}\n\
         location = /v1/sites/demo/tallies {{ alias {at}/files/tallies; }} }} }}\n"
    );
    let file = dir.join("nginx.conf");
    fs::write(&file, config)?;
    let server = Server::start(on_core(0, "nginx").arg("-p").arg(dir).arg("-c").arg(file))?;
    http::until_listening(address)?;
    Ok((server, format!("http://{address}")))
}
