// A policy directory made of any bytes. The input is files, each "== name\n" and its content. What
// loads is saved and loads again as the same policy; what does not says why, within bounds.
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/base/plain_text.h"
#include "rules/load/day_text.h"
#include "rules/load/report.h"
#include "rules/load/save_policy.h"

namespace {
using namespace sluice::load;

constexpr std::string_view kMark = "== ";

FileSet split(std::string_view in) {
    FileSet files;
    std::string* content = nullptr;
    while (!in.empty()) {
        const std::size_t end = in.find('\n');
        std::string_view line = in.substr(0, end == std::string_view::npos ? in.size() : end + 1);
        in.remove_prefix(line.size());
        if (line.starts_with(kMark)) {
            line.remove_prefix(kMark.size());
            content = &files[std::string(line.substr(0, line.find('\n')))];
            content->clear();
        } else if (content != nullptr) {
            content->append(line);
        }
    }
    return files;
}

void check_diagnostics(const Loaded& loaded, const FileSet& files) {
    SLUICE_ASSERT(loaded.diagnostics.size() <= kErrorsMax + kWarningsMax + 2);
    for (const Diagnostic& d : loaded.diagnostics) {
        SLUICE_ASSERT(!d.code.empty() && !d.message.empty());
        SLUICE_ASSERT((d.line == 0) == (d.column == 0));
        SLUICE_ASSERT(d.line == 0 || files.contains(d.file));
        SLUICE_ASSERT(sluice::is_printable(d.message) && sluice::is_printable(d.hint));
    }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    static const sluice::model::Day today = *parse_day("2026-11-21");
    const FileSet files = split(sluice::as_text({data, bytes}));
    const Loaded loaded = load_policy(files, today);
    check_diagnostics(loaded, files);
    if (!loaded.ok()) {
        SLUICE_ASSERT(loaded.policy == sluice::model::Policy{});
        return 0;
    }
    const Loaded again = load_policy(save_policy(loaded.policy), today);
    SLUICE_ASSERT(again.ok());
    SLUICE_ASSERT(again.policy == loaded.policy);
    return 0;
}
