// A YAML file of its own (not of a policy directory), whole.
#pragma once
#include <filesystem>
#include <string>

#include "rules/base/result.h"
#include "rules/load/diagnostic.h"

namespace sluice::load {

// At most kYamlBytesMax bytes. The diagnostic has code cannot_read.
Result<std::string, Diagnostic> read_small_file(const std::filesystem::path& path);

}  // namespace sluice::load
