//! What is on the disk: who can read it, what damage looks like, and what other versions wrote.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anaf_oauth::store::{FileStore, GrantKey, SealKey, StoreError, Swap, TokenSet, TokenStore};
use jiff::{SignedDuration, Timestamp};
use support::{Place, files, seal_key};

fn tokens(mark: &str) -> TokenSet {
    let now = Timestamp::UNIX_EPOCH;
    let end = now + SignedDuration::from_hours(1);
    TokenSet::new(
        format!("acc3ss-{mark}"),
        Some(format!("r3fresh-{mark}").into()),
        now,
        end,
    )
}

fn key(text: &str) -> GrantKey {
    GrantKey::new(text).unwrap()
}

async fn put(store: &dyn TokenStore, name: &str) {
    let swap = store
        .compare_and_swap(&key(name), None, None, &tokens(name))
        .await
        .unwrap();
    assert!(matches!(swap, Swap::Swapped { .. }));
}

/// The file of a grant.
fn grant_file(store: &FileStore, name: &str) -> PathBuf {
    store.folder().join("grants").join(format!("g-{name}.json"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_writes_until_killed() {
    support::child().await;
}

/// A child with umask 000 writes, while this process looks at every file that appears, as often as it can.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_is_open_to_others_not_even_for_a_moment() {
    use std::os::unix::fs::PermissionsExt as _;

    let mode =
        |path: &Path| std::fs::metadata(path).map(|found| found.permissions().mode() & 0o7777);
    let folder = tempfile::tempdir().unwrap();
    let places = [
        Place::Folder(folder.path().join("files")),
        Place::Encrypted(folder.path().join("sealed")),
        #[cfg(feature = "sqlite")]
        Place::Sqlite(folder.path().join("tokens.db")),
    ];
    for place in places {
        let stop = Arc::new(AtomicBool::new(false));
        let (root, stopped) = (folder.path().to_owned(), stop.clone());
        let watcher = std::thread::spawn(move || {
            let mut seen = std::collections::BTreeSet::new();
            let mut looks = 0_u64;
            while !stopped.load(Ordering::SeqCst) {
                for path in files(&root) {
                    // A file may be gone again.
                    let Ok(mode) = mode(&path) else { continue };
                    assert_eq!(mode & 0o077, 0, "{} has mode {mode:04o}", path.display());
                    seen.insert(path);
                    looks += 1;
                }
            }
            (seen, looks)
        });
        let mut child = place
            .child_command("umask 000; exec \"$0\" \"$@\"")
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(700));
        child.kill().unwrap();
        child.wait().unwrap();
        stop.store(true, Ordering::SeqCst);
        let (seen, looks) = watcher.join().unwrap();
        assert!(
            seen.len() > 2 && looks > 100,
            "the watcher saw {seen:?} in {looks} looks"
        );
        for folder in [
            folder.path().join("files"),
            folder.path().join("files/grants"),
        ] {
            assert_eq!(mode(&folder).unwrap(), 0o700);
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_others_can_read_is_refused_with_the_command_that_closes_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let open_to = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    // A quote in the name, to see that the command can be pasted.
    let root = folder.path().join("the firm's tokens");
    let store = FileStore::create(&root).unwrap();
    put(&store, "a").await;
    let file = grant_file(&store, "a");

    for mode in [0o644, 0o640, 0o604, 0o660] {
        open_to(&file, mode);
        let error = store.load(&key("a")).await.unwrap_err();
        let StoreError::Permissions {
            path,
            mode: found,
            fix,
        } = &error
        else {
            panic!("{error}");
        };
        assert_eq!((path, *found), (&file, mode));
        assert!(error.to_string().contains(fix) && !error.to_string().contains("acc3ss"));
        // Nothing is written over it, either.
        let swap = store
            .compare_and_swap(&key("a"), Some(1), None, &tokens("b"))
            .await;
        assert!(matches!(swap, Err(StoreError::Permissions { .. })));
        assert!(
            std::process::Command::new("sh")
                .args(["-c", fix])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(
            store.load(&key("a")).await.unwrap().unwrap().tokens,
            tokens("a")
        );
    }
    for path in [
        root.clone(),
        root.join("grants"),
        root.join("logins"),
        root.join("locks"),
    ] {
        open_to(&path, 0o755);
        let error = FileStore::open(&root).unwrap_err();
        let StoreError::Permissions { fix, .. } = &error else {
            panic!("{error}");
        };
        assert!(
            std::process::Command::new("sh")
                .args(["-c", fix])
                .status()
                .unwrap()
                .success()
        );
        FileStore::open(&root).unwrap();
    }
    open_to(&root.join("store.json"), 0o644);
    assert!(matches!(
        FileStore::open(&root),
        Err(StoreError::Permissions { .. })
    ));
}

#[cfg(all(unix, feature = "sqlite"))]
#[tokio::test]
async fn a_database_that_others_can_read_is_refused() {
    use anaf_oauth::store::SqliteStore;
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.db");
    drop(SqliteStore::create(&path).unwrap());
    assert!(matches!(
        SqliteStore::create(&path),
        Err(StoreError::Place { .. })
    ));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    let StoreError::Permissions { fix, .. } = &error else {
        panic!("{error}");
    };
    assert!(
        std::process::Command::new("sh")
            .args(["-c", fix])
            .status()
            .unwrap()
            .success()
    );
    SqliteStore::open(&path).unwrap();
    assert!(matches!(
        SqliteStore::open(folder.path().join("none")),
        Err(StoreError::Place { .. })
    ));

    let other = folder.path().join("other.db");
    std::fs::write(
        &other,
        "this is no database at all, but it is long enough to be taken for one ".repeat(20),
    )
    .unwrap();
    std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o600)).unwrap();
    let error = SqliteStore::open(&other).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn places_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (plain, sealed) = (folder.path().join("plain"), folder.path().join("sealed"));
    assert!(matches!(
        FileStore::open(&plain),
        Err(StoreError::Place { .. })
    ));
    FileStore::create(&plain).unwrap();
    assert!(matches!(
        FileStore::create(&plain),
        Err(StoreError::Place { .. })
    ));
    FileStore::open(&plain).unwrap();
    FileStore::open_or_create(&plain).unwrap();
    FileStore::create_encrypted(&sealed, &seal_key()).unwrap();
    FileStore::open_encrypted(&sealed, &seal_key()).unwrap();
    assert!(matches!(
        FileStore::open(&sealed),
        Err(StoreError::Place { .. })
    ));
    assert!(matches!(
        FileStore::open_encrypted(&plain, &seal_key()),
        Err(StoreError::Place { .. })
    ));
    let other = SealKey::from_bytes([8; 32]);
    assert!(matches!(
        FileStore::open_encrypted(&sealed, &other),
        Err(StoreError::WrongKey { .. })
    ));
}

#[tokio::test]
async fn damage_to_an_encrypted_file_has_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let store = FileStore::create_encrypted(&one, &seal_key()).unwrap();
    let strange = FileStore::create_encrypted(&two, &SealKey::from_bytes([9; 32])).unwrap();
    for name in ["a", "b"] {
        put(&store, name).await;
        put(&strange, name).await;
    }
    let file = grant_file(&store, "a");
    let good = std::fs::read(&file).unwrap();
    for path in files(&one) {
        let bytes = std::fs::read(&path).unwrap();
        let shows = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(
            !shows(b"acc3ss") && !shows(b"r3fresh"),
            "{}",
            path.display()
        );
    }
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    type Right = fn(&StoreError) -> bool;
    let cases: [(&str, Vec<u8>, Right); 6] = [
        ("cut", good[..good.len() - 1].to_vec(), |e| {
            matches!(e, StoreError::Truncated { .. })
        }),
        ("empty", Vec::new(), |e| {
            matches!(e, StoreError::Truncated { .. })
        }),
        ("changed", flipped, |e| {
            matches!(e, StoreError::Tampered { .. })
        }),
        (
            "another grant's",
            std::fs::read(grant_file(&store, "b")).unwrap(),
            |e| matches!(e, StoreError::Tampered { .. }),
        ),
        (
            "another key's",
            std::fs::read(grant_file(&strange, "a")).unwrap(),
            |e| matches!(e, StoreError::WrongKey { .. }),
        ),
        ("in clear", b"{\"v\":1}".to_vec(), |e| {
            matches!(e, StoreError::Corrupt { .. })
        }),
    ];
    for (what, bytes, right) in cases {
        std::fs::write(&file, bytes).unwrap();
        let error = store.load(&key("a")).await.unwrap_err();
        assert!(right(&error), "{what}: {error}");
        // A damaged file is kept for whoever can repair it.
        let swap = store
            .compare_and_swap(&key("a"), None, None, &tokens("c"))
            .await;
        assert!(swap.is_err(), "{what}");
        assert!(store.load(&key("b")).await.unwrap().is_some());
    }
    std::fs::write(&file, good).unwrap();
    assert_eq!(
        store.load(&key("a")).await.unwrap().unwrap().tokens,
        tokens("a")
    );
}

#[tokio::test]
async fn damage_to_a_file_in_clear_is_an_error_that_quotes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::create(folder.path().join("store")).unwrap();
    put(&store, "a").await;
    put(&store, "b").await;
    let file = grant_file(&store, "a");
    let good = std::fs::read_to_string(&file).unwrap();
    let of_b = std::fs::read_to_string(grant_file(&store, "b")).unwrap();
    let newer = good.replacen("{\"v\":1", "{\"v\":2", 1);
    for bad in [
        &good[..good.len() / 2],
        "",
        "[]",
        &of_b,
        &newer,
        &good.replace("\"fence\":0", "\"fence\":\"acc3ss\""),
    ] {
        std::fs::write(&file, bad).unwrap();
        let error = store.load(&key("a")).await.unwrap_err();
        let too_new = matches!(
            error,
            StoreError::TooNew {
                found: 2,
                supported: 1,
                ..
            }
        );
        assert_eq!(too_new, bad == newer, "{error}");
        assert!(
            too_new || matches!(error, StoreError::Corrupt { .. }),
            "{error}"
        );
        assert!(!error.to_string().contains("acc3ss"), "{error}");
        let error = anaf_oauth::Error::from(error);
        assert_eq!(error.kind(), anaf_oauth::ErrorKind::Store);
        assert!(!format!("{error:?}").contains("acc3ss"));
    }
}

