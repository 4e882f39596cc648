// One YAML text or file into one value: all of it, or the defaults and what is wrong. Used by the
// loaders of this folder; their callers see loaded_file.h only.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "rules/load/loaded_file.h"
#include "rules/load/reader.h"
#include "rules/load/small_file.h"

namespace sluice::load {

// `read(Reader&, const YamlNode& root, Value&)` puts what it finds wrong into the reader's report.
template <class Value, class Read>
LoadedFile<Value> load_text(std::string_view text, const std::string& file, Read read) {
    Report report;
    Reader reader(report, report.add_file(file));
    LoadedFile<Value> loaded;
    YamlNode root;
    Value value;
    if (parse_yaml(text, 0, report, root)) read(reader, root, value);
    if (!report.has_errors()) loaded.value = std::move(value);
    loaded.diagnostics = report.take();
    return loaded;
}

// `load(text, file name)` gives the LoadedFile. Code cannot_read, when there is no such file.
template <class Load>
auto load_file(const std::filesystem::path& path, Load load) {
    auto text = read_small_file(path);
    if (text) return load(*text, path.string());
    decltype(load(*text, path.string())) loaded;
    loaded.diagnostics.push_back(text.error());
    return loaded;
}

}  // namespace sluice::load
