// Bundles from the files sluiced publishes, as io/ sees bundles.
#include <algorithm>

#include "dataplane/io/bundle.h"
#include "rules/ipc/bundle_file.h"

namespace sluice::io {
namespace {

class FileBundle final : public Bundle {
  public:
    explicit FileBundle(ipc::LoadedBundle loaded) : loaded_(std::move(loaded)) {}

    const lookup::BundleView& view() const override { return loaded_.view; }
    std::optional<WireFact> find_wire(std::string_view id) const override {
        const auto match = loaded_.view.find_wire(id);
        if (!match) return std::nullopt;
        return WireFact{.operator_id = match->operator_id,
                        .reserve = match->role == model::ChannelRole::reserve,
                        .committed_gbit = match->committed_gbit};
    }
    std::array<std::uint8_t, 32> hash() const override {
        std::array<std::uint8_t, 32> bytes{};
        static_assert(sizeof(bytes) == std::tuple_size_v<ipc::Sha256>);
        std::ranges::copy(loaded_.hash, bytes.begin());
        return bytes;
    }
    const ipc::LoadedBundle& loaded() const { return loaded_; }

  private:
    ipc::LoadedBundle loaded_;
};

}  // namespace

LoadBundle bundle_files() {
    return [](const std::string& directory, const std::shared_ptr<const Bundle>& previous)
               -> Result<std::shared_ptr<const Bundle>, std::string> {
        // Every bundle of this process was made here.
        const auto* last = static_cast<const FileBundle*>(previous.get());
        auto loaded = ipc::load_current(directory, last ? &last->loaded() : nullptr);
        if (!loaded) return Err{loaded.error().message};
        return std::shared_ptr<const Bundle>(
            std::make_shared<FileBundle>(std::move(loaded).value()));
    };
}

}  // namespace sluice::io
