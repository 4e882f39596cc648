// What content is not let through once it can be seen: signatures over decoded bytes, types of
// files, limits of looking. Plain values; rules/load reads them, rules/content compiles them.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/position.h"

namespace sluice::model {

enum class ContentAction : std::uint8_t { block, report };

// X(word, sentence). By the bytes a file begins with, never by what its name or header says.
#define SLUICE_FILE_TYPES(X)                                               \
    X(unknown, "none of these")                                            \
    X(windows_program, "a program or library of Windows (PE)")             \
    X(dos_program, "an older program of DOS or Windows (MZ)")              \
    X(elf_program, "a program or library of Linux (ELF)")                  \
    X(mac_program, "a program of macOS (Mach-O)")                          \
    X(java_class, "a Java class")                                          \
    X(script, "a script with an interpreter line")                         \
    X(shortcut, "a shortcut of Windows (LNK)")                             \
    X(ole_document, "an older Office document or an installer (OLE)")      \
    X(zip_archive, "a ZIP archive, newer Office document or Java archive") \
    X(rar_archive, "a RAR archive")                                        \
    X(seven_zip_archive, "a 7-Zip archive")                                \
    X(cabinet, "a cabinet of Windows (CAB)")                               \
    X(gzip_file, "a gzip file")                                            \
    X(pdf_document, "a PDF document")                                      \
    X(rtf_document, "an RTF document")                                     \
    X(wasm_module, "a WebAssembly module")

enum class FileType : std::uint8_t {
#define X(word, text) word,
    SLUICE_FILE_TYPES(X)
#undef X
};
struct FileTypeInfo {
    std::string_view word, text;
};
inline constexpr std::array kFileTypes = {
#define X(word, text) FileTypeInfo{#word, text},
    SLUICE_FILE_TYPES(X)
#undef X
};
constexpr const FileTypeInfo& info(FileType t) { return kFileTypes[static_cast<std::size_t>(t)]; }

struct ContentSignature {
    std::string id, title;
    std::string bytes;    // these bytes anywhere in a body; empty: `pattern`
    std::string pattern;  // a regular expression as Hyperscan reads it
    ContentAction action = ContentAction::block;
    std::string source;  // where it is from and when
    Position at;
    friend bool operator==(const ContentSignature&, const ContentSignature&) = default;
};

struct FileTypeRule {
    FileType type = FileType::unknown;
    ContentAction action = ContentAction::report;
    std::string source;  // who ordered it
    friend bool operator==(const FileTypeRule&, const FileTypeRule&) = default;
};

struct ContentLimits {
    std::uint32_t decoded_mib_max = 256;  // of a body; what is beyond is not looked at
    std::uint32_t ratio_max = 200;        // decoded to encoded, past the first MiB
    std::uint32_t codings_max = 2;        // of a body, one in the other
    std::uint32_t memory_mib_max = 256;   // of all decoders of a worker
    friend bool operator==(const ContentLimits&, const ContentLimits&) = default;
};

struct ContentPolicy {
    ContentLimits limits;
    std::vector<ContentSignature> signatures;
    std::vector<FileTypeRule> file_types;
    friend bool operator==(const ContentPolicy&, const ContentPolicy&) = default;
};

}  // namespace sluice::model
