use super::*;

fn bulk(text: &str) -> Value {
    Value::BulkString(text.into())
}

fn server(host: &str, port: i64) -> Value {
    Value::Array(vec![bulk(host), Value::Int(port), bulk("id")])
}

#[test]
fn cluster_slots_reply_gives_the_slot_map() {
    let range = |from, to, servers: Vec<Value>| {
        Value::Array(
            [Value::Int(from), Value::Int(to)]
                .into_iter()
                .chain(servers)
                .collect(),
        )
    };
    let reply = Value::Array(vec![
        range(0, 99, vec![server("", 1), server("b", 4)]),
        range(100, 16_383, vec![server("a", 2), server("b", 5)]),
    ]);
    let map = SlotMap::parse(&reply, &("me".into(), 9)).unwrap();
    assert_eq!(map.master(Slot(99)), Some(&("me".into(), 1)));
    assert_eq!(map.master(Slot(100)), Some(&("a".into(), 2)));
    assert_eq!(map.servers().count(), 4);
    let part = |slot, slots: &str| ClusterPart {
        slot: Some(Slot(slot)),
        slots: slots.into(),
    };
    assert_eq!(
        map.parts(),
        [part(0, "slots 0-99"), part(100, "slots 100-16383")]
    );
    let moved = map.with(Slot(7), &("b".into(), 4));
    assert_eq!(
        (moved.master(Slot(7)), moved.master(Slot(8))),
        (Some(&("b".into(), 4)), map.master(Slot(8)))
    );
    let parts = [
        part(0, "slots 0-6,8-99"),
        part(7, "slots 7"),
        part(100, "slots 100-16383"),
    ];
    assert_eq!(moved.parts(), parts);
}

#[test]
fn invalid_cluster_slots_reply_gives_no_slot_map() {
    for reply in [
        Value::Nil,
        Value::Array(vec![]),
        Value::Array(vec![Value::Array(vec![Value::Int(0), Value::Int(99_999)])]),
    ] {
        assert!(SlotMap::parse(&reply, &("me".into(), 9)).is_none());
    }
    assert_eq!(SlotMap::default().master(Slot(1)), None);
    assert!(SlotMap::default().parts().is_empty());
    let one = SlotMap::default().with(Slot(2), &("a".into(), 1));
    let nobodys = ClusterPart {
        slot: None,
        slots: "slots 0-1,3-16383".into(),
    };
    assert_eq!(
        one.parts(),
        [
            nobodys,
            ClusterPart {
                slot: Some(Slot(2)),
                slots: "slots 2".into()
            }
        ]
    );
}
