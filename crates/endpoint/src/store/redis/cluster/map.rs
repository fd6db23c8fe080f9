use redis::Value;

use super::super::{
    place::Address,
    reply::{list, number, utf8},
    slot::{SLOTS, Slot},
};

/// Which server has which slot.
#[derive(Clone, Default)]
pub(super) struct Map {
    /// Masters, then replicas.
    servers: Vec<Address>,
    /// By slot: a place among the servers.
    masters: Vec<Option<u16>>,
}

impl Map {
    /// One server that has everything.
    pub(super) fn one(server: Address) -> Self {
        Self { servers: vec![server], masters: vec![Some(0); usize::from(SLOTS)] }
    }

    /// Reads what `asked` has answered to CLUSTER SLOTS; `None`: nothing that makes sense.
    pub(super) fn parse(answer: &Value, asked: &Address) -> Option<Self> {
        let mut map = Self { servers: Vec::new(), masters: vec![None; usize::from(SLOTS)] };
        let mut replicas = Vec::new();
        for range in list(answer) {
            let [from, to, servers @ ..] = list(range) else { return None };
            let (from, to) = (usize::try_from(number(from)?).ok()?, usize::try_from(number(to)?).ok()?);
            let mut servers = servers.iter().filter_map(|server| address(server, asked));
            let Some(master) = servers.next() else { continue };
            let place = map.place(master);
            map.masters.get_mut(from..=to)?.fill(Some(place));
            replicas.extend(servers);
        }
        for replica in replicas {
            map.place(replica);
        }
        if map.is_empty() { None } else { Some(map) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    pub(super) fn master(&self, Slot(slot): Slot) -> Option<&Address> {
        self.servers.get(usize::from((*self.masters.get(usize::from(slot))?)?))
    }

    pub(super) fn servers(&self) -> impl Iterator<Item = &Address> {
        self.servers.iter()
    }

    /// The same, but for one slot.
    pub(super) fn with(&self, Slot(slot): Slot, master: &Address) -> Self {
        let mut map = self.clone();
        map.masters.resize(usize::from(SLOTS), None);
        let place = map.place(master.clone());
        map.masters[usize::from(slot)] = Some(place);
        map
    }

    /// The first slot of each master.
    pub(super) fn one_slot_each(&self) -> Vec<Slot> {
        let mut seen = Vec::new();
        let slots = (0..).zip(&self.masters).filter_map(|(slot, master)| {
            let master = (*master)?;
            let is_new = !seen.contains(&master);
            seen.push(master);
            is_new.then_some(Slot(slot))
        });
        slots.collect()
    }

    fn place(&mut self, server: Address) -> u16 {
        let place = self.servers.iter().position(|known| *known == server).unwrap_or_else(|| {
            self.servers.push(server);
            self.servers.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }
}

/// A server of the answer. One that does not know its own name is the one that was asked.
fn address(server: &Value, asked: &Address) -> Option<Address> {
    let [host, port, ..] = list(server) else { return None };
    let host = utf8(host).filter(|host| !host.is_empty() && *host != "?").unwrap_or(&asked.0);
    Some((host.into(), u16::try_from(number(port)?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.into())
    }

    fn server(host: &str, port: i64) -> Value {
        Value::Array(vec![bulk(host), Value::Int(port), bulk("id")])
    }

    #[test]
    fn an_answer_says_who_has_which_slot() {
        let range = |from, to, servers: Vec<Value>| {
            Value::Array([Value::Int(from), Value::Int(to)].into_iter().chain(servers).collect())
        };
        let answer = Value::Array(vec![
            range(0, 99, vec![server("", 1), server("b", 4)]),
            range(100, 16_383, vec![server("a", 2), server("b", 5)]),
        ]);
        let map = Map::parse(&answer, &("me".into(), 9)).unwrap();
        assert_eq!(map.master(Slot(99)), Some(&("me".into(), 1)));
        assert_eq!(map.master(Slot(100)), Some(&("a".into(), 2)));
        assert_eq!(map.servers().count(), 4);
        assert_eq!(map.one_slot_each(), [Slot(0), Slot(100)]);
        let moved = map.with(Slot(7), &("b".into(), 4));
        assert_eq!((moved.master(Slot(7)), moved.master(Slot(8))), (Some(&("b".into(), 4)), map.master(Slot(8))));
    }

    #[test]
    fn what_makes_no_sense_is_no_map() {
        for answer in [
            Value::Nil,
            Value::Array(vec![]),
            Value::Array(vec![Value::Array(vec![Value::Int(0), Value::Int(99_999)])]),
        ] {
            assert!(Map::parse(&answer, &("me".into(), 9)).is_none());
        }
        assert_eq!(Map::default().master(Slot(1)), None);
    }
}
