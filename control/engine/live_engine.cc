#include "control/engine/live_engine.h"

#include <algorithm>
#include <charconv>

#include "control/engine/view_rulebook.h"
#include "rules/compile/compile.h"
#include "rules/ipc/bundle.h"
#include "rules/load/day_text.h"
#include "rules/load/load_policy.h"

namespace sluice::control {
namespace {

std::string word_of(compile::Code code) {
    using enum compile::Code;
    switch (code) {
        case unknown_operator:
            return "unknown_operator";
        case unknown_organisation:
            return "unknown_organisation";
        case unknown_category:
            return "unknown_category";
        case duplicate:
            return "duplicate";
        case bad_index:
            return "bad_index";
        case bad_name:
            return "bad_name";
        case bad_prefix:
            return "bad_prefix";
        case bad_validity:
            return "bad_validity";
        case bad_grant:
            return "bad_grant";
        case too_many:
            return "too_many";
        case unknown_segment:
            return "unknown_segment";
        case bad_geo:
            return "bad_geo";
        case changes_folded_in:
            return "changes_folded_in";
        case sources_not_kept:
            return "sources_not_kept";
        case category_nobody_opens:
            return "category_nobody_opens";
        case organisation_without_prefix:
            return "organisation_without_prefix";
    }
    return "unknown";
}

load::Diagnostic of_compile(const compile::Diagnostic& d, const model::Policy& policy,
                            load::Severity severity) {
    load::Diagnostic out;
    out.file = d.at.file < policy.files.size() ? policy.files[d.at.file] : "";
    out.line = d.at.line;
    out.column = d.at.column;
    out.severity = severity;
    out.code = word_of(d.code);
    out.message = d.message;
    return out;
}

// The offset is itself in the policy: load by the default one, then again if it differs by a day.
load::Loaded load_for_today(const FileSet& files, UtcTime now, const model::Policy* before) {
    const auto day = [&](std::int32_t offset) { return load::local_day(now, offset); };
    const std::int32_t usual = model::Policy{}.utc_offset_minutes;
    load::Loaded loaded = load::load_policy(files, day(usual), before);
    if (loaded.ok() && day(loaded.policy.utc_offset_minutes) != day(usual))
        loaded = load::load_policy(files, day(loaded.policy.utc_offset_minutes), &loaded.policy);
    return loaded;
}

}  // namespace

std::optional<layout::NameKey> name_key_of(std::string_view hex) {
    layout::NameKey key{};
    const auto half = [&](std::size_t from, std::uint64_t& value) {
        const char* end = hex.data() + from + 16;
        const auto parsed = std::from_chars(hex.data() + from, end, value, 16);
        return parsed.ec == std::errc{} && parsed.ptr == end;
    };
    if (hex.size() != 32 || !half(0, key.k0) || !half(16, key.k1)) return std::nullopt;
    return key;
}

Candidate LiveEngine::build(const FileSet& files, const Candidate* previous) {
    return build_committed(files, previous, now_());
}

Candidate LiveEngine::build_committed(const FileSet& files, const Candidate* previous, UtcTime at) {
    Candidate out;
    load::Loaded loaded = load_for_today(files, at, previous ? previous->policy.get() : nullptr);
    out.diagnostics = std::move(loaded.diagnostics);
    if (load::has_errors(out.diagnostics)) return out;
    out.policy = std::make_shared<const model::Policy>(std::move(loaded.policy));
    compile_into(out, previous);
    return out;
}

Candidate LiveEngine::rebuild(const Candidate& previous) {
    Candidate out;
    out.policy = previous.policy;
    compile_into(out, &previous);
    return out;
}

void LiveEngine::set_layer(Layer layer) {
    auto shared = std::make_shared<const Layer>(std::move(layer));
    const std::lock_guard lock(layer_mutex_);
    layer_ = std::move(shared);
}

std::shared_ptr<const Layer> LiveEngine::layer() const {
    const std::lock_guard lock(layer_mutex_);
    return layer_;
}

void LiveEngine::compile_into(Candidate& out, const Candidate* previous) {
    compile::CompileOptions options;
    options.previous =
        previous ? static_cast<const ipc::CompiledBundle*>(previous->sections.get()) : nullptr;
    options.name_key = name_key_;
    auto compiled = compile::compile(*out.policy, options);
    const auto& reports = compiled ? compiled->reports : compiled.error();
    for (const compile::Diagnostic& d : reports)
        out.diagnostics.push_back(
            of_compile(d, *out.policy, compiled ? load::Severity::warning : load::Severity::error));
    if (!compiled) return;
    out.commit_bundle = ipc::to_hex(compiled->bundle.hash());
    if (const auto effects = layer(); !effects->empty()) {
        // All but the policy section is shared with the bundle without the layer.
        model::Policy layered = *out.policy;
        out.layer_troubles = apply_layer(*effects, layered);
        options.previous = &compiled->bundle;
        auto over = compile::compile(layered, options);
        if (over)
            compiled = std::move(over);
        else  // a fault of ours: apply_layer leaves out what does not fit
            out.layer_troubles.push_back("the effects of cases do not compile: " +
                                         over.error().front().message);
    }
    const auto* rules_before =
        previous ? dynamic_cast<const ViewRulebook*>(previous->rules.get()) : nullptr;
    auto loaded_bundle =
        ipc::load_compiled(compiled->bundle, rules_before ? &rules_before->bundle() : nullptr);
    SLUICE_ASSERT(loaded_bundle.ok());  // compile() and the reader disagree: a fault of ours
    out.bundle_hash = ipc::to_hex(compiled->bundle.hash());
    out.rules = std::make_shared<const ViewRulebook>(std::move(*loaded_bundle), out.policy);
    out.sections = std::make_shared<const ipc::CompiledBundle>(std::move(compiled->bundle));
}

}  // namespace sluice::control
