// PublicSuffixes: names under which anybody can register (com, co.uk, gov.kz, github.io), so that a
// list that blocks one of them by mistake is noticed. The Public Suffix List, by libpsl.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::load {

class PublicSuffixes {
  public:
    // The list the system has: the package publicsuffix, else the one libpsl was built with.
    static const PublicSuffixes& of_system();
    // A list in its textual form (public_suffix_list.dat); nothing when it cannot be read.
    static std::optional<PublicSuffixes> from_file(const std::filesystem::path& file);

    // `name` is canonical. A last label the list does not know is a public suffix too.
    bool is_suffix(const std::string& name) const;
    // The same by the list's section of registries only: names that no one person holds. A name that
    // its owner lends out (github.io) is not one, and may well have a wildcard certificate.
    bool is_registry_suffix(const std::string& name) const;
    // The name somebody registered: one label more than its public suffix; empty when `name` is a
    // public suffix itself.
    std::string_view registrable(const std::string& name) const;

  private:
    struct Free {
        void operator()(void* list) const;
    };
    explicit PublicSuffixes(void* list) : list_(list) {}
    std::unique_ptr<void, Free> list_;  // psl_ctx_t
};

}  // namespace sluice::load
