use accounts::{
    AuditAction, AuditEntry, Grant, Link, MAX_AUDIT_AGE, Role, SESSION_IDLE, Section, Session,
    Token, User, UserName,
};
use jiff::{SignedDuration, Timestamp};
use store::AccountStore;

use super::{Engine, site};

const NOW: Timestamp = Timestamp::constant(1_447_736_400, 0);

fn name(text: &str) -> UserName {
    UserName::parse(text).unwrap()
}

fn user(text: &str, epoch: u64) -> User {
    let mut user = User::new(name(text), epoch, NOW);
    let section = Section::parse("/olahraga/").ok();
    user.access
        .set(Grant::new(site(), Role::Editor, section).unwrap());
    user
}

fn entry(id: u64, at: Timestamp) -> AuditEntry {
    AuditEntry {
        at,
        id,
        actor: "budi".into(),
        action: AuditAction::RoleSet,
        subject: "siti".into(),
        sites: vec![site()],
    }
}

pub async fn user_is_replaced_only_by_who_knows_the_stored_one(engine: &impl Engine) {
    let store = engine.open();
    let store = store.accounts();
    assert!(!store.has_users().await.unwrap());
    let first = user("siti", u64::MAX);
    let mut second = first.clone();
    second.invite(&Token::new(&[7; 16]), NOW);
    let other = user("budi", 1);
    let siti = name("siti");
    let swap = async |before: Option<&User>, after: Option<&User>| {
        store.swap_user(&siti, before, after).await.unwrap()
    };
    assert!(swap(None, Some(&first)).await);
    assert!(swap(None, Some(&first)).await, "a repeated write succeeds");
    assert!(!swap(None, Some(&second)).await);
    assert!(swap(Some(&first), Some(&second)).await);
    assert!(!swap(Some(&first), None).await);
    assert!(
        store
            .swap_user(&other.name, None, Some(&other))
            .await
            .unwrap()
    );
    assert_eq!(store.user(&siti).await, Ok(Some(second.clone())));
    assert_eq!(store.users().await, Ok(vec![other.clone(), second.clone()]));
    assert!(store.has_users().await.unwrap());
    assert!(swap(Some(&second), None).await);
    assert_eq!(store.user(&siti).await, Ok(None));
    assert_eq!(store.users().await, Ok(vec![other]));
}

pub async fn one_of_concurrent_swaps_of_a_user_succeeds(engine: &impl Engine) {
    let store = engine.open();
    let first = user("siti", 0);
    let siti = name("siti");
    let accounts = store.accounts();
    assert!(accounts.swap_user(&siti, None, Some(&first)).await.unwrap());
    let swaps = (1..=8).map(|epoch| {
        let (store, siti, first) = (store.clone(), siti.clone(), first.clone());
        tokio::spawn(async move {
            let next = user("siti", epoch);
            let swapped = store.accounts().swap_user(&siti, Some(&first), Some(&next));
            swapped.await.unwrap().then_some(next)
        })
    });
    let mut won = Vec::new();
    for swap in swaps.collect::<Vec<_>>() {
        won.extend(swap.await.unwrap());
    }
    assert_eq!(won.len(), 1);
    assert_eq!(accounts.user(&siti).await, Ok(won.pop()));
}

pub async fn sessions_and_links_survive_reopening_and_expire(engine: &impl Engine) {
    let [kept, idle, revoked] = [1, 2, 3].map(|number| Token::new(&[number; 32]).hash());
    let session = |used: Timestamp| Session {
        used,
        ..Session::new(&user("siti", u64::MAX), NOW)
    };
    let link = |expires: Timestamp| Link {
        site: site(),
        section: Section::parse("/olahraga/").ok(),
        label: "Rapat".into(),
        author: "siti".into(),
        created: NOW,
        expires,
    };
    let later = NOW + SESSION_IDLE;
    let day = SignedDuration::from_hours(24);
    let store = engine.open();
    let accounts = store.accounts();
    for token in [kept, idle, revoked] {
        accounts.put_session(token, &session(NOW)).await.unwrap();
    }
    accounts.remove_sessions(&[revoked]).await.unwrap();
    accounts
        .touch_session(revoked, &session(later))
        .await
        .unwrap();
    accounts.touch_session(kept, &session(later)).await.unwrap();
    for (token, expires) in [(kept, later + day), (idle, later), (revoked, later + day)] {
        accounts.put_link(token, &link(expires)).await.unwrap();
    }
    accounts.remove_links(&[revoked]).await.unwrap();
    drop(store);

    let store = engine.open();
    let accounts = store.accounts();
    assert_eq!(accounts.session(kept).await, Ok(Some(session(later))));
    assert_eq!(accounts.session(revoked).await, Ok(None));
    assert_eq!(
        accounts.sessions().await,
        Ok(vec![(kept, session(later)), (idle, session(NOW))])
    );
    assert_eq!(accounts.link(kept).await, Ok(Some(link(later + day))));
    assert_eq!(accounts.link(revoked).await, Ok(None));
    assert_eq!(accounts.links().await.unwrap().len(), 2);
    accounts
        .expire_accounts(later + SignedDuration::from_secs(1))
        .await
        .unwrap();
    assert_eq!(accounts.sessions().await, Ok(vec![(kept, session(later))]));
    assert_eq!(accounts.links().await, Ok(vec![(kept, link(later + day))]));
}

pub async fn audit_log_is_newest_first_and_ends_after_a_year(engine: &impl Engine) {
    let store = engine.open();
    let store: &dyn AccountStore = store.accounts();
    let minute = SignedDuration::from_mins(1);
    let instant = SignedDuration::from_millis(1);
    let entries = [
        entry(2, NOW),
        entry(1, NOW + instant),
        entry(3, NOW + minute),
        entry(u64::MAX, NOW + minute + minute),
    ];
    for entry in &entries {
        store.add_audit_entry(entry).await.unwrap();
        store.add_audit_entry(entry).await.unwrap();
    }
    let mut entries = Vec::from(entries);
    entries.reverse();
    assert_eq!(store.audit_log().await, Ok(entries.clone()));
    let later = NOW + MAX_AUDIT_AGE + minute;
    store.expire_accounts(later).await.unwrap();
    entries.truncate(2);
    assert_eq!(store.audit_log().await, Ok(entries));
}
