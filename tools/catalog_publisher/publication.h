// Publication: an operator's feed as files in a directory that any web server serves.
//
//   DIR/key.pem, DIR/next_key.pem   Ed25519, mode 0600: not to be served
//   DIR/public/notification.jws, snapshot-N, delta-N
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "control/catalog/replica.h"

namespace sluice::publisher {

using namespace control::catalog;

class Publication {
  public:
    // A new feed: key and session are drawn. The error says what is in the way.
    static Result<Publication, std::string> create(const std::filesystem::path& dir,
                                                   const std::string& operator_id);
    static Result<Publication, std::string> open(const std::filesystem::path& dir);

    std::string public_key() const;
    const Notification& notification() const { return notification_; }

    // `rows` become the next version, if they differ: a delta, a snapshot, then the notification,
    // so that whoever reads at any moment finds every file that the notification names.
    Result<Difference, std::string> publish(const std::vector<Row>& rows, UtcTime now);
    // Signs again, so that followers know the feed is alive; once a day at least.
    Result<Done, std::string> refresh(UtcTime now);
    // First call: draws and announces the next key. Second call: signs with it from now on.
    struct KeyChange {
        bool in_use = false;  // else announced
        std::string key;
    };
    Result<KeyChange, std::string> roll_key(UtcTime now);

  private:
    explicit Publication(std::filesystem::path dir) : dir_(std::move(dir)) {}
    std::filesystem::path file(const std::string& name) const { return dir_ / "public" / name; }
    Result<FileReference, std::string> put(const std::string& name, std::uint64_t version,
                                           const std::string& text);
    Result<Done, std::string> sign(UtcTime now);
    void drop_old_files() const;

    std::filesystem::path dir_;
    certs::KeyPtr key_;
    Notification notification_;
    Replica replica_;
};

}  // namespace sluice::publisher
