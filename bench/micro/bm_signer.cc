// Leaves a second, and where their time goes: against the one ECDSA signature that none can do
// without, measured in the same run. Prints one line a figure and its ratio.
//
//   bm_signer [rounds]      default: 2,000 leaves each
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "certs/signer/desk.h"
#include "rules/base/assert.h"
#include "tests/unit/certs/asking.h"

using namespace sluice;
using namespace sluice::certs;

namespace {

double seconds(clockid_t clock) {
    timespec t{};
    ::clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

struct Cost {
    double cpu_us = 0, wall_us = 0;  // each
};
template <class Work>
Cost cost_of(std::size_t rounds, std::size_t each, Work work) {
    Cost best{1e18, 1e18};
    for (int repeat = 0; repeat < 5; ++repeat) {
        const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
        for (std::size_t i = 0; i < rounds; i += each)
            work();
        const double n = static_cast<double>((rounds + each - 1) / each * each) / 1e6;
        best.cpu_us = std::min(best.cpu_us, (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / n);
        best.wall_us = std::min(best.wall_us, (seconds(CLOCK_MONOTONIC) - wall) / n);
    }
    return best;
}

double sign_us = 0;
void print(const char* what, const Cost& cost) {
    std::printf("%-34s %8.1f us CPU  %5.2f x a signature  %8.1f us  %8.0f leaves/s\n", what,
                cost.cpu_us, cost.cpu_us / sign_us, cost.wall_us, 1e6 / cost.wall_us);
}

// The bare signature over 32 bytes.
void bare_signature(EVP_PKEY* key) {
    unsigned char hash[32] = {1}, signature[128];
    std::size_t size = sizeof signature;
    const KeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    SLUICE_ASSERT(EVP_PKEY_sign_init(context.get()) == 1 &&
                  EVP_PKEY_sign(context.get(), signature, &size, hash, sizeof hash) == 1);
}

void whole_desk(std::size_t rounds) {
    test::TemporaryDirectory home;
    const KeyPtr key = make_ed25519_key();
    const auto verifier = verifier_of(key.get(), "bench").value();
    auto log = IssuanceLog::open({home.path() / "log", 8ull << 30, 64u << 20}, verifier, key.get());
    SLUICE_ASSERT(log.ok());
    SigningDesk desk(**log, 1'000'000'000);
    desk.books() = test::books();
    const auto message = test::Asking::good().message();
    const Now now{MonoTime{1}, UtcTime{test::kNoon}};
    for (const std::size_t batch : {std::size_t{1}, std::size_t{16}, kLogBatchMax}) {
        const std::vector<ipc::CheckedLeafRequest> requests(batch,
                                                            *ipc::check_leaf_request(message));
        const std::string what = "durable in the log, " + std::to_string(batch) + " at once";
        print(what.c_str(), cost_of(rounds, batch, [&] {
                  for (const DeskAnswer& answer : desk.serve(requests, now))
                      SLUICE_ASSERT(std::holds_alternative<SignedLeaf>(answer));
              }));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t rounds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000;
    const Issuer& issuer = test::gateway().generation->trusted;
    sign_us = cost_of(rounds, 1, [&] { bare_signature(issuer.key.get()); }).cpu_us;
    std::printf("%-34s %8.1f us CPU\n", "a P-256 signature", sign_us);
    const Subject subject{"www.news.example", std::nullopt};
    const KeyPtr key = parse_public_key(test::p256_spki());
    const LeafPlan plan{subject, key.get(), {UtcTime{test::kNoon}, UtcTime{test::kNoon + 9}}};
    const Der der = der_of(mint_leaf(plan, issuer).get());
    print("mint", cost_of(rounds, 1, [&] { SLUICE_ASSERT(mint_leaf(plan, issuer) != nullptr); }));
    print("own check",
          cost_of(rounds, 1, [&] { SLUICE_ASSERT(is_as_promised(der, plan, issuer)); }));
    const Books books = test::books();
    JudgeMemory memory;
    const auto message = test::Asking::good().message();
    print("judge (CAs known, P-256)", cost_of(rounds, 1, [&] {
              const auto request = ipc::check_leaf_request(message);
              SLUICE_ASSERT(judge(books, memory, *request, UtcTime{test::kNoon}).ok());
          }));
    whole_desk(rounds);
    return 0;
}
