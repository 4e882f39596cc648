#include "tools/catalog_publisher/publication.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "control/store/sha256.h"
#include "rules/ipc/durable_file.h"

namespace sluice::publisher {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kDeltasKept = 500;

std::string because(const fs::path& file) { return file.string() + ": " + std::strerror(errno); }

std::string read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

certs::KeyPtr draw_key(const fs::path& file) {
    certs::KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (!key || fd < 0) return nullptr;
    FILE* const out = ::fdopen(fd, "w");
    const bool good =
        PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
    return std::fclose(out) == 0 && good ? std::move(key) : nullptr;
}

certs::KeyPtr read_key(const fs::path& file) {
    FILE* const in = std::fopen(file.c_str(), "r");
    if (in == nullptr) return nullptr;
    certs::KeyPtr key(PEM_read_PrivateKey(in, nullptr, nullptr, nullptr));
    std::fclose(in);
    return key && certs::public_of(key.get()) ? std::move(key) : nullptr;
}

std::string draw_session() {
    unsigned char bytes[16];
    SLUICE_ASSERT(RAND_bytes(bytes, sizeof bytes) == 1);
    return certs::to_base64url({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

}  // namespace

Result<Publication, std::string> Publication::create(const fs::path& dir,
                                                     const std::string& operator_id) {
    std::error_code failure;
    fs::create_directories(dir / "public", failure);
    Publication p(dir);
    p.key_ = draw_key(dir / "key.pem");
    if (!p.key_) return Err{because(dir / "key.pem") + "; a feed is begun in an empty directory"};
    p.notification_.operator_id = p.replica_.operator_id = operator_id;
    p.notification_.session = p.replica_.session = draw_session();
    return p;
}

Result<Publication, std::string> Publication::open(const fs::path& dir) {
    Publication p(dir);
    p.key_ = read_key(dir / "key.pem");
    if (!p.key_)
        return Err{(dir / "key.pem").string() +
                   " is no Ed25519 key; begin with `catalog-publisher init`"};
    const auto own = *certs::public_of(p.key_.get());
    const auto payload = certs::open_jws(read_text(p.file("notification.jws")), {&own, 1});
    if (!payload)
        return Err{p.file("notification.jws").string() + ": " +
                   std::string(certs::sentence_of(payload.error()))};
    auto notification = parse_notification(*payload);
    if (!notification) return Err{notification.error()};
    p.notification_ = std::move(*notification);
    const auto snapshot = parse_snapshot(read_text(p.file(p.notification_.snapshot.url)));
    if (!snapshot) return Err{snapshot.error()};
    Replica none;
    none.operator_id = p.notification_.operator_id;
    auto replica = apply(none, *snapshot, {});
    if (!replica) return Err{std::string(sentence_of(replica.error().why))};
    p.replica_ = std::move(*replica);
    return p;
}

std::string Publication::public_key() const {
    return certs::to_text(*certs::public_of(key_.get()));
}

Result<FileReference, std::string> Publication::put(const std::string& name, std::uint64_t version,
                                                    const std::string& text) {
    if (!ipc::write_durably(file(name), std::as_bytes(std::span(text.data(), text.size()))))
        return Err{because(file(name))};
    return FileReference{version, name, control::sha256_hex(text)};
}

Result<Difference, std::string> Publication::publish(const std::vector<Row>& rows, UtcTime now) {
    const std::uint64_t version = notification_.version + 1;
    const Gate open{100, true};
    auto next = apply(
        replica_, Snapshot{notification_.operator_id, notification_.session, version, rows}, open);
    if (!next) return Err{std::string(sentence_of(next.error().why)) + " " + next.error().detail};
    Difference change = difference(replica_.rows, next->rows);
    if (change.empty() && notification_.version != 0) return change;
    if (notification_.version != 0) {
        Delta delta{notification_.operator_id, notification_.session, version, {}};
        for (const Row& row : change.removed)
            delta.changes.push_back({false, row});
        for (const Row& row : change.added)
            delta.changes.push_back({true, row});
        SLUICE_TRY(reference, put("delta-" + std::to_string(version), version, write_delta(delta)));
        notification_.deltas.push_back(reference);
        if (notification_.deltas.size() > kDeltasKept)
            notification_.deltas.erase(notification_.deltas.begin());
    }
    SLUICE_TRY(
        reference,
        put("snapshot-" + std::to_string(version), version,
            write_snapshot({notification_.operator_id, notification_.session, version, rows})));
    notification_.snapshot = reference;
    notification_.version = version;
    SLUICE_TRY(signed_now, sign(now));
    static_cast<void>(signed_now);
    replica_ = std::move(*next);
    drop_old_files();
    return change;
}

Result<Done, std::string> Publication::refresh(UtcTime now) { return sign(now); }

Result<Done, std::string> Publication::sign(UtcTime now) {
    notification_.timestamp = now;
    const std::string token = certs::sign_jws(write_notification(notification_), key_.get());
    SLUICE_TRY(done, put("notification.jws", 0, token));
    static_cast<void>(done);
    return Done{};
}

Result<Publication::KeyChange, std::string> Publication::roll_key(UtcTime now) {
    const fs::path next = dir_ / "next_key.pem";
    if (certs::KeyPtr announced = read_key(next)) {
        key_ = std::move(announced);
        notification_.next_key.reset();
        SLUICE_TRY(done, sign(now));
        static_cast<void>(done);
        if (std::rename(next.c_str(), (dir_ / "key.pem").c_str()) != 0) return Err{because(next)};
        return KeyChange{true, public_key()};
    }
    const certs::KeyPtr drawn = draw_key(next);
    if (!drawn) return Err{because(next)};
    notification_.next_key = certs::public_of(drawn.get());
    SLUICE_TRY(done, sign(now));
    static_cast<void>(done);
    return KeyChange{false, certs::to_text(*notification_.next_key)};
}

// Old snapshots, and deltas that no notification names any more.
void Publication::drop_old_files() const {
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(dir_ / "public", failure)) {
        const std::string name = entry.path().filename();
        const auto is_it = [&](const FileReference& r) { return r.url == name; };
        // The snapshot before this one may just be read.
        const bool kept =
            name == "notification.jws" || is_it(notification_.snapshot) ||
            name == "snapshot-" + std::to_string(notification_.version - 1) ||
            std::any_of(notification_.deltas.begin(), notification_.deltas.end(), is_it);
        if (!kept) fs::remove(entry.path(), failure);
    }
}

}  // namespace sluice::publisher
