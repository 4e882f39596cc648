// POST /v1/store/backup.
#include "control/api/api.h"
#include "control/api/body.h"

namespace sluice::control {

Answer post_store_backup(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_backup_body(call.body));
    if (!s.backup) return fail(ErrorCode::unavailable, "this daemon makes no backups");
    const auto made = s.backup(body.file);
    if (!made)
        return fail(ErrorCode::invalid, made.error(),
                    "sluiced's user must be able to write there; the file must not exist");
    const auto seq = s.store.add_audit(
        audit_of(call, s, "store.backup", body.file + " sha256:" + made->sha256, body.reason));
    if (!seq) return fail(seq.error());
    return reply("StoreBackup", s,
                 Json::array({{{"file", body.file},
                               {"bytes", made->bytes},
                               {"schema", made->schema},
                               {"sha256", made->sha256},
                               {"audit_seq", *seq}}}));
}

}  // namespace sluice::control
