// Splitting test lines into words, and words into numbers and text.
#include "tests/support/words.h"

#include <stdexcept>

#include "tests/support/frame.h"

namespace sluice::testing {
namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view text) {
    throw std::invalid_argument(std::string(what) + ": " + std::string(text));
}

// Cuts at `separator` wherever no bracket is open; a backslash shields the next character.
std::vector<std::string> cut_at(std::string_view text, char separator) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\' && i + 1 < text.size()) {
            parts.back() += c;
            parts.back() += text[++i];
            continue;
        }
        if (c == '(') ++depth;
        if (c == ')' && --depth < 0) refuse("bracket closed that was never open", text);
        if (c == separator && depth == 0)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    if (depth != 0) refuse("bracket not closed", text);
    return parts;
}

Word word_of(const std::string& text) {
    Word word;
    word.whole = text;
    const std::size_t mark = text.find_first_of("=(");
    word.name = text.substr(0, mark);
    if (mark == std::string::npos) return word;
    if (text[mark] == '=') {
        word.form = Word::Form::equals;
        word.value = text.substr(mark + 1);
    } else {
        if (text.back() != ')') refuse("text behind a closing bracket", text);
        word.form = Word::Form::brackets;
        word.value = text.substr(mark + 1, text.size() - mark - 2);
    }
    return word;
}

std::vector<Word> words_cut_at(std::string_view text, char separator) {
    std::vector<Word> words;
    for (const std::string& part : cut_at(text, separator))
        if (!part.empty()) words.push_back(word_of(part));
    return words;
}

}  // namespace

std::vector<Word> split_words(std::string_view line) { return words_cut_at(line, ' '); }
std::vector<Word> split_arguments(std::string_view text) { return words_cut_at(text, ','); }

std::uint64_t number_of(std::string_view text, std::uint64_t max) {
    std::size_t used = 0;
    std::uint64_t value = 0;
    const std::string copy(text);
    try {
        value = std::stoull(copy, &used, copy.starts_with("0x") ? 16 : 10);
    } catch (const std::exception&) {
        refuse("not a number", text);
    }
    if (used != copy.size() || copy[0] == '-') refuse("not a number", text);
    if (value > max) refuse("number too large", text);
    return value;
}

std::vector<std::uint64_t> numbers_of(std::string_view text, std::uint64_t max) {
    std::vector<std::uint64_t> numbers;
    for (const std::string& part : cut_at(text, ','))
        numbers.push_back(number_of(part, max));
    return numbers;
}

std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        if (++i == text.size()) refuse("backslash at the end", text);
        constexpr std::string_view kFrom = "rnt0\\()", kTo = std::string_view("\r\n\t\0\\()", 7);
        if (const std::size_t at = kFrom.find(text[i]); at != std::string_view::npos) {
            out += kTo[at];
        } else if (text[i] == 'x' && i + 2 < text.size()) {
            out += static_cast<char>(from_hex(text.substr(i + 1, 2)).at(0));
            i += 2;
        } else {
            refuse("unknown escape", text);
        }
    }
    return out;
}

std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (c == '\r')
            out += "\\r";
        else if (c == '\n')
            out += "\\n";
        else if (c == '\\' || c == '(' || c == ')')
            (out += '\\') += c;
        else if (byte < 0x20 || byte > 0x7e)
            out += "\\x" + to_hex({&byte, 1});
        else
            out += c;
    }
    return out;
}

}  // namespace sluice::testing
