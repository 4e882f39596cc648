// SSH is told by its identification string, from either side.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

TEST(DetectSsh, Banners) {
    EXPECT_EQ(expect_tcp("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", Protocol::ssh, to(22), false), 8u);
    expect_tcp("SSH-2.0-PuTTY_Release_0.80\r\n", Protocol::ssh, to(2222));
    expect_tcp("SSH-1.99-Cisco-1.25\n", Protocol::ssh);
}

TEST(DetectSsh, NotSsh) {
    for (const char* stream : {"SSH-3.0-x\r\n", "SSH 2.0\r\n", "ssh-2.0-x\r\n", "SSH-2.1-x\r\n",
                               "xSSH-2.0-x\r\n", "S\r\n"})
        expect_tcp(stream, Protocol::unknown, to(22));
    EXPECT_EQ(expect_tcp("SSH- / HTTP/1.1\r\n", Protocol::http), 17u);
}

}  // namespace
}  // namespace sluice::detect
