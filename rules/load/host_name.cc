#include "rules/load/host_name.h"

#include <idn2.h>

#include <algorithm>

#include "rules/base/canonical_name.h"
#include "rules/base/ip.h"
#include "rules/load/report.h"

namespace sluice::load {
namespace {

constexpr std::size_t kUnicodeBytesMax = 1'024;  // 253 characters of 4 bytes, and a little

bool canonical(std::string_view ascii, std::string& out) {
    char buffer[kNameBufferBytes];
    std::size_t size = 0;
    if (!canonical_name(ascii, buffer, size)) return false;
    out.assign(buffer, size);
    return true;
}

}  // namespace

bool host_name(std::string_view text, std::string& out) {
    const bool ascii = std::all_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<signed char>(c) > 0; });
    if (ascii) return canonical(text, out);
    if (text.size() > kUnicodeBytesMax || text.find('\0') != std::string_view::npos) return false;
    char* a_labels = nullptr;
    const int flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;
    if (idn2_to_ascii_8z(std::string(text).c_str(), &a_labels, flags) != IDN2_OK) return false;
    const bool ok = canonical(a_labels, out);
    idn2_free(a_labels);
    return ok;
}

std::string host_name_hint(std::string_view text) {
    std::string_view rest = text;
    const std::size_t scheme = rest.find("://");
    if (scheme != std::string_view::npos) rest.remove_prefix(scheme + 3);
    rest = rest.substr(0, rest.find('/'));
    if (rest.size() < 64 && parse_ip(rest)) return "write a name here; addresses belong elsewhere";
    if (rest.starts_with("*.")) rest.remove_prefix(2);
    if (rest.starts_with(".")) rest.remove_prefix(1);
    rest = rest.substr(0, rest.find(':'));
    std::string name;
    if (rest.size() != text.size() && host_name(rest, name))
        return "write " + in_quotes(name) + "; a name covers everything below it";
    return "letters, digits, '-' and '_' in labels of at most 63, at most 253 together";
}

}  // namespace sluice::load
