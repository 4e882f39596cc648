// The issuance log on disk: DIR/<first index, 16 hex digits>.log, each a head and records.
//
//   head     "SLUICEL1" | first index (8) | number of peaks (1) | peaks (32 each) | SHA-256 (32)
//   record   size of the entry (4) | entry | leaf hash (32)
//
// The head holds the Merkle tree before its first entry, so that the signer reads only the last
// file at start. The leaf hash is the record's checksum, and what the tree is made of.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/log/merkle.h"

namespace sluice::certs {

inline constexpr char kSegmentSuffix[] = ".log";
std::string segment_name(std::uint64_t first_index);
// The first index of a segment's file name; nothing for any other name.
std::optional<std::uint64_t> segment_index(std::string_view file_name);

std::vector<std::uint8_t> segment_head(const CompactTree& before);
void add_record(std::vector<std::uint8_t>& out, Bytes entry, const Hash& leaf);

struct SegmentHead {
    CompactTree before;
    std::size_t bytes = 0;  // of the head
};
std::optional<SegmentHead> parse_segment_head(Bytes file);

// Walks the records of a segment; `entry` points into the file.
class RecordReader {
  public:
    explicit RecordReader(Bytes records) : reader_(records), all_(records.size()) {}
    // The next whole record. False at the end, and at a record that is cut, is larger than an entry
    // may be, or does not have the hash of its entry; at() then says where that is.
    bool next(Bytes& entry, Hash& leaf);
    std::size_t at() const { return all_ - reader_.left(); }
    bool at_end() const { return reader_.left() == 0; }

  private:
    ByteReader reader_;
    std::size_t all_;
};

}  // namespace sluice::certs
