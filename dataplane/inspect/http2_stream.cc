#include "dataplane/inspect/http2_stream.h"

namespace sluice::inspect {

bool Fields2::add(std::string_view name, std::string_view value) {
    bytes_ += name.size() + value.size();
    if (fields_.size() >= kCountMax || bytes_ > kBytesMax) return false;
    fields_.emplace_back(name, value);
    return true;
}

std::string_view Fields2::get(std::string_view name) const {
    for (const auto& [n, value] : fields_)
        if (n == name) return value;
    return {};
}

std::size_t Fields2::count(std::string_view name) const {
    std::size_t count = 0;
    for (const auto& [n, value] : fields_)
        count += n == name ? 1 : 0;
    return count;
}

std::string Fields2::joined(std::string_view name) const {
    std::string list;
    for (const auto& [n, value] : fields_)
        if (n == name) list.append(list.empty() ? "" : ",").append(value);
    return list;
}

void Fields2::clear() {
    fields_ = {};
    bytes_ = 0;
}

std::vector<nghttp2_nv> Fields2::nv() const {
    std::vector<nghttp2_nv> list;
    list.reserve(fields_.size());
    for (const auto& [name, value] : fields_)
        list.push_back({const_cast<std::uint8_t*>(as_bytes(name).data()),
                        const_cast<std::uint8_t*>(as_bytes(value).data()), name.size(),
                        value.size(), NGHTTP2_NV_FLAG_NONE});
    return list;
}

bool see(const Fields2& fields, RequestSeen& seen) {
    seen.method = fields.get(":method");
    seen.host = fields.get(":authority");
    seen.target = fields.get(":path");
    const std::size_t hosts = fields.count("host");
    const std::string_view host = fields.get("host");
    if (hosts > 1) return false;
    if (seen.host.empty()) seen.host = host;
    return !seen.host.empty() && (hosts == 0 || host_of(host) == host_of(seen.host));
}

}  // namespace sluice::inspect
