// Report: collects diagnostics while files are read, so that a person sees all of them at once and
// a hostile file cannot make the list endless.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rules/load/diagnostic.h"
#include "rules/model/policy.h"

namespace sluice::load {

inline constexpr std::size_t kErrorsMax = 100;
inline constexpr std::size_t kWarningsMax = 100;

class Report {
  public:
    // Adds a file and returns its index for Position::file.
    std::uint32_t add_file(std::string name);
    const std::vector<std::string>& files() const { return files_; }

    void error(const model::Position& at, std::string_view code, std::string message,
               std::string hint = {});
    void warning(const model::Position& at, std::string_view code, std::string message,
                 std::string hint = {});
    // No room for another error: readers of bulk data may stop, hints need not be worked out.
    bool full() const { return errors_ >= kErrorsMax; }
    bool has_errors() const { return errors_ != 0; }
    // "operators.yaml:3:5", for a hint that names the other place.
    std::string place(const model::Position& at) const;
    // All of them, by file and line; one last line says how many were left out.
    std::vector<Diagnostic> take();

  private:
    Diagnostic make(const model::Position& at, std::string_view code, std::string message,
                    std::string hint) const;

    std::vector<std::string> files_;
    std::vector<Diagnostic> kept_;
    std::size_t errors_ = 0;
    std::size_t warnings_ = 0;
};

// 'text', shortened and with control characters made visible: what a message may quote of a file.
std::string in_quotes(std::string_view text);

}  // namespace sluice::load
