#include "dataplane/inspect/app/log_reporter.h"

#include <spdlog/spdlog.h>

#include "rules/ipc/reference.h"

namespace sluice::inspect {
namespace {

// What came from outside cannot end the line or begin a key of its own.
void add(std::string& line, std::string_view key, std::string_view value) {
    if (value.empty()) return;
    line.append(" ").append(key).append("=\"");
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') line.push_back('\\');
        line.push_back(byte < 0x20 || byte == 0x7f ? '?' : c);
    }
    line.push_back('"');
}

}  // namespace

std::string line_of(const Report& report) {
    std::string line(name_of(report.kind));
    if (report.kind != ReportKind::trouble) {
        line.append(" reason=").append(model::name_of(report.reason));
        line.append(" number=").append(std::to_string(model::number_of(report.reason)));
    }
    if (report.reference != 0)
        line.append(" reference=").append(ipc::reference_text(report.reference).view());
    if (report.flow != nullptr) {
        line.append(" user=").append(to_text(report.flow->user));
        line.append(" remote=").append(to_text(report.flow->remote));
        line.append(" port=").append(std::to_string(report.flow->remote_port));
    }
    add(line, "organisation", report.organisation);
    add(line, "host", report.host);
    add(line, "path", report.path);
    add(line, "detail", report.detail);
    return line;
}

void LogReporter::report(const Report& report) {
    if (report.kind == ReportKind::trouble)
        spdlog::warn("{}", line_of(report));
    else
        spdlog::info("{}", line_of(report));
}

}  // namespace sluice::inspect
