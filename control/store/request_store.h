// RequestStore: signed requests as they came, byte for byte, with who signed them. They are written
// with the event they ask for (CaseStore::record), in one transaction.
#pragma once
#include "control/store/store.h"

namespace sluice::control {

struct RequestRow {
    std::string id;        // SHA-256 of what was signed: content submitted again has the same
    std::string envelope;  // SHA-256 of the CMS message
    std::string organisation, number;  // the organisation's own number: each once
    std::string signer;                // subject of the certificate, RFC 2253
    std::string certificate;           // its SHA-256
    UtcTime signed_at, received_at;
    std::string via;  // folder or api
    std::string case_id;
    std::uint64_t case_version = 0;  // the event of the case that it became
};

struct RequestBytes {
    std::string content, envelope;
};

struct RequestWrite {
    RequestRow row;
    RequestBytes bytes;
};

struct RequestFilter {
    std::string organisation, case_id;  // empty: any
    unsigned limit = 100;
};

class RequestStore {
  public:
    virtual ~RequestStore() = default;
    // Latest first.
    virtual Result<std::vector<RequestRow>, StoreError> requests(const RequestFilter& filter) = 0;
    virtual Result<std::optional<RequestRow>, StoreError> find_request(const std::string& id) = 0;
    virtual Result<std::optional<RequestRow>, StoreError> request_numbered(
        const std::string& organisation, const std::string& number) = 0;
    // What came, checked against its hashes.
    virtual Result<RequestBytes, StoreError> request_bytes(const std::string& id) = 0;
};

}  // namespace sluice::control
