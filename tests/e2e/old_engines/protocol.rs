//! The DevTools protocol, as far as engines of all ages support it: calls to one page over its WebSocket, and events in
//! between.

use std::{net::TcpStream, time::Duration};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::patience::{until_some, wait};

/// Maximum time for a response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);

/// A connection to one page.
pub(crate) struct Protocol {
    socket: WebSocket<TcpStream>,
    calls: u64,
    events: Vec<Value>,
}

impl Protocol {
    /// Connects to the page of a browser whose DevTools listen at this address.
    pub(crate) fn with_the_page_at(address: &str) -> Self {
        let url = until_some("a page with developer tools", || {
            let list = wait(async {
                reqwest::get(format!("http://{address}/json/list"))
                    .await?
                    .text()
                    .await
            });
            let list: Value = serde_json::from_str(&list.ok()?).expect("a list of pages");
            let page = list
                .as_array()?
                .iter()
                .find(|page| page["type"] == "page")?;
            page["webSocketDebuggerUrl"].as_str().map(str::to_owned)
        });
        let stream = TcpStream::connect(address).expect("the developer tools answer");
        stream
            .set_read_timeout(Some(RESPONSE_TIMEOUT))
            .expect("a socket");
        let (socket, _) = tungstenite::client(&*url, stream).expect("a WebSocket");
        Self {
            socket,
            calls: 0,
            events: Vec::new(),
        }
    }

    /// Calls a method; returns its result.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let call = json!({ "id": self.calls, "method": method, "params": parameters });
        self.socket
            .send(Message::text(call.to_string()))
            .expect("the browser is there");
        loop {
            let Message::Text(text) = self
                .socket
                .read()
                .unwrap_or_else(|error| panic!("{method}: {error}"))
            else {
                continue;
            };
            let mut message: Value = serde_json::from_str(&text).expect("JSON");
            if message["id"] != self.calls {
                self.events.push(message);
                continue;
            }
            assert!(message["error"].is_null(), "{method}: {message}");
            return message["result"].take();
        }
    }

    /// The events received so far.
    pub(crate) fn events(&self) -> &[Value] {
        &self.events
    }
}
