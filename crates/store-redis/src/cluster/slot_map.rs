use redis::Value;

use super::super::{
    reply::{list, number, utf8},
    slot::{SLOTS, Slot},
    url::Address,
};

/// The slot map: which server has which slot.
#[derive(Clone, Default)]
pub(super) struct SlotMap {
    /// Masters, then replicas.
    servers: Vec<Address>,
    /// Index into `servers` by slot.
    masters: Vec<Option<u16>>,
}

/// The slots of one master, or those without a master.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct ClusterPart {
    /// One of its slots; `None`: the part has no master.
    pub(in super::super) slot: Option<Slot>,
    /// All its slots as text, like `slots 0-99,200`.
    pub(in super::super) slots: String,
}

impl SlotMap {
    /// A map with a single server.
    pub(super) fn one(server: Address) -> Self {
        Self {
            servers: vec![server],
            masters: vec![Some(0); usize::from(SLOTS)],
        }
    }

    /// Parses the reply of the server `asked` to CLUSTER SLOTS; `None`: the reply is invalid.
    pub(super) fn parse(reply: &Value, asked: &Address) -> Option<Self> {
        let mut map = Self {
            servers: Vec::new(),
            masters: vec![None; usize::from(SLOTS)],
        };
        let mut replicas = Vec::new();
        for range in list(reply) {
            let [from, to, servers @ ..] = list(range) else {
                return None;
            };
            let from = usize::try_from(number(from)?).ok()?;
            let to = usize::try_from(number(to)?).ok()?;
            let mut servers = servers.iter().filter_map(|server| address(server, asked));
            let Some(master) = servers.next() else {
                continue;
            };
            let index = map.server_index(master);
            map.masters.get_mut(from..=to)?.fill(Some(index));
            replicas.extend(servers);
        }
        for replica in replicas {
            map.server_index(replica);
        }
        if map.is_empty() { None } else { Some(map) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    pub(super) fn master(&self, Slot(slot): Slot) -> Option<&Address> {
        self.servers
            .get(usize::from((*self.masters.get(usize::from(slot))?)?))
    }

    pub(super) fn servers(&self) -> impl Iterator<Item = &Address> {
        self.servers.iter()
    }

    /// A copy with another master for one slot.
    pub(super) fn with(&self, Slot(slot): Slot, master: &Address) -> Self {
        let mut map = self.clone();
        map.masters.resize(usize::from(SLOTS), None);
        let index = map.server_index(master.clone());
        map.masters[usize::from(slot)] = Some(index);
        map
    }

    /// The part of each master, and the part without a master.
    pub(super) fn parts(&self) -> Vec<ClusterPart> {
        let mut parts = Vec::<(Option<u16>, ClusterPart)>::new();
        let mut at = 0;
        for run in self.masters.chunk_by(|one, next| one == next) {
            let first = at;
            let last = at + run.len() - 1;
            at += run.len();
            let slots = if first == last {
                format!("{first}")
            } else {
                format!("{first}-{last}")
            };
            match parts.iter_mut().find(|(master, _)| *master == run[0]) {
                Some((_, part)) => part.slots = format!("{},{slots}", part.slots),
                None => {
                    let slot = run[0].and(u16::try_from(first).ok()).map(Slot);
                    parts.push((
                        run[0],
                        ClusterPart {
                            slot,
                            slots: format!("slots {slots}"),
                        },
                    ));
                }
            }
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }

    fn server_index(&mut self, server: Address) -> u16 {
        let index = self
            .servers
            .iter()
            .position(|known| *known == server)
            .unwrap_or_else(|| {
                self.servers.push(server);
                self.servers.len() - 1
            });
        u16::try_from(index).unwrap_or(u16::MAX)
    }
}

/// A server in the reply. A server that does not know its own name is the one that replied.
fn address(server: &Value, asked: &Address) -> Option<Address> {
    let [host, port, ..] = list(server) else {
        return None;
    };
    let host = utf8(host)
        .filter(|host| !host.is_empty() && *host != "?")
        .unwrap_or(&asked.0);
    Some((host.into(), u16::try_from(number(port)?).ok()?))
}

#[cfg(test)]
mod tests;
