//! Stores as version 1 wrote them.

use anaf_oauth::store::{
    GrantKey, LoginHash, LoginPhase, SCHEMA_VERSION, Swap, TokenSet, TokenStore,
};
use jiff::{SignedDuration, Timestamp};

/// What the fixtures of version 1 hold: a grant with a journal, a deleted one, and a login.
pub(crate) async fn check(store: &dyn TokenStore) {
    assert_eq!(store.schema_version().await.unwrap(), SCHEMA_VERSION);
    let key = |text| GrantKey::new(text).unwrap();
    let end = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
    let new = TokenSet::new("new", None, Timestamp::UNIX_EPOCH, end);
    let firm = key("Țară 753217530");
    let stored = store.load(&firm).await.unwrap().unwrap();
    assert_eq!(stored.version, 2);
    assert_eq!(stored.tokens.generation(), 4);
    assert_eq!(stored.tokens.claims().serial.as_deref(), Some("1234AA456"));
    assert_eq!(
        stored.tokens.obtained_at().to_string(),
        "2026-01-02T03:04:05.678Z"
    );
    let journal = store.journalled(&firm).await.unwrap();
    assert_eq!(journal.len(), 1);
    assert_eq!((journal[0].fence, journal[0].version), (1, 2));
    assert!(journal[0].answer.is_some());
    assert!(store.load(&key("gone")).await.unwrap().is_none());
    assert_eq!(
        store.keys(None, 10).await.unwrap(),
        std::slice::from_ref(&firm)
    );
    let login = store
        .login_by_state(&LoginHash::of("state"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(login.id, LoginHash::of("link"));
    assert_eq!(login.phase, LoginPhase::Failed);
    assert_eq!(login.reason.as_deref(), Some("refuzat"));
    // And it goes on from there.
    let swap = store
        .compare_and_swap(&firm, Some(2), Some(1), &new)
        .await
        .unwrap();
    assert_eq!(swap, Swap::Swapped { version: 3 });
    let swap = store
        .compare_and_swap(&key("gone"), None, None, &new)
        .await
        .unwrap();
    assert_eq!(swap, Swap::Swapped { version: 3 });
}
