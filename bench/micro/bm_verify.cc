// Verification of a server's chain (leaf, authority, root), against OpenSSL's X509_verify_cert of
// the same chain in the same run. Prints microseconds of CPU and the ratios.
//
//   bm_verify [rounds]      default 2000
#include <openssl/x509_vfy.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "rules/base/assert.h"
#include "tests/unit/verify/pki.h"

using namespace sluice;
using namespace sluice::certs::verify;
using namespace sluice::certs::verify::test;

namespace {

struct Chain {
    Made root, authority, leaf;
};

Chain chain_of(EVP_PKEY* root_key, EVP_PKEY* authority_key) {
    Spec root = root_spec("bench root"), authority = authority_spec("bench authority");
    root.key = root_key;
    authority.key = authority_key;
    Chain chain;
    chain.root = make(root);
    chain.authority = make(authority, &chain.root);
    chain.leaf = make(leaf_spec(), &chain.authority);
    return chain;
}

double cpu_us() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

template <class Body>
double per_round(int rounds, Body body) {
    const double start = cpu_us();
    for (int i = 0; i < rounds; ++i)
        body();
    return (cpu_us() - start) / rounds;
}

// The certificates are objects already, as a TLS library hands them over.
void ask_openssl(const Chain& chain, X509_STORE* store) {
    STACK_OF(X509)* others = sk_X509_new_null();
    sk_X509_push(others, chain.authority.x509.get());
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, chain.leaf.x509.get(), others);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(parameters, kNoon);
    X509_VERIFY_PARAM_set1_host(parameters, "host.example.org", 0);
    SLUICE_ASSERT(X509_verify_cert(context) == 1);
    X509_STORE_CTX_free(context);
    sk_X509_free(others);
}

void measure(const char* name, const Chain& chain, int rounds) {
    X509* sent[] = {chain.authority.x509.get()};
    X509* anchors[] = {chain.root.x509.get()};
    VerifyRequest request = request_for(chain.leaf, sent);
    ChainVerifier plain(TrustStore::of(anchors), nullptr, {}, 0);
    ChainVerifier cached(TrustStore::of(anchors), nullptr, {}, 16);
    const double ours = per_round(rounds, [&] { SLUICE_ASSERT(plain.verify(request).ok()); });
    SLUICE_ASSERT(!cached.verify(request).from_cache);
    const double again =
        per_round(rounds, [&] { SLUICE_ASSERT(cached.verify(request).from_cache); });
    X509_STORE* store = X509_STORE_new();
    X509_STORE_add_cert(store, chain.root.x509.get());
    const double peer = per_round(rounds, [&] { ask_openssl(chain, store); });
    X509_STORE_free(store);
    std::printf("%-8s verify %7.1f us   from cache %6.1f us   openssl %7.1f us   ratio %.2f\n",
                name, ours, again, peer, ours / peer);
}

}  // namespace

int main(int count, char** arguments) {
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 2000;
    const KeyHandle p256 = ec_key("P-256"), also_p256 = ec_key("P-256");
    const KeyHandle rsa = rsa_key(2048), also_rsa = rsa_key(2048);
    measure("ecdsa", chain_of(p256.get(), also_p256.get()), rounds);
    measure("rsa", chain_of(rsa.get(), also_rsa.get()), rounds);
    return 0;
}
