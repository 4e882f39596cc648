#include "control/notices/letter.h"

#include <openssl/evp.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "control/store/time_text.h"

namespace sluice::control::notices {
namespace {

constexpr std::size_t kLineBytes = 57;  // 76 characters of base64 (RFC 2045 6.8)

std::string header_text(std::string text) {
    std::erase_if(text, [](char c) { return c < ' ' || c > '~'; });
    return text;
}

std::string base64_lines(const std::string& text) {
    std::string out;
    unsigned char line[4 * (kLineBytes / 3) + 1];
    for (std::size_t at = 0; at < text.size(); at += kLineBytes) {
        const std::size_t size = std::min(kLineBytes, text.size() - at);
        const int written = EVP_EncodeBlock(
            line, reinterpret_cast<const unsigned char*>(text.data()) + at, static_cast<int>(size));
        out.append(reinterpret_cast<const char*>(line), static_cast<std::size_t>(written));
        out += "\r\n";
    }
    return out;
}

// RFC 5322 3.3, in UTC.
std::string date_text(UtcTime at) {
    const std::time_t seconds = at.raw();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    const std::size_t size =
        std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    return {text, size};
}

}  // namespace

std::string message_id(const NoticeRow& notice, const std::string& from) {
    const std::size_t at = from.find('@');
    const std::string host = at == std::string::npos ? "sluice.invalid" : from.substr(at + 1);
    return header_text("<" + notice.case_id + "." + std::to_string(notice.id) + "@" + host + ">");
}

std::string mail_of(const NoticeRow& notice, const std::string& from, const std::string& to) {
    std::string mail;
    const auto header = [&](const char* name, const std::string& value) {
        mail += std::string(name) + ": " + header_text(value) + "\r\n";
    };
    header("Date", date_text(notice.at));
    header("From", from);
    header("To", to);
    header("Message-ID", message_id(notice, from));
    header("Subject", "Sluice " + notice.case_id + ": " + notice.rule);
    header("Auto-Submitted", "auto-generated");
    header("MIME-Version", "1.0");
    header("Content-Type", "text/plain; charset=utf-8");
    header("Content-Transfer-Encoding", "base64");
    std::string body;
    for (const std::string& text : notice.text)
        body += text + "\r\n\r\n";
    return mail + "\r\n" + base64_lines(body);
}

std::string document_of(const NoticeRow& notice, const std::string& from) {
    return nlohmann::json{{"id", message_id(notice, from)},
                          {"case", notice.case_id},
                          {"notice", notice.rule},
                          {"to", notice.party},
                          {"recipient", notice.recipient},
                          {"at", rfc3339(notice.at)},
                          {"kk", notice.text[0]},
                          {"ru", notice.text[1]},
                          {"en", notice.text[2]}}
        .dump();
}

}  // namespace sluice::control::notices
