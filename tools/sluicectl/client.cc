// The way to the daemon: HTTP over its Unix socket.
#include <httplib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "tools/sluicectl/context.h"

namespace sluice::ctl {
namespace {

// Tells "no permission" from "nobody there" before httplib calls both a connection error.
int connect_errno(const std::string& path) {
    sockaddr_un address{};
    if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int result =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int why = result == 0 ? 0 : errno;
    ::close(probe);
    return why;
}

int code_of(const std::string& word) {
    static const std::map<std::string, int> kCodes = {
        {"usage", kUsage},       {"permission", kPermission},   {"not_found", kNo},
        {"conflict", kConflict}, {"too_large", kUsage},         {"invalid", kInvalid},
        {"internal", kInternal}, {"unavailable", kUnreachable}, {"timeout", kTimeout}};
    const auto at = kCodes.find(word);
    return at == kCodes.end() ? int{kInternal} : at->second;
}

// `waited`: seconds until the answer, or until there was none.
Response response_of(const Context& context, const httplib::Result& result, double waited) {
    if (!result) {
        const bool late = waited >= context.timeout_seconds;
        return late ? error_of(kTimeout, "timeout", "sluiced did not answer in time",
                               "it may still be at it: look at `sluicectl status`; --timeout "
                               "waits longer")
                    : error_of(kUnreachable, "unreachable", "the connection to sluiced broke",
                               "is it running? look at its log");
    }
    Json body = Json::parse(result->body, nullptr, false);
    if (body.is_discarded() || !body.is_object())
        return error_of(kInternal, "internal", "sluiced answered with something that is not JSON",
                        "are sluicectl and sluiced of the same version?");
    if (!body.contains("error")) return {kYes, std::move(body)};
    const int code = code_of(cell(body.at("error").value("code", Json("internal"))));
    return {code, std::move(body)};
}

template <class Ask>
Response with_client(const Context& context, Ask ask) {
    const int why = connect_errno(context.socket);
    if (why == EACCES || why == EPERM)
        return error_of(kPermission, "permission", context.socket + ": not permitted",
                        "you must be in the group that owns the socket");
    if (why != 0)
        return error_of(kUnreachable, "unreachable",
                        context.socket + ": " + std::strerror(why) + ": sluiced is not running",
                        "start sluiced, or name its socket with --socket");
    httplib::ClientImpl client(context.socket, 80);
    client.set_address_family(AF_UNIX);
    httplib::Headers headers = {{"Host", "localhost"}};
    if (context.break_glass) headers.emplace("Sluice-Break-Glass", "yes");
    client.set_default_headers(headers);
    client.set_read_timeout(static_cast<time_t>(context.timeout_seconds));
    client.set_write_timeout(static_cast<time_t>(context.timeout_seconds));
    const auto start = std::chrono::steady_clock::now();
    const httplib::Result result = ask(client);
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - start;
    return response_of(context, result, waited.count());
}

}  // namespace

Response get(const Context& context, const std::string& path, const Parameters& parameters) {
    return with_client(context, [&](httplib::ClientImpl& client) {
        const httplib::Params params(parameters.begin(), parameters.end());
        return client.Get(path, params, httplib::Headers{});
    });
}

Response post(const Context& context, const std::string& path, const Json& body) {
    return with_client(context, [&](httplib::ClientImpl& client) {
        return client.Post(path, body.dump(-1, ' ', false, Json::error_handler_t::replace),
                           "application/json");
    });
}

}  // namespace sluice::ctl
