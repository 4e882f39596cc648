// The rotating log of verdict events: one JSON object a line, a cap on the disk it may use, and no
// harm done when the disk is full.
#pragma once
#include <cstdint>
#include <string>

namespace sluice::control {

class VerdictLog {
  public:
    struct Limits {
        std::uint64_t file_bytes_max = 64u << 20;  // then the file becomes <path>.1, .1 becomes .2
        unsigned files_max = 4;                    // 256 MiB in all
    };
    VerdictLog(std::string path, Limits limits) : path_(std::move(path)), limits_(limits) {}
    explicit VerdictLog(std::string path);
    ~VerdictLog();
    VerdictLog(const VerdictLog&) = delete;
    VerdictLog& operator=(const VerdictLog&) = delete;

    // Appends a line. On any error the line is lost and counted; the next one tries again.
    void write(const std::string& line);
    std::uint64_t lost() const { return lost_; }
    // Why the latest line was lost; empty when it was written.
    const std::string& trouble() const { return trouble_; }

  private:
    bool open();
    void rotate();
    void close_file();

    std::string path_;
    Limits limits_;
    int file_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t lost_ = 0;
    std::string trouble_;
};

}  // namespace sluice::control
