// Any bytes as a request body: no exception, and what is accepted keeps what body.h promises.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "control/api/body.h"
#include "rules/base/assert.h"

namespace {

using namespace sluice::control;

void check_files(const SentFiles& sent) {
    SLUICE_ASSERT(!sent.files.empty() || !sent.unchanged.empty());
    for (const auto& [path, content] : sent.files) {
        SLUICE_ASSERT(is_inside_path(path));
        SLUICE_ASSERT(path.find("..") == std::string::npos || path.find("../") != 0);
    }
    for (const auto& [path, hash] : sent.unchanged) {
        SLUICE_ASSERT(is_inside_path(path) && hash.size() == 64);
        SLUICE_ASSERT(sent.files.count(path) == 0);
    }
}

template <class Answered>
void check_error(const Answered& answer) {
    if (answer.ok()) return;
    SLUICE_ASSERT(!answer.error().message.empty());
    // What is wrong can always be told, whatever bytes it quotes.
    SLUICE_ASSERT(!text_of(error_document(answer.error())).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto commit = parse_commit_body(text);
    check_error(commit);
    if (commit) {
        check_files(commit->sent);
        SLUICE_ASSERT(!commit->reason.empty() && commit->reason.size() <= kReasonBytesMax);
        SLUICE_ASSERT(!commit->confirm_seconds || (*commit->confirm_seconds >= 1 &&
                                                   *commit->confirm_seconds <= kConfirmSecondsMax));
    }
    const auto difference = parse_diff_body(text);
    check_error(difference);
    if (difference && difference->sent) check_files(*difference->sent);
    check_error(parse_reason_body(text));
    check_error(parse_drain_body(text));
    const auto event = parse_case_body(text);
    check_error(event);
    if (event) SLUICE_ASSERT(!event->event.empty() && event->fields.size() <= kFieldsMax);
    const auto deadline = parse_deadline_body(text);
    check_error(deadline);
    if (deadline) SLUICE_ASSERT(!deadline->deadline.empty());
    const auto capture = parse_capture_body(text);
    check_error(capture);
    if (capture)
        SLUICE_ASSERT(!capture->reason.empty() && capture->seconds >= 1 &&
                      (capture->flow.empty() || capture->address.empty()));
    for (const bool with_id : {false, true}) {
        const auto person = parse_person_body(text, with_id);
        check_error(person);
        if (!person) continue;
        SLUICE_ASSERT(!person->roles.empty() && person->id.empty() != with_id);
        SLUICE_ASSERT(person->uid.value_or(1) != 0);
        SLUICE_ASSERT(person->uid || certificate_name(person->certificate) == person->certificate);
    }
    const auto explain = parse_explain_body(text);
    check_error(explain);
    if (explain) SLUICE_ASSERT(!explain->subject.empty());
    return 0;
}
