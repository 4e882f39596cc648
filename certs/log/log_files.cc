#include "certs/log/log_files.h"

#include <algorithm>
#include <system_error>

#include "certs/log/segment.h"
#include "rules/ipc/durable_file.h"

namespace sluice::certs {

namespace fs = std::filesystem;

Result<std::vector<SegmentFile>, LogError> list_segments(const fs::path& directory) {
    std::error_code failure;
    std::vector<SegmentFile> found;
    for (fs::directory_iterator at(directory, failure), end; !failure && at != end;
         at.increment(failure))
        if (const auto index = segment_index(at->path().filename().native()))
            found.push_back({*index, at->path(), ipc::size_of(at->path()).value_or(0)});
    if (failure)
        return Err{LogError{LogFault::io, directory.string() + ": cannot be read: " +
                                              failure.message() + "; check who may read it"}};
    std::sort(found.begin(), found.end(), [](const SegmentFile& a, const SegmentFile& b) {
        return a.first_index < b.first_index;
    });
    return found;
}

std::optional<std::vector<std::uint8_t>> read_file(const fs::path& file, std::uint64_t bytes_max) {
    const auto size = ipc::size_of(file);
    if (!size || *size > bytes_max) return std::nullopt;
    std::vector<std::uint8_t> bytes(*size);
    if (!ipc::read_exactly(file, std::as_writable_bytes(std::span(bytes)))) return std::nullopt;
    return bytes;
}

std::optional<TreeHead> read_checkpoint(const fs::path& file, const LogVerifier& verifier) {
    const auto note = read_file(file, kCheckpointBytesMax);
    if (!note) return std::nullopt;
    return open_checkpoint(as_text(*note), verifier);
}

}  // namespace sluice::certs
