// YamlNode: one YAML file as a tree of values with positions. Built from yaml-cpp's parser events
// and not from its Node, which loses duplicate keys and takes several times as long. This is
// the one edge where yaml-cpp's exceptions are caught.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/load/report.h"

namespace sluice::load {

inline constexpr std::size_t kYamlBytesMax = 64u << 20;  // a file
inline constexpr std::size_t kYamlNodesMax = 4'000'000;  // a file: x 96 B = 384 MB at most
inline constexpr std::size_t kYamlDepthMax = 16;         // the deepest shape in use has 6

struct YamlNode {
    enum class Kind : std::uint8_t { null, scalar, sequence, map };
    Kind kind = Kind::null;
    bool quoted = false;  // a scalar written in quotes or as a block: always text
    std::uint32_t line = 1, column = 1;
    std::string text;             // of a scalar
    std::vector<YamlNode> items;  // of a sequence; of a map: key, value, key, value, ...
};

// Reads `text` as one YAML document. False: errors are in `report`, codes not_utf8, too_big,
// bad_yaml (not YAML at all), yaml_alias (anchors and aliases are refused), yaml_tag,
// yaml_documents (more than one). An empty file is a null node.
bool parse_yaml(std::string_view text, std::uint32_t file, Report& report, YamlNode& root);

}  // namespace sluice::load
