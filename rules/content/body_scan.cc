#include "rules/content/body_scan.h"

#include <algorithm>
#include <utility>

namespace sluice::content {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::size_t kSurelyTyped = 64;  // all tests but the one for PE behind its stub can tell

// The codings of a list, last applied (so first undone) first.
std::vector<std::string_view> codings_of(std::string_view list) {
    std::vector<std::string_view> codings;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view word = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        while (!word.empty() && (word.front() == ' ' || word.front() == '\t'))
            word.remove_prefix(1);
        while (!word.empty() && (word.back() == ' ' || word.back() == '\t'))
            word.remove_suffix(1);
        if (!word.empty()) codings.insert(codings.begin(), word);
    }
    return codings;
}

}  // namespace

BodyScan::BodyScan(const Rules& rules, std::string_view content_encoding)
    : rules_(rules), matcher_(rules), typed_(rules.policy().file_types.empty()) {
    const auto codings = codings_of(content_encoding);
    if (codings.size() > rules.policy().limits.codings_max) {
        give_up(Unread::too_many_codings);
        return;
    }
    for (const std::string_view coding : codings) {
        decoders_.push_back(make_decoder(coding, rules.budget()));
        if (decoders_.back()) continue;
        give_up(Unread::unknown_coding);
        return;
    }
}

void BodyScan::give_up(Unread why) {
    unread_ = why;
    decoders_.clear();  // their memory is for bodies that can be read
    begin_ = {};
}

std::optional<Finding> BodyScan::feed(Bytes bytes) {
    if (unread_) return std::nullopt;
    encoded_ += bytes.size();
    std::optional<Unread> why;
    if (!take(0, bytes) && !finding_) why = Unread::too_large;
    if (unread_) why = unread_;
    if (why) give_up(*why);
    return std::exchange(finding_, std::nullopt);
}

// Bytes through decoder `stage` and all behind it. False: stop.
bool BodyScan::take(std::size_t stage, Bytes bytes) {
    if (stage == decoders_.size()) return look(bytes);
    const Decoded result = decoders_[stage]->feed(
        bytes, [this, stage](Bytes piece) { return take(stage + 1, piece); });
    switch (result) {
        case Decoded::more:
        case Decoded::done:
            return true;
        case Decoded::stopped:
            return false;
        case Decoded::damaged:
            unread_ = Unread::damaged;
            return false;
        case Decoded::memory:
            unread_ = Unread::memory;
            return false;
    }
    return false;
}

bool BodyScan::look(Bytes bytes) {
    const model::ContentLimits& limits = rules_.policy().limits;
    decoded_ += bytes.size();
    if (decoded_ > limits.decoded_mib_max * kMiB) return false;
    if (!decoders_.empty() && decoded_ > kMiB && decoded_ / limits.ratio_max > encoded_) {
        unread_ = Unread::ratio;
        return false;
    }
    if (!typed_) {
        begin_.append(as_text(bytes.first(std::min(bytes.size(), kFileTypeBytes - begin_.size()))));
        const bool told = begin_.size() >= kSurelyTyped &&
                          file_type(as_bytes(begin_)) != model::FileType::unknown;
        if ((told || begin_.size() == kFileTypeBytes) && !judge_type()) return false;
    }
    const model::ContentSignature* signature = matcher_.feed(bytes);
    if (signature == nullptr) return true;
    finding_ = Finding{signature->action, model::Reason::content_malicious, signature->id};
    return signature->action == model::ContentAction::report;
}

// False: the type is one to block.
bool BodyScan::judge_type() {
    typed_ = true;
    const model::FileType type = file_type(as_bytes(begin_));
    begin_ = {};
    const model::FileTypeRule* rule = rules_.rule_of(type);
    if (rule == nullptr) return true;
    finding_ =
        Finding{rule->action, model::Reason::content_type, std::string(model::info(type).word)};
    return rule->action == model::ContentAction::report;
}

std::optional<Finding> BodyScan::finish() {
    if (!unread_ && !typed_ && !begin_.empty()) judge_type();
    return std::exchange(finding_, std::nullopt);
}

}  // namespace sluice::content
