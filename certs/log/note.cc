#include "certs/log/note.h"

#include <algorithm>
#include <charconv>

#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

constexpr std::uint8_t kEd25519 = 1;  // signed-note: signature type
constexpr std::string_view kDash = "\u2014 ";
constexpr std::size_t kSignatureBytes = 64, kKeyIdBytes = 4;

using KeyId = std::array<std::uint8_t, kKeyIdBytes>;

// SHA-256(name | '\n' | type | key), its first four bytes.
KeyId key_id(const LogVerifier& verifier) {
    ipc::Sha256Stream stream;
    stream.add(verifier.name);
    stream.add("\n");
    stream.add(std::as_bytes(std::span(&kEd25519, 1)));
    stream.add(std::as_bytes(std::span(verifier.key)));
    const Hash hash = stream.result();
    return {hash[0], hash[1], hash[2], hash[3]};
}

std::string body_of(const TreeHead& head, const std::string& name) {
    return name + "\n" + std::to_string(head.size) + "\n" + to_base64(head.root) + "\n";
}

bool signature_is_good(std::string_view body, Bytes signature, const LogVerifier& verifier) {
    const KeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, verifier.key.data(),
                                                 verifier.key.size()));
    const DigestPtr digest(EVP_MD_CTX_new());
    const Bytes text = as_bytes(body);
    return key && EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(digest.get(), signature.data(), signature.size(), text.data(),
                            text.size()) == 1;
}

// The line up to the next '\n', taken off `text`; nothing when there is no '\n'.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

// Whether one of the signature lines is the verifier's, and good.
bool signed_by(std::string_view signatures, std::string_view body, const LogVerifier& verifier) {
    const KeyId id = key_id(verifier);
    while (const auto line = take_line(signatures)) {
        const std::string begin = std::string(kDash) + verifier.name + " ";
        if (!line->starts_with(begin)) continue;
        const auto bytes = from_base64(line->substr(begin.size()));
        if (!bytes || bytes->size() != kKeyIdBytes + kSignatureBytes ||
            !std::equal(id.begin(), id.end(), bytes->begin()))
            continue;
        if (signature_is_good(body, Bytes(*bytes).subspan(kKeyIdBytes), verifier)) return true;
    }
    return false;
}

std::optional<TreeHead> parse_body(std::string_view body, const std::string& name) {
    const auto origin = take_line(body), size = take_line(body), root = take_line(body);
    if (!origin || !size || !root || *origin != name) return std::nullopt;
    TreeHead head;
    const auto [end, error] = std::from_chars(size->data(), size->data() + size->size(), head.size);
    if (error != std::errc{} || end != size->data() + size->size() ||
        *size != std::to_string(head.size))
        return std::nullopt;
    const auto hash = from_base64(*root);
    if (!hash || hash->size() != head.root.size()) return std::nullopt;
    std::copy(hash->begin(), hash->end(), head.root.begin());
    return head;
}

}  // namespace

bool is_log_name(std::string_view name) {
    return !name.empty() && name.size() <= 200 && std::all_of(name.begin(), name.end(), [](char c) {
        return c > 0x20 && c < 0x7f && c != '+';
    });
}

std::string LogVerifier::text() const {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out = name + "+";
    for (std::uint8_t byte : key_id(*this)) {
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    std::vector<std::uint8_t> typed = {kEd25519};
    typed.insert(typed.end(), key.begin(), key.end());
    return out + "+" + to_base64(typed);
}

std::optional<LogVerifier> parse_verifier(std::string_view text) {
    const std::size_t first = text.find('+');
    const std::size_t second = first == text.npos ? text.npos : text.find('+', first + 1);
    if (second == text.npos) return std::nullopt;
    LogVerifier verifier{std::string(text.substr(0, first)), {}};
    const auto typed = from_base64(text.substr(second + 1));
    if (!is_log_name(verifier.name) || !typed || typed->size() != 1 + verifier.key.size() ||
        typed->front() != kEd25519)
        return std::nullopt;
    std::copy(typed->begin() + 1, typed->end(), verifier.key.begin());
    if (verifier.text() != text) return std::nullopt;  // the key id is not that of the key
    return verifier;
}

std::optional<LogVerifier> verifier_of(const EVP_PKEY* key, const std::string& name) {
    LogVerifier verifier{name, {}};
    std::size_t size = verifier.key.size();
    if (!is_log_name(name) || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key, verifier.key.data(), &size) != 1)
        return std::nullopt;
    return verifier;
}

std::string sign_checkpoint(const TreeHead& head, const LogVerifier& verifier, EVP_PKEY* key) {
    const std::string body = body_of(head, verifier.name);
    const Bytes text = as_bytes(body);
    const KeyId id = key_id(verifier);
    std::vector<std::uint8_t> signature(id.begin(), id.end());
    signature.resize(kKeyIdBytes + kSignatureBytes);
    std::size_t size = kSignatureBytes;
    const DigestPtr digest(EVP_MD_CTX_new());
    SLUICE_ASSERT(EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key) == 1 &&
                  EVP_DigestSign(digest.get(), signature.data() + kKeyIdBytes, &size, text.data(),
                                 text.size()) == 1);
    return body + "\n" + std::string(kDash) + verifier.name + " " + to_base64(signature) + "\n";
}

std::optional<TreeHead> open_checkpoint(std::string_view note, const LogVerifier& verifier) {
    if (note.size() > kCheckpointBytesMax) return std::nullopt;
    const std::size_t blank = note.find("\n\n");
    if (blank == note.npos) return std::nullopt;
    const std::string_view body = note.substr(0, blank + 1);
    if (!signed_by(note.substr(blank + 2), body, verifier)) return std::nullopt;
    return parse_body(body, verifier.name);
}

std::string to_base64(Bytes bytes) {
    std::string out((bytes.size() + 2) / 3 * 4, '\0');
    // EVP_EncodeBlock ends with a 0, which lands on the string's own.
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                    static_cast<int>(bytes.size()));
    return out;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0 || text.size() > kCheckpointBytesMax)
        return std::nullopt;
    std::vector<std::uint8_t> out(text.size() / 4 * 3);
    const int size =
        EVP_DecodeBlock(out.data(), as_bytes(text).data(), static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    out.resize(static_cast<std::size_t>(size) - padding);
    if (to_base64(out) != text) return std::nullopt;  // blanks, or bits that no encoder leaves
    return out;
}

}  // namespace sluice::certs
