// Which commit last changed each line of a file.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::control {

struct BlamedLine {
    std::uint64_t serial = 0;  // of the commit that wrote the line as it is now
    std::string text;
};

// A file's content before and after one commit.
struct LineChange {
    std::uint64_t serial = 0;
    std::string_view after;  // empty also when the commit has no such file
};

// The lines of the file after `change`, those that were there before keeping their serial. Exact
// (longest common subsequence) where the two differ in a stretch of up to some 2,000 lines; in a
// longer one a line keeps its serial when an equal line was in the stretch before, in any order.
std::vector<BlamedLine> blame(std::vector<BlamedLine> before, const LineChange& change);

}  // namespace sluice::control
