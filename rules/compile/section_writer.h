// SectionWriter: puts parts together into the bytes of one section (lookup/section_layout.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "rules/ipc/bundle.h"
#include "rules/lookup/section_layout.h"

namespace sluice::compile {

class SectionWriter {
  public:
    SectionWriter(layout::SectionKind kind, unsigned part_count)
        : kind_(kind), parts_(part_count) {}

    // Rows of part number `part`; they must live until finish(). Parts never set are empty and have
    // rows of one byte, which their reader refuses: set all.
    template <class Row>
    void set(unsigned part, std::span<const Row> rows) {
        static_assert(std::is_trivially_copyable_v<Row>);
        parts_[part] = {std::as_bytes(rows), sizeof(Row)};
    }
    template <class Row>
    void set(unsigned part, const std::vector<Row>& rows) {
        set(part, std::span<const Row>(rows));
    }
    template <class Row>
    void set_one(unsigned part, const Row& row) {
        set(part, std::span<const Row>(&row, 1));
    }

    // The section, hashed.
    ipc::CompiledSection finish(const ipc::Sha256& inputs) const;

  private:
    struct Part {
        std::span<const std::byte> bytes;
        std::uint32_t row_size = 1;
    };
    layout::SectionKind kind_;
    std::vector<Part> parts_;
};

}  // namespace sluice::compile
