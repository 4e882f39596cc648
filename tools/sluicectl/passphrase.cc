#include "tools/sluicectl/passphrase.h"

#include <termios.h>

#include <cstdio>
#include <cstring>
#include <memory>

namespace sluice::ctl {
namespace {

struct Closed {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, Closed>;

// The terminal without echo, as long as this lives.
class Silence {
  public:
    explicit Silence(int fd) : fd_(fd), good_(tcgetattr(fd, &before_) == 0) {
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (good_) tcsetattr(fd_, TCSAFLUSH, &silent);
    }
    ~Silence() {
        if (good_) tcsetattr(fd_, TCSAFLUSH, &before_);
    }

  private:
    int fd_;
    termios before_{};
    bool good_;
};

bool read_line(std::FILE* terminal, const std::string& what,
               char (&line)[certs::kPassphraseBytesMax]) {
    std::fprintf(terminal, "%s: ", what.c_str());
    std::fflush(terminal);
    const Silence silence(fileno(terminal));
    const bool read = std::fgets(line, sizeof line, terminal) != nullptr;
    std::fprintf(terminal, "\n");
    line[std::strcspn(line, "\r\n")] = '\0';
    return read;
}

Result<certs::Passphrase, std::string> ask(const PassphrasePrompt& prompt) {
    const FilePtr terminal(std::fopen("/dev/tty", "r+"));
    if (!terminal)
        return Err{std::string("there is no terminal to ask for a passphrase; name a file")};
    std::setvbuf(terminal.get(), nullptr, _IONBF, 0);  // no copy in a buffer of stdio's
    char first[certs::kPassphraseBytesMax] = {}, second[certs::kPassphraseBytesMax] = {};
    const bool read = read_line(terminal.get(), prompt.what, first) &&
                      (!prompt.twice || read_line(terminal.get(), "Again", second));
    const bool same = !prompt.twice || std::strcmp(first, second) == 0;
    certs::Passphrase passphrase(first);
    explicit_bzero(first, sizeof first);
    explicit_bzero(second, sizeof second);
    if (!read) return Err{std::string("no passphrase was given")};
    if (!same) return Err{std::string("the two passphrases differ; begin again")};
    if (passphrase.size() < certs::kPassphraseBytesMin)
        return Err{std::string("a passphrase has at least 12 characters; begin again")};
    return passphrase;
}

}  // namespace

Result<certs::Passphrase, std::string> passphrase_from(const std::string& file,
                                                       const PassphrasePrompt& prompt) {
    if (file.empty()) return ask(prompt);
    auto read = certs::read_passphrase(file);
    if (!read) return Err{read.error().message};
    return std::move(read).value();
}

}  // namespace sluice::ctl
