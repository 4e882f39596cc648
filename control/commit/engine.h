// From files to a policy in force: the parts of rules/ the control plane works with, behind one
// interface, so that the commit pipeline and the API can be tested without a compiler or a disk.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/layers/apply_layer.h"
#include "control/render/flow_json.h"
#include "control/store/store.h"
#include "rules/load/diagnostic.h"
#include "rules/lookup/bundle_view.h"
#include "rules/lookup/facts.h"
#include "rules/model/fail_table.h"
#include "rules/model/policy.h"

namespace sluice::control {

// The compiled rules as they can be asked. Immutable; shared between threads.
class Rulebook : public render::Words {
  public:
    virtual std::optional<OperatorId> operator_named(const std::string& id) const = 0;
    virtual std::optional<OrgId> organisation_named(const std::string& id) const = 0;
    virtual std::vector<OperatorId> operators() const = 0;
    // The operator an organisation is connected by; meaningless for kNoOrg.
    virtual OperatorId operator_of(OrgId org) const = 0;
    virtual OrgId find_user(OperatorId op, const IpAddress& address) const = 0;
    virtual model::CategorySet categorise(std::string_view canonical_name) const = 0;
    virtual const model::FailTable& fail_table() const = 0;
    // The compiled bundle itself, for what only it can tell; nullptr: there is none.
    virtual const lookup::BundleView* view() const { return nullptr; }

    // The steps of the decision, in order: those before and after the one that decided too.
    struct Step {
        unsigned number = 0;             // of design section 4
        std::string title;               // what the step asks
        std::string outcome;             // matched, not_matched, not_reached, not_asked
        std::string answer;              // what it looked at and found
        std::vector<std::string> rules;  // requirement ids
    };
    struct Explanation {
        model::Verdict verdict{};
        model::Reason reason{};
        model::CategorySet categories;
        std::vector<Step> steps;
        std::vector<std::string> would_change;  // what a person could do about the verdict
    };
    virtual Explanation explain(const lookup::Facts& facts) const = 0;
};

// A candidate or a committed policy, as far as it came.
struct Candidate {
    std::vector<load::Diagnostic> diagnostics;    // errors and warnings, both stages
    std::shared_ptr<const model::Policy> policy;  // as committed; null: it did not load
    std::shared_ptr<const Rulebook> rules;        // null: it did not compile
    std::shared_ptr<const void> sections;         // what publish() writes and build() reuses
    std::string bundle_hash;                      // 64 hex digits, when compiled
    std::string commit_bundle;  // the same without the layer of cases: what a commit is called by
    std::vector<std::string> layer_troubles;  // effects of cases that do not fit the policy
    bool ok() const { return rules != nullptr; }
};

class Engine {
  public:
    virtual ~Engine() = default;
    // Loads and compiles; sections that are the same as in `previous` are reused. `previous` may be
    // null. Never throws.
    virtual Candidate build(const FileSet& files, const Candidate* previous) = 0;
    // Of what was committed at `at`: entries that have run out since are no errors then.
    virtual Candidate build_committed(const FileSet& files, const Candidate* previous,
                                      UtcTime /*at*/) {
        return build(files, previous);
    }
    // `previous` under the layer of now, without reading its files again.
    virtual Candidate rebuild(const Candidate& previous) = 0;
    // The effects of cases: over every policy that is built from now on, and part of none.
    virtual void set_layer(Layer layer) = 0;
    // Makes the candidate the published bundle: its sections, then the manifest `current`, each
    // durable before the next. On error the old bundle stays published.
    virtual Result<Done, std::string> publish(const Candidate& candidate) = 0;
    // The hash of the bundle that is published and whole; empty when there is none.
    virtual std::string published_hash() = 0;
};

}  // namespace sluice::control
