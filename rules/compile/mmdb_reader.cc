#include "rules/compile/mmdb_reader.h"

#include <fcntl.h>
#include <maxminddb.h>
#include <sys/mman.h>
#include <unistd.h>

#include <charconv>

namespace sluice::compile {
namespace {

constexpr unsigned kV4Bits = 96;  // where the IPv4 tree hangs in an IPv6 database
constexpr std::size_t kAsnNameBytesMax = 200;

// libmaxminddb opens names only: the bytes get one that nobody else sees.
class OpenDatabase {
  public:
    explicit OpenDatabase(std::string_view bytes) {
        file_ = memfd_create("geo", MFD_CLOEXEC);
        if (file_ < 0) return;
        while (!bytes.empty()) {
            const ssize_t written = write(file_, bytes.data(), bytes.size());
            if (written <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        const std::string name = "/proc/self/fd/" + std::to_string(file_);
        status_ = MMDB_open(name.c_str(), MMDB_MODE_MMAP, &db_);
    }
    ~OpenDatabase() {
        if (status_ == MMDB_SUCCESS) MMDB_close(&db_);
        if (file_ >= 0) close(file_);
    }
    OpenDatabase(const OpenDatabase&) = delete;
    OpenDatabase& operator=(const OpenDatabase&) = delete;

    bool ok() const { return status_ == MMDB_SUCCESS; }
    const char* error() const { return MMDB_strerror(status_); }
    MMDB_s& db() { return db_; }

  private:
    MMDB_s db_{};
    int file_ = -1;
    int status_ = MMDB_IO_ERROR;
};

// One field of an entry, found by its path; nothing when it is not there or of another type.
template <class... Path>
bool field(MMDB_entry_s& entry, std::uint32_t type, MMDB_entry_data_s& out, Path... path) {
    return MMDB_get_value(&entry, &out, path..., static_cast<const char*>(nullptr)) ==
               MMDB_SUCCESS &&
           out.has_data && out.type == type;
}
template <class... Path>
std::string_view text(MMDB_entry_s& entry, Path... path) {
    MMDB_entry_data_s data;
    if (!field(entry, MMDB_DATA_TYPE_UTF8_STRING, data, path...)) return {};
    return {data.utf8_string, data.data_size};
}

std::uint16_t country_of(MMDB_entry_s& entry) {
    std::string_view code = text(entry, "country", "iso_code");
    if (code.empty()) code = text(entry, "country_code");
    if (code.empty()) code = text(entry, "country");
    if (code.empty()) code = text(entry, "registered_country", "iso_code");
    const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 2 || !letter(code[0]) || !letter(code[1])) return 0;
    return static_cast<std::uint16_t>(code[0] << 8 | code[1]);
}

std::uint32_t asn_of(MMDB_entry_s& entry) {
    MMDB_entry_data_s data;
    if (field(entry, MMDB_DATA_TYPE_UINT32, data, "autonomous_system_number")) return data.uint32;
    if (field(entry, MMDB_DATA_TYPE_UINT32, data, "asn")) return data.uint32;
    std::string_view words = text(entry, "asn");
    if (words.starts_with("AS")) words.remove_prefix(2);
    std::uint32_t number = 0;
    const auto parsed = std::from_chars(words.data(), words.data() + words.size(), number);
    return parsed.ptr == words.data() + words.size() ? number : 0;
}

class Walker {
  public:
    explicit Walker(MMDB_s& db) : db_(db) {}

    // What is wrong; empty when nothing is.
    std::string walk() {
        const bool v6 = db_.metadata.ip_version == 6;
        if (!v6 && db_.metadata.ip_version != 4) return "it is of neither IPv4 nor IPv6";
        if (db_.metadata.node_count == 0) return "its search tree is empty";
        limit_ = std::uint64_t{2} * db_.metadata.node_count + 1024;
        // Empty records leave gaps: the maps begin as "nothing", entries go in as they come.
        at_ = IpAddress{};
        node(0, v6 ? 0 : kV4Bits);
        return error_;
    }
    GeoMap take() { return std::move(map_); }

