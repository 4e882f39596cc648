#include <cstring>

#include "rules/compile/sections.h"

namespace sluice::compile {
namespace {

// Hashes many small records with few calls. Every text is preceded by its size, so that no two
// different inputs make the same bytes.
class InputHash {
  public:
    explicit InputHash(std::string_view what) {
        number(layout::kSectionVersion);
        text(what);
    }
    void number(std::uint64_t value) { bytes(&value, sizeof value); }
    void text(std::string_view t) {
        number(t.size());
        bytes(t.data(), t.size());
    }
    void bytes(const void* from, std::size_t size) {
        if (size > sizeof buffer_ - used_) flush();
        if (size > sizeof buffer_) {
            stream_.add(std::span(static_cast<const std::byte*>(from), size));
            return;
        }
        if (size != 0) std::memcpy(buffer_ + used_, from, size);
        used_ += size;
    }
    ipc::Sha256 result() {
        flush();
        return stream_.result();
    }

  private:
    void flush() {
        stream_.add(std::span<const std::byte>(buffer_, used_));
        used_ = 0;
    }
    ipc::Sha256Stream stream_;
    std::byte buffer_[16 * 1024];
    std::size_t used_ = 0;
};

}  // namespace

ipc::Sha256 catalog_inputs(const model::Policy& policy) {
    InputHash hash("catalog");
    hash.number(policy.operators.size());
    hash.number(policy.organisations.size());
    for (const model::CatalogEntry& e : policy.catalog) {
        hash.bytes(e.prefix.network.bytes.data(), e.prefix.network.bytes.size());
        hash.number(std::uint64_t{e.prefix.length} << 32 | std::uint64_t{e.operator_index} << 16 |
                    e.organisation_index);
    }
    return hash.result();
}

ipc::Sha256 names_inputs(const model::Policy& policy) {
    InputHash hash("names");
    hash.number(policy.categories.size());
    for (const model::NameEntry& e : policy.names) {
        hash.number(std::uint64_t{e.category_index} << 32 | e.name.size());
        hash.bytes(e.name.data(), e.name.size());
    }
    return hash.result();
}

}  // namespace sluice::compile
