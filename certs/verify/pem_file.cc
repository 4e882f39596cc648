#include "certs/verify/pem_file.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "certs/verify/handles.h"

namespace sluice::certs::verify {

Result<std::vector<std::uint8_t>, std::string> read_small_file(const std::string& file,
                                                               std::size_t bytes_max) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return Err{file + ": " + std::strerror(errno) + "; give a file that can be read"};
    std::vector<std::uint8_t> bytes;
    char block[16384];
    while (in.read(block, sizeof block), in.gcount() > 0 && bytes.size() <= bytes_max)
        bytes.insert(bytes.end(), block, block + in.gcount());
    if (in.bad()) return Err{file + ": cannot be read (is it a directory?)"};
    if (bytes.size() > bytes_max)
        return Err{file + ": larger than " + std::to_string(bytes_max) + " bytes; split it"};
    return bytes;
}

Result<std::vector<std::vector<std::uint8_t>>, std::string> pem_blocks(std::string_view text,
                                                                       std::string_view label) {
    using Bio = std::unique_ptr<BIO, FreedBy<BIO_free_all>>;
    const Bio in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    std::vector<std::vector<std::uint8_t>> blocks;
    while (true) {
        char *name = nullptr, *header = nullptr;
        unsigned char* data = nullptr;
        long size = 0;
        if (PEM_read_bio(in.get(), &name, &header, &data, &size) != 1) break;
        if (label == name) blocks.emplace_back(data, data + size);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (ended) return blocks;
    return Err{"PEM block number " + std::to_string(blocks.size() + 1) +
               " is damaged; replace the file"};
}

}  // namespace sluice::certs::verify
