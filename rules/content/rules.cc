#include "rules/content/rules.h"

#include <hs.h>

#include <vector>

namespace sluice::content {
namespace {

// Plain bytes as a regular expression.
std::string escaped(std::string_view bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out.append("\\x").push_back(kDigits[byte >> 4]);
        out.push_back(kDigits[byte & 15]);
    }
    return out;
}

}  // namespace

Rules::Rules(model::ContentPolicy policy)
    : policy_(std::move(policy)),
      budget_(std::size_t{policy_.limits.memory_mib_max} * 1024 * 1024) {}

Rules::~Rules() {
    hs_free_scratch(scratch_);
    hs_free_database(database_);
}

Result<std::unique_ptr<Rules>, Rules::Refused> Rules::compile(model::ContentPolicy policy) {
    std::unique_ptr<Rules> rules(new Rules(std::move(policy)));
    const auto& signatures = rules->policy_.signatures;
    if (signatures.empty()) return rules;
    std::vector<std::string> texts;
    for (const auto& signature : signatures)
        texts.push_back(signature.bytes.empty() ? signature.pattern : escaped(signature.bytes));
    std::vector<const char*> patterns;
    std::vector<unsigned> flags, ids;
    for (const std::string& text : texts) {
        ids.push_back(static_cast<unsigned>(patterns.size()));
        patterns.push_back(text.c_str());
        flags.push_back(HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL);
    }
    hs_compile_error_t* error = nullptr;
    if (hs_compile_multi(patterns.data(), flags.data(), ids.data(),
                         static_cast<unsigned>(patterns.size()), HS_MODE_STREAM, nullptr,
                         &rules->database_, &error) != HS_SUCCESS) {
        Refused refused;
        refused.signature =
            error->expression < 0 ? kNoSignature : static_cast<std::size_t>(error->expression);
        refused.why = error->message;
        hs_free_compile_error(error);
        return Err{std::move(refused)};
    }
    if (hs_alloc_scratch(rules->database_, &rules->scratch_) != HS_SUCCESS)
        return Err{Refused{kNoSignature, "no memory for scanning"}};
    return rules;
}

const model::FileTypeRule* Rules::rule_of(model::FileType type) const {
    for (const model::FileTypeRule& rule : policy_.file_types)
        if (rule.type == type) return &rule;
    return nullptr;
}

struct Matcher::Found {
    const Rules& rules;
    const model::ContentSignature* block = nullptr;
    const model::ContentSignature* report = nullptr;

    static int on_match(unsigned id, unsigned long long /*from*/, unsigned long long /*to*/,
                        unsigned /*flags*/, void* self) {
        auto& found = *static_cast<Found*>(self);
        const auto& signature = found.rules.policy_.signatures[id];
        if (signature.action == model::ContentAction::report) {
            if (found.report == nullptr) found.report = &signature;
            return 0;
        }
        found.block = &signature;
        return 1;  // enough is known
    }
};

Matcher::Matcher(const Rules& rules) : rules_(rules) {
    if (rules_.database_ != nullptr && hs_open_stream(rules_.database_, 0, &stream_) != HS_SUCCESS)
        stream_ = nullptr;
}

Matcher::~Matcher() {
    if (stream_ != nullptr) hs_close_stream(stream_, nullptr, nullptr, nullptr);
}

const model::ContentSignature* Matcher::feed(Bytes bytes) {
    if (stream_ == nullptr || bytes.empty()) return nullptr;
    Found found{rules_};
    hs_scan_stream(stream_, reinterpret_cast<const char*>(bytes.data()),
                   static_cast<unsigned>(bytes.size()), 0, rules_.scratch_, Found::on_match,
                   &found);
    if (found.block != nullptr) return found.block;
    if (found.report == nullptr || told_ != nullptr) return nullptr;
    return told_ = found.report;
}

}  // namespace sluice::content
