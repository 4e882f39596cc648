// What the data plane shares with sluiced, as another build or a crash may leave it: the first byte
// chooses counters or events and how long the file is, the rest is laid over its beginning. It is
// refused, or all that is read from it holds values of its types and lies inside the file.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "rules/base/assert.h"
#include "rules/ipc/shm_layout.h"
#include "rules/ipc/shm_reader.h"

using namespace sluice;

namespace {

class Directory {
  public:
    Directory() {
        path_ = (std::filesystem::temp_directory_path() / "sluice-shared-XXXXXX").string();
        SLUICE_ASSERT(mkdtemp(path_.data()) != nullptr);
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

const std::string& directory() {
    static const Directory directory;
    return directory.path();
}

// A sparse file of `size` bytes that begins with `bytes`.
void write(const std::string& path, const std::vector<std::uint8_t>& bytes, std::size_t size) {
    const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    SLUICE_ASSERT(fd >= 0 && ftruncate(fd, static_cast<off_t>(size)) == 0);
    const std::size_t count = std::min(bytes.size(), size);
    SLUICE_ASSERT(pwrite(fd, bytes.data(), count, 0) == static_cast<ssize_t>(count));
    close(fd);
}

// `good` with the input over it, from a place the input chooses.
template <class T>
std::vector<std::uint8_t> overlaid(const T& good, std::size_t good_bytes, const std::uint8_t* data,
                                   std::size_t size) {
    std::vector<std::uint8_t> bytes(good_bytes);
    std::memcpy(bytes.data(), static_cast<const void*>(&good), good_bytes);
    if (size < 2) return bytes;
    const std::size_t at = (data[0] | std::size_t{data[1]} << 8) % good_bytes;
    const std::size_t count = std::min(size - 2, good_bytes - at);
    std::copy_n(data + 2, count, bytes.begin() + static_cast<std::ptrdiff_t>(at));
    return bytes;
}

void check_counters(const std::uint8_t* data, std::size_t size, std::size_t cut) {
    ipc::CountersHeader header;
    header.workers = 2;
    const std::string path = ipc::counters_path(directory());
    const std::size_t file = ipc::counters_file_bytes(2) - cut;
    write(path, overlaid(header, sizeof header, data, size), file);
    const auto reader = ipc::CountersReader::open(directory());
    if (!reader) {
        SLUICE_ASSERT(!reader.error().message.empty());
        return;
    }
    SLUICE_ASSERT(ipc::counters_file_bytes(reader->workers()) <= file);
    for (std::uint32_t i = 0; i < reader->workers(); ++i)
        SLUICE_ASSERT(reader->read(i).has_value());
}

void check_events(const std::uint8_t* data, std::size_t size, std::size_t cut) {
    static const auto ring = [] {
        auto made = std::make_unique<ipc::EventRing>();
        for (int i = 0; i < 4; ++i)
            made->push({});
        return made;
    }();
    constexpr std::size_t kBegin = offsetof(ipc::EventRing, slots) + 4 * sizeof(ipc::Event);
    const std::string path = ipc::events_path(directory(), 0);
    write(path, overlaid(*ring, kBegin, data, size), sizeof(ipc::EventRing) - cut);
    auto reader = ipc::EventReader::open(directory(), 0);
    if (!reader) {
        SLUICE_ASSERT(!reader.error().message.empty());
        return;
    }
    SLUICE_ASSERT(cut == 0);
    ipc::Event event;
    for (int i = 0; i < 8 && reader->pop(event); ++i) {
        std::size_t sum = 0;
        for (char c : event.name())
            sum += static_cast<std::uint8_t>(c);
        SLUICE_ASSERT(sum <= 255 * ipc::kNameSizeMax);
        SLUICE_ASSERT(!model::name_of(event.reason).empty());
        SLUICE_ASSERT(!model::name_of(event.protocol).empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t cut = data[0] >> 1 & 3;
    ((data[0] & 1) != 0 ? check_events : check_counters)(data + 1, size - 1, cut);
    return 0;
}
