// The one edge where the store's exceptions become StoreError.
#pragma once
#include "control/store/sqlite_store.h"

namespace sluice::control {

template <class Value, class Work>
Result<Value, StoreError> SqliteStore::guarded(Work&& work) {
    const std::lock_guard lock(mutex_);
    try {
        return work();
    } catch (const SqliteError& e) {
        return Err{StoreError{StoreErrorCode::unavailable, std::string("store: ") + e.what()}};
    }
}

}  // namespace sluice::control
