// Clients that will not take our certificate: proposals for an officer, who may exempt the name.
// Never an exemption by itself: complaining would be a way around.
#pragma once
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/base/ip.h"
#include "rules/base/time.h"

namespace sluice::inspect {

struct PinProposal {
    std::string organisation, name;
    std::uint64_t complaints = 0;  // alerts about the certificate
    std::uint64_t accepted = 0;  // handshakes of the same organisation and name that were finished
    std::uint8_t alert = 0;      // the last one (RFC 8446 6)
    IpAddress user;              // whose the last one was
    UtcTime first, last;
};

class Pins {
  public:
    explicit Pins(std::size_t entries_max) : entries_max_(entries_max) {}

    // An alert that says that the certificate is not liked: bad_certificate, unsupported,
    // certificate_unknown, unknown_ca.
    static bool is_complaint(int alert);
    struct Complaint {
        std::string organisation, name;
        IpAddress user;
        int alert = 0;
    };
    void complain(const Complaint& complaint, UtcTime now);
    // Tells a pinned program from a workstation without the root: others of the organisation are
    // content with the same name.
    void accept(const std::string& organisation, const std::string& name);
    std::vector<PinProposal> list() const;

  private:
    std::size_t entries_max_;
    std::list<PinProposal> entries_;  // last heard of last
    std::unordered_map<std::string, std::list<PinProposal>::iterator> index_;
};

}  // namespace sluice::inspect
