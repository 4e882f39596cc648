// The block page: fits one segment for every reason, says so correctly, and carries what the duty
// service asks for.
#include "dataplane/pipeline/block_page.h"

#include <gtest/gtest.h>

#include <string>

#include "rules/ipc/reference.h"

namespace sluice::pipeline {
namespace {

std::string page_of(model::Reason reason, std::string_view reference) {
    char out[kPageMax];
    const std::size_t size = write_block_page(reason, reference, out);
    return {out, size};
}

TEST(BlockPage, FitsAndSaysItsLengthForEveryReason) {
    const auto reference = ipc::reference_text(~0ull);
    for (std::size_t i = 0; i < model::kReasonCount; ++i) {
        const auto reason = static_cast<model::Reason>(i);
        SCOPED_TRACE(std::string(model::name_of(reason)));
        const std::string page = page_of(reason, reference.view());
        EXPECT_LT(page.size(), kPageMax) << "a page that fills the segment may have been cut";
        const std::size_t body = page.find("\r\n\r\n");
        ASSERT_NE(body, std::string::npos);
        EXPECT_NE(page.find("Content-Length: " + std::to_string(page.size() - body - 4) + "\r\n"),
                  std::string::npos);
        EXPECT_TRUE(page.starts_with("HTTP/1.1 403 "));
        EXPECT_TRUE(page.ends_with("</html>\n"));
        EXPECT_NE(page.find("SL-" + std::to_string(model::number_of(reason))), std::string::npos);
        EXPECT_NE(page.find(reference.view()), std::string::npos);
        EXPECT_NE(page.find(model::info(reason).text), std::string::npos);
    }
}

// Texts go into the page as they are: none may be markup.
TEST(BlockPage, NoReasonNeedsEscaping) {
    for (const model::ReasonInfo& reason : model::kReasons)
        EXPECT_EQ(reason.text.find_first_of("<>&\""), std::string_view::npos) << reason.text;
}

}  // namespace
}  // namespace sluice::pipeline
