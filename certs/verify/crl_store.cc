#include "certs/verify/crl_store.h"

#include <openssl/err.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "certs/verify/der.h"
#include "certs/verify/key_strength.h"
#include "certs/verify/parsed.h"
#include "certs/verify/pem_file.h"

namespace sluice::certs::verify {
namespace {

CrlHandle crl_from_der(Bytes der) {
    if (!is_der(der)) return nullptr;
    const unsigned char* at = der.data();
    CrlHandle list(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    return at == der.data() + der.size() ? std::move(list) : nullptr;
}

bool is_indirect(const X509_CRL* list) {
    int state = 0;
    const ScopeHandle scope(static_cast<ISSUING_DIST_POINT*>(
        X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, &state, nullptr)));
    return scope != nullptr && scope->indirectCRL > 0;
}

// RFC 5280 5.1.2.1, 5.1.2.5, 5.2.3.
bool is_well_formed(const X509_CRL* list, const VerifyPolicy& policy) {
    const X509_ALGOR* algorithm = nullptr;
    X509_CRL_get0_signature(list, nullptr, &algorithm);
    if (!check_algorithm(algorithm, policy).ok()) return false;
    if (X509_CRL_get_version(list) != 1 || X509_CRL_get0_nextUpdate(list) == nullptr) return false;
    if (!instant_of(X509_CRL_get0_lastUpdate(list)) || !instant_of(X509_CRL_get0_nextUpdate(list)))
        return false;
    const int at = X509_CRL_get_ext_by_NID(list, NID_crl_number, -1);
    return at >= 0 && X509_EXTENSION_get_critical(X509_CRL_get_ext(list, at)) == 0;
}

using Blocks = std::vector<std::vector<std::uint8_t>>;

Result<Blocks, std::string> lists_in(const std::string& file) {
    SLUICE_TRY(bytes, read_small_file(file, CrlStore::kFileBytesMax));
    if (as_text(bytes).find("-----BEGIN") == std::string_view::npos) return Blocks{bytes};
    SLUICE_TRY(blocks, pem_blocks(as_text(bytes), "X509 CRL"));
    return blocks;
}

// In the order of their names.
Result<std::set<std::string>, std::string> files_of(const std::string& directory) {
    std::error_code error;
    std::set<std::string> files;
    for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        const auto extension = at->path().extension();
        if (extension == ".crl" || extension == ".pem") files.insert(at->path().string());
        if (files.size() > CrlStore::kFilesMax)
            return Err{directory + ": more than " + std::to_string(CrlStore::kFilesMax) + " files"};
    }
    if (error) return Err{directory + ": " + error.message() + "; give a directory of CRL files"};
    return files;
}

}  // namespace

Result<std::shared_ptr<const CrlStore>, std::string> CrlStore::load(const std::string& directory) {
    SLUICE_TRY(files, files_of(directory));
    std::shared_ptr<CrlStore> store(new CrlStore);
    for (const std::string& file : files) {
        SLUICE_TRY(lists, lists_in(file));
        for (const auto& der : lists)
            if (!store->add(der))
                return Err{file + ": a CRL in it cannot be read; replace the file"};
    }
    store->close();
    return std::shared_ptr<const CrlStore>(std::move(store));
}

std::shared_ptr<const CrlStore> CrlStore::of(std::span<const Bytes> lists) {
    std::shared_ptr<CrlStore> store(new CrlStore);
    for (const Bytes der : lists)
        if (!store->add(der)) return nullptr;
    store->close();
    return store;
}

bool CrlStore::add(Bytes der) {
    CrlHandle list = crl_from_der(der);
    if (list == nullptr) return false;
    if (is_indirect(list.get()))
        indirect_.push_back(lists_.size());
    else
        by_issuer_.emplace(canonical_key(X509_CRL_get_issuer(list.get())), lists_.size());
    lists_.push_back(std::move(list));
    fingerprints_.push_back(ipc::sha256(std::as_bytes(der)));
    return true;
}

void CrlStore::close() {
    std::sort(fingerprints_.begin(), fingerprints_.end());
    ipc::Sha256Stream all;
    for (const ipc::Sha256& fingerprint : fingerprints_)
        all.add(std::as_bytes(std::span(fingerprint)));
    generation_ = all.result();
}

std::vector<X509_CRL*> CrlStore::about(std::span<const X509_NAME* const> issuers,
                                       const VerifyPolicy& policy) const {
    std::set<std::size_t> found(indirect_.begin(), indirect_.end());
    for (const X509_NAME* issuer : issuers) {
        const auto [from, to] = by_issuer_.equal_range(canonical_key(issuer));
        for (auto at = from; at != to; ++at)
            found.insert(at->second);
    }
    std::vector<X509_CRL*> lists;
    for (const std::size_t at : found)
        if (is_well_formed(lists_[at].get(), policy)) lists.push_back(lists_[at].get());
    return lists;
}

}  // namespace sluice::certs::verify
