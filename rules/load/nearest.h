// nearest: the known word most like a mistyped one, for hints.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sluice::load {

// The known word with the fewest edits (insert, delete, replace, swap neighbours), at most a third
// of the length, rounded up; the first of several. Empty when nothing is near.
// Words over 64 bytes are never near. Cost: known.size() x length^2.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

// "did you mean 'x'?", or `otherwise` when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known,
                         std::string_view otherwise = {});

}  // namespace sluice::load
