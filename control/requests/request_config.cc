#include "control/requests/request_config.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/provider.h>

#include "rules/load/load_file.h"

namespace sluice::control::requests {
namespace {

using load::Fields;
using load::Reader;
using load::YamlNode;

void read_attribute(Reader& reader, const YamlNode* node, std::string& out) {
    if (node == nullptr || !reader.text(node, out)) return;
    ASN1_OBJECT* object = OBJ_txt2obj(out.c_str(), 0);
    if (object == nullptr)
        reader.error(
            *node, "unknown_attribute", "'" + out + "' is no attribute of a subject",
            "write serialNumber, organizationIdentifier, organizationalUnitName or an OID");
    ASN1_OBJECT_free(object);
    ERR_clear_error();
}

void read_config(Reader& reader, const YamlNode& root, RequestConfig& config) {
    Fields fields(reader, root, "the file of requests",
                  {"folder", "trust", "crls", "identifier", "identifier_prefix", "signed_days_max",
                   "revocation", "providers"});
    if (fields.find("folder") != nullptr) reader.path(fields.find("folder"), config.folder);
    reader.path(fields.need("trust"), config.trust);
    reader.path(fields.need("crls"), config.crls);
    read_attribute(reader, fields.find("identifier"), config.identifier);
    reader.text(fields.find("identifier_prefix"), config.identifier_prefix);
    reader.number(fields.find("signed_days_max"), 1, 3'660, config.signed_days_max);
    std::size_t revocation = 0;
    if (reader.word(fields.find("revocation"), {"required", "where_known"}, revocation))
        config.revocation_required = revocation == 0;
    for (const YamlNode& item : reader.list(fields.find("providers")))
        reader.text(&item, config.providers.emplace_back());
}

}  // namespace

LoadedRequestConfig load_request_config(std::string_view text, const std::string& file) {
    return load::load_text<RequestConfig>(text, file, read_config);
}

LoadedRequestConfig load_request_config_file(const std::filesystem::path& path) {
    return load::load_file(path, load_request_config);
}

Result<Done, std::string> load_providers(const RequestConfig& config) {
    if (config.providers.empty()) return Done{};
    // A provider that is loaded by name takes the place of the built-in one unless that is, too.
    if (OSSL_PROVIDER_load(nullptr, "default") == nullptr)
        return Err{std::string("OpenSSL's own algorithms cannot be loaded")};
    for (const std::string& name : config.providers)
        if (OSSL_PROVIDER_load(nullptr, name.c_str()) == nullptr) {
            ERR_clear_error();
            return Err{"providers: OpenSSL cannot load \"" + name +
                       "\": is it installed where `openssl version -m` looks?"};
        }
    return Done{};
}

}  // namespace sluice::control::requests
