use std::{process::ExitStatus, time::Duration};

use tokio::{
    process::{Child, Command},
    time::timeout,
};

/// How long a server may take to stop after SIGTERM.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// Sends SIGTERM, and waits until the process has exited.
pub(crate) async fn terminate(child: &mut Child) -> ExitStatus {
    let pid = child.id().expect("the process runs").to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status().await;
    assert!(sent.expect("kill(1) runs").success());
    let stopped = timeout(STOP_TIMEOUT, child.wait()).await;
    stopped.expect("stops in time").expect("can be waited for")
}
