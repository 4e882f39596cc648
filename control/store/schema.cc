#include "control/store/schema.h"

#include <iterator>

namespace sluice::control {
namespace {

// Version 1: commits with their files, the audit chain, what the data plane reported.
constexpr const char* kVersion1 = R"(
CREATE TABLE blobs (
  hash TEXT PRIMARY KEY,
  data BLOB NOT NULL);
CREATE TABLE commits (
  serial INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  parent TEXT NOT NULL,
  person TEXT NOT NULL,
  uid INTEGER NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  bundle TEXT NOT NULL);
CREATE INDEX commits_by_id ON commits (id);
CREATE TABLE commit_files (
  serial INTEGER NOT NULL REFERENCES commits (serial),
  path TEXT NOT NULL,
  hash TEXT NOT NULL REFERENCES blobs (hash),
  PRIMARY KEY (serial, path));
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  person TEXT NOT NULL,
  uid INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL);
CREATE TABLE unknown_sources (
  operator TEXT NOT NULL,
  address TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  PRIMARY KEY (operator, address));
CREATE TABLE flow_references (
  number INTEGER PRIMARY KEY,
  reference TEXT NOT NULL,
  at INTEGER NOT NULL,
  document TEXT NOT NULL);
CREATE INDEX flow_references_by_reference ON flow_references (reference);
CREATE INDEX flow_references_by_at ON flow_references (at);
)";

// Version 2: commits that revert unless confirmed. At most one row.
constexpr const char* kVersion2 = R"(
CREATE TABLE pending_confirm (
  slot INTEGER PRIMARY KEY CHECK (slot = 1),
  serial INTEGER NOT NULL REFERENCES commits (serial),
  revert_to INTEGER NOT NULL REFERENCES commits (serial),
  until INTEGER NOT NULL);
)";

// Version 3: cases. `case_events` is the record; the other tables follow from it.
constexpr const char* kVersion3 = R"(
CREATE TABLE case_events (
  case_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  closes_for TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (case_id, version));
CREATE INDEX case_openings ON case_events (version) WHERE version = 1;
CREATE INDEX case_closings ON case_events (at) WHERE closes_for <> '';
CREATE TABLE cases (
  id TEXT PRIMARY KEY,
  life_cycle TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  held INTEGER NOT NULL,
  next_due INTEGER,
  uniq TEXT NOT NULL,
  document TEXT NOT NULL);
CREATE INDEX cases_due ON cases (next_due, id) WHERE closed = 0;
CREATE INDEX cases_open_unique ON cases (uniq) WHERE closed = 0 AND uniq <> '';
CREATE TABLE case_effects (
  case_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  since INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (case_id, kind));
CREATE TABLE case_notices (
  id INTEGER PRIMARY KEY,
  case_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  party TEXT NOT NULL,
  recipient TEXT NOT NULL,
  kk TEXT NOT NULL,
  ru TEXT NOT NULL,
  en TEXT NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL);
CREATE INDEX case_notices_by_state ON case_notices (state, id);
CREATE TABLE memory (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL);
)";

// Version 4: what became of delivering a notice.
constexpr const char* kVersion4 = R"(
ALTER TABLE case_notices ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE case_notices ADD COLUMN next_try INTEGER NOT NULL DEFAULT 0;
ALTER TABLE case_notices ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
)";

// Version 5: persons, and steps that wait for a second one.
constexpr const char* kVersion5 = R"(
CREATE TABLE persons (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  operator TEXT NOT NULL,
  uid INTEGER UNIQUE,
  certificate TEXT UNIQUE,
  enrolled INTEGER NOT NULL);
CREATE TABLE proposals (
  id INTEGER PRIMARY KEY,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  if_match TEXT NOT NULL,
  body BLOB NOT NULL,
  summary TEXT NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  uid INTEGER NOT NULL,
  at INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  decided_reason TEXT NOT NULL,
  outcome TEXT NOT NULL);
CREATE INDEX proposals_open ON proposals (state, expires) WHERE state IN ('waiting', 'approved');
)";

// Version 6: signed requests. What was signed and the signature are blobs.
constexpr const char* kVersion6 = R"(
CREATE TABLE requests (
  id TEXT PRIMARY KEY REFERENCES blobs (hash),
  envelope TEXT NOT NULL REFERENCES blobs (hash),
  organisation TEXT NOT NULL,
  number TEXT NOT NULL,
  signer TEXT NOT NULL,
  certificate TEXT NOT NULL,
  signed_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  via TEXT NOT NULL,
  case_id TEXT NOT NULL,
  case_version INTEGER NOT NULL,
  UNIQUE (organisation, number));
CREATE INDEX requests_by_case ON requests (case_id);
)";

constexpr const char* kSteps[] = {kVersion1, kVersion2, kVersion3, kVersion4, kVersion5, kVersion6};
static_assert(std::size(kSteps) == kSchemaVersion);

int version_of(Database& db) {
    db.run("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
    return static_cast<int>(
        db.number("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'schema_version'"));
}

}  // namespace

void migrate_to(Database& db, int target) {
    const int have = version_of(db);
    if (have > kSchemaVersion)
        throw SqliteError("the store has schema version " + std::to_string(have) +
                          ", this build knows " + std::to_string(kSchemaVersion) +
                          ": start the newer sluiced, or restore a backup of the older store");
    for (int version = have + 1; version <= target; ++version) {
        Transaction step(db);
        db.run(kSteps[version - 1]);
        db.run("DELETE FROM meta WHERE key = 'schema_version'");
        db.run("INSERT INTO meta (key, value) VALUES ('schema_version', '" +
               std::to_string(version) + "')");
        step.commit();
    }
}

void migrate(Database& db) { migrate_to(db, kSchemaVersion); }

}  // namespace sluice::control
