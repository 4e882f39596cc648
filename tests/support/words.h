// Words of a test line: "name", "name=value" or "name(value)"; a value in brackets may hold spaces,
// further words and brackets. Everything that does not fit throws std::invalid_argument.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::testing {

struct Word {
    enum class Form { bare, equals, brackets };
    std::string name;
    Form form = Form::bare;
    std::string value;
    std::string whole;  // as written
};

// "a b=1 c(d e(f))" -> a; b=1; c(d e(f))
std::vector<Word> split_words(std::string_view line);
// "sni=a.example,ech" -> sni=a.example; ech. Commas inside brackets do not split.
std::vector<Word> split_arguments(std::string_view text);

// Decimal or 0x..., whole text, at most `max`.
std::uint64_t number_of(std::string_view text, std::uint64_t max);
// "1,2,3"
std::vector<std::uint64_t> numbers_of(std::string_view text, std::uint64_t max);
// \r \n \t \0 \\ \( \) and \xNN
std::string unescape(std::string_view text);
std::string escape(std::string_view text);

}  // namespace sluice::testing
