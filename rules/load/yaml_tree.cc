#include "rules/load/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>

#include "rules/base/plain_text.h"

namespace sluice::load {
namespace {

// Thrown by our own event handler to leave yaml-cpp's parser; never leaves this file.
struct Refused {
    YAML::Mark mark;
    const char* code;
    const char* message;
    const char* hint;
};

class TreeBuilder : public YAML::EventHandler {
  public:
    explicit TreeBuilder(YamlNode& root) : root_(root) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1)
            throw Refused{mark, "yaml_documents", "a second document begins here",
                          "write one document a file, without '---' in the middle"};
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(mark, anchor, YamlNode::Kind::null);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_alias(mark); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_tag(mark, tag);
        YamlNode& node = add(mark, anchor, YamlNode::Kind::scalar);
        node.quoted = tag == "!";
        node.text = value;
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        check_tag(mark, tag);
        open(mark, anchor, YamlNode::Kind::sequence);
    }
    void OnSequenceEnd() override { path_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        check_tag(mark, tag);
        open(mark, anchor, YamlNode::Kind::map);
    }
    void OnMapEnd() override { path_.pop_back(); }

  private:
    [[noreturn]] static void refuse_alias(const YAML::Mark& mark) {
        throw Refused{mark, "yaml_alias", "anchors and aliases are not used in policies",
                      "write the value again where it is needed"};
    }
    static void check_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!")
            throw Refused{mark, "yaml_tag", "tags are not used in policies",
                          "remove the word that begins with '!'"};
    }
    // The parent keeps room for its children at one address while they are open: a child's own
    // child is added only to the last element, which does not move until a sibling comes.
    YamlNode& add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
        if (anchor != 0) refuse_alias(mark);
        if (++nodes_ > kYamlNodesMax)
            throw Refused{mark, "too_big", "the file has more than 4,000,000 values",
                          "use catalog.csv and lists for bulk data"};
        YamlNode& node = path_.empty() ? root_ : path_.back()->items.emplace_back();
        node.kind = kind;
        node.line = static_cast<std::uint32_t>(std::max(mark.line, 0) + 1);
        node.column = static_cast<std::uint32_t>(std::max(mark.column, 0) + 1);
        return node;
    }
    void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
        if (path_.size() >= kYamlDepthMax)
            throw Refused{mark, "too_big", "values are nested more than 16 deep",
                          "check the indentation"};
        path_.push_back(&add(mark, anchor, kind));
    }

    YamlNode& root_;
    std::vector<YamlNode*> path_;
    std::size_t nodes_ = 0;
    unsigned documents_ = 0;
};

// Reads where the text lies; std::istringstream would copy it.
class ViewBuffer : public std::streambuf {
  public:
    explicit ViewBuffer(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // only ever read
        setg(begin, begin, begin + text.size());
    }
};

model::Position position(std::uint32_t file, const YAML::Mark& mark) {
    return {file, static_cast<std::uint32_t>(std::max(mark.line, 0) + 1),
            static_cast<std::uint32_t>(std::max(mark.column, 0) + 1)};
}

bool check_bytes(std::string_view text, std::uint32_t file, Report& report) {
    if (text.size() > kYamlBytesMax) {
        report.error({file, 0, 0}, "too_big", "the file is larger than 64 MiB",
                     "use catalog.csv and lists for bulk data");
        return false;
    }
    // NUL ends some of yaml-cpp's inner loops, so it is refused with the rest of what is no text.
    const std::size_t bad = std::min(find_bad_utf8(text), text.find('\0'));
    if (bad == std::string_view::npos) return true;
    const std::string_view before = text.substr(0, bad);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
    report.error(
        {file, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(bad - line_start + 1)},
        "not_utf8", "the file is not UTF-8 text here", "save it as UTF-8");
    return false;
}

}  // namespace

bool parse_yaml(std::string_view text, std::uint32_t file, Report& report, YamlNode& root) {
    if (!check_bytes(text, file, report)) return false;
    try {
        ViewBuffer buffer(text);
        std::istream in(&buffer);
        YAML::Parser parser(in);
        TreeBuilder builder(root);
        while (parser.HandleNextDocument(builder)) {
        }
        return true;
    } catch (const Refused& refused) {
        report.error(position(file, refused.mark), refused.code, refused.message, refused.hint);
    } catch (const YAML::Exception& e) {
        report.error(position(file, e.mark), "bad_yaml", "this is not YAML: " + in_quotes(e.msg),
                     "check the indentation, the quotes and the brackets on this line and the one "
                     "before");
    }
    return false;
}

}  // namespace sluice::load
