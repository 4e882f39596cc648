#include "rules/load/inspect_config.h"

#include <algorithm>
#include <utility>

#include "rules/load/load_file.h"

namespace sluice::load {
namespace {

using Config = InspectConfig;

template <class Word>
void read_word(Reader& reader, const YamlNode* node, const std::vector<std::string_view>& words,
               Word& out) {
    std::size_t index = 0;
    if (reader.word(node, words, index)) out = static_cast<Word>(index);
}

void read_tproxy(Reader& reader, const YamlNode* node, Config& config) {
    if (node == nullptr) return;
    Fields fields(reader, *node, "tproxy", {"port", "operator"});
    reader.number(fields.need("port"), 1, 65'535, config.tproxy_port);
    reader.id(fields.need("operator"), config.tproxy_operator);
}

void read_high_risk(Reader& reader, const YamlNode* node, std::vector<std::string>& out) {
    if (node == nullptr) return;
    for (const YamlNode& item : reader.list(node)) {
        std::string id;
        if (!reader.id(&item, id)) continue;
        if (std::ranges::find(out, id) != out.end())
            reader.error(item, "duplicate_entry", in_quotes(id) + " is listed already");
        out.push_back(std::move(id));
    }
}

void read_limits(Reader& reader, const YamlNode* node, InspectLimits& limits) {
    constexpr std::uint32_t kDayMs = 86'400'000;
    if (node == nullptr) return;
    struct Number {
        std::string_view key;
        std::uint32_t least, most;
        std::uint32_t* value;
    };
    const Number numbers[] = {
        {"flows_max", 1, 500'000, &limits.flows_max},
        {"opening_ms", 100, 600'000, &limits.opening_ms},
        {"handshake_ms", 100, 600'000, &limits.handshake_ms},
        {"signer_ms", 100, 600'000, &limits.signer_ms},
        {"idle_ms", 1'000, kDayMs, &limits.idle_ms},
        {"linger_ms", 100, 600'000, &limits.linger_ms},
        {"leaves_max", 1, 10'000'000, &limits.leaves_max},
        {"upstream_sessions_max", 1, 10'000'000, &limits.upstream_sessions_max},
        {"splices_max", 0, 1'000'000, &limits.splices_max},
        {"splice_seconds", 60, 604'800, &limits.splice_seconds},
        {"pins_max", 0, 1'000'000, &limits.pins_max},
    };
    std::vector<std::string_view> keys;
    for (const Number& number : numbers)
        keys.push_back(number.key);
    Fields fields(reader, *node, "limits", keys);
    for (const Number& number : numbers)
        reader.number(fields.find(number.key), number.least, number.most, *number.value);
}

void read_config(Reader& reader, const YamlNode& root, Config& config) {
    Fields fields(
        reader, root, "the configuration",
        {"runtime_dir", "bundle_dir", "signer_socket", "trust_store", "crl_dir", "content",
         "workers", "run_as", "source", "tproxy", "server_tls_least", "client_tls_least",
         "bad_origin", "log_path", "where_to_apply", "high_risk", "limits"});
    reader.path(fields.find("runtime_dir"), config.runtime_dir);
    reader.path(fields.find("bundle_dir"), config.bundle_dir);
    reader.path(fields.find("signer_socket"), config.signer_socket);
    reader.path(fields.find("trust_store"), config.trust_store);
    reader.path(fields.find("crl_dir"), config.crl_dir);
    reader.path(fields.find("content"), config.content);
    reader.number(fields.find("workers"), 1, kInspectWorkersMax, config.workers);
    reader.text(fields.find("run_as"), config.run_as);
    const YamlNode* source = fields.find("source");
    read_word(reader, source, {"handover", "tproxy"}, config.source);
    read_tproxy(reader, fields.find("tproxy"), config);
    if (config.source == Config::Source::tproxy && fields.find("tproxy") == nullptr)
        reader.error(*source, "tproxy_incomplete", "source tproxy needs a port and an operator",
                     "write 'tproxy: {port: 3129, operator: telco-a}'");
    read_word(reader, fields.find("server_tls_least"), {"tls12", "tls13"}, config.server_least);
    read_word(reader, fields.find("client_tls_least"), {"tls12", "tls13"}, config.client_least);
    read_word(reader, fields.find("bad_origin"), {"page", "warn"}, config.bad_origin);
    read_word(reader, fields.find("log_path"), {"none", "path", "query"}, config.log_path);
    if (const YamlNode* where = fields.find("where_to_apply"))
        reader.text(where, config.where_to_apply);
    read_high_risk(reader, fields.find("high_risk"), config.high_risk);
    read_limits(reader, fields.find("limits"), config.limits);
}

}  // namespace

LoadedInspectConfig load_inspect_config(std::string_view text, const std::string& file) {
    return load_text<InspectConfig>(text, file, read_config);
}

LoadedInspectConfig load_inspect_config_file(const std::filesystem::path& path) {
    return load_file(path, load_inspect_config);
}

}  // namespace sluice::load
