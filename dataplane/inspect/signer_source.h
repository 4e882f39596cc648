// Leaf certificates from sluice-signer: certs/signer's client, watched by the worker's loop. A
// signer that dies is asked again as soon as it is back.
#pragma once
#include <string>
#include <unordered_map>

#include "certs/signer/client.h"
#include "dataplane/inspect/leaf_source.h"
#include "dataplane/inspect/loop.h"

namespace sluice::inspect {

class SignerSource final : public LeafSource, private Watcher {
  public:
    SignerSource(Loop& loop, const std::string& socket, std::uint32_t answer_ms_max);
    ~SignerSource() override;

    void ask(std::uint64_t token, const LeafOrder& order, LeafTaker& taker) override;
    const std::string& generation() const override { return client_.generation(); }

  private:
    void on_events(std::uint32_t events) override;
    static void on_tick(void* self);
    bool connect();
    void disconnect();
    void deliver();

    Loop& loop_;
    certs::SignerClient client_;
    int watched_ = -1;
    Timer tick_;
    std::unordered_map<std::uint64_t, LeafTaker*> takers_;
};

}  // namespace sluice::inspect
