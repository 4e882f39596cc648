// TrustStore: the authorities that chains may lead to. Immutable once made; found by subject name.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "certs/verify/handles.h"
#include "rules/base/result.h"
#include "rules/ipc/sha256.h"

namespace sluice::certs::verify {

struct Parsed;  // certs/verify/parsed.h

// Who judged the form of the anchors.
enum class Vetting : std::uint8_t {
    none,          // nobody: the web profile's rules for roots apply to each
    root_program,  // a browser's root programme, one by one: some of its roots are older than the
                   // profile and miss parts of it. Key strength, CA mark and time still count.
};

class TrustStore {
  public:
    // Debian's ca-certificates.
    static constexpr const char* kSystemFile = "/etc/ssl/certs/ca-certificates.crt";
    static constexpr std::size_t kFileBytesMax = 16u << 20;
    static constexpr std::size_t kAnchorsMax = 4096;

    // A PEM file of certificates. The error says which file, what is wrong and what to do; a file
    // without a certificate, or with one that cannot be read, gives no store at all.
    static Result<std::shared_ptr<const TrustStore>, std::string> load(
        const std::string& file, Vetting vetting = Vetting::none);
    // Debian's ca-certificates: Mozilla's root programme.
    static Result<std::shared_ptr<const TrustStore>, std::string> load_system() {
        return load(kSystemFile, Vetting::root_program);
    }
    // Shares the certificates.
    static std::shared_ptr<const TrustStore> of(std::span<X509* const> anchors,
                                                Vetting vetting = Vetting::none);
    ~TrustStore();

    // Anchors whose subject is `name`, in the order of the file. Valid as long as the store.
    std::span<const std::shared_ptr<const Parsed>> with_subject(const X509_NAME* name) const;
    bool contains(const ipc::Sha256& fingerprint) const;
    std::size_t size() const { return size_; }
    Vetting vetting() const { return vetting_; }
    // SHA-256 over the sorted fingerprints: equal for equal sets of anchors, in any process.
    const ipc::Sha256& generation() const { return generation_; }

  private:
    explicit TrustStore(Vetting vetting) : vetting_(vetting) {}
    void add(X509* anchor);
    void close();

    std::map<std::string, std::vector<std::shared_ptr<const Parsed>>> by_subject_;
    std::vector<ipc::Sha256> fingerprints_;  // sorted
    std::size_t size_ = 0;
    Vetting vetting_;
    ipc::Sha256 generation_{};
};

}  // namespace sluice::certs::verify
