// Checks what passes between the signer and those who ask it, before anything believes it. Used by
// both ends; views point into the message.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rules/base/bytes.h"
#include "rules/base/result.h"
#include "rules/ipc/signer.h"

namespace sluice::ipc {

enum class SignerMessageError : std::uint8_t {
    wrong_size,     // shorter than its head, or not as long as the head says
    wrong_version,  // of another build
    unknown_kind,
    bad_flag,   // a bool or an enum with a value its type does not have
    bad_text,   // has no end, or bytes other than printable ASCII
    bad_chain,  // lengths that do not add up, an empty certificate, too many
};
std::string_view name_of(SignerMessageError error);

// The head of any message: version and kind are good, the size is at least a head's.
Result<SignerHead, SignerMessageError> check_signer_head(Bytes message) noexcept;

// A chain as TLS writes it: at most kSignerChainCertificatesMax, none of them empty.
struct ChainView {
    std::array<Bytes, kSignerChainCertificatesMax> certificates{};
    std::size_t count = 0;
    std::span<const Bytes> all() const { return {certificates.data(), count}; }
};
Result<ChainView, SignerMessageError> split_chain(Bytes chain, std::size_t count) noexcept;
// Appends `certificate` with its length; it is shorter than 2^24 bytes.
void add_to_chain(std::vector<std::uint8_t>& chain, Bytes certificate);

struct CheckedLeafRequest {
    LeafRequest request;  // texts are zero-ended, flags and enums hold values of their type
    Bytes spki;
    ChainView chain;
    std::string_view operator_id() const { return request.operator_id; }
    std::string_view organisation() const { return request.organisation; }
    std::string_view name() const { return request.name; }
};
// One pass over the head and the lengths; no allocation. What the bytes of key and certificates
// hold is not looked at.
Result<CheckedLeafRequest, SignerMessageError> check_leaf_request(Bytes message) noexcept;

struct CheckedLeafReply {
    LeafReply reply;
    ChainView chain;
};
struct CheckedRecordRequest {
    SignerHead head;
    std::array<Bytes, kEvidenceBatchMax> lines{};
    std::size_t count = 0;
    std::span<const Bytes> all() const { return {lines.data(), count}; }
};
// bad_text: a line is empty, too long, or has other bytes than printable ASCII.
Result<CheckedRecordRequest, SignerMessageError> check_record_request(Bytes message) noexcept;
Result<RecordReply, SignerMessageError> check_record_reply(Bytes message) noexcept;
Result<CheckedLeafReply, SignerMessageError> check_leaf_reply(Bytes message) noexcept;
Result<RefusedReply, SignerMessageError> check_refused_reply(Bytes message) noexcept;
Result<StatusReply, SignerMessageError> check_status_reply(Bytes message) noexcept;
Result<GenerationNotice, SignerMessageError> check_generation_notice(Bytes message) noexcept;

}  // namespace sluice::ipc
