// SMTP is told by the client's first command or by a greeting that is no other protocol's.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

TEST(DetectSmtp, Commands) {
    EXPECT_EQ(expect_tcp("EHLO mail.example\r\n", Protocol::smtp, to(25)), 6u);
    expect_tcp("helo mail.example\r\n", Protocol::smtp, to(26));
    expect_tcp("lHLO [192.0.2.1]\r\n", Protocol::smtp);
}

TEST(DetectSmtp, Greetings) {
    for (const char* line : {"220 mail.example ESMTP Postfix\r\n", "220 mx.example Simple smtp\r\n",
                             "220-mail.example ESMTP Exim\r\n220 ready\r\n"}) {
        expect_tcp(line, Protocol::smtp, to(25), false);
        expect_tcp(line, Protocol::smtp, to(40'001), false);
        expect_tcp(line, Protocol::smtp, {25, kAnyPort}, true);  // our mail server speaks
    }
    expect_tcp("220 mail.example\r\n", Protocol::smtp, to(25), false);
    expect_tcp("220 mail.example\r\n", Protocol::smtp, to(2121), false);
}

TEST(DetectSmtp, NotSmtp) {
    expect_tcp("220 ftp.example FTP server ready\r\n", Protocol::ftp, to(25), false);
    expect_tcp("220 ready\r\n", Protocol::unknown, to(40'001), false);
    expect_tcp("220 ready\r\n220 ESMTP\r\n", Protocol::unknown, to(21), false);
    expect_tcp("220 ready\r\n", Protocol::unknown, to(25), false);
    expect_tcp("221 mail.example ESMTP\r\n", Protocol::unknown, to(25), false);
    expect_tcp("220" + std::string(600, ' ') + "ESMTP\r\n", Protocol::unknown, to(25), false);
    expect_tcp("EHLO\r\n", Protocol::unknown, to(25));
    expect_tcp("EHLO \r\n", Protocol::unknown, to(40'001));
    expect_tcp("QUIT\r\n", Protocol::unknown, to(25));
    expect_tcp("\x01\x02\x03", Protocol::unknown, to(25));
}

}  // namespace
}  // namespace sluice::detect
