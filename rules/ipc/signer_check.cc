// Bytes to checked messages. Bools and enums are looked at as bytes first: one with any other value
// would be undefined behaviour to read.
#include "rules/ipc/signer_check.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace sluice::ipc {
namespace {

using Error = SignerMessageError;

constexpr std::uint8_t kKinds = static_cast<std::uint8_t>(SignerKind::record) + 1;
constexpr std::uint8_t kIssuers = static_cast<std::uint8_t>(SignerIssuer::untrusted) + 1;

// Ends inside its field; printable ASCII before that.
bool text_is_good(Bytes message, std::size_t at, std::size_t field) {
    for (std::size_t i = at; i < at + field; ++i) {
        if (message[i] == 0) return true;
        if (message[i] < 0x21 || message[i] > 0x7e) return false;
    }
    return false;
}

// A text for people: may have blanks.
bool message_is_good(Bytes message, std::size_t at, std::size_t field) {
    for (std::size_t i = at; i < at + field; ++i) {
        if (message[i] == 0) return true;
        if (message[i] < 0x20 || message[i] > 0x7e) return false;
    }
    return false;
}

template <class Message>
Message copy_of(Bytes bytes) {
    Message message;
    std::memcpy(&message, bytes.data(), sizeof(message));
    return message;
}

template <class Message>
Result<Message, Error> exactly(Bytes message, SignerKind kind) {
    const auto head = check_signer_head(message);
    if (!head) return Err{head.error()};
    if (head->kind != kind) return Err{Error::unknown_kind};
    if (message.size() != sizeof(Message)) return Err{Error::wrong_size};
    return copy_of<Message>(message);
}

}  // namespace

std::string_view name_of(SignerMessageError error) {
    constexpr std::string_view kNames[] = {"wrong_size", "wrong_version", "unknown_kind",
                                           "bad_flag",   "bad_text",      "bad_chain"};
    return kNames[static_cast<std::size_t>(error)];
}

Result<SignerHead, Error> check_signer_head(Bytes message) noexcept {
    if (message.size() < sizeof(SignerHead) || message.size() > kSignerMessageBytesMax)
        return Err{Error::wrong_size};
    std::uint32_t version = 0;
    std::memcpy(&version, message.data() + offsetof(SignerHead, version), sizeof version);
    if (version != kSignerVersion) return Err{Error::wrong_version};
    if (message[offsetof(SignerHead, kind)] >= kKinds) return Err{Error::unknown_kind};
    return copy_of<SignerHead>(message);
}

Result<ChainView, Error> split_chain(Bytes chain, std::size_t count) noexcept {
    if (count > kSignerChainCertificatesMax || chain.size() > kSignerChainBytesMax)
        return Err{Error::bad_chain};
    ChainView view;
    ByteReader reader(chain);
    for (; view.count < count; ++view.count) {
        std::uint32_t size = 0;
        if (!reader.u24(size) || size == 0 || !reader.take(size, view.certificates[view.count]))
            return Err{Error::bad_chain};
    }
    if (reader.left() != 0) return Err{Error::bad_chain};
    return view;
}

void add_to_chain(std::vector<std::uint8_t>& chain, Bytes certificate) {
    const std::size_t size = certificate.size();
    for (int shift = 16; shift >= 0; shift -= 8)
        chain.push_back(static_cast<std::uint8_t>(size >> shift));
    chain.insert(chain.end(), certificate.begin(), certificate.end());
}

Result<CheckedLeafRequest, Error> check_leaf_request(Bytes message) noexcept {
    const auto head = check_signer_head(message);
    if (!head) return Err{head.error()};
    if (head->kind != SignerKind::leaf) return Err{Error::unknown_kind};
    if (message.size() < sizeof(LeafRequest)) return Err{Error::wrong_size};
    if (message[offsetof(LeafRequest, issuer)] >= kIssuers ||
        message[offsetof(LeafRequest, by_address)] > 1)
        return Err{Error::bad_flag};
    if (!text_is_good(message, offsetof(LeafRequest, operator_id), kSignerIdBytes) ||
        !text_is_good(message, offsetof(LeafRequest, organisation), kSignerIdBytes) ||
        !text_is_good(message, offsetof(LeafRequest, name), sizeof(LeafRequest::name)))
        return Err{Error::bad_text};
    CheckedLeafRequest checked;
    checked.request = copy_of<LeafRequest>(message);
    const LeafRequest& r = checked.request;
    if (r.spki_bytes > kSignerSpkiBytesMax ||
        message.size() != sizeof(LeafRequest) + r.spki_bytes + std::size_t{r.chain_bytes})
        return Err{Error::wrong_size};
    checked.spki = message.subspan(sizeof(LeafRequest), r.spki_bytes);
    const auto chain =
        split_chain(message.subspan(sizeof(LeafRequest) + r.spki_bytes), r.chain_certificates);
    if (!chain) return Err{chain.error()};
    checked.chain = *chain;
    return checked;
}

