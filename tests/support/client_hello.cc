// Writes ClientHellos (RFC 8446 4.1.2) and the records around them (5.1).
#include "tests/support/client_hello.h"

#include <algorithm>
#include <stdexcept>

#include "tests/support/words.h"

namespace sluice::testing {
namespace {

constexpr std::size_t kGrease = 0x0a0a;
constexpr std::size_t kRecordMax = 16'384;  // TLSPlaintext.fragment, RFC 8446 5.1

void put_extension(Frame& f, std::size_t type, const Frame& body) {
    put16(f, type), put16(f, body.size()), put_all(f, body);
}

Frame server_name(const std::string& sni) {
    Frame body;
    put16(body, sni.size() + 3), put8(body, 0), put16(body, sni.size()), put_text(body, sni);
    return body;
}

Frame alpn_names(const std::vector<std::string>& names) {
    Frame list, body;
    for (const std::string& name : names)
        put8(list, name.size()), put_text(list, name);
    put16(body, list.size()), put_all(body, list);
    return body;
}

// Outer ECH (draft-ietf-tls-esni 5): type 0, suite, config id, encapsulated key, sealed inner
// hello.
Frame outer_ech() {
    Frame body;
    put32(body, 0x00000100), put16(body, 0x0142);
    put16(body, 32), put_fill(body, 32, 0x33);
    put16(body, 144), put_fill(body, 144, 0x44);
    return body;
}

Frame extensions_of(const HelloSpec& spec) {
    Frame all;
    put_extension(all, kGrease, {});
    if (spec.padding > 0) put_extension(all, 21, Frame(spec.padding, 0));
    if (!spec.sni.empty()) put_extension(all, 0, server_name(spec.sni));
    put_extension(all, 10, {0, 4, 0, 0x1d, 0, 0x17});  // supported_groups
    if (!spec.alpn.empty()) put_extension(all, 16, alpn_names(spec.alpn));
    if (spec.tls13) {
        put_extension(all, 43, {6, 0x0a, 0x0a, 3, 4, 3, 3});  // supported_versions
        Frame share;
        put32(share, 36u << 16 | 0x1d), put16(share, 32), put_fill(share, 32, 0x55);
        put_extension(all, 51, share);
    }
    if (spec.ech) put_extension(all, 0xfe0d, outer_ech());
    if (spec.esni) put_extension(all, 0xffce, Frame(64, 0x66));
    return all;
}

}  // namespace

Frame client_hello_message(const HelloSpec& spec) {
    Frame body;
    put16(body, 0x0303), put_fill(body, 32, 0x52);  // legacy_version, random
    put8(body, 32), put_fill(body, 32, 0x53);       // session id
    put16(body, 6), put16(body, kGrease), put16(body, 0x1301), put16(body, 0xc02f);
    put8(body, 1), put8(body, 0);  // null compression
    const Frame extensions = extensions_of(spec);
    put16(body, extensions.size()), put_all(body, extensions);
    if (extensions.size() > 0xffff) throw std::invalid_argument("hello of more than 64 KiB");
    Frame message;
    put8(message, 1), put24(message, body.size()), put_all(message, body);
    return message;
}

Frame tls_records(Bytes message, std::size_t record_size) {
    if (record_size == 0) record_size = kRecordMax;
    Frame out;
    while (!message.empty()) {
        const Bytes part = message.first(std::min(record_size, message.size()));
        put8(out, 22), put16(out, 0x0301), put16(out, part.size()), put_all(out, part);
        message = message.subspan(part.size());
    }
    return out;
}

Frame client_hello(const HelloSpec& spec) {
    return tls_records(client_hello_message(spec), spec.record_size);
}

HelloSpec hello_spec_of(std::string_view arguments) {
    HelloSpec spec;
    for (const Word& word : split_arguments(arguments)) {
        const bool with_value = word.form == Word::Form::equals;
        if (word.name == "sni" && with_value)
            spec.sni = word.value;
        else if (word.name == "alpn" && with_value)
            spec.alpn.push_back(word.value);
        else if (word.name == "padding" && with_value)
            spec.padding = number_of(word.value, 0xffff);
        else if (word.name == "record" && with_value)
            spec.record_size = number_of(word.value, kRecordMax);
        else if (word.whole == "tls12")
            spec.tls13 = false;
        else if (word.whole == "ech")
            spec.ech = true;
        else if (word.whole == "esni")
            spec.esni = true;
        else
            throw std::invalid_argument("tls(): unknown word " + word.whole);
    }
    return spec;
}

}  // namespace sluice::testing
