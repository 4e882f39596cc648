// TextPool: all texts of a section, each once.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/lookup/bundle_layout.h"

namespace sluice::compile {

class TextPool {
  public:
    layout::Text add(const std::string& text) {
        const auto [at, fresh] =
            known_.try_emplace(text, layout::Text{static_cast<std::uint32_t>(pool_.size()),
                                                  static_cast<std::uint32_t>(text.size())});
        if (fresh) pool_.insert(pool_.end(), text.begin(), text.end());
        return at->second;
    }
    const std::vector<char>& pool() const { return pool_; }

  private:
    std::unordered_map<std::string, layout::Text> known_;
    std::vector<char> pool_;
};

}  // namespace sluice::compile
