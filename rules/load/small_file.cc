#include "rules/load/small_file.h"

#include <fstream>
#include <system_error>

#include "rules/load/yaml_tree.h"

namespace sluice::load {

Result<std::string, Diagnostic> read_small_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::error_code failure;
    const std::uintmax_t size = std::filesystem::file_size(path, failure);
    const bool fits = !failure && size <= kYamlBytesMax;
    std::string text(fits ? size : 0, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (fits && in) return text;
    return Err{Diagnostic{path.string(), 0, 0, Severity::error, "cannot_read",
                          "cannot read this file", "check its name and who may read it"}};
}

}  // namespace sluice::load
