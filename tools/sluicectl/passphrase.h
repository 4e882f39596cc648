// Passphrases from people: a private file, or the terminal with its echo off.
#pragma once
#include <string>

#include "certs/ca/key_file.h"

namespace sluice::ctl {

struct PassphrasePrompt {
    std::string what;
    bool twice = false;  // a new one: typed again
};
// `file` empty: asks on /dev/tty. The error is for people.
Result<certs::Passphrase, std::string> passphrase_from(const std::string& file,
                                                       const PassphrasePrompt& prompt);

}  // namespace sluice::ctl
