// What a file is, by the bytes it begins with.
#pragma once
#include "rules/base/bytes.h"
#include "rules/model/content.h"

namespace sluice::content {

// As many first bytes as the longest test looks at; more are not needed.
inline constexpr std::size_t kFileTypeBytes = 1024;

// `begin`: the first bytes of the decoded body, all of them or kFileTypeBytes.
//   source  file(1) magic of each format; PE: Microsoft PE format, "MS-DOS stub" (offset at 0x3c).
model::FileType file_type(Bytes begin) noexcept;

}  // namespace sluice::content
