// CRLs and OCSP responses made at test time.
#pragma once
#include "tests/unit/verify/pki.h"

namespace sluice::certs::verify::test {

struct ListSpec {
    const Made* signer = &authority();
    std::vector<const Made*> revoked{};
    std::int64_t from = kNoon - kDay, until = kNoon + kDay;
    bool number = true, number_critical = false;
    const EVP_MD* digest = EVP_sha256();
    const Made* named = nullptr;       // the issuer it names; null: the signer
    std::string extension{}, value{};  // one more, as in x509v3_config
};
Der make_list(const ListSpec& spec);

struct StapleSpec {
    const Made* about = nullptr;
    const Made* issuer = &authority();
    const Made* signer = &authority();  // of the response
    const Made* sent = nullptr;         // a certificate sent along
    int status = V_OCSP_CERTSTATUS_GOOD;
    std::int64_t from = kNoon - kDay, until = kNoon + kDay;  // until 0: no nextUpdate
    bool critical_extension = false;
    const EVP_MD* digest = EVP_sha256();
    unsigned long flags = OCSP_NOCERTS;
};
Der make_staple(const StapleSpec& spec);

}  // namespace sluice::certs::verify::test
