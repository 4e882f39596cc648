#include "certs/log/entry.h"

#include <algorithm>

#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

constexpr std::uint8_t kVersion = 1;

void put_number(std::vector<std::uint8_t>& out, std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void put_text(std::vector<std::uint8_t>& out, const std::string& text) {
    SLUICE_ASSERT(text.size() < ipc::kSignerIdBytes);
    out.push_back(static_cast<std::uint8_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
}

bool take_text(ByteReader& reader, std::string& out) {
    Bytes text;
    if (!reader.block8(text) || text.size() >= ipc::kSignerIdBytes) return false;
    // What people read in `issuance list`: no control bytes.
    if (!std::all_of(text.begin(), text.end(), [](std::uint8_t c) { return c > 0x20 && c < 0x7f; }))
        return false;
    out = as_text(text);
    return true;
}
bool take_hash(ByteReader& reader, ipc::Sha256& out) {
    Bytes hash;
    if (!reader.take(out.size(), hash)) return false;
    std::copy(hash.begin(), hash.end(), out.begin());
    return true;
}

}  // namespace

std::vector<std::uint8_t> bytes_of(const LogEntry& entry) {
    std::vector<std::uint8_t> out;
    out.reserve(entry.leaf.size() + 256);
    out.push_back(kVersion);
    put_number(out, static_cast<std::uint64_t>(entry.issued.raw()), 8);
    out.push_back(static_cast<std::uint8_t>(entry.issuer));
    put_text(out, entry.operator_id);
    put_text(out, entry.organisation);
    put_text(out, entry.generation);
    for (const ipc::Sha256* hash : {&entry.bundle, &entry.origin, &entry.anchor})
        out.insert(out.end(), hash->begin(), hash->end());
    SLUICE_ASSERT(entry.leaf.size() <= 0xffff);
    put_number(out, entry.leaf.size(), 2);
    out.insert(out.end(), entry.leaf.begin(), entry.leaf.end());
    SLUICE_ASSERT(out.size() <= kLogEntryBytesMax);
    return out;
}

std::optional<LogEntry> parse_entry(Bytes bytes) {
    LogEntry entry;
    ByteReader reader(bytes);
    std::uint8_t version = 0, issuer = 0;
    std::uint32_t high = 0, low = 0;
    Bytes leaf;
    if (bytes.size() > kLogEntryBytesMax || !reader.u8(version) || version != kVersion ||
        !reader.u32(high) || !reader.u32(low) || !reader.u8(issuer) ||
        issuer > static_cast<std::uint8_t>(ipc::SignerIssuer::untrusted) ||
        !take_text(reader, entry.operator_id) || !take_text(reader, entry.organisation) ||
        !take_text(reader, entry.generation) || !take_hash(reader, entry.bundle) ||
        !take_hash(reader, entry.origin) || !take_hash(reader, entry.anchor) ||
        !reader.block16(leaf) || reader.left() != 0)
        return std::nullopt;
    entry.issued = UtcTime{static_cast<std::int64_t>(std::uint64_t{high} << 32 | low)};
    entry.issuer = static_cast<ipc::SignerIssuer>(issuer);
    entry.leaf.assign(leaf.begin(), leaf.end());
    return entry;
}

}  // namespace sluice::certs
