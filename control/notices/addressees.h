// Where notices go: the file that `sluiced --notices FILE` names, read strictly. The shipped
// example is rules/data/notices.yaml.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "control/lifecycle/life_cycle.h"
#include "rules/load/loaded_file.h"

namespace sluice::control::notices {

// One way to one recipient, or to all of a party that have none of their own.
struct Addressee {
    Party to = Party::service;
    std::string recipient;          // operator or organisation; empty: whoever has no row
    std::vector<std::string> mail;  // exactly one of mail, webhook and spool
    std::string webhook;            // https
    bool spool = false;             // a file below `spool`: somebody else carries it
    friend bool operator==(const Addressee&, const Addressee&) = default;
};

struct Smtp {
    enum class Tls : std::uint8_t { required, offered, none };
    std::string url;  // smtp://host:port, or smtps://; empty: no mail
    std::string user, password_file;
    std::string ca_file;  // whom the server is trusted by; empty: the system's
    Tls tls = Tls::required;
    friend bool operator==(const Smtp&, const Smtp&) = default;
};

struct NoticeConfig {
    std::string from;  // of mail; its host names messages
    Smtp smtp;
    std::string webhook_key_file;  // HMAC key of webhooks, at least 16 bytes
    std::string webhook_ca_file;
    std::string spool;  // a directory
    std::uint32_t give_up_hours = 72;
    std::vector<Addressee> addressees;
    friend bool operator==(const NoticeConfig&, const NoticeConfig&) = default;
};

using LoadedNoticeConfig = load::LoadedFile<NoticeConfig>;

// Codes: those of YAML files, and bad_mail_address, bad_url, bad_path, one_of (mail, webhook,
// spool), way_missing (a way the file does not set up), duplicate_entry.
LoadedNoticeConfig load_notice_config(std::string_view text, const std::string& file);
// Code cannot_read besides.
LoadedNoticeConfig load_notice_config_file(const std::filesystem::path& path);

// Who is to have a notice for this recipient: those named for it, else those of all its party.
std::vector<const Addressee*> addressees_of(const NoticeConfig& config, std::string_view party,
                                            std::string_view recipient);

}  // namespace sluice::control::notices
