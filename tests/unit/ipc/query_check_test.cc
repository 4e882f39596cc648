// check_request: every field that could hold a value its type cannot is refused, by its own error.
#include "rules/ipc/query_check.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace sluice::ipc {
namespace {

using Message = std::vector<std::uint8_t>;

Message bytes_of(const Request& request) {
    Message bytes(sizeof(request));
    std::memcpy(bytes.data(), &request, sizeof(request));
    return bytes;
}

Message load_request(std::string_view path) {
    Request request;
    request.kind = QueryKind::load_bundle;
    std::memcpy(request.path, path.data(), path.size());
    return bytes_of(request);
}

TEST(QueryCheck, TakesEveryKind) {
    for (const QueryKind kind :
         {QueryKind::status, QueryKind::flows, QueryKind::find_flow, QueryKind::wires,
          QueryKind::load_bundle, QueryKind::workers, QueryKind::drain_wire,
          QueryKind::undrain_wire, QueryKind::capture_start, QueryKind::capture_read,
          QueryKind::capture_stop}) {
        Request request;
        request.kind = kind;
        request.cursor = ~std::uint64_t{0};
        request.filter.by_verdict = true;
        request.filter.verdict = model::Verdict::inspect;
        request.filter.reason = model::Reason::mail_suspended;
        const auto checked = check_request(bytes_of(request));
        ASSERT_TRUE(checked.ok());
        EXPECT_EQ(checked->kind, kind);
        EXPECT_EQ(checked->cursor, request.cursor);
        EXPECT_TRUE(checked->filter.by_verdict);
        EXPECT_EQ(checked->filter.reason, model::Reason::mail_suspended);
    }
}

TEST(QueryCheck, EverySizeButTheRightOneIsRefused) {
    Message message = bytes_of(Request{});
    for (std::size_t size = 0; size < message.size(); ++size)
        ASSERT_EQ(check_request(Bytes(message).first(size)).error(), RequestError::wrong_size);
    message.push_back(0);
    EXPECT_EQ(check_request(message).error(), RequestError::wrong_size);
}

struct BadByte {
    const char* name;
    std::size_t offset;
    std::uint8_t lowest_bad;
    RequestError error;
};

TEST(QueryCheck, BytesThatAreNoValueOfTheirType) {
    constexpr std::size_t kFilter = offsetof(Request, filter);
    const BadByte kCases[] = {
        {"version", offsetof(Request, version), kQueryVersion + 1, RequestError::wrong_version},
        {"kind", offsetof(Request, kind), 11, RequestError::unknown_kind},
        {"now", offsetof(Request, now), 2, RequestError::bad_flag},
        {"exact", offsetof(Request, capture) + offsetof(CaptureOrder, exact), 2,
         RequestError::bad_flag},
        {"by_address", offsetof(Request, capture) + offsetof(CaptureOrder, by_address), 2,
         RequestError::bad_flag},
        {"payload", offsetof(Request, capture) + offsetof(CaptureOrder, payload), 2,
         RequestError::bad_flag},
        {"drop", offsetof(Request, capture) + offsetof(CaptureOrder, drop),
         static_cast<std::uint8_t>(model::kDropReasonCount + 1), RequestError::unknown_drop},
        {"by_user", kFilter + offsetof(FlowFilter, by_user), 2, RequestError::bad_flag},
        {"by_remote", kFilter + offsetof(FlowFilter, by_remote), 2, RequestError::bad_flag},
        {"by_org", kFilter + offsetof(FlowFilter, by_org), 2, RequestError::bad_flag},
        {"by_verdict", kFilter + offsetof(FlowFilter, by_verdict), 2, RequestError::bad_flag},
        {"by_reason", kFilter + offsetof(FlowFilter, by_reason), 2, RequestError::bad_flag},
        {"by_operator", kFilter + offsetof(FlowFilter, by_operator), 2, RequestError::bad_flag},
        {"verdict", kFilter + offsetof(FlowFilter, verdict), 3, RequestError::unknown_verdict},
        {"reason", kFilter + offsetof(FlowFilter, reason),
         static_cast<std::uint8_t>(model::kReasonCount), RequestError::unknown_reason},
    };
    for (const BadByte& bad : kCases)
        for (unsigned value = bad.lowest_bad; value <= 0xff; ++value) {
            Message message = bytes_of(Request{});
            message[bad.offset] = static_cast<std::uint8_t>(value);
            const auto checked = check_request(message);
            ASSERT_FALSE(checked.ok()) << bad.name << " = " << value;
            ASSERT_EQ(checked.error(), bad.error) << bad.name << " = " << value;
        }
}

TEST(QueryCheck, Paths) {
    EXPECT_TRUE(check_request(load_request("")).ok());
    EXPECT_TRUE(check_request(load_request("/var/lib/sluice/bundle")).ok());
    EXPECT_TRUE(check_request(load_request("/" + std::string(kPathMax - 1, 'p'))).ok());
    for (const std::string& bad : {std::string("bundle"), std::string("../x"), std::string("/a\nb"),
                                   std::string("/\x7f"), "/" + std::string(kPathMax, 'p')})
        EXPECT_EQ(check_request(load_request(bad)).error(), RequestError::bad_path) << bad;
}

TEST(QueryCheck, WireNames) {
    const auto with_wire = [](std::string_view wire) {
        Request request;
        request.kind = QueryKind::drain_wire;
        std::memcpy(request.wire, wire.data(), wire.size());
        return bytes_of(request);
    };
    EXPECT_TRUE(check_request(with_wire("telco-a-main")).ok());
    EXPECT_TRUE(check_request(with_wire(std::string(63, 'w'))).ok());
    for (const std::string& bad : {std::string(64, 'w'), std::string("a\nb"), std::string("\x7f")})
        EXPECT_EQ(check_request(with_wire(bad)).error(), RequestError::bad_wire) << bad;
}

TEST(QueryCheck, EveryErrorHasASentence) {
    for (const RequestError e :
         {RequestError::wrong_size, RequestError::wrong_version, RequestError::unknown_kind,
          RequestError::bad_flag, RequestError::unknown_verdict, RequestError::unknown_reason,
          RequestError::bad_path, RequestError::bad_wire})
        EXPECT_FALSE(text_of(e).empty());
}

}  // namespace
}  // namespace sluice::ipc
