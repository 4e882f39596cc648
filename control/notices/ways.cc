#include "control/notices/ways.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "control/notices/letter.h"

namespace sluice::control::notices {
namespace {

constexpr std::size_t kKeyBytesMin = 16;

struct FreeHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& text) {
    list.reset(curl_slist_append(list.release(), text.c_str()));
}

struct Unread {
    const std::string& text;
    std::size_t at = 0;
};
std::size_t give_bytes(char* into, std::size_t size, std::size_t count, void* from) {
    auto* unread = static_cast<Unread*>(from);
    const std::size_t bytes = std::min(size * count, unread->text.size() - unread->at);
    std::memcpy(into, unread->text.data() + unread->at, bytes);
    unread->at += bytes;
    return bytes;
}
std::size_t take_nothing(char* /*data*/, std::size_t size, std::size_t count, void* /*into*/) {
    return size * count;
}

struct Secret {
    std::string bytes;
};

// Without the line feed an editor leaves.
Result<Secret, std::string> secret_in(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return Err{file + ": cannot be read; it must belong to the user sluiced runs as"};
    Secret secret{text.str()};
    while (!secret.bytes.empty() && (secret.bytes.back() == '\n' || secret.bytes.back() == '\r'))
        secret.bytes.pop_back();
    return secret;
}

struct Transfer {
    Handle curl{curl_easy_init()};
    char why[CURL_ERROR_SIZE] = {};

    explicit Transfer(const std::string& url) {
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT, kTrySeconds);
        set(CURLOPT_ERRORBUFFER, why);
        set(CURLOPT_WRITEFUNCTION, take_nothing);
    }
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(curl.get(), option, value);
    }
    Result<Done, std::string> perform(const std::string& whereto) {
        if (!curl) return Err{std::string("libcurl has no memory")};
        const CURLcode done = curl_easy_perform(curl.get());
        if (done == CURLE_OK) return Done{};
        return Err{whereto + ": " + (why[0] != 0 ? why : curl_easy_strerror(done))};
    }
};

Result<Done, std::string> send_mail(const NoticeConfig& config, const Addressee& to,
                                    const NoticeRow& notice) {
    std::string shown;
    List recipients;
    for (const std::string& address : to.mail) {
        append(recipients, "<" + address + ">");
        shown += (shown.empty() ? "" : ", ") + address;
    }
    const std::string mail = mail_of(notice, config.from, shown);
    Unread unread{mail};
    Transfer transfer(config.smtp.url);
    if (!config.smtp.password_file.empty()) {
        SLUICE_TRY(password, secret_in(config.smtp.password_file));
        transfer.set(CURLOPT_USERNAME, config.smtp.user.c_str());
        transfer.set(CURLOPT_PASSWORD, password.bytes.c_str());
    }
    constexpr long kTls[] = {CURLUSESSL_ALL, CURLUSESSL_TRY, CURLUSESSL_NONE};
    transfer.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    transfer.set(CURLOPT_USE_SSL, kTls[static_cast<std::size_t>(config.smtp.tls)]);
    if (!config.smtp.ca_file.empty()) transfer.set(CURLOPT_CAINFO, config.smtp.ca_file.c_str());
    transfer.set(CURLOPT_MAIL_FROM, ("<" + config.from + ">").c_str());
    transfer.set(CURLOPT_MAIL_RCPT, recipients.get());
    transfer.set(CURLOPT_UPLOAD, 1L);
    transfer.set(CURLOPT_READFUNCTION, give_bytes);
    transfer.set(CURLOPT_READDATA, &unread);
    return transfer.perform(config.smtp.url);
}

Result<Done, std::string> post(const NoticeConfig& config, const Addressee& to,
                               const NoticeRow& notice) {
    SLUICE_TRY(key, secret_in(config.webhook_key_file));
    if (key.bytes.size() < kKeyBytesMin)
        return Err{config.webhook_key_file + ": a key has at least 16 bytes"};
    const std::string body = document_of(notice, config.from);
    List headers;
    append(headers, "Content-Type: application/json");
    append(headers, "X-Sluice-Message-Id: " + message_id(notice, config.from));
    append(headers, "X-Sluice-Signature: " + signature_of(body, key.bytes));
    Transfer transfer(to.webhook);
    transfer.set(CURLOPT_PROTOCOLS_STR, "https");
    if (!config.webhook_ca_file.empty())
        transfer.set(CURLOPT_CAINFO, config.webhook_ca_file.c_str());
    transfer.set(CURLOPT_HTTPHEADER, headers.get());
    transfer.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    transfer.set(CURLOPT_POSTFIELDS, body.c_str());
    SLUICE_TRY(done, transfer.perform(to.webhook));
    long status = 0;
    curl_easy_getinfo(transfer.curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status / 100 != 2) return Err{to.webhook + ": HTTP status " + std::to_string(status)};
    return done;
}

bool write_whole(int fd, const std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const ssize_t bytes = write(fd, text.data() + at, text.size() - at);
        if (bytes < 0) return false;
        at += static_cast<std::size_t>(bytes);
    }
    return fsync(fd) == 0;
}

bool sync_directory(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool good = fsync(fd) == 0;
    close(fd);
    return good;
}

// Whole or not there: a name that ends in .eml is durable.
Result<Done, std::string> spool(const NoticeConfig& config, const NoticeRow& notice) {
    const std::string path =
        config.spool + "/" + notice.case_id + "." + std::to_string(notice.id) + ".eml";
    const std::string part = path + ".part";
    const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0) return Err{part + ": " + std::strerror(errno)};
    const bool written =
        write_whole(fd, mail_of(notice, config.from, notice.party + " " + notice.recipient));
    close(fd);
    if (written && rename(part.c_str(), path.c_str()) == 0 && sync_directory(config.spool))
        return Done{};
    const std::string why = path + ": " + std::strerror(errno);
    unlink(part.c_str());
    return Err{why};
}

}  // namespace

std::string signature_of(const std::string& body, const std::string& key) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text = "sha256=";
    for (unsigned i = 0; i < size; ++i) {
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 15];
    }
    return text;
}

Result<Done, std::string> send(const NoticeConfig& config, const Addressee& to,
                               const NoticeRow& notice) {
    if (!to.mail.empty()) return send_mail(config, to, notice);
    if (!to.webhook.empty()) return post(config, to, notice);
    return spool(config, notice);
}

}  // namespace sluice::control::notices