/// What a process leaves behind that dies between two steps.
#[tokio::test]
async fn leftovers_of_a_killed_process_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::create(folder.path().join("store")).unwrap();
    put(&store, "a").await;
    let file = grant_file(&store, "a");
    let live = std::fs::read(&file).unwrap();
    std::fs::write(file.with_extension("json.tmp"), b"half a rec").unwrap();
    assert!(store.delete(&key("a"), None).await.unwrap());
    // The deletion was written, but the grant's file not yet removed.
    support::write_private(&file, &live);
    assert!(store.load(&key("a")).await.unwrap().is_none());
    put(&store, "a").await;
    assert_eq!(store.load(&key("a")).await.unwrap().unwrap().version, 3);
    assert_eq!(store.keys(None, 10).await.unwrap(), [key("a")]);
}

/// Half-written files may hold tokens: whoever opens the store next removes them, but not what somebody is writing.
#[tokio::test]
async fn opening_a_store_clears_what_killed_processes_left_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    let store = FileStore::create(&root).unwrap();
    let long = "ș".repeat(200);
    for name in ["a", "Țară 12345674", &long] {
        put(&store, name).await;
    }
    let mut left = vec![root.join("store.json.tmp")];
    for path in files(&root.join("grants")) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        left.push(root.join("grants").join(format!("{name}.tmp")));
        // What was written instead of it before, or will be.
        let other = name.replacen("g-", "i-", 1);
        left.push(root.join("grants").join(format!("{other}.tmp")));
    }
    for prefix in ["l", "s"] {
        let name = format!("{prefix}-{}.json.tmp", "0".repeat(64));
        left.push(root.join("logins").join(name));
    }
    let not_ours = [root.join("notes.tmp"), root.join("grants/notes.json.tmp")];
    for path in left.iter().chain(&not_ours) {
        support::write_private(path, b"half a rec");
    }
    assert_eq!(left.len(), 9);
    let again = FileStore::open(&root).unwrap();
    for path in &left {
        assert!(!path.exists(), "{}", path.display());
    }
    for path in &not_ours {
        assert!(path.exists(), "{}", path.display());
    }
    assert_eq!(again.keys(None, 10).await.unwrap().len(), 3);

    // Writers and openers at once: nobody's file is taken away under their hands.
    let stop = Arc::new(AtomicBool::new(false));
    let writers = (0..4).map(|number| {
        let (store, stop) = (store.clone(), stop.clone());
        tokio::spawn(async move {
            let key = key(&format!("writer {number}"));
            let mut writes = 0;
            while !stop.load(Ordering::SeqCst) {
                let before = store.load(&key).await.unwrap().map(|s| s.version);
                let new = tokens("w");
                let swap = store.compare_and_swap(&key, before, None, &new).await;
                assert!(matches!(swap.unwrap(), Swap::Swapped { .. }));
                writes += 1;
            }
            writes
        })
    });
    let writers: Vec<_> = writers.collect();
    for _ in 0..60 {
        let root = root.clone();
        let opened = tokio::task::spawn_blocking(move || FileStore::open(&root).map(drop));
        opened.await.unwrap().unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        assert!(writer.await.unwrap() > 0);
    }
}

