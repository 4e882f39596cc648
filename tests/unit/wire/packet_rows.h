// The table of packets behind packet_view_test and the corpus of the fuzz target: each line with
// what the parser must say of it.
#pragma once
#include <span>

namespace sluice::wire {

struct PacketRow {
    const char* name;
    const char* line;      // tests/support/packet_text.h
    const char* expected;  // tests/support/view_text.h
};

std::span<const PacketRow> link_rows();       // link layers and what is not IP
std::span<const PacketRow> ip_rows();         // IP headers, extension headers, lengths
std::span<const PacketRow> fragment_rows();   // fragments of both versions
std::span<const PacketRow> transport_rows();  // TCP, UDP, ICMP, others

}  // namespace sluice::wire
