// What a worker answers about itself.
#include <unistd.h>

#include <algorithm>
#include <type_traits>

#include "dataplane/inspect/worker.h"

namespace sluice::inspect {
namespace {

ipc::InspectCounter counter(std::string_view name, std::uint64_t value) {
    ipc::InspectCounter record;
    ipc::set_text(record.name, name);
    record.value = value;
    return record;
}

// Records `cursor` to the end of a page, of `all`.
template <class Item, class Make>
QueryAnswer page(const std::vector<Item>& all, std::uint64_t cursor, Make make) {
    QueryAnswer answer;
    answer.record_size = sizeof(std::invoke_result_t<Make, const Item&>);
    std::size_t at = cursor;
    for (; at < all.size() && !answer.full(); ++at)
        answer.add(make(all[at]));
    if (at < all.size()) answer.cursor = at;
    return answer;
}

ipc::FlowTuple tuple_of(const FlowInfo& flow) {
    ipc::FlowTuple tuple;
    tuple.operator_id = flow.operator_id;
    tuple.user = flow.user;
    tuple.remote = flow.remote;
    tuple.user_port = flow.user_port;
    tuple.remote_port = flow.remote_port;
    tuple.ip_protocol = 6;
    return tuple;
}

}  // namespace

QueryAnswer Worker::answer(const ipc::InspectRequest& request) {
    switch (request.kind) {
        case ipc::InspectKind::status:
            return answer_status();
        case ipc::InspectKind::counters:
            return answer_counters();
        case ipc::InspectKind::sessions:
            return answer_sessions(request.cursor);
        case ipc::InspectKind::pins:
            return answer_pins(request.cursor);
        case ipc::InspectKind::spliced:
            return answer_spliced(request.cursor);
    }
    return {};
}

QueryAnswer Worker::answer_status() const {
    ipc::InspectStatus status;
    status.pid = static_cast<std::uint32_t>(getpid());
    status.worker = parts_.number;
    status.flows_max = settings_.flows_max;
    status.attached = handover_ == nullptr || handover_->attached();
    status.has_content = parts_.rules != nullptr;
    status.flows_live = sessions_.size();
    status.leaves = leaves_.size();
    status.upstream_sessions = upstream_.size();
    status.started_utc = started_.raw();
    if (shared_.bundle) std::ranges::copy(shared_.bundle->hash, status.bundle_hash);
    ipc::set_text(status.generation, signer_.generation());
    QueryAnswer answer;
    answer.add(status);
    return answer;
}

QueryAnswer Worker::answer_counters() const {
    QueryAnswer answer;
#define X(name, text) answer.add(counter(#name, counters_.name));
    SLUICE_INSPECT_COUNTERS(X)
#undef X
    for (std::size_t i = 0; i < kOriginFaults.size(); ++i)
        answer.add(
            counter("origin_" + std::string(kOriginFaults[i].word), counters_.origin_faults[i]));
    for (std::size_t i = 0; i < model::kReasonCount; ++i)
        if (counters_.refused[i] != 0)
            answer.add(
                counter("refused_" + std::string(model::kReasons[i].word), counters_.refused[i]));
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i) {
        const std::string word(model::kFailCases[i].word);
        if (counters_.fail_open[i] != 0)
            answer.add(counter("open_" + word, counters_.fail_open[i]));
        if (counters_.fail_closed[i] != 0)
            answer.add(counter("closed_" + word, counters_.fail_closed[i]));
    }
    return answer;
}

QueryAnswer Worker::answer_sessions(std::uint64_t cursor) const {
    std::vector<const Session*> all;
    for (const auto& [session, owned] : sessions_)
        all.push_back(session);
    std::ranges::sort(all, {}, [](const Session* s) { return s->since(); });
    const MonoTime now = loop_.now().mono;
    return page(all, cursor, [&](const Session* session) {
        ipc::InspectSession record;
        record.tuple = tuple_of(session->flow());
        ipc::set_text(record.state, name_of(session->state()));
        if (shared_.bundle) {
            const auto& view = shared_.bundle->view;
            const OrgId org =
                lookup::find_user(view, session->flow().operator_id, session->flow().user);
            ipc::set_text(record.organisation, view.organisation_id(org));
        }
        ipc::set_text(record.name, session->name());
        ipc::set_text(record.application, session->application());
        record.opened = session->opened();
        record.bytes_to_client = session->bytes(Side::client);
        record.bytes_to_server = session->bytes(Side::server);
        record.age_ms = ms_between(session->since(), now);
        return record;
    });
}

QueryAnswer Worker::answer_pins(std::uint64_t cursor) const {
    return page(pins_.list(), cursor, [](const PinProposal& pin) {
        ipc::InspectPin record;
        ipc::set_text(record.organisation, pin.organisation);
        ipc::set_text(record.name, pin.name);
        record.alert = pin.alert;
        record.user = pin.user;
        record.complaints = pin.complaints;
        record.accepted = pin.accepted;
        record.first_utc = pin.first.raw();
        record.last_utc = pin.last.raw();
        return record;
    });
}

QueryAnswer Worker::answer_spliced(std::uint64_t cursor) const {
    return page(splices_.list(loop_.now().utc), cursor, [](const SpliceEntry& entry) {
        ipc::InspectSplice record;
        record.user = entry.key.user;
        record.remote = entry.key.remote;
        record.remote_port = entry.key.remote_port;
        ipc::set_text(record.name, entry.key.name);
        record.flows = entry.flows;
        record.since_utc = entry.since.raw();
        record.until_utc = entry.until.raw();
        return record;
    });
}

}  // namespace sluice::inspect