/// A process that was killed while it made the store keeps nobody from making it.
#[tokio::test]
async fn a_store_that_was_half_made_can_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    for name in ["", "grants", "logins", "locks"] {
        support::make_private_folder(&root.join(name));
    }
    support::write_private(&root.join("store.json.tmp"), b"{");
    let store = FileStore::open_or_create(&root).unwrap();
    put(&store, "a").await;
    // But grants without the marker are a damaged store, and nobody writes over it.
    std::fs::remove_file(root.join("store.json")).unwrap();
    for outcome in [FileStore::open_or_create(&root), FileStore::create(&root)] {
        assert!(matches!(outcome, Err(StoreError::Corrupt { .. })));
    }
}

/// A store as version 1 wrote it, byte for byte: every later version opens it.
#[tokio::test]
async fn a_store_of_version_1_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("store");
    for name in ["", "grants", "logins", "locks"] {
        support::make_private_folder(&root.join(name));
    }
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/file-store-1");
    for path in files(&fixture) {
        let name = path.strip_prefix(&fixture).unwrap();
        support::write_private(&root.join(name), &std::fs::read(&path).unwrap());
    }
    let store = FileStore::open(&root).unwrap();
    support::version_1::check(&store).await;

    let marker = root.join("store.json");
    let newer = std::fs::read_to_string(&marker)
        .unwrap()
        .replace("\"v\":1", "\"v\":99");
    std::fs::write(&marker, newer).unwrap();
    let error = FileStore::open(&root).unwrap_err();
    assert!(
        matches!(error, StoreError::TooNew { found: 99, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("update the library"), "{error}");
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_database_of_version_1_is_opened() {
    use anaf_oauth::store::SqliteStore;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.db");
    let dump = include_str!("fixtures/sqlite-store-1.sql");
    support::write_private(&path, b"");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(dump)
        .unwrap();
    let store = SqliteStore::open(&path).unwrap();
    support::version_1::check(&store).await;
    drop(store);
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(
        matches!(error, StoreError::TooNew { found: 99, .. }),
        "{error}"
    );
}
