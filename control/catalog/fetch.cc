#include "control/catalog/fetch.h"

#include <curl/curl.h>

#include <memory>

namespace sluice::control::catalog {
namespace {

struct Body {
    std::string bytes;
    std::size_t bytes_max = 0;
};

// libcurl's callbacks: fewer bytes taken than given ends the transfer.
std::size_t take_bytes(char* data, std::size_t size, std::size_t count, void* into) {
    auto* body = static_cast<Body*>(into);
    const std::size_t bytes = size * count;
    if (body->bytes.size() + bytes > body->bytes_max) return 0;
    body->bytes.append(data, bytes);
    return bytes;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* into) {
    constexpr std::string_view kName = "etag:";
    std::string_view line(data, size * count);
    bool is_etag = line.size() > kName.size();
    for (std::size_t i = 0; is_etag && i < kName.size(); ++i)
        is_etag = (line[i] | 0x20) == kName[i] || line[i] == kName[i];
    if (is_etag) {
        line.remove_prefix(kName.size());
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
            line.remove_prefix(1);
        while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
            line.remove_suffix(1);
        static_cast<std::string*>(into)->assign(line.substr(0, 256));
    }
    return size * count;
}

struct FreeHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

Result<Fetched, std::string> fetch_https(const FetchOrder& order) {
    const std::unique_ptr<CURL, FreeHandle> handle(curl_easy_init());
    if (!handle) return Err{std::string("libcurl has no memory")};
    CURL* const curl = handle.get();
    Body body{{}, order.bytes_max};
    Fetched fetched;
    char why[CURL_ERROR_SIZE] = {};
    std::unique_ptr<curl_slist, FreeList> headers;
    if (!order.etag.empty())
        headers.reset(curl_slist_append(nullptr, ("If-None-Match: " + order.etag).c_str()));
    curl_easy_setopt(curl, CURLOPT_URL, order.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1024L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 30L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    if (!order.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, order.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &fetched.etag);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    const CURLcode done = curl_easy_perform(curl);
    if (done != CURLE_OK)
        return Err{order.url + ": " + (why[0] != 0 ? why : curl_easy_strerror(done)) +
                   (done == CURLE_WRITE_ERROR
                        ? " (larger than " + std::to_string(order.bytes_max) + " bytes)"
                        : "")};
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    fetched.unchanged = status == 304;
    if (status != 200 && status != 304)
        return Err{order.url + ": HTTP status " + std::to_string(status)};
    fetched.body = std::move(body.bytes);
    return fetched;
}

std::string beside(const std::string& base, const std::string& reference) {
    constexpr std::string_view kHttps = "https://";
    if (!base.starts_with(kHttps)) return "";
    const std::size_t host_end = std::min(base.find('/', kHttps.size()), base.size());
    const std::string origin = base.substr(0, host_end);
    if (reference.find("://") != std::string::npos)
        return reference.starts_with(origin + "/") ? reference : "";
    if (reference.empty() || reference.starts_with("/") ||
        reference.find("..") != std::string::npos)
        return "";
    return base.substr(0, base.rfind('/') < host_end ? host_end : base.rfind('/')) + "/" +
           reference;
}

}  // namespace sluice::control::catalog
