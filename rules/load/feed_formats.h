// Readers of the formats lists come in. Each walks a file's lines once, without copying, and tells
// a FeedSink what it found; nothing in a file can make it slower than its size.
#pragma once
#include <string_view>

#include "rules/load/feed_sink.h"

namespace sluice::load {

// One name, address, prefix or URL a line; '#' begins a comment.
void read_domains(std::string_view text, FeedSink& sink);
// "address name name ..."; names of the machine itself are skipped, whatever the address.
void read_hosts(std::string_view text, FeedSink& sink);
// AdBlock filters: "||name^" and "@@||name^", alone or with an option that changes nothing here
// (all, important, document, doc). Every other rule is skipped: it is about parts of pages.
void read_adblock(std::string_view text, FeedSink& sink);
// A response policy zone (draft-vixie-dnsop-dns-rpz) in master-file form (RFC 1035 5): CNAME ".",
// "*.", rpz-drop and local data list a name, rpz-passthru excepts it; rpz-ip owners list addresses.
// $INCLUDE is refused.
void read_rpz(std::string_view text, FeedSink& sink);
// The files of a UT1 category: domains (names and addresses) and urls (host and path).
void read_ut1_domains(std::string_view text, FeedSink& sink);
void read_ut1_urls(std::string_view text, FeedSink& sink);
// Changes: "+name" and "-name" a line, '#' begins a comment.
void read_changes(std::string_view text, FeedSink& sink);

}  // namespace sluice::load
