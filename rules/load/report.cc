#include "rules/load/report.h"

#include <algorithm>
#include <tuple>

#include "rules/base/plain_text.h"

namespace sluice::load {
namespace {
constexpr std::size_t kQuotedBytesMax = 80;
}

std::uint32_t Report::add_file(std::string name) {
    files_.push_back(std::move(name));
    return static_cast<std::uint32_t>(files_.size() - 1);
}

void Report::error(const model::Position& at, std::string_view code, std::string message,
                   std::string hint) {
    if (errors_++ >= kErrorsMax) return;
    kept_.push_back(make(at, code, std::move(message), std::move(hint)));
}

void Report::warning(const model::Position& at, std::string_view code, std::string message,
                     std::string hint) {
    if (warnings_++ >= kWarningsMax) return;
    kept_.push_back(make(at, code, std::move(message), std::move(hint)));
    kept_.back().severity = Severity::warning;
}

std::string Report::place(const model::Position& at) const {
    const std::string file = at.file < files_.size() ? files_[at.file] : std::string();
    return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::vector<Diagnostic> Report::take() {
    std::stable_sort(kept_.begin(), kept_.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
    });
    if (errors_ > kErrorsMax)
        kept_.push_back({"policy", 0, 0, Severity::error, "too_many_errors",
                         std::to_string(errors_ - kErrorsMax) + " or more further errors",
                         "mend the ones above and check again"});
    if (warnings_ > kWarningsMax)
        kept_.push_back({"policy",
                         0,
                         0,
                         Severity::warning,
                         "too_many_warnings",
                         std::to_string(warnings_ - kWarningsMax) + " further warnings",
                         {}});
    return std::move(kept_);
}

Diagnostic Report::make(const model::Position& at, std::string_view code, std::string message,
                        std::string hint) const {
    return {at.file < files_.size() ? files_[at.file] : std::string(),
            at.line,
            at.column,
            Severity::error,
            std::string(code),
            std::move(message),
            std::move(hint)};
}

std::string in_quotes(std::string_view text) {
    std::string out = "'";
    std::size_t at = 0;
    while (at < text.size() && at < kQuotedBytesMax) {
        const std::size_t size = printable_character(text.substr(at));
        if (size == 0)
            out += '?';
        else
            out += text.substr(at, size);
        at += std::max<std::size_t>(size, 1);
    }
    if (at < text.size()) out += "...";
    return out + "'";
}

}  // namespace sluice::load