  private:
    void node(std::uint32_t number, unsigned depth) {
        if (!error_.empty()) return;
        if (++visits_ > limit_) {
            error_ = "its search tree has rings";
            return;
        }
        MMDB_search_node_s both;
        if (MMDB_read_node(&db_, number, &both) != MMDB_SUCCESS) {
            error_ = "its search tree is damaged";
            return;
        }
        record(both.left_record_type, both.left_record, both.left_record_entry, depth, false);
        record(both.right_record_type, both.right_record, both.right_record_entry, depth, true);
    }
    void record(std::uint8_t type, std::uint64_t value, MMDB_entry_s& entry, unsigned depth,
                bool right) {
        const auto bit = static_cast<std::uint8_t>(0x80 >> depth % 8);
        if (right) at_.bytes[depth / 8] |= bit;
        if (type == MMDB_RECORD_TYPE_SEARCH_NODE) {
            if (depth + 1 >= 128)
                error_ = "its search tree is deeper than an address";
            else if (!alias(value, depth + 1))
                node(static_cast<std::uint32_t>(value), depth + 1);
        } else if (type == MMDB_RECORD_TYPE_DATA) {
            put(fact_of(entry), depth + 1);
        } else if (type == MMDB_RECORD_TYPE_EMPTY) {
            put({}, depth + 1);
        } else {
            error_ = "its search tree is damaged";
        }
        if (right) at_.bytes[depth / 8] &= static_cast<std::uint8_t>(~bit);
    }
    bool in_v4(unsigned depth) const {
        for (unsigned i = 0; i < 12 && i * 8 < depth; ++i)
            if (at_.bytes[i] != 0) return false;
        return true;
    }
    // IPv4 addresses inside IPv6 ones (mapped, 6to4, Teredo): the same tree once more.
    bool alias(std::uint64_t value, unsigned depth) const {
        return db_.metadata.ip_version == 6 && db_.ipv4_start_node.node_value == value &&
               value != 0 && !(depth == kV4Bits && in_v4(depth));
    }
    GeoFact fact_of(MMDB_entry_s& entry) {
        const auto known = facts_.find(entry.offset);
        if (known != facts_.end()) return known->second;
        const GeoFact fact{country_of(entry), asn_of(entry)};
        if (fact.asn != 0 && !map_.asn_names.contains(fact.asn)) {
            std::string_view name = text(entry, "autonomous_system_organization");
            if (name.empty()) name = text(entry, "as_name");
            if (name.empty()) name = text(entry, "isp");
            map_.asn_names.emplace(fact.asn, name.substr(0, kAsnNameBytesMax));
        }
        facts_.emplace(entry.offset, fact);
        return fact;
    }
    // [at_, at_ + 2^(128 - depth)) is `fact`; calls come in ascending order.
    void put(const GeoFact& fact, unsigned depth) {
        if (in_v4(depth)) {
            const std::uint32_t start = depth <= kV4Bits ? 0 : low32();
            append(map_.v4, start, fact);
            if (depth >= kV4Bits) return;
        }
        append(map_.v6, at_, fact);
    }
    std::uint32_t low32() const {
        return std::uint32_t{at_.bytes[12]} << 24 | std::uint32_t{at_.bytes[13]} << 16 |
               std::uint32_t{at_.bytes[14]} << 8 | at_.bytes[15];
    }
    template <class Start>
    static void append(std::vector<GeoInterval<Start>>& all, const Start& start,
                       const GeoFact& fact) {
        if (all.back().fact == fact) return;
        if (all.back().start == start)
            all.back().fact = fact;
        else
            all.push_back({start, fact});
    }

    MMDB_s& db_;
    GeoMap map_;
    std::unordered_map<std::uint32_t, GeoFact> facts_;  // by offset of the data
    IpAddress at_;
    std::uint64_t visits_ = 0, limit_ = 0;
    std::string error_;
};

GeoFact over(const GeoFact& under, const GeoFact& over) {
    return {over.country != 0 ? over.country : under.country, over.asn != 0 ? over.asn : under.asn};
}

template <class Start>
std::vector<GeoInterval<Start>> combine(const std::vector<GeoInterval<Start>>& a,
                                        const std::vector<GeoInterval<Start>>& b) {
    std::vector<GeoInterval<Start>> all;
    std::size_t i = 0, j = 0;  // the intervals we are in
    Start at{};
    for (;;) {
        const GeoFact fact = over(a[i].fact, b[j].fact);
        if (all.empty() || !(all.back().fact == fact)) all.push_back({at, fact});
        const bool more_a = i + 1 < a.size(), more_b = j + 1 < b.size();
        if (!more_a && !more_b) return all;
        if (!more_b || (more_a && a[i + 1].start < b[j + 1].start)) {
            at = a[++i].start;
        } else {
            const bool both = more_a && a[i + 1].start == b[j + 1].start;
            at = b[++j].start;
            if (both) ++i;
        }
    }
}

}  // namespace

Result<GeoMap, std::string> read_mmdb(std::string_view bytes) {
    OpenDatabase database(bytes);
    if (!database.ok()) return Err{std::string(database.error())};
    Walker walker(database.db());
    if (std::string error = walker.walk(); !error.empty()) return Err{std::move(error)};
    return walker.take();
}

GeoMap combine(const GeoMap& under, const GeoMap& over) {
    GeoMap map;
    map.v4 = combine(under.v4, over.v4);
    map.v6 = combine(under.v6, over.v6);
    map.asn_names = over.asn_names;
    map.asn_names.insert(under.asn_names.begin(), under.asn_names.end());
    return map;
}

}  // namespace sluice::compile
