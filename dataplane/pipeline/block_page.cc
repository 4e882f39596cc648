#include "dataplane/pipeline/block_page.h"

#include <algorithm>
#include <charconv>

namespace sluice::pipeline {
namespace {

constexpr std::string_view kHead =
    "HTTP/1.1 403 Forbidden\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Cache-Control: no-store\r\n"
    "Connection: close\r\n"
    "Content-Length: ";
constexpr std::string_view kBefore =
    "<!doctype html><html lang=kk><meta charset=utf-8><title>Sluice</title>"
    "<h1>Қолжетімділік шектелген</h1><p>Бұл ресурс ұйымыңыздың қолжетімділік саясатымен ашылмаған."
    "<h1 lang=ru>Доступ ограничен</h1><p lang=ru>Ресурс не открыт политикой доступа вашей "
    "организации."
    "<h1 lang=en>Access is restricted</h1><p lang=en>";
constexpr std::string_view kNumber = ".<p>SL-";
constexpr std::string_view kReference = " &middot; ";
constexpr std::string_view kAfter = "</html>\n";

// Appends what fits; a page is made of parts that fit together (checked by a test for each reason).
class Writer {
  public:
    explicit Writer(std::span<char> out) : out_(out) {}
    void text(std::string_view s) {
        const std::size_t n = std::min(s.size(), out_.size() - size_);
        std::copy_n(s.begin(), n, out_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += n;
    }
    void number(std::size_t value) {
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        text({digits, static_cast<std::size_t>(end - digits)});
    }
    std::size_t size() const { return size_; }

  private:
    std::span<char> out_;
    std::size_t size_ = 0;
};

}  // namespace

std::size_t write_block_page(model::Reason reason, std::string_view reference,
                             std::span<char, kPageMax> out) noexcept {
    const model::ReasonInfo& why = model::info(reason);
    const std::size_t number_size = 4;  // reasons have four digits
    const std::size_t body = kBefore.size() + why.text.size() + kNumber.size() + number_size +
                             kReference.size() + reference.size() + kAfter.size();
    Writer w(out);
    w.text(kHead);
    w.number(body);
    w.text("\r\n\r\n");
    w.text(kBefore);
    w.text(why.text);
    w.text(kNumber);
    w.number(why.number);
    w.text(kReference);
    w.text(reference);
    w.text(kAfter);
    return w.size();
}

}  // namespace sluice::pipeline
