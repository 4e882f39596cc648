// The store's tables, version by version. Plain SQL: the same statements suit PostgreSQL.
#pragma once
#include "control/store/sqlite.h"

namespace sluice::control {

inline constexpr int kSchemaVersion = 6;

// Brings a store of any older version (0 = empty) to kSchemaVersion, each step in a transaction of
// its own. Throws SqliteError; a store written by a newer build is refused.
void migrate(Database& db);

// Stops after `version`: for tests of the steps between.
void migrate_to(Database& db, int version);

}  // namespace sluice::control
