// Checkpoints in C2SP's forms: the example key of its specification, round trips, and every way a
// note can be wrong.
#include "certs/log/note.h"

#include <gtest/gtest.h>

#include "certs/ca/key_file.h"

namespace sluice::certs {
namespace {

struct Signer {
    KeyPtr key = make_ed25519_key();
    LogVerifier verifier = verifier_of(key.get(), "gateway.example/issuance").value();
};

const TreeHead kHead{4711, leaf_hash({})};

// C2SP signed-note, "Verifier keys": the example and its key id.
TEST(Note, ReadsThePublishedKeyForm) {
    const std::string text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const auto verifier = parse_verifier(text);
    ASSERT_TRUE(verifier.has_value());
    EXPECT_EQ(verifier->name, "PeterNeumann");
    EXPECT_EQ(verifier->text(), text);
    EXPECT_FALSE(parse_verifier("PeterNeumann+c74f20a4" + text.substr(21)).has_value());
}

TEST(Note, WhatIsSignedOpens) {
    const Signer s;
    const std::string note = sign_checkpoint(kHead, s.verifier, s.key.get());
    EXPECT_EQ(note.substr(0, note.find('\n', 25)), "gateway.example/issuance\n4711");
    EXPECT_EQ(open_checkpoint(note, s.verifier), kHead);
    EXPECT_EQ(parse_verifier(s.verifier.text())->key, s.verifier.key);
}

TEST(Note, EveryChangedByteIsRefused) {
    const Signer s;
    const std::string note = sign_checkpoint(kHead, s.verifier, s.key.get());
    for (std::size_t i = 0; i < note.size(); ++i) {
        std::string changed = note;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(open_checkpoint(changed, s.verifier).has_value()) << "byte " << i;
        EXPECT_FALSE(open_checkpoint(note.substr(0, i), s.verifier).has_value()) << "cut at " << i;
    }
}

TEST(Note, OfAnotherKeyOrLogIsRefused) {
    const Signer s, other;
    const std::string note = sign_checkpoint(kHead, s.verifier, s.key.get());
    EXPECT_FALSE(open_checkpoint(note, other.verifier).has_value());
    const LogVerifier renamed{"other.example/issuance", s.verifier.key};
    EXPECT_FALSE(open_checkpoint(note, renamed).has_value());
}

TEST(Note, AWitnessMayAddItsLine) {
    const Signer s;
    const std::string note = sign_checkpoint(kHead, s.verifier, s.key.get());
    EXPECT_EQ(open_checkpoint(note + "\u2014 witness.example AAAAAAAA\n", s.verifier), kHead);
}

TEST(Base64, OnlyWhatAnEncoderWrites) {
    for (const char* text : {"TQ==", "TWE=", "TWFu"})
        EXPECT_EQ(to_base64(from_base64(text).value()), text);
    for (const char* text : {"", "TQ=", "TR==", "TW E", "TWE", "TQ==TQ==", "====", "TWF\n"})
        EXPECT_FALSE(from_base64(text).has_value()) << text;
}

}  // namespace
}  // namespace sluice::certs
