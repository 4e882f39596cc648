#include "rules/compile/section_writer.h"

#include <cstring>

namespace sluice::compile {
namespace {
std::size_t aligned(std::size_t size) {
    return (size + layout::kSectionAlign - 1) / layout::kSectionAlign * layout::kSectionAlign;
}
}  // namespace

ipc::CompiledSection SectionWriter::finish(const ipc::Sha256& inputs) const {
    const std::size_t directory =
        sizeof(layout::SectionHeader) + parts_.size() * sizeof(layout::PartRow);
    std::size_t size = aligned(directory);
    std::vector<layout::PartRow> rows;
    for (const Part& part : parts_) {
        rows.push_back(
            {size, static_cast<std::uint32_t>(part.bytes.size() / part.row_size), part.row_size});
        size += aligned(part.bytes.size());
    }
    const layout::SectionHeader header{layout::kSectionMagic,
                                       layout::kSectionVersion,
                                       kind_,
                                       size,
                                       static_cast<std::uint32_t>(parts_.size()),
                                       {}};
    auto bytes = std::make_shared<std::vector<std::byte>>(size);
    std::memcpy(bytes->data(), &header, sizeof header);
    std::memcpy(bytes->data() + sizeof header, rows.data(), rows.size() * sizeof(layout::PartRow));
    for (std::size_t i = 0; i < parts_.size(); ++i)
        if (!parts_[i].bytes.empty())
            std::memcpy(bytes->data() + rows[i].offset, parts_[i].bytes.data(),
                        parts_[i].bytes.size());
    ipc::CompiledSection section{kind_, bytes, ipc::sha256(*bytes), inputs};
    return section;
}

}  // namespace sluice::compile
