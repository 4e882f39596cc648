// Where requests come from and whose signatures count: the file of `sluiced --requests`.
#pragma once
#include <filesystem>

#include "rules/base/result.h"
#include "rules/load/loaded_file.h"

namespace sluice::control::requests {

struct RequestConfig {
    std::string folder;                       // watched; empty: requests come by the API only
    std::string trust;                        // directory of trust anchors, *.pem
    std::string crls;                         // directory of revocation lists
    std::string identifier = "serialNumber";  // subject attribute: name or OID
    std::string identifier_prefix;            // what stands before the number: "BIN"
    std::uint32_t signed_days_max = 30;       // older signatures are not taken
    bool revocation_required = true;          // no list that speaks of a certificate: refused
    std::vector<std::string> providers;       // of OpenSSL, for other algorithms
    friend bool operator==(const RequestConfig&, const RequestConfig&) = default;
};

using LoadedRequestConfig = load::LoadedFile<RequestConfig>;
LoadedRequestConfig load_request_config(std::string_view text, const std::string& file);
LoadedRequestConfig load_request_config_file(const std::filesystem::path& path);

// Loads OpenSSL's providers for the life of the process. The error says which is not there.
Result<Done, std::string> load_providers(const RequestConfig& config);

}  // namespace sluice::control::requests
