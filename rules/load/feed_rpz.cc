// RPZ zones in master-file form. Owners are names of the policy followed by the zone's own name, or
// relative to it.
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "rules/load/feed_formats.h"
#include "rules/load/host_name.h"

namespace sluice::load {
namespace {

using Kind = model::FeedContent::Kind;

constexpr std::size_t kRecordBytesMax = 8'192;  // one record, over all its lines
constexpr std::string_view kBlanks = " \t\r\n";

struct Record {
    std::string_view text;   // without comments; parentheses are blanks
    std::uint32_t line = 0;  // of its beginning
    bool indented = false;   // begins with a blank: the owner is the last one
    bool broken = false;     // parentheses or quotes that do not end, or too long
};

// Cuts a zone file into records: ';' comments, quotes, and parentheses that span lines.
class Records {
  public:
    explicit Records(std::string_view text) : text_(text) {}

    bool next(Record& out) {
        while (at_ < text_.size()) {
            read(out);
            if (buffer_.find_first_not_of(kBlanks) == std::string::npos && !out.broken) continue;
            out.text = buffer_;
            return true;
        }
        return false;
    }

  private:
    void read(Record& out) {
        out = {};
        out.line = line_;
        out.indented = text_[at_] == ' ' || text_[at_] == '\t';
        buffer_.clear();
        unsigned open = 0;
        bool quoted = false;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\n') {
                ++line_;
                if (open == 0 || quoted) {
                    ++at_;
                    break;
                }
            }
            if (c == ';' && !quoted) {
                skip_comment();
                continue;
            }
            if (c == '"') quoted = !quoted;
            if (!quoted && c == '(') ++open;
            if (!quoted && c == ')') {
                out.broken = out.broken || open == 0;
                open -= open > 0;
            }
            if (buffer_.size() < kRecordBytesMax)
                buffer_.push_back(!quoted && (c == '(' || c == ')' || c == '\n') ? ' ' : c);
            else
                out.broken = true;
        }
        out.broken = out.broken || open != 0 || quoted;
    }
    // To before the line's end.
    void skip_comment() {
        while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n')
            ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::string buffer_;
};

std::string_view word(std::string_view& rest) {
    const std::size_t from = std::min(rest.find_first_not_of(kBlanks), rest.size());
    const std::size_t to = std::min(rest.find_first_of(kBlanks, from), rest.size());
    const std::string_view found = rest.substr(from, to - from);
    rest.remove_prefix(to);
    return found;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}
std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// A TTL: seconds, or numbers with units ("1h30m").
bool is_ttl(std::string_view text) {
    return !text.empty() && text[0] >= '0' && text[0] <= '9' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') ||
                      std::string_view("smhdwSMHDW").find(c) != std::string_view::npos;
           });
}

// "24.0.2.0.192" is 192.0.2.0/24; "48.zz.2.db8.2001" is 2001:db8:2::/48.
bool rpz_prefix(std::string_view text, Prefix& out) {
    std::vector<std::string_view> parts;
    while (parts.size() < 11) {
        const std::size_t dot = text.find('.');
        parts.push_back(text.substr(0, dot));
        if (dot == std::string_view::npos) break;
        text.remove_prefix(dot + 1);
    }
    if (parts.size() < 2) return false;
    const bool v4 = parts.size() == 5 && std::find(parts.begin(), parts.end(), "zz") == parts.end();
    std::string address;
    for (std::size_t i = parts.size(); i-- > 1;) {
        const bool gap = !v4 && parts[i] == "zz";
        if (!address.empty() && !address.ends_with("::")) address += v4 ? "." : ":";
        if (gap)
            address += address.ends_with(':') ? ":" : "::";
        else
            address += parts[i];
    }
    const ParsedPrefix parsed = parse_prefix(address + "/" + std::string(parts[0]));
    if (!parsed.prefix) return false;
    out = *parsed.prefix;
    return true;
}

class Zone {
  public:
    explicit Zone(FeedSink& sink) : sink_(sink) {}

