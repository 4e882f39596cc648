// TLS ClientHellos for tests: as browsers shape them, small or of several segments, over any
// records.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/frame.h"

namespace sluice::testing {

struct HelloSpec {
    std::string sni;                // empty: no server_name extension
    std::vector<std::string> alpn;  // empty: no extension
    bool tls13 = true;        // supported_versions with 1.3 (and GREASE before it), else 1.2 only
    bool ech = false;         // encrypted_client_hello (0xfe0d), outer form
    bool esni = false;        // the older draft's 0xffce
    std::size_t padding = 0;  // bytes of a padding extension, in front of server_name
    std::size_t record_size = 0;  // largest fragment of a record [bytes]; 0: one record
};

// The handshake message alone: type, 24-bit length, body.
Frame client_hello_message(const HelloSpec& spec);
// The message in TLS records: what a client sends first on a TCP connection.
Frame client_hello(const HelloSpec& spec);
// `message` cut over records of at most `record_size` bytes (0: one).
Frame tls_records(Bytes message, std::size_t record_size);

// "sni=bank.example,alpn=h2,alpn=http/1.1,tls12,ech,esni,padding=3000,record=100"; throws on a
// typo.
HelloSpec hello_spec_of(std::string_view arguments);

}  // namespace sluice::testing
