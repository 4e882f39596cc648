#include "rules/load/signer_config.h"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "rules/load/reader.h"

namespace sluice::load {
namespace {

void read_path(Reader& reader, const YamlNode* node, std::string& out) {
    std::string path;
    if (node == nullptr || !reader.text(node, path)) return;
    if (path[0] == '/')
        out = path;
    else
        reader.error(*node, "bad_path", in_quotes(path) + " is not an absolute path",
                     "begin it with '/'");
}

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
    Fields fields(reader, root, "the configuration",
                  {"socket", "bundle_dir", "ca_dir", "passphrase_file", "trust_anchors", "log_dir",
                   "log_key", "log_name", "log_mib_max", "checkpoint_seconds", "run_as", "clients",
                   "admins", "connections_max", "leaves_per_minute"});
    read_path(reader, fields.find("socket"), config.socket);
    read_path(reader, fields.find("bundle_dir"), config.bundle_dir);
    read_path(reader, fields.find("ca_dir"), config.ca_dir);
    read_path(reader, fields.need("passphrase_file"), config.passphrase_file);
    read_path(reader, fields.find("trust_anchors"), config.trust_anchors);
    read_path(reader, fields.find("log_dir"), config.log_dir);
    read_path(reader, fields.find("log_key"), config.log_key);
    read_log_name(reader, fields.need("log_name"), config.log_name);
    reader.number(fields.find("log_mib_max"), 1, 16'777'216, config.log_mib_max);
    reader.number(fields.find("checkpoint_seconds"), 1, 86'400, config.checkpoint_seconds);
    read_user(reader, fields.find("run_as"), config.run_as);
    read_users(reader, fields.need("clients"), config.clients);
    read_users(reader, fields.find("admins"), config.admins);
    reader.number(fields.find("connections_max"), 1, 4'096, config.connections_max);
    reader.number(fields.find("leaves_per_minute"), 1, 1'000'000, config.leaves_per_minute);
}

}  // namespace

LoadedSignerConfig load_signer_config(std::string_view text, const std::string& file) {
    Report report;
    Reader reader(report, report.add_file(file));
    LoadedSignerConfig loaded;
    YamlNode root;
    SignerConfig config;
    if (parse_yaml(text, 0, report, root)) read_config(reader, root, config);
    if (!report.has_errors()) loaded.config = std::move(config);
    loaded.diagnostics = report.take();
    return loaded;
}

LoadedSignerConfig load_signer_config_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::error_code failure;
    const std::uintmax_t size = std::filesystem::file_size(path, failure);
    std::string text(failure || size > kYamlBytesMax ? 0 : size, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (failure || !in || size > kYamlBytesMax) {
        LoadedSignerConfig loaded;
        loaded.diagnostics.push_back({path.string(), 0, 0, Severity::error, "cannot_read",
                                      "cannot read the configuration",
                                      "name the file with --config and check who may read it"});
        return loaded;
    }
    return load_signer_config(text, path.string());
}

}  // namespace sluice::load
