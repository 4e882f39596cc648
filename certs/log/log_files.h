// The issuance log's files as both sides see them: found, read, put into order.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "certs/log/issuance_log.h"

namespace sluice::certs {

inline constexpr char kCheckpointFile[] = "checkpoint";

struct SegmentFile {
    std::uint64_t first_index = 0;
    std::filesystem::path path;
    std::uint64_t bytes = 0;
};
// By first index. Fault io when the directory cannot be read.
Result<std::vector<SegmentFile>, LogError> list_segments(const std::filesystem::path& directory);

// A whole file of at most `bytes_max`; nothing when it is not there, is larger or is not regular.
std::optional<std::vector<std::uint8_t>> read_file(const std::filesystem::path& file,
                                                   std::uint64_t bytes_max);

// The head that DIR/checkpoint holds, if it is signed by the verifier.
std::optional<TreeHead> read_checkpoint(const std::filesystem::path& file,
                                        const LogVerifier& verifier);

}  // namespace sluice::certs