    void record(const Record& r) {
        if (r.broken) return bad(r.text, "has parentheses or quotes that do not end");
        std::string_view rest = r.text;
        if (r.text[0] == '$') return directive(rest);
        if (!r.indented) owner_ = lower(word(rest));
        if (owner_.empty()) return bad(r.text, "has no owner");
        std::string_view type = word(rest);
        for (int i = 0; i < 2; ++i)  // TTL and class, in either order
            if (is_ttl(type) || upper(type) == "IN") type = word(rest);
        judge(r.text, upper(type), lower(word(rest)));
    }

  private:
    void bad(std::string_view text, std::string_view what) {
        sink_.bad("bad_zone", text, what, "see that the zone loads with named-checkzone");
    }
    void directive(std::string_view rest) {
        const std::string_view text = rest;
        const std::string what = upper(word(rest));
        if (what == "$ORIGIN")
            set_origin(lower(word(rest)));
        else if (what != "$TTL")
            bad(text, "is a directive that is not understood");
    }
    void set_origin(std::string origin) {
        if (origin.ends_with('.'))
            origin.pop_back();
        else if (!zone_.empty())
            origin += "." + zone_;
        if (zone_.empty()) zone_ = origin;
        origin_ = std::move(origin);
    }
    void judge(std::string_view text, const std::string& type, const std::string& target) {
        if (type == "SOA") {
            if (zone_.empty() && owner_ != "@") set_origin(owner_);
            return;
        }
        if (type == "NS" || type == "RRSIG" || type == "NSEC" || type == "DNSKEY") return;
        if (type.empty() || target.empty()) return bad(text, "is no record");
        std::string name;
        if (!policy_name(name)) return bad(text, "is not in the zone");
        if (name.empty()) return sink_.skip(text, "is about the zone itself");
        if (target == "rpz-tcp-only.") return sink_.skip(text, "asks for TCP, lists nothing");
        const bool passes = target == "rpz-passthru.";
        if (name.ends_with(".rpz-ip")) return rpz_ip(text, name, passes);
        if (name.ends_with(".rpz-nsdname") || name.ends_with(".rpz-nsip") ||
            name.ends_with(".rpz-client-ip"))
            return sink_.skip(text, "is about name servers or clients");
        if (type != "CNAME" && type != "A" && type != "AAAA" && type != "TXT" && type != "MX" &&
            type != "DNAME" && type != "SRV" && type != "HTTPS" && type != "SVCB")
            return bad(text, "is of a type that is not understood");
        sink_.name(name, passes ? Kind::exception : Kind::name);
    }
    // The owner without the zone's name; false when it lies outside.
    bool policy_name(std::string& out) const {
        out = owner_;
        if (owner_ == "@") {
            out = relative_origin();
            return true;
        }
        if (!out.ends_with('.')) {
            const std::string below = relative_origin();
            if (!below.empty()) out += "." + below;
            return true;
        }
        out.pop_back();
        if (zone_.empty()) return true;
        if (out == zone_) {
            out.clear();
            return true;
        }
        if (!out.ends_with("." + zone_)) return false;
        out.resize(out.size() - zone_.size() - 1);
        return true;
    }
    // What the current origin adds to names below the zone.
    std::string relative_origin() const {
        if (origin_.size() <= zone_.size() + 1 || !origin_.ends_with("." + zone_)) return {};
        return origin_.substr(0, origin_.size() - zone_.size() - 1);
    }
    void rpz_ip(std::string_view text, std::string_view name, bool passes) {
        Prefix prefix;
        name.remove_suffix(std::string_view(".rpz-ip").size());
        if (!rpz_prefix(name, prefix)) return bad(text, "is no address in the form of rpz-ip");
        if (passes) return sink_.skip(text, "excepts an address");
        sink_.address(prefix);
    }

    FeedSink& sink_;
    std::string zone_, origin_, owner_;
};

}  // namespace

void read_rpz(std::string_view text, FeedSink& sink) {
    Records records(text);
    Zone zone(sink);
    Record record;
    while (!sink.full() && records.next(record)) {
        sink.at(record.line, 1);
        zone.record(record);
    }
}

}  // namespace sluice::load
