// BundleLoader with bundles of a double and workers played by the test: what is published, when the
// old one goes, what is refused.
#include "dataplane/io/bundle_loader.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <map>

namespace sluice::io {
namespace {

std::atomic<int> bundles_alive = 0;

class FakeBundle final : public Bundle {
  public:
    explicit FakeBundle(std::map<std::string, WireFact, std::less<>> wires)
        : wires_(std::move(wires)) {
        ++bundles_alive;
    }
    ~FakeBundle() override { --bundles_alive; }
    const lookup::BundleView& view() const override { std::abort(); }  // no worker here reads it
    std::optional<WireFact> find_wire(std::string_view id) const override {
        const auto found = wires_.find(id);
        if (found == wires_.end()) return std::nullopt;
        return found->second;
    }
    std::array<std::uint8_t, 32> hash() const override { return {1, 2, 3}; }

  private:
    std::map<std::string, WireFact, std::less<>> wires_;
};

WireFact of_operator(std::uint8_t id) { return {.operator_id = OperatorId{id}}; }

class BundleLoaderTest : public ::testing::Test {
  protected:
    void make_loader(std::size_t workers, std::int64_t deadline_ns = 5 * kNsPerSecond) {
        channels_ = std::vector<WorkerChannel>(workers);
        loader_ = std::make_unique<BundleLoader>(BundleLoader::Wiring{
            .load = [this](const std::string& dir, const std::shared_ptr<const Bundle>& previous)
                -> Result<std::shared_ptr<const Bundle>, std::string> {
                previous_given_ = previous != nullptr;
                if (dir != "/good") return Err{dir + ": section names: cut"};
                return std::shared_ptr<const Bundle>(std::make_shared<FakeBundle>(wires_));
            },
            .wire_ids = {"north", "south"},
            .workers = channels_,
            .spacing_ns = 0,
            .swap_deadline_ns = deadline_ns});
    }
    void worker_takes(std::size_t i) {
        WorkerChannel& c = channels_[i];
        c.active.store(c.wanted.load());
    }
    BundleLoader::Outcome outcome(bool workers_take = true) {
        for (;;) {
            if (workers_take)
                for (std::size_t i = 0; i < channels_.size(); ++i)
                    worker_takes(i);
            pollfd done{.fd = loader_->done_fd(), .events = POLLIN, .revents = 0};
            poll(&done, 1, 1);
            if (auto result = loader_->take()) return std::move(*result);
        }
    }

    std::map<std::string, WireFact, std::less<>> wires_ = {{"north", of_operator(1)},
                                                           {"south", of_operator(2)}};
    std::atomic<bool> previous_given_ = false;
    std::vector<WorkerChannel> channels_;
    std::unique_ptr<BundleLoader> loader_;
};

TEST_F(BundleLoaderTest, PublishesToAll) {
    make_loader(2);
    EXPECT_EQ(loader_->in_force().generation, 0);
    ASSERT_TRUE(loader_->start("/good"));
    const auto loaded = outcome();
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ(loaded->generation, 1);
    EXPECT_EQ(loaded->hash[1], 2);
    EXPECT_FALSE(previous_given_);
    const ActiveBundle* active = channels_[0].active;
    EXPECT_EQ(active, channels_[1].active);
    EXPECT_EQ(active->wires[1].operator_id, OperatorId{2});
    EXPECT_EQ(loader_->in_force().wires.size(), 2u);
}

TEST_F(BundleLoaderTest, TheOldOneGoesWhenNobodyLooksAtIt) {
    make_loader(2);
    for (int i = 1; i <= 3; ++i) {
        loader_->start("/good");
        ASSERT_EQ(outcome()->generation, i);
        EXPECT_EQ(bundles_alive, 1) << i;
    }
    EXPECT_TRUE(previous_given_);
    loader_.reset();
    EXPECT_EQ(bundles_alive, 0);
}

TEST_F(BundleLoaderTest, AWorkerThatHangsKeepsTheOldOneAlive) {
    make_loader(2, kNsPerMs);
    loader_->start("/good");
    // On a busy machine the deadline may pass before the test has played both workers.
    const auto first = outcome();
    ASSERT_TRUE(first.ok() || first.error().status == ipc::ReplyStatus::busy);
    worker_takes(0);
    worker_takes(1);
    const ActiveBundle* old = channels_[1].active;
    loader_->start("/good");
    const auto second = outcome(false);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().status, ipc::ReplyStatus::busy);
    EXPECT_EQ(bundles_alive, 2);
    EXPECT_EQ(channels_[1].active, old);
    EXPECT_EQ(old->generation, 1);  // still there to be read
    EXPECT_EQ(loader_->in_force().generation, 2);
    do
        loader_->start("/good");
    while (!outcome().ok());
    EXPECT_EQ(bundles_alive, 1);
}

TEST_F(BundleLoaderTest, ADamagedBundleLeavesTheOldInForce) {
    make_loader(1);
    loader_->start("/good");
    ASSERT_TRUE(outcome().ok());
    const ActiveBundle* before = channels_[0].active;
    loader_->start("/cut");
    const auto refused = outcome();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().status, ipc::ReplyStatus::bundle_refused);
    EXPECT_EQ(refused.error().message, "/cut: section names: cut");
    EXPECT_EQ(channels_[0].wanted, before);
    EXPECT_EQ(loader_->in_force().generation, 1);
}

TEST_F(BundleLoaderTest, ABundleWithoutAConfiguredWireIsRefused) {
    make_loader(1);
    wires_.erase("south");
    loader_->start("/good");
    const auto refused = outcome();
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message.find("\"south\""), std::string::npos);
    EXPECT_EQ(channels_[0].wanted, nullptr);
    EXPECT_EQ(bundles_alive, 0);
}

// Every worker serves every wire, so a wire may change hands.
TEST_F(BundleLoaderTest, OperatorsMayBeRenumberedAndJoined) {
    make_loader(2);
    loader_->start("/good");
    ASSERT_TRUE(outcome().ok());
    for (const std::uint8_t south : {4, 7}) {
        wires_ = {{"north", of_operator(7)}, {"south", of_operator(south)}};
        loader_->start("/good");
        ASSERT_TRUE(outcome().ok());
        EXPECT_EQ(channels_[0].active.load()->wires[0].operator_id, OperatorId{7});
        EXPECT_EQ(channels_[1].active.load()->wires[1].operator_id, OperatorId{south});
    }
}

TEST_F(BundleLoaderTest, OneLoadAtATime) {
    make_loader(1);
    ASSERT_TRUE(loader_->start("/good"));
    EXPECT_FALSE(loader_->start("/good"));
    ASSERT_TRUE(outcome().ok());
    EXPECT_TRUE(loader_->start("/good"));
    ASSERT_TRUE(outcome().ok());
}

}  // namespace
}  // namespace sluice::io
