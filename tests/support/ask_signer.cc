// Asks a signer for leaves, for tests in Python: prints `<log index>` and the chain as PEM, or the
// word of the refusal (exit 1).
//   ask_signer SOCKET OPERATOR ORGANISATION NAME CHAIN.pem [untrusted]
#include <openssl/pem.h>
#include <poll.h>

#include <cstdio>
#include <ctime>
#include <string_view>

#include "certs/ca/key_file.h"
#include "certs/log/log_files.h"
#include "certs/signer/client.h"
#include "certs/x509/certificate.h"

using namespace sluice;
using namespace sluice::certs;

namespace {

std::vector<Der> chain_in(const char* file) {
    const auto text = read_file(file, 1u << 20).value_or(std::vector<std::uint8_t>{});
    const BioPtr memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    std::vector<Der> chain;
    while (const X509Ptr x{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)})
        chain.push_back(der_of(x.get()));
    return chain;
}

int print(const LeafOutcome& outcome) {
    if (const auto* refusal = std::get_if<ipc::SignerRefusal>(&outcome)) {
        std::printf("%s\n", std::string(ipc::info_of(*refusal).word).c_str());
        return 1;
    }
    const auto* leaf = std::get_if<Leaf>(&outcome);
    if (leaf == nullptr) return 3;
    std::printf("%llu\n", static_cast<unsigned long long>(leaf->log_index));
    for (const Der& der : leaf->chain)
        std::fputs(pem_of(parse_certificate(der).get()).c_str(), stdout);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) return 2;
    SignerClient client({argv[1], 20'000});
    if (!client.connect()) return 3;
    const std::vector<Der> chain = chain_in(argv[5]);
    const std::vector<Bytes> views(chain.begin(), chain.end());
    const Der spki = spki_of(make_p256_key().get());
    LeafOrder order;
    order.operator_id = argv[2];
    order.organisation = argv[3];
    order.address = parse_ip(argv[4]);
    if (!order.address) order.name = argv[4];
    if (argc > 6 && std::string_view(argv[6]) == "untrusted")
        order.issuer = ipc::SignerIssuer::untrusted;
    order.spki = spki;
    order.origin_chain = views;
    order.not_before = UtcTime{std::time(nullptr) - 3'600};
    order.not_after = UtcTime{std::time(nullptr) + 30 * 86'400};
    if (!client.ask(order, MonoTime{})) return 2;
    std::vector<LeafAnswer> answers;
    while (answers.empty()) {
        pollfd ready{client.fd(), POLLIN, 0};
        if (::poll(&ready, 1, 20'000) <= 0) return 3;
        client.on_ready(MonoTime{});
        answers = client.take_answers();
    }
    return print(answers[0].outcome);
}
