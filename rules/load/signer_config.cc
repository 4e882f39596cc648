#include "rules/load/signer_config.h"

#include <algorithm>

#include "rules/load/load_file.h"

namespace sluice::load {
namespace {

// A user name as useradd(8) makes them, or a number.
bool is_user(std::string_view text) {
    return text.size() <= 32 &&
           std::all_of(text.begin(), text.end(),
                       [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                                  c == '-';
                       }) &&
           text[0] != '-';
}

bool read_user(Reader& reader, const YamlNode* node, std::string& out) {
    std::string user;
    if (node == nullptr || !reader.text(node, user)) return false;
    if (is_user(user)) {
        out = user;
        return true;
    }
    reader.error(*node, "bad_user", in_quotes(user) + " is neither a user's name nor a number",
                 "write sluice-inspect, or 998");
    return false;
}

void read_users(Reader& reader, const YamlNode* node, std::vector<std::string>& out) {
    if (node == nullptr) return;
    std::vector<std::string> users;
    for (const YamlNode& item : reader.list(node)) {
        std::string user;
        if (!read_user(reader, &item, user)) continue;
        if (std::find(users.begin(), users.end(), user) != users.end())
            reader.error(item, "duplicate_entry", in_quotes(user) + " is in the list already");
        else
            users.push_back(user);
    }
    if (users.size() > kSignerUsersMax)
        reader.error(*node, "too_many", "there are more than 16 users");
    else if (!users.empty())
        out = users;
    else if (node->items.empty())
        reader.error(*node, "empty_list", "nobody could ask for anything",
                     "name at least one user");
}

// C2SP signed-note: no blanks, no '+'.
void read_log_name(Reader& reader, const YamlNode* node, std::string& out) {
    std::string name;
    if (node == nullptr || !reader.text(node, name)) return;
    const bool good = name.size() <= 200 && std::all_of(name.begin(), name.end(), [](char c) {
                          return c > 0x20 && c < 0x7f && c != '+';
                      });
    if (good)
        out = name;
    else
        reader.error(*node, "bad_log_name", in_quotes(name) + " has a blank, a '+' or is too long",
                     "write a name such as gateway.example/issuance");
}

void read_config(Reader& reader, const YamlNode& root, SignerConfig& config) {
    Fields fields(
        reader, root, "the configuration",
        {"socket", "bundle_dir", "ca_dir", "passphrase_file", "trust_anchors", "log_dir", "log_key",
         "log_name", "log_mib_max", "checkpoint_seconds", "run_as", "clients", "admins",
         "recorders", "evidence_dir", "evidence_mib_max", "connections_max", "leaves_per_minute"});
    reader.path(fields.find("socket"), config.socket);
    reader.path(fields.find("bundle_dir"), config.bundle_dir);
    reader.path(fields.find("ca_dir"), config.ca_dir);
    reader.path(fields.need("passphrase_file"), config.passphrase_file);
    reader.path(fields.find("trust_anchors"), config.trust_anchors);
    reader.path(fields.find("log_dir"), config.log_dir);
    reader.path(fields.find("log_key"), config.log_key);
    read_log_name(reader, fields.need("log_name"), config.log_name);
    reader.number(fields.find("log_mib_max"), 1, 16'777'216, config.log_mib_max);
    reader.number(fields.find("checkpoint_seconds"), 1, 86'400, config.checkpoint_seconds);
    reader.text(fields.find("run_as"), config.run_as);
    read_users(reader, fields.need("clients"), config.clients);
    read_users(reader, fields.find("admins"), config.admins);
    read_users(reader, fields.find("recorders"), config.recorders);
    reader.path(fields.find("evidence_dir"), config.evidence_dir);
    reader.number(fields.find("evidence_mib_max"), 1, 16'777'216, config.evidence_mib_max);
    reader.number(fields.find("connections_max"), 1, 4'096, config.connections_max);
    reader.number(fields.find("leaves_per_minute"), 1, 1'000'000, config.leaves_per_minute);
}

}  // namespace

LoadedSignerConfig load_signer_config(std::string_view text, const std::string& file) {
    return load_text<SignerConfig>(text, file, read_config);
}

LoadedSignerConfig load_signer_config_file(const std::filesystem::path& path) {
    return load_file(path, load_signer_config);
}

}  // namespace sluice::load
