// Engine over the real rules/: load, compile, publish, and the compiled rules asked through their
// view. Also used by `sluicectl policy check`, without a daemon.
#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "control/commit/engine.h"
#include "rules/lookup/bundle_layout.h"

namespace sluice::control {

class LiveEngine : public Engine {
  public:
    // `bundle_dir`: where publish() writes; may be empty when nothing is ever published.
    // `name_key`: the installation's own, so that equal policies give equal bundles on every start
    // and every node; drawn at random when absent.
    LiveEngine(std::string bundle_dir, std::function<UtcTime()> now,
               std::optional<layout::NameKey> name_key = {})
        : bundle_dir_(std::move(bundle_dir)), now_(std::move(now)), name_key_(name_key) {}

    Candidate build(const FileSet& files, const Candidate* previous) override;
    Candidate build_committed(const FileSet& files, const Candidate* previous, UtcTime at) override;
    Candidate rebuild(const Candidate& previous) override;
    void set_layer(Layer layer) override;
    Result<Done, std::string> publish(const Candidate& candidate) override;
    std::string published_hash() override;

  private:
    // Compiles `out.policy`, without and with the layer.
    void compile_into(Candidate& out, const Candidate* previous);
    std::shared_ptr<const Layer> layer() const;

    mutable std::mutex layer_mutex_;
    std::shared_ptr<const Layer> layer_ = std::make_shared<const Layer>();
    std::string bundle_dir_;
    std::function<UtcTime()> now_;
    std::optional<layout::NameKey> name_key_;
};

// The key of 32 hexadecimal digits (Store::secret); nothing for any other text.
std::optional<layout::NameKey> name_key_of(std::string_view hex);

}  // namespace sluice::control
