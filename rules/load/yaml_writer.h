// YamlWriter: text in the YAML that rules/load reads. Values that could be taken for something else
// are quoted, all else is plain.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sluice::load {

// A scalar, quoted where needed. `text` is UTF-8 without control characters.
std::string yaml_scalar(std::string_view text);
// "[a, b]"
std::string yaml_flow_list(const std::vector<std::string>& items);

class YamlWriter {
  public:
    void comment(std::string_view text) { out_.append("# ").append(text).append("\n"); }
    // "key: value", or "- key: value" as the first line of a list entry.
    void value(std::string_view key, std::string_view text) { line(key, yaml_scalar(text)); }
    // The same with a value that is YAML already: a number, true, a flow list.
    void raw(std::string_view key, std::string_view yaml) { line(key, yaml); }
    void list(std::string_view key, const std::vector<std::string>& items) {
        line(key, yaml_flow_list(items));
    }
    // "key:" with what follows indented, up to close().
    void open(std::string_view key) {
        line(key, {});
        depth_ += 2;
    }
    void close() { depth_ -= 2; }
    // Begins one entry of a list: its lines follow, up to end_entry().
    void entry() {
        entry_ = true;
        depth_ += 2;
    }
    void end_entry() { depth_ -= 2; }

    std::string take() { return std::move(out_); }

  private:
    void line(std::string_view key, std::string_view yaml);

    std::string out_;
    std::size_t depth_ = 0;
    bool entry_ = false;
};

}  // namespace sluice::load
