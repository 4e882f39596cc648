// BodyScan: looks into one body while it passes. Decodes its codings, matches signatures, tells
// what kind of file it is; says `block` before the bytes that made it say so are passed on.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/content/file_type.h"
#include "rules/content/rules.h"
#include "rules/model/reason.h"

namespace sluice::content {

// X(word, sentence). Why a body (or the rest of it) was not looked into.
#define SLUICE_UNREAD(X)                                               \
    X(unknown_coding, "a content coding that is not known here")       \
    X(too_many_codings, "more codings in one another than are undone") \
    X(damaged, "not what its Content-Encoding says")                   \
    X(too_large, "more decoded bytes than are looked at")              \
    X(ratio, "expands like nothing but a decompression bomb")          \
    X(memory, "no memory for another decoder")

enum class Unread : std::uint8_t {
#define X(word, text) word,
    SLUICE_UNREAD(X)
#undef X
};
inline constexpr std::string_view kUnreadWords[] = {
#define X(word, text) #word,
    SLUICE_UNREAD(X)
#undef X
};

struct Finding {
    model::ContentAction action = model::ContentAction::report;
    model::Reason reason = model::Reason::content_malicious;
    std::string what;  // the signature's id or the type's word
};

class BodyScan {
  public:
    // `content_encoding`: the field's value, or all of them with commas; empty: none.
    BodyScan(const Rules& rules, std::string_view content_encoding);

    // Bytes of the body as they come, transfer coding removed. A finding to block is the last word;
    // one to report may be followed by others.
    std::optional<Finding> feed(Bytes bytes);
    // The body is complete: what was waiting for more bytes is judged.
    std::optional<Finding> finish();
    // Set once it stopped looking.
    std::optional<Unread> unread() const { return unread_; }

    std::uint64_t decoded_bytes() const { return decoded_; }

  private:
    bool take(std::size_t stage, Bytes bytes);
    bool look(Bytes bytes);
    bool judge_type();
    void give_up(Unread why);

    const Rules& rules_;
    Matcher matcher_;
    std::vector<std::unique_ptr<Decoder>> decoders_;  // outermost coding first
    std::optional<Unread> unread_;
    std::optional<Finding> finding_;
    std::string begin_;  // until the type is known
    bool typed_ = false;
    std::uint64_t encoded_ = 0, decoded_ = 0;
};

}  // namespace sluice::content
