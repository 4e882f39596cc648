#include "control/notices/addressees.h"

#include <algorithm>
#include <set>

#include "rules/load/load_file.h"

namespace sluice::control::notices {
namespace {

using load::Fields;
using load::Reader;
using load::YamlNode;

bool begins_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

// One mailbox without a name: what may stand in a header and in RCPT TO as it is (RFC 5321 4.1.2,
// without quoted local parts).
bool is_mail_address(std::string_view text) {
    constexpr std::string_view kOdd = "!#$%&'*+-/=?^_`{|}~.@";
    const std::size_t at = text.find('@');
    return text.size() <= 254 && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string_view::npos &&
           std::ranges::all_of(text, [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      kOdd.find(c) != std::string_view::npos;
           });
}

void read_mail_address(Reader& reader, const YamlNode* node, std::string& out) {
    std::string text;
    if (!reader.text(node, text)) return;
    if (is_mail_address(text))
        out = text;
    else
        reader.error(*node, "bad_mail_address", "'" + text + "' is no address of mail",
                     "write it as desk@operator.example");
}

void read_url(Reader& reader, const YamlNode* node, std::initializer_list<std::string_view> schemes,
              std::string& out) {
    std::string text;
    if (!reader.text(node, text)) return;
    const bool good =
        std::ranges::any_of(schemes,
                            [&](std::string_view scheme) {
                                return begins_with(text, scheme) && text.size() > scheme.size();
                            }) &&
        text.find_first_of(" \"\\") == std::string::npos;
    if (good)
        out = text;
    else
        reader.error(*node, "bad_url", "'" + text + "' cannot be used here",
                     "begin it with " + std::string(*schemes.begin()));
}

void read_smtp(Reader& reader, const YamlNode* node, Smtp& smtp) {
    if (node == nullptr) return;
    Fields fields(reader, *node, "smtp", {"url", "user", "password_file", "ca_file", "tls"});
    read_url(reader, fields.need("url"), {"smtp://", "smtps://"}, smtp.url);
    reader.text(fields.find("user"), smtp.user);
    reader.path(fields.find("password_file"), smtp.password_file);
    reader.path(fields.find("ca_file"), smtp.ca_file);
    std::size_t tls = 0;
    if (reader.word(fields.find("tls"), {"required", "offered", "none"}, tls))
        smtp.tls = static_cast<Smtp::Tls>(tls);
}

bool way_is_there(const NoticeConfig& config, const Addressee& a) {
    if (!a.mail.empty()) return !config.smtp.url.empty() && !config.from.empty();
    if (!a.webhook.empty()) return !config.webhook_key_file.empty();
    return !config.spool.empty();
}

void read_addressee(Reader& reader, const YamlNode& node, NoticeConfig& config) {
    Fields fields(reader, node, "an addressee", {"to", "recipient", "mail", "webhook", "spool"});
    Addressee a;
    std::size_t party = 0;
    const YamlNode* to = fields.need("to");
    if (!reader.word(to, {"service", "operator", "user"}, party)) return;
    constexpr Party kParties[] = {Party::service, Party::operators, Party::user};
    a.to = kParties[party];
    reader.id(fields.find("recipient"), a.recipient);
    for (const YamlNode& item : reader.list(fields.find("mail")))
        read_mail_address(reader, &item, a.mail.emplace_back());
    read_url(reader, fields.find("webhook"), {"https://"}, a.webhook);
    reader.boolean(fields.find("spool"), a.spool);
    const int ways =
        (fields.find("mail") != nullptr) + (fields.find("webhook") != nullptr) + a.spool;
    if (ways != 1)
        reader.error(node, "one_of", "an addressee has one of mail, webhook and spool",
                     "write a row for each way");
    else if (!reader.report().has_errors() && !way_is_there(config, a))
        reader.error(node, "way_missing", "this file does not set up the way of this row",
                     "mail needs 'smtp' and 'from', webhook 'webhook_key_file', spool 'spool'");
    else if (std::ranges::find(config.addressees, a) != config.addressees.end())
        reader.error(node, "duplicate_entry", "this row stands here already", "remove it");
    config.addressees.push_back(std::move(a));
}

void read_config(Reader& reader, const YamlNode& root, NoticeConfig& config) {
    Fields fields(reader, root, "the file of notices",
                  {"from", "smtp", "webhook_key_file", "webhook_ca_file", "spool", "give_up_hours",
                   "addressees"});
    if (const YamlNode* from = fields.find("from")) read_mail_address(reader, from, config.from);
    read_smtp(reader, fields.find("smtp"), config.smtp);
    reader.path(fields.find("webhook_key_file"), config.webhook_key_file);
    reader.path(fields.find("webhook_ca_file"), config.webhook_ca_file);
    reader.path(fields.find("spool"), config.spool);
    reader.number(fields.find("give_up_hours"), 1, 8'760, config.give_up_hours);
    for (const YamlNode& item : reader.list(fields.need("addressees")))
        read_addressee(reader, item, config);
}

}  // namespace

LoadedNoticeConfig load_notice_config(std::string_view text, const std::string& file) {
    return load::load_text<NoticeConfig>(text, file, read_config);
}

LoadedNoticeConfig load_notice_config_file(const std::filesystem::path& path) {
    return load::load_file(path, load_notice_config);
}

std::vector<const Addressee*> addressees_of(const NoticeConfig& config, std::string_view party,
                                            std::string_view recipient) {
    std::vector<const Addressee*> named, others;
    for (const Addressee& a : config.addressees) {
        if (name_of(a.to) != party) continue;
        if (a.recipient.empty())
            others.push_back(&a);
        else if (a.recipient == recipient)
            named.push_back(&a);
    }
    return named.empty() ? others : named;
}

}  // namespace sluice::control::notices
