// The directory form of a policy: reads files and judges nothing about their content.
#include <algorithm>
#include <fstream>
#include <system_error>

#include "rules/load/bulk_lines.h"
#include "rules/load/load_policy.h"

namespace sluice::load {
namespace {

namespace fs = std::filesystem;

class DirectoryReader {
  public:
    DirectoryReader(const fs::path& root, std::vector<Diagnostic>& diagnostics)
        : root_(root), diagnostics_(diagnostics) {}

    FileSet read() {
        std::error_code failure;
        fs::recursive_directory_iterator at(root_, failure);
        while (!failure && at != fs::recursive_directory_iterator() && !too_many_) {
            take(at);
            at.increment(failure);
        }
        if (failure)
            error(root_.string(), "cannot_read", "cannot read the directory: " + failure.message(),
                  "name the directory that holds policy.yaml");
        return std::move(files_);
    }

  private:
    void take(fs::recursive_directory_iterator& at) {
        const std::string base = at->path().filename().string();
        const std::string name = at->path().lexically_relative(root_).generic_string();
        std::error_code failure;
        const fs::file_status status = at->symlink_status(failure);
        if (base.starts_with('.')) {
            at.disable_recursion_pending();
        } else if (fs::is_directory(status) || base.starts_with("README")) {
            return;
        } else if (!fs::is_regular_file(status)) {
            error(name, "not_a_file", "this is neither a file nor a folder",
                  "put the file itself here; links are not followed");
        } else {
            read_file(at->path(), name);
        }
    }

    void read_file(const fs::path& path, const std::string& name) {
        std::error_code failure;
        const std::uintmax_t size = fs::file_size(path, failure);
        too_many_ = files_.size() == kFilesMax;
        if (too_many_) {
            error(name, "too_many", "there are more than 1,000 files in this directory",
                  "name the directory that holds policy.yaml");
            return;
        }
        if (!failure && (size > kBulkBytesMax || size > kDirectoryBytesMax - bytes_)) {
            error(name, "too_big", "a file has at most 256 MiB, and all together 1 GiB",
                  "leave out what other entries contain");
            return;
        }
        std::ifstream in(path, std::ios::binary);
        std::string content(failure ? 0 : size, '\0');
        in.read(content.data(), static_cast<std::streamsize>(content.size()));
        if (failure || !in) {
            error(name, "cannot_read", "cannot read this file",
                  "check who may read it, and that nothing writes it now");
            return;
        }
        bytes_ += content.size();
        files_.emplace(name, std::move(content));
    }

    void error(std::string file, std::string code, std::string message, std::string hint) {
        diagnostics_.push_back({std::move(file), 0, 0, Severity::error, std::move(code),
                                std::move(message), std::move(hint)});
    }

    const fs::path root_;
    std::vector<Diagnostic>& diagnostics_;
    FileSet files_;
    std::uintmax_t bytes_ = 0;
    bool too_many_ = false;
};

}  // namespace

FileSet read_policy_files(const fs::path& directory, std::vector<Diagnostic>& diagnostics) {
    return DirectoryReader(directory, diagnostics).read();
}

}  // namespace sluice::load
