// Writes DNS messages.
#include "tests/support/dns_message.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "tests/support/words.h"

namespace sluice::testing {
namespace {

constexpr std::uint16_t kA = 1, kCname = 5, kAaaa = 28, kHttps = 65;

void put_name(Frame& f, const std::string& name) {
    std::size_t start = 0;
    while (start < name.size()) {
        const std::size_t dot = std::min(name.find('.', start), name.size());
        const std::string label = name.substr(start, dot - start);
        if (label.empty() || label.size() > 63) throw std::invalid_argument("not a name: " + name);
        put8(f, label.size()), put_text(f, label);
        start = dot + 1;
    }
    put8(f, 0);
}

void put_record_head(Frame& f, std::size_t name_at, std::uint16_t type, std::uint32_t ttl_s) {
    put16(f, 0xc000 | name_at), put16(f, type), put16(f, 1), put32(f, ttl_s);
}

void put_address(Frame& f, std::size_t name_at, const IpAddress& address, std::uint32_t ttl_s) {
    const Bytes bytes = address.bytes;
    put_record_head(f, name_at, address.is_v4() ? kA : kAaaa, ttl_s);
    const Bytes data = address.is_v4() ? bytes.last(4) : bytes;
    put16(f, data.size()), put_all(f, data);
}

// ServiceMode at the owner itself, alpn=h2 and one ECHConfig (RFC 9460 2.2, RFC 9849 4).
void put_https(Frame& f, std::size_t name_at, const std::string& public_name, std::uint32_t ttl_s) {
    Frame config;  // id, X25519, a key, one cipher suite, longest name, public name, no extension
    put8(config, 7), put16(config, 0x0020), put16(config, 32);
    config.insert(config.end(), 32, 0x5a);
    put16(config, 4), put16(config, 1), put16(config, 1), put8(config, 64);
    put8(config, public_name.size()), put_text(config, public_name), put16(config, 0);
    put_record_head(f, name_at, kHttps, ttl_s);
    put16(f, 3 + 7 + 4 + 6 + config.size());
    put16(f, 1), put8(f, 0);
    put16(f, 1), put16(f, 3), put8(f, 2), put_text(f, "h2");
    put16(f, 5), put16(f, 6 + config.size());
    put16(f, 4 + config.size()), put16(f, 0xfe0d), put16(f, config.size()), put_all(f, config);
}

const std::map<std::string, std::uint16_t, std::less<>> kTypes = {
    {"A", kA},   {"NS", 2},       {"CNAME", kCname}, {"MX", 15},
    {"TXT", 16}, {"AAAA", kAaaa}, {"SVCB", 64},      {"HTTPS", kHttps}};

std::uint16_t type_of(const std::string& text) {
    if (const auto it = kTypes.find(text); it != kTypes.end()) return it->second;
    return static_cast<std::uint16_t>(number_of(text, 0xffff));
}

IpAddress address_of(const std::string& text) {
    const auto address = parse_ip(text);
    if (!address) throw std::invalid_argument("not an address: " + text);
    return *address;
}

}  // namespace

Frame dns_message(const DnsSpec& spec) {
    const std::size_t flags =
        (spec.answer ? 0x8080u : 0u) | 0x0100u | (spec.truncated ? 0x0200u : 0u) | spec.rcode;
    Frame f;
    put16(f, spec.id), put16(f, flags), put16(f, 1);
    put16(f, spec.answer ? spec.cnames.size() + spec.addresses.size() + !spec.ech.empty() : 0),
        put32(f, 0);
    std::size_t name_at = f.size();
    put_name(f, spec.question);
    put16(f, spec.type), put16(f, 1);
    if (!spec.answer) return f;
    for (const std::string& target : spec.cnames) {
        put_record_head(f, name_at, kCname, spec.ttl_s);
        Frame name;
        put_name(name, target);
        put16(f, name.size());
        name_at = f.size();
        put_all(f, name);
    }
    for (const IpAddress& address : spec.addresses)
        put_address(f, name_at, address, spec.ttl_s);
    if (!spec.ech.empty()) put_https(f, name_at, spec.ech, spec.ttl_s);
    return f;
}

DnsSpec dns_spec_of(std::string_view arguments, bool answer) {
    DnsSpec spec;
    spec.answer = answer;
    bool typed = false;
    for (const Word& word : split_arguments(arguments)) {
        const bool with_value = word.form == Word::Form::equals;
        if (word.name == "q" && with_value)
            spec.question = word.value;
        else if (word.name == "id" && with_value)
            spec.id = static_cast<std::uint16_t>(number_of(word.value, 0xffff));
        else if (word.name == "type" && with_value)
            spec.type = type_of(word.value), typed = true;
        else if (answer && word.name == "a" && with_value)
            spec.addresses.push_back(address_of(word.value));
        else if (answer && word.name == "cname" && with_value)
            spec.cnames.push_back(word.value);
        else if (answer && word.name == "ech" && with_value)
            spec.ech = word.value;
        else if (answer && word.name == "ttl" && with_value)
            spec.ttl_s = static_cast<std::uint32_t>(number_of(word.value, 0xffffffff));
        else if (answer && word.name == "rcode" && with_value)
            spec.rcode = static_cast<std::uint8_t>(number_of(word.value, 15));
        else if (answer && word.whole == "tc")
            spec.truncated = true;
        else
            throw std::invalid_argument("dns: unknown word " + word.whole);
    }
    const auto is_v6 = [](const IpAddress& a) { return !a.is_v4(); };
    if (!typed && spec.addresses.empty() && !spec.ech.empty()) spec.type = kHttps;
    if (!typed && !spec.addresses.empty() &&
        std::all_of(spec.addresses.begin(), spec.addresses.end(), is_v6))
        spec.type = kAaaa;
    return spec;
}

}  // namespace sluice::testing
