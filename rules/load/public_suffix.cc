#include "rules/load/public_suffix.h"

#include <libpsl.h>

#include "rules/base/assert.h"

namespace sluice::load {
namespace {
const psl_ctx_t* context(void* list) { return static_cast<const psl_ctx_t*>(list); }
}  // namespace

void PublicSuffixes::Free::operator()(void* list) const { psl_free(static_cast<psl_ctx_t*>(list)); }

const PublicSuffixes& PublicSuffixes::of_system() {
    static const PublicSuffixes list = [] {
        void* newest = psl_latest(nullptr);
        SLUICE_ASSERT(newest != nullptr);  // the built-in list is always there
        return PublicSuffixes(newest);
    }();
    return list;
}

std::optional<PublicSuffixes> PublicSuffixes::from_file(const std::filesystem::path& file) {
    void* list = psl_load_file(file.c_str());
    if (list == nullptr) return std::nullopt;
    return PublicSuffixes(list);
}

bool PublicSuffixes::is_suffix(const std::string& name) const {
    return psl_is_public_suffix(context(list_.get()), name.c_str()) != 0;
}

bool PublicSuffixes::is_registry_suffix(const std::string& name) const {
    return psl_is_public_suffix2(context(list_.get()), name.c_str(), PSL_TYPE_ICANN) != 0;
}

std::string_view PublicSuffixes::registrable(const std::string& name) const {
    const char* found = psl_registrable_domain(context(list_.get()), name.c_str());
    return found == nullptr ? std::string_view{} : std::string_view(found);
}

}  // namespace sluice::load
