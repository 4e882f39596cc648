#include "control/daemon/request_office.h"

namespace sluice::control {
namespace {

std::optional<std::string> identifier_of(CommitPipeline& pipeline, const std::string& id) {
    const auto current = pipeline.current();
    if (!current || !current->policy) return std::nullopt;
    for (const model::Organisation& o : current->policy->organisations)
        if (o.id == id && !o.identifier.empty()) return o.identifier;
    return std::nullopt;
}

}  // namespace

Result<RequestOffice::Config, std::string> RequestOffice::read(const std::string& file) {
    if (file.empty()) return Config();
    auto loaded = requests::load_request_config_file(file);
    if (!loaded.ok()) {
        std::string all;
        for (const load::Diagnostic& diagnostic : loaded.diagnostics)
            all += to_text(diagnostic);
        return Err{all};
    }
    if (auto done = requests::load_providers(loaded.value); !done)
        return Err{file + ": " + done.error()};
    return Config(std::move(loaded.value));
}

RequestOffice::RequestOffice(const Config& config, Parts parts, std::optional<CaseParts> cases) {
    if (!config || !cases) return;
    CommitPipeline& pipeline = parts.pipeline;
    desk_.emplace(*config,
                  requests::RequestDesk::Deps{
                      *cases->desk, parts.requests, parts.audit, parts.now,
                      [&pipeline](const std::string& id) { return identifier_of(pipeline, id); }});
    folder_.emplace(*desk_);
}

std::string RequestOffice::turn() { return folder_ ? folder_->turn() : std::string(); }

}  // namespace sluice::control
