#include "tests/unit/certs/asking.h"

#include <cstring>

#include "rules/compile/compile.h"
#include "tests/unit/lookup/small_policy.h"

namespace sluice::certs::test {

Asking Asking::good() {
    Asking asking;
    asking.spki = p256_spki();
    static const std::vector<Der> chain = internet().chain_for({{"www.news.example"}});
    asking.chain = chain;
    return asking;
}

std::vector<std::uint8_t> Asking::message() const {
    ipc::LeafRequest request;
    request.head.token = token;
    operator_id.copy(request.operator_id, sizeof request.operator_id - 1);
    organisation.copy(request.organisation, sizeof request.organisation - 1);
    name.copy(request.name, sizeof request.name - 1);
    request.issuer = issuer;
    request.by_address = address.has_value();
    request.address = address.value_or(IpAddress{});
    request.not_before_utc = not_before;
    request.not_after_utc = not_after;
    std::vector<std::uint8_t> tail;
    for (const Der& certificate : chain)
        ipc::add_to_chain(tail, certificate);
    request.spki_bytes = static_cast<std::uint16_t>(spki.size());
    request.chain_certificates = static_cast<std::uint16_t>(chain.size());
    request.chain_bytes = static_cast<std::uint32_t>(tail.size());
    std::vector<std::uint8_t> message(sizeof request);
    std::memcpy(message.data(), &request, sizeof request);
    message.insert(message.end(), spki.begin(), spki.end());
    message.insert(message.end(), tail.begin(), tail.end());
    return message;
}

const Der& p256_spki() {
    static const Der spki = spki_of(make_p256_key().get());
    return spki;
}
const Der& rsa_spki() {
    static const Der spki =
        spki_of(KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2'048})).get());
    return spki;
}

ipc::CompiledBundle compiled_policy(bool news_is_exempt) {
    model::Policy policy = sluice::test::small_policy();
    policy.categories[1].addresses = {sluice::test::prefix("198.51.100.0/24")};  // banking
    if (news_is_exempt) policy.names.push_back({"news.example", 1, {}});
    auto compiled = compile::compile(policy, {});
    SLUICE_ASSERT(compiled.ok());
    return std::move(compiled).value().bundle;
}

std::shared_ptr<const PolicyBook> policy_book(bool news_is_exempt) {
    auto loaded = ipc::load_compiled(compiled_policy(news_is_exempt));
    SLUICE_ASSERT(loaded.ok());
    return std::make_shared<PolicyBook>(std::move(loaded).value());
}

Books books() {
    static const auto policy = policy_book();
    Books books;
    books.generation = gateway().generation;
    books.policy = policy;
    books.anchors.add(fingerprint(internet().root.der()));
    books.log_spki = spki_of(make_ed25519_key().get());
    return books;
}

}  // namespace sluice::certs::test
