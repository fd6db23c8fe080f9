use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::{join_all, try_join_all};
use redis::Value;
use store::StoreError;

use super::{Access, Cluster, Job};
use crate::{command::Command, slot::Slot, url::Address};

/// Commands of one slot, and the replies to them.
pub(crate) type SlotCommands = (Slot, Vec<Command>);

impl Cluster {
    /// Sends read commands of many slots, those of one server in one request, with the priority of what the newsroom's pages
    /// show; the replies are in the order of the slots.
    /// What a server does not answer is requested again slot by slot, with redirections and retries.
    pub(crate) async fn read_many(
        self: &Arc<Self>,
        wanted: Vec<SlotCommands>,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let sent = self
            .by_server(&wanted)
            .into_iter()
            .map(async |(server, indexes)| {
                let commands = indexes.iter().flat_map(|index| wanted[*index].1.iter());
                let job = Job {
                    commands: commands.cloned().collect(),
                    with_source: false,
                    is_asking: false,
                };
                let replies = match self.node(&server) {
                    Ok(node) => node.read_bulk(job).await,
                    Err(error) => Err(error),
                };
                (indexes, replies.unwrap_or_default())
            });
        let mut answered: Vec<Option<Vec<Value>>> = vec![None; wanted.len()];
        for (indexes, replies) in join_all(sent).await {
            let mut replies = replies.into_iter();
            for index in indexes {
                let expected = wanted[index].1.len();
                let own: Vec<Value> = replies.by_ref().take(expected).collect();
                let is_answered = own.len() == expected && !own.iter().any(is_error);
                answered[index] = is_answered.then_some(own);
            }
        }
        if answered.iter().all(Option::is_some) {
            return Ok(answered.into_iter().flatten().collect());
        }
        let all = wanted.into_iter().zip(answered);
        try_join_all(all.map(async |((slot, commands), replies)| match replies {
            Some(replies) => Ok(replies),
            None => self.request(Access::Read, slot, commands).await,
        }))
        .await
    }

    /// The indexes of the requests to each known server.
    fn by_server(&self, wanted: &[SlotCommands]) -> BTreeMap<Address, Vec<usize>> {
        let slot_map = self.slot_map();
        let mut by_server: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
        for (index, (slot, _)) in wanted.iter().enumerate() {
            if let Some(server) = slot_map.master(*slot) {
                by_server.entry(server.clone()).or_default().push(index);
            }
        }
        by_server
    }
}

fn is_error(reply: &Value) -> bool {
    matches!(reply, Value::ServerError(_))
}
