#include "dataplane/inspect/pins.h"

#include <openssl/ssl.h>

#include <iterator>

namespace sluice::inspect {

bool Pins::is_complaint(int alert) {
    switch (alert) {
        case SSL3_AD_BAD_CERTIFICATE:
        case SSL3_AD_UNSUPPORTED_CERTIFICATE:
        case SSL3_AD_CERTIFICATE_UNKNOWN:
        case TLS1_AD_UNKNOWN_CA:
            return true;
        default:
            return false;
    }
}

void Pins::complain(const Complaint& complaint, UtcTime now) {
    if (entries_max_ == 0) return;
    const std::string key = complaint.organisation + ' ' + complaint.name;
    auto found = index_.find(key);
    if (found == index_.end()) {
        if (index_.size() >= entries_max_) {
            index_.erase(entries_.front().organisation + ' ' + entries_.front().name);
            entries_.pop_front();
        }
        entries_.push_back({.organisation = complaint.organisation,
                            .name = complaint.name,
                            .user = complaint.user,
                            .first = now,
                            .last = now});
        found = index_.emplace(key, std::prev(entries_.end())).first;
    }
    PinProposal& proposal = *found->second;
    ++proposal.complaints;
    proposal.alert = static_cast<std::uint8_t>(complaint.alert);
    proposal.user = complaint.user;
    proposal.last = now;
    entries_.splice(entries_.end(), entries_, found->second);
}

void Pins::accept(const std::string& organisation, const std::string& name) {
    if (index_.empty()) return;
    const auto found = index_.find(organisation + ' ' + name);
    if (found != index_.end()) ++found->second->accepted;
}

std::vector<PinProposal> Pins::list() const { return {entries_.begin(), entries_.end()}; }

}  // namespace sluice::inspect
