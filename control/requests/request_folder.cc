#include "control/requests/request_folder.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "control/requests/envelope.h"
#include "rules/ipc/durable_file.h"

namespace sluice::control::requests {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kStillGrowsS = 10;  // a file changed so lately may be half a file

bool is_message(const fs::path& name) {
    const std::string end = name.extension().string();
    return end == ".p7m" || end == ".p7s" || end == ".cms";
}

struct FileRead {
    std::string bytes;
    bool fresh = false;  // it may still be written
};

// A regular file of at most kRequestBytesMax + 1 bytes; links are not followed.
std::optional<FileRead> read_file(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return std::nullopt;
    struct stat status {};
    FileRead out;
    bool good = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    if (good) {
        out.fresh = status.st_mtime + kStillGrowsS > std::time(nullptr);
        out.bytes.resize(kRequestBytesMax + 1);
        std::size_t size = 0;
        ssize_t got = 0;
        while (size < out.bytes.size() &&
               (got = ::read(fd, out.bytes.data() + size, out.bytes.size() - size)) > 0)
            size += static_cast<std::size_t>(got);
        good = got >= 0;
        out.bytes.resize(size);
    }
    ::close(fd);
    return good ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<fs::path> messages_in(const fs::path& folder, std::error_code& error) {
    std::vector<fs::path> all;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
        if (is_message(entry.path().filename())) all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    all.resize(std::min<std::size_t>(all.size(), kFilesATurn));
    return all;
}

// Moves the files into `folder/where`, under a name nobody has there.
void move_to(const fs::path& folder, const std::string& where, const std::vector<fs::path>& files,
             const std::string& why) {
    std::error_code error;
    fs::create_directory(folder / where, error);
    fs::path place = folder / where / files.front().filename();
    for (unsigned n = 2; fs::exists(place, error); ++n)
        place = folder / where / (files.front().filename().string() + "." + std::to_string(n));
    if (!why.empty()) ipc::write_durably(place.string() + ".txt", std::as_bytes(std::span(why)));
    fs::rename(files.front(), place, error);
    if (error) spdlog::error("requests: {}: {}", files.front().string(), error.message());
    for (std::size_t i = 1; i < files.size(); ++i)
        fs::rename(files[i], place.string() + ".content", error);
}

void take(RequestDesk& desk, const fs::path& folder, const fs::path& file) {
    const auto message = read_file(file);
    if (!message) return;
    Submission s;
    s.via = "folder";
    s.actor.person = "folder";
    s.actor.uid = kSluicedUid;
    s.message = message->bytes;
    std::vector<fs::path> files = {file};
    fs::path beside = file;
    beside.replace_extension();
    bool fresh = message->fresh;
    if (file.extension() == ".p7s")
        if (auto content = read_file(beside)) {
            fresh = fresh || content->fresh;
            s.content = std::move(content->bytes);
            files.push_back(beside);
        }
    // Looked at before it is judged, so that half a file is no refusal in the audit.
    const auto opened = open_envelope(s.message, s.content, !desk.config().providers.empty());
    if (fresh && !opened) return;
    const auto done = desk.submit(s);
    if (!done && done.error().fault == Fault::store) return;  // tried again
    if (done)
        spdlog::info("request {} of {} taken: {}", done->row.number, done->row.organisation,
                     done->row.case_id);
    else
        spdlog::warn("request {} refused: {}", file.filename().string(), done.error().text());
    const std::string why =
        done ? done->row.id + " " + done->row.case_id + "\n"
             : std::string(info(done.error().fault).word) + ": " + done.error().text() + "\n";
    move_to(folder, done ? "taken" : "refused", files, why);
}

}  // namespace

std::string RequestFolder::turn() {
    const std::string& folder = desk_.config().folder;
    if (folder.empty()) return {};
    std::error_code error;
    const auto files = messages_in(folder, error);
    if (error) return "requests: " + folder + ": " + error.message();
    for (const fs::path& file : files)
        take(desk_, folder, file);
    return {};
}

}  // namespace sluice::control::requests
