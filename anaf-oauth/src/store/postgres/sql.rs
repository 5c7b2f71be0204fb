//! The schema and the statements of the PostgreSQL store. `{s}` stands for the quoted schema.
//!
//! Each statement is one step that is right under any number of instances at once; none needs a transaction around it,
//! so an instance that vanishes leaves no lock behind.

/// What brings the schema from version `n` to `n + 1`, `n` being the place in the list. Never change one that was
/// released: add one.
pub(super) const STEPS: &[&str] = &[r#"
CREATE TABLE {s}.grants (
    key text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    tokens text,
    lease_holder text,
    lease_until timestamptz
);
CREATE INDEX grants_live ON {s}.grants (key) WHERE tokens IS NOT NULL;
CREATE TABLE {s}.journal (
    key text COLLATE "C" NOT NULL,
    fence bigint NOT NULL,
    holder text NOT NULL,
    version bigint NOT NULL,
    begun_ns bigint NOT NULL,
    answer text,
    PRIMARY KEY (key, fence)
);
CREATE TABLE {s}.logins (
    id text PRIMARY KEY,
    state text NOT NULL UNIQUE,
    key text COLLATE "C" NOT NULL,
    redirect_uri text NOT NULL,
    created_ns bigint NOT NULL,
    expires_ns bigint NOT NULL,
    phase text NOT NULL,
    changed_ns bigint NOT NULL,
    reason text
);
CREATE INDEX logins_expires ON {s}.logins (expires_ns);
COMMENT ON TABLE {s}.grants IS 'one row for each grant key; it outlives the grant: versions and fencing numbers only grow';
COMMENT ON TABLE {s}.journal IS 'write-ahead records of refreshes: the intent, then the answer';
COMMENT ON TABLE {s}.logins IS 'pending logins; id and state are SHA-256 hashes';
"#];

pub(super) const LOAD: &str = "
SELECT tokens, version FROM {s}.grants WHERE key = $1 AND tokens IS NOT NULL";

/// A swap in the place of a grant: key, expected version, fence or null, tokens.
pub(super) const SWAP: &str = "
WITH swapped AS (
    UPDATE {s}.grants SET tokens = $4, version = version + 1
    WHERE key = $1 AND tokens IS NOT NULL AND version = $2 AND fence = coalesce($3::bigint, fence)
    RETURNING version
), cleared AS (
    DELETE FROM {s}.journal WHERE key = $1 AND EXISTS (SELECT FROM swapped)
)
SELECT version FROM swapped";

/// A swap where there is no grant: key, fence or null, tokens.
pub(super) const CREATE: &str = "
WITH swapped AS (
    INSERT INTO {s}.grants AS g (key, version, tokens)
    SELECT $1, 1, $3
    WHERE coalesce($2::bigint, 0) = 0 OR EXISTS (SELECT FROM {s}.grants WHERE key = $1)
    ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, version = g.version + 1
    WHERE g.tokens IS NULL AND g.fence = coalesce($2::bigint, g.fence)
    RETURNING version
), cleared AS (
    DELETE FROM {s}.journal WHERE key = $1 AND EXISTS (SELECT FROM swapped)
)
SELECT version FROM swapped";

/// Why a swap did nothing.
pub(super) const WHY: &str = "
SELECT tokens, version, fence FROM {s}.grants WHERE key = $1";

/// Key, expected version or null.
pub(super) const DELETE: &str = "
WITH gone AS (
    UPDATE {s}.grants SET tokens = NULL, version = version + 1
    WHERE key = $1 AND tokens IS NOT NULL AND version = coalesce($2::bigint, version)
    RETURNING key
), cleared AS (
    DELETE FROM {s}.journal WHERE key = $1 AND EXISTS (SELECT FROM gone)
)
SELECT key FROM gone";

pub(super) const KEYS: &str = r#"
SELECT key FROM {s}.grants WHERE tokens IS NOT NULL AND key > $1 ORDER BY key LIMIT $2"#;

/// Key, holder, seconds. The server's clock is read when the row's lock is held.
pub(super) const ACQUIRE: &str = "
INSERT INTO {s}.grants AS g (key, fence, lease_holder, lease_until)
VALUES ($1, 1, $2, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (key) DO UPDATE
SET fence = g.fence + 1, lease_holder = excluded.lease_holder,
    lease_until = clock_timestamp() + make_interval(secs => $3)
WHERE g.lease_holder IS NULL OR g.lease_until <= clock_timestamp()
RETURNING fence";

pub(super) const HOLDER: &str = "
SELECT lease_holder, extract(epoch FROM lease_until - clock_timestamp())::float8
FROM {s}.grants WHERE key = $1 AND lease_holder IS NOT NULL AND lease_until > clock_timestamp()";

/// Key, fence, holder, seconds.
pub(super) const RENEW: &str = "
UPDATE {s}.grants SET lease_until = clock_timestamp() + make_interval(secs => $4)
WHERE key = $1 AND fence = $2 AND lease_holder = $3
RETURNING fence";

/// Key, fence, holder.
pub(super) const RELEASE: &str = "
UPDATE {s}.grants SET lease_holder = NULL, lease_until = NULL
WHERE key = $1 AND fence = $2 AND lease_holder = $3";

/// Key, fence, holder, version, begun, answer, how many entries to keep. The deletion does not see the new row, so
/// the number is named beside those that it sees.
pub(super) const JOURNAL: &str = "
WITH written AS (
    INSERT INTO {s}.journal (key, fence, holder, version, begun_ns, answer)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (key, fence) DO UPDATE
    SET holder = excluded.holder, version = excluded.version, begun_ns = excluded.begun_ns,
        answer = excluded.answer
)
DELETE FROM {s}.journal WHERE key = $1 AND fence < (
    SELECT min(fence) FROM (
        SELECT fence FROM {s}.journal WHERE key = $1
        UNION SELECT $2::bigint
        ORDER BY fence DESC LIMIT $7
    ) AS kept
)";

pub(super) const JOURNALLED: &str = "
SELECT fence, holder, version, begun_ns, answer FROM {s}.journal WHERE key = $1 ORDER BY fence";

pub(super) const CLEAR_JOURNAL: &str = "
DELETE FROM {s}.journal WHERE key = $1 AND fence <= $2";

pub(super) const PUT_LOGIN: &str = "
INSERT INTO {s}.logins (id, state, key, redirect_uri, created_ns, expires_ns, phase, changed_ns, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING
RETURNING id";

pub(super) const LOGIN: &str = "
SELECT id, state, key, redirect_uri, created_ns, expires_ns, phase, changed_ns, reason
FROM {s}.logins WHERE id = $1";

pub(super) const LOGIN_BY_STATE: &str = "
SELECT id, state, key, redirect_uri, created_ns, expires_ns, phase, changed_ns, reason
FROM {s}.logins WHERE state = $1";

/// Id, phases from, phase to, reason, at.
pub(super) const ADVANCE: &str = "
UPDATE {s}.logins SET phase = $3, reason = $4, changed_ns = $5
WHERE id = $1 AND phase = ANY ($2)
RETURNING id, state, key, redirect_uri, created_ns, expires_ns, phase, changed_ns, reason";

pub(super) const PURGE: &str = "
WITH gone AS (
    DELETE FROM {s}.logins WHERE expires_ns < $1 RETURNING id
)
SELECT count(*) FROM gone";

pub(super) const VERSION: &str = "
SELECT version FROM {s}.schema_version";

pub(super) const VERSION_TABLE: &str = "
CREATE TABLE {s}.schema_version (
    version integer NOT NULL,
    one boolean PRIMARY KEY DEFAULT true CHECK (one)
);
INSERT INTO {s}.schema_version (version) VALUES (0)";
