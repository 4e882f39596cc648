// Small files and large ones, written so that they are there whole or not at all.
#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace sluice::ipc {

// Writes a neighbour, makes it durable, gives it the final name, makes the name durable.
//   returns  true; false with errno set, and nothing under the final name changed.
bool write_durably(const std::filesystem::path& file, std::span<const std::byte> bytes);

// Reads exactly `into.size()` bytes of a regular file of exactly that size. False: it is not there,
// is no regular file, has another size, or could not be read.
bool read_exactly(const std::filesystem::path& file, std::span<std::byte> into);

// The size of a regular file; nothing when it is not one.
std::optional<std::size_t> size_of(const std::filesystem::path& file);

// How temporary neighbours begin: what an interrupted write leaves behind.
inline constexpr char kTemporaryPrefix[] = ".new-";

}  // namespace sluice::ipc
