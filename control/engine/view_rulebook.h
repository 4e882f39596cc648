// Rulebook over a loaded bundle: what the data plane judges by, asked by people.
#pragma once
#include "control/commit/engine.h"
#include "rules/ipc/bundle.h"

namespace sluice::control {

class ViewRulebook : public Rulebook {
  public:
    ViewRulebook(ipc::LoadedBundle bundle, std::shared_ptr<const model::Policy> policy)
        : bundle_(std::move(bundle)), policy_(std::move(policy)) {}

    std::string organisation(OrgId org) const override;
    std::string operator_id(OperatorId op) const override;
    std::string category(model::CategoryIndex index) const override;
    std::optional<OperatorId> operator_named(const std::string& id) const override;
    std::optional<OrgId> organisation_named(const std::string& id) const override;
    std::vector<OperatorId> operators() const override;
    OperatorId operator_of(OrgId org) const override;
    OrgId find_user(OperatorId op, const IpAddress& address) const override;
    model::CategorySet categorise(std::string_view canonical_name) const override;
    const model::FailTable& fail_table() const override { return bundle_.view.fail_table(); }
    const lookup::BundleView* view() const override { return &bundle_.view; }
    Explanation explain(const lookup::Facts& facts) const override;

    const ipc::LoadedBundle& bundle() const { return bundle_; }

  private:
    ipc::LoadedBundle bundle_;
    std::shared_ptr<const model::Policy> policy_;
};

}  // namespace sluice::control
