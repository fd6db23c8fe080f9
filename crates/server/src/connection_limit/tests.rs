use super::*;

#[test]
fn one_network_cannot_take_all_connections() {
    let limiter = Arc::new(ConnectionLimiter::new(
        ConnectionLimits {
            max: 5,
            per_address: 2,
        },
        Gauge::default(),
    ));
    let try_acquire =
        |network: &str| ConnectionLimiter::try_acquire(&limiter, Some(network.parse().unwrap()));
    let first = try_acquire("192.0.2.1").unwrap();
    let second = try_acquire("192.0.2.1").unwrap();
    assert!(try_acquire("192.0.2.1").is_none());
    let proxied = [(); 3].map(|()| ConnectionLimiter::try_acquire(&limiter, None).unwrap());
    assert!(
        ConnectionLimiter::try_acquire(&limiter, None).is_none()
            && try_acquire("198.51.100.1").is_none(),
        "full"
    );
    drop(first);
    assert!(ConnectionLimiter::try_acquire(&limiter, None).is_some());
    drop((second, proxied));
    let open = limiter.open();
    assert_eq!(
        (
            open.all,
            open.by_subscriber.len(),
            open.by_network.len(),
            limiter.gauge.get()
        ),
        (0, 0, 0, 0)
    );
}

#[test]
fn connections_of_one_network_leave_room_for_others() {
    let limiter = Arc::new(ConnectionLimiter::new(
        ConnectionLimits::DEFAULT_LIVE,
        Gauge::default(),
    ));
    let mut permits = Vec::new();
    let mut acquire_all = |network: &dyn Fn(u32) -> String| {
        let before = permits.len();
        permits.extend((0..10_000).filter_map(|subscriber| {
            ConnectionLimiter::try_acquire(&limiter, network(subscriber % 256).parse().ok())
        }));
        permits.len() - before
    };
    assert_eq!(
        acquire_all(&|subscriber| format!("2001:db8:1:{subscriber:x}::")),
        1_250,
        "of a /56"
    );
    assert_eq!(
        acquire_all(&|subscriber| format!("198.51.100.{subscriber}")),
        2_500,
        "of a /24"
    );
    assert_eq!(
        acquire_all(&|subscriber| format!("203.0.{subscriber}.1")),
        1_250,
        "what is left is for others"
    );
}

#[test]
fn two_subscribers_do_not_exhaust_their_networks_connections() {
    for limits in [
        ConnectionLimits::DEFAULT_TOTAL,
        ConnectionLimits::DEFAULT_LIVE,
    ] {
        assert!(2 * limits.per_address < limits.max / 4);
    }
}
