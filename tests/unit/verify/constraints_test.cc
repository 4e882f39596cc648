// Name constraints, and the names of RFC 9525.
#include <gtest/gtest.h>

#include "certs/verify/der.h"
#include "certs/verify/name_constraints.h"
#include "certs/verify/names.h"
#include "tests/unit/verify/pki.h"

using namespace sluice;
using namespace sluice::certs::verify;
using namespace sluice::certs::verify::test;

namespace {

struct Row {
    const char *name, *constraints, *names;
    Fault fault;
};

const Row kRows[] = {
    {"dns_inside", "permitted;DNS:example.org", "DNS:host.example.org", Fault::none},
    {"dns_itself", "permitted;DNS:host.example.org", "DNS:host.example.org", Fault::none},
    {"dns_outside", "permitted;DNS:example.net", "DNS:host.example.org", Fault::name_not_permitted},
    {"dns_half_a_label", "permitted;DNS:ample.org", "DNS:host.example.org",
     Fault::name_not_permitted},
    {"dns_one_of_two_outside", "permitted;DNS:example.org",
     "DNS:host.example.org,DNS:a.example.net", Fault::name_not_permitted},
    {"dns_in_capitals", "permitted;DNS:EXAMPLE.org", "DNS:host.example.org", Fault::none},
    {"dns_excluded", "excluded;DNS:example.org", "DNS:host.example.org", Fault::name_not_permitted},
    {"dns_not_excluded", "excluded;DNS:a.example.org", "DNS:host.example.org", Fault::none},
    {"all_dns_excluded", "DER:30:06:a1:04:30:02:82:00", "DNS:host.example.org",
     Fault::name_not_permitted},
    {"wildcard_inside", "permitted;DNS:example.org", "DNS:*.example.org", Fault::none},
    {"wildcard_wider", "permitted;DNS:host.example.org", "DNS:*.example.org",
     Fault::name_not_permitted},
    {"wildcard_touches_excluded", "excluded;DNS:host.example.org", "DNS:*.example.org",
     Fault::name_not_permitted},
    {"wildcard_far_from_excluded", "excluded;DNS:a.host.example.org", "DNS:*.example.org",
     Fault::none},
    {"wildcard_as_constraint", "permitted;DNS:*.example.org", "DNS:host.example.org",
     Fault::bad_extension},
    {"leading_dot_as_constraint", "permitted;DNS:.example.org", "DNS:host.example.org",
     Fault::bad_extension},
    {"other_form_says_nothing", "permitted;email:example.net", "DNS:host.example.org", Fault::none},
    {"ip_inside", "permitted;IP:192.0.2.0/255.255.255.0", "DNS:host.example.org,IP:192.0.2.9",
     Fault::none},
    {"ip_outside", "permitted;IP:192.0.2.0/255.255.255.0", "DNS:host.example.org,IP:192.0.3.9",
     Fault::name_not_permitted},
    {"ip_of_the_other_family", "permitted;IP:192.0.2.0/255.255.255.0",
     "DNS:host.example.org,IP:2001:db8::1", Fault::name_not_permitted},
    {"ip_mask_with_hole", "permitted;IP:192.0.2.0/255.0.255.0", "DNS:host.example.org,IP:192.0.2.9",
     Fault::bad_extension},
    {"ip_base_too_short", "DER:30:0a:a0:08:30:06:87:04:c0:00:02:00", "DNS:host.example.org",
     Fault::bad_extension},
    {"email_of_a_host", "permitted;email:example.org", "DNS:host.example.org,email:a@example.org",
     Fault::none},
    {"email_of_a_host_below", "permitted;email:example.org",
     "DNS:host.example.org,email:a@b.example.org", Fault::name_not_permitted},
    {"email_below_a_domain", "permitted;email:.example.org",
     "DNS:host.example.org,email:a@b.example.org", Fault::none},
    {"email_at_the_domain", "permitted;email:.example.org",
     "DNS:host.example.org,email:a@example.org", Fault::name_not_permitted},
    {"email_mailbox", "permitted;email:a@example.org", "DNS:host.example.org,email:a@EXAMPLE.org",
     Fault::none},
    {"email_other_mailbox", "permitted;email:a@example.org",
     "DNS:host.example.org,email:A@example.org", Fault::name_not_permitted},
    {"email_without_at", "permitted;email:example.org", "DNS:host.example.org,email:example.org",
     Fault::bad_extension},
    {"uri_host", "permitted;URI:host.example.org",
     "DNS:host.example.org,URI:https://u@HOST.example.org:8/x", Fault::none},
    {"uri_other_host", "permitted;URI:host.example.org",
     "DNS:host.example.org,URI:https://a.example.org/", Fault::name_not_permitted},
    {"uri_below", "permitted;URI:.example.org", "DNS:host.example.org,URI:https://a.example.org/",
     Fault::none},
    {"uri_without_host", "permitted;URI:.example.org", "DNS:host.example.org,URI:urn:x",
     Fault::bad_extension},
    {"registered_id", "permitted;RID:1.2.3", "DNS:host.example.org,RID:1.2.3",
     Fault::bad_extension},
    {"maximum_given", "DER:30:15:a0:13:30:11:82:0c:65:78:61:6d:70:6c:65:2e:6f:72:67:20:81:01:05",
     "DNS:host.example.org", Fault::bad_extension},
    {"empty", "DER:30:00", "DNS:host.example.org", Fault::bad_extension},
    {"email_in_subject_alone", "permitted;email:example.net",
     "DNS:host.example.org,email:a@example.net", Fault::none},
};

class Constraints : public testing::TestWithParam<Row> {};

TEST_P(Constraints, OfAnAuthority) {
    const std::string text = GetParam().constraints;
    const Made middle =
        make(authority_spec("middle").set("nameConstraints", "critical," + text), &root());
    Spec spec = leaf_spec().set("subjectAltName", GetParam().names);
    spec.common_name = "example.org";
    const Verdict verdict = verify(make(spec, &middle), {&middle});
    EXPECT_EQ(info(verdict.fault).word, info(GetParam().fault).word) << verdict.detail;
}

INSTANTIATE_TEST_SUITE_P(Rows, Constraints, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

Made constrained(const std::string& name, const std::string& constraints, const Made& issuer) {
    return make(authority_spec(name).set("nameConstraints", "critical," + constraints), &issuer);
}

TEST(ConstraintsOfAPath, OfEveryAuthorityBindTogether) {
    const Made wide =
        constrained("wide", "permitted;DNS:example.org,permitted;DNS:example.net", root());
    const Made narrow = constrained("narrow", "permitted;DNS:example.net", wide);
    EXPECT_EQ(verify(make(leaf_spec(), &narrow), {&wide, &narrow}).fault,
              Fault::name_not_permitted);
    EXPECT_TRUE(verify(make(leaf_spec(), &wide), {&wide}).ok());
}

TEST(ConstraintsOfAPath, BindAuthoritiesButNotSelfIssuedOnes) {
    const Made top = constrained("top", "permitted;DNS:example.org", root());
    const std::string outside = "DNS:a.example.net";
    const Made other = make(authority_spec("other").set("subjectAltName", outside), &top);
    const Made self_issued = make(authority_spec("top").set("subjectAltName", outside), &top);
    EXPECT_EQ(verify(make(leaf_spec(), &other), {&top, &other}).fault, Fault::name_not_permitted);
    EXPECT_TRUE(verify(make(leaf_spec(), &self_issued), {&top, &self_issued}).ok());
}

// Constraints on directory names come as DER: permitted CN=host.example.org.
constexpr char kDirectory[] =
    "DER:30:23:a0:21:30:1f:a4:1d:30:1b:31:19:30:17:06:03:55:04:03:0c:10:68:6f:73:74:2e:65:78:61:6d:"
    "70:6c:65:2e:6f:72:67";

TEST(ConstraintsOfAPath, OnDirectoryNamesBindTheSubject) {
    const Made middle = constrained("middle", kDirectory, root());
    EXPECT_TRUE(
        verify(make(leaf_spec("HOST.example.org").set("subjectAltName", "DNS:HOST.example.org"),
                    &middle),
               {&middle})
            .ok());
    EXPECT_EQ(verify(make(leaf_spec("example.org"), &middle), {&middle}).fault,
              Fault::name_not_permitted);
}

TEST(ConstraintsOfAPath, OnMailboxesBindTheSubjectsOwn) {
    const Made middle = constrained("middle", "permitted;email:example.net", root());
    Spec spec = leaf_spec();
    spec.change = [](X509* x) {
        X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "emailAddress", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("a@example.org"), -1, -1,
                                   0);
    };
    EXPECT_EQ(verify(make(spec, &middle), {&middle}).fault, Fault::name_not_permitted);
}

TEST(ConstraintsOfAPath, AreBoundedInWork) {
    const Made middle =
        constrained("middle", "permitted;DNS:example.net,permitted;DNS:example.org", root());
    VerifyPolicy policy;
    policy.name_comparisons_max = 3;
    EXPECT_EQ(verify(make(leaf_spec(), &middle), {&middle}, policy).fault, Fault::too_much_work);
}

TEST(Names, WildcardStandsForOneWholeLabel) {
    EXPECT_TRUE(stands_for("*.example.org", "a.example.org"));
    EXPECT_TRUE(stands_for("*.EXAMPLE.org", "xn--bliss-1b3c148a.example.org"));
    EXPECT_FALSE(stands_for("*.example.org", "a.b.example.org"));
    EXPECT_FALSE(stands_for("*.example.org", "example.org"));
    EXPECT_FALSE(stands_for("*.example.org", ".example.org"));
    EXPECT_FALSE(stands_for("a.example.org", "b.example.org"));
}

TEST(Names, WildcardBelowAPublicSuffixIsRefused) {
    VerifyPolicy policy;
    policy.is_public_suffix = [](const std::string& name) { return name == "example.org"; };
    Spec spec = leaf_spec().set("subjectAltName", "DNS:*.EXAMPLE.org");
    spec.common_name = "EXAMPLE.org";
    const Made leaf = make(spec, &authority());
    EXPECT_EQ(verify(leaf, {&authority()}, policy).fault, Fault::bad_subject);
    policy.profile = Profile::rfc5280;  // the form is not judged there; the match is
    EXPECT_EQ(verify(leaf, {&authority()}, policy).fault, Fault::wrong_name);
    EXPECT_TRUE(verify(leaf).ok());
}

TEST(Der, LengthsAreMinimalAndDefinite) {
    using Bytes = std::vector<std::uint8_t>;
    EXPECT_TRUE(is_der(Bytes{0x30, 0x03, 0x02, 0x01, 0x05}));
    for (const Bytes& bad :
         {Bytes{}, Bytes{0x30}, Bytes{0x30, 0x81, 0x03, 0x02, 0x01, 0x05},
          Bytes{0x30, 0x80, 0x02, 0x01, 0x05, 0x00, 0x00},
          Bytes{0x30, 0x03, 0x02, 0x01, 0x05, 0x00}, Bytes{0x30, 0x04, 0x02, 0x01, 0x05},
          Bytes{0x30, 0x04, 0x02, 0x02, 0x00, 0x05}, Bytes{0x30, 0x04, 0x02, 0x02, 0xff, 0xff},
          Bytes{0x30, 0x03, 0x01, 0x01, 0x05}, Bytes{0x1f, 0x81, 0x01, 0x00}})
        EXPECT_FALSE(is_der(bad)) << bad.size();
}

}  // namespace