Result<CheckedRecordRequest, Error> check_record_request(Bytes message) noexcept {
    const auto head = check_signer_head(message);
    if (!head) return Err{head.error()};
    if (head->kind != SignerKind::record) return Err{Error::unknown_kind};
    if (message.size() < sizeof(RecordRequest)) return Err{Error::wrong_size};
    const auto request = copy_of<RecordRequest>(message);
    if (request.entries == 0 || request.entries > kEvidenceBatchMax) return Err{Error::wrong_size};
    CheckedRecordRequest checked;
    checked.head = request.head;
    ByteReader reader(message.subspan(sizeof(RecordRequest)));
    for (; checked.count < request.entries; ++checked.count) {
        Bytes& line = checked.lines[checked.count];
        if (!reader.block16(line)) return Err{Error::wrong_size};
        if (line.empty() || line.size() > kEvidenceEntryBytesMax ||
            !std::all_of(line.begin(), line.end(),
                         [](std::uint8_t c) { return c >= 0x20 && c < 0x7f; }))
            return Err{Error::bad_text};
    }
    if (reader.left() != 0) return Err{Error::wrong_size};
    return checked;
}

Result<RecordReply, Error> check_record_reply(Bytes message) noexcept {
    return exactly<RecordReply>(message, SignerKind::record);
}

Result<CheckedLeafReply, Error> check_leaf_reply(Bytes message) noexcept {
    const auto head = check_signer_head(message);
    if (!head) return Err{head.error()};
    if (head->kind != SignerKind::leaf) return Err{Error::unknown_kind};
    if (message.size() < sizeof(LeafReply)) return Err{Error::wrong_size};
    if (message[offsetof(LeafReply, issuer)] >= kIssuers) return Err{Error::bad_flag};
    if (!text_is_good(message, offsetof(LeafReply, generation), kSignerIdBytes))
        return Err{Error::bad_text};
    CheckedLeafReply checked;
    checked.reply = copy_of<LeafReply>(message);
    const LeafReply& r = checked.reply;
    if (message.size() != sizeof(LeafReply) + std::size_t{r.chain_bytes})
        return Err{Error::wrong_size};
    if (r.chain_certificates == 0) return Err{Error::bad_chain};
    const auto chain = split_chain(message.subspan(sizeof(LeafReply)), r.chain_certificates);
    if (!chain) return Err{chain.error()};
    checked.chain = *chain;
    return checked;
}

Result<RefusedReply, Error> check_refused_reply(Bytes message) noexcept {
    if (message.size() == sizeof(RefusedReply) &&
        message[offsetof(RefusedReply, refusal)] >= kSignerRefusalCount)
        return Err{Error::bad_flag};
    return exactly<RefusedReply>(message, SignerKind::refused);
}

Result<StatusReply, Error> check_status_reply(Bytes message) noexcept {
    if (message.size() != sizeof(StatusReply)) return Err{Error::wrong_size};
    for (std::size_t ca = 0; ca < std::size(StatusReply{}.ca); ++ca)
        if (message[offsetof(StatusReply, ca) + ca * sizeof(SignerCaRecord) +
                    offsetof(SignerCaRecord, loaded)] > 1)
            return Err{Error::bad_flag};
    if (message[offsetof(StatusReply, trouble)] > 1) return Err{Error::bad_flag};
    if (!text_is_good(message, offsetof(StatusReply, generation), kSignerIdBytes) ||
        !message_is_good(message, offsetof(StatusReply, message), sizeof(StatusReply::message)))
        return Err{Error::bad_text};
    return exactly<StatusReply>(message, SignerKind::status);
}

Result<GenerationNotice, Error> check_generation_notice(Bytes message) noexcept {
    if (message.size() == sizeof(GenerationNotice) &&
        !text_is_good(message, offsetof(GenerationNotice, generation), kSignerIdBytes))
        return Err{Error::bad_text};
    return exactly<GenerationNotice>(message, SignerKind::generation);
}

}  // namespace sluice::ipc
