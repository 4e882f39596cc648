#include "rules/content/file_type.h"

#include <cstring>

namespace sluice::content {
namespace {

using model::FileType;

struct Magic {
    std::string_view bytes;
    FileType type;
};
using namespace std::string_view_literals;
constexpr Magic kMagic[] = {
    {"\x7f"
     "ELF"sv,
     FileType::elf_program},
    {"\xfe\xed\xfa\xce"sv, FileType::mac_program},
    {"\xfe\xed\xfa\xcf"sv, FileType::mac_program},
    {"\xce\xfa\xed\xfe"sv, FileType::mac_program},
    {"\xcf\xfa\xed\xfe"sv, FileType::mac_program},
    {"#!/"sv, FileType::script},
    {"#! /"sv, FileType::script},
    {"L\0\0\0\x01\x14\x02\0"sv, FileType::shortcut},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, FileType::ole_document},
    {"PK\x03\x04"sv, FileType::zip_archive},
    {"PK\x05\x06"sv, FileType::zip_archive},
    {"Rar!\x1a\x07"sv, FileType::rar_archive},
    {"7z\xbc\xaf\x27\x1c"sv, FileType::seven_zip_archive},
    {"MSCF"sv, FileType::cabinet},
    {"\x1f\x8b\x08"sv, FileType::gzip_file},
    {"%PDF-"sv, FileType::pdf_document},
    {"{\\rtf"sv, FileType::rtf_document},
    {"\0asm"sv, FileType::wasm_module},
};

// "MZ" begins programs of DOS; a number at 0x3c leads newer ones to "PE\0\0".
FileType program_of_windows(Bytes begin) {
    constexpr std::size_t kOffsetAt = 0x3c;
    if (begin.size() < kOffsetAt + 4) return FileType::dos_program;
    std::uint32_t offset = 0;
    std::memcpy(&offset, begin.data() + kOffsetAt, sizeof offset);
    if (offset > begin.size() || begin.size() - offset < 4) {
        // Beyond what is looked at: linkers put it within the first page, so it is one all the
        // same.
        return offset < 4096 ? FileType::windows_program : FileType::dos_program;
    }
    return std::memcmp(begin.data() + offset, "PE\0\0", 4) == 0 ? FileType::windows_program
                                                                : FileType::dos_program;
}

// 0xcafebabe begins Java classes and fat Mach-O files; the second number is a version (45 and
// more) or how many parts there are.
FileType cafe_babe(Bytes begin) {
    constexpr std::uint32_t kJavaVersionLeast = 45;
    if (begin.size() < 8) return FileType::java_class;
    return be32(begin, 4) < kJavaVersionLeast ? FileType::mac_program : FileType::java_class;
}

}  // namespace

FileType file_type(Bytes begin) noexcept {
    const std::string_view text = as_text(begin);
    if (text.starts_with("MZ")) return program_of_windows(begin);
    if (text.starts_with("\xca\xfe\xba\xbe")) return cafe_babe(begin);
    for (const Magic& magic : kMagic)
        if (text.starts_with(magic.bytes)) return magic.type;
    return FileType::unknown;
}

}  // namespace sluice::content
