#include "certs/jws/jws.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHeader = R"({"alg":"EdDSA"})";

bool verifies(const Ed25519Public& key, std::string_view text, std::string_view signature) {
    const KeyPtr loaded(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    const DigestPtr context(EVP_MD_CTX_new());
    const auto bytes = [](std::string_view s) {
        return reinterpret_cast<const unsigned char*>(s.data());
    };
    return loaded && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, loaded.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text),
                            text.size()) == 1;
}

// What the header must say: EdDSA, and nothing that changes how the rest is read.
std::optional<JwsError> refuse_header(const std::string& header) {
    const auto json = nlohmann::json::parse(header, nullptr, false);
    if (!json.is_object()) return JwsError::malformed;
    const auto alg = json.find("alg");
    const bool known = alg != json.end() && alg->is_string() && alg->get<std::string>() == "EdDSA";
    if (!known || json.contains("crit") || json.contains("b64")) return JwsError::algorithm;
    return std::nullopt;
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<std::uint8_t>(c);
        for (count += 8; count >= 6; count -= 6)
            out += kAlphabet[bits >> (count - 6) & 63];
    }
    if (count != 0) out += kAlphabet[bits << (6 - count) & 63];
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const std::size_t value = kAlphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count);
    }
    // Bits left over would let two texts mean the same bytes.
    if ((bits & ((1u << count) - 1)) != 0) return std::nullopt;
    return out;
}

std::string to_text(const Ed25519Public& key) {
    return to_base64url({reinterpret_cast<const char*>(key.data()), key.size()});
}

std::optional<Ed25519Public> parse_ed25519(std::string_view text) {
    const auto bytes = from_base64url(text);
    Ed25519Public key;
    if (!bytes || bytes->size() != key.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

std::optional<Ed25519Public> public_of(const EVP_PKEY* key) {
    Ed25519Public out;
    std::size_t size = out.size();
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key, out.data(), &size) != 1 || size != out.size())
        return std::nullopt;
    return out;
}

std::string_view sentence_of(JwsError error) noexcept {
    switch (error) {
        case JwsError::too_large:
            return "larger than 1 MiB";
        case JwsError::malformed:
            return "not a JWS in compact form (three parts of base64url)";
        case JwsError::algorithm:
            return "not signed with EdDSA, or with a header that is not known here";
        case JwsError::bad_signature:
            return "signed with none of the keys that are known";
    }
    return "";
}

Result<std::string, JwsError> open_jws(std::string_view token,
                                       std::span<const Ed25519Public> keys) {
    if (token.size() > kJwsBytesMax) return Err{JwsError::too_large};
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r'))
        token.remove_suffix(1);
    const std::size_t first = token.find('.'), second = token.find('.', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos ||
        token.find('.', second + 1) != std::string_view::npos)
        return Err{JwsError::malformed};
    const auto header = from_base64url(token.substr(0, first));
    auto payload = from_base64url(token.substr(first + 1, second - first - 1));
    const auto signature = from_base64url(token.substr(second + 1));
    if (!header || !payload || !signature) return Err{JwsError::malformed};
    if (const auto refused = refuse_header(*header)) return Err{*refused};
    const std::string_view text = token.substr(0, second);
    const bool good = std::any_of(keys.begin(), keys.end(), [&](const Ed25519Public& key) {
        return verifies(key, text, *signature);
    });
    if (!good) return Err{JwsError::bad_signature};
    return std::move(*payload);
}

std::string sign_jws(std::string_view payload, EVP_PKEY* key) {
    std::string token = to_base64url(kHeader) + "." + to_base64url(payload);
    const DigestPtr context(EVP_MD_CTX_new());
    std::array<unsigned char, 64> signature;
    std::size_t size = signature.size();
    SLUICE_ASSERT(context &&
                  EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1);
    SLUICE_ASSERT(EVP_DigestSign(context.get(), signature.data(), &size,
                                 reinterpret_cast<const unsigned char*>(token.data()),
                                 token.size()) == 1);
    return token + "." + to_base64url({reinterpret_cast<const char*>(signature.data()), size});
}

}  // namespace sluice::certs
