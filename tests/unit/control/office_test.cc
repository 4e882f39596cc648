// Who may do what: the table of the API walked by every role; persons, and how they are known.
#include <unistd.h>

#include "control/api/api.h"
#include "control/api/body.h"
#include "control/api/two_person.h"
#include "control/commit/sensitive.h"
#include "fakes.h"

namespace sluice::control {
namespace {

constexpr std::uint32_t kStranger = 70'000;

class Office : public testing::Test {
  protected:
    Json ask(std::uint32_t uid, const std::string& method, const std::string& path,
             const Json& body = nullptr) {
        return ask(Peer{uid, {}}, method, path, body);
    }
    Json ask(const Peer& peer, const std::string& method, const std::string& path,
             const Json& body = nullptr) {
        Call call;
        call.method = method;
        call.path = path.substr(0, path.find('?'));
        if (const auto at = path.find('?'); at != std::string::npos) {
            const auto equal = path.find('=', at);
            call.parameters[path.substr(at + 1, equal - at - 1)] = path.substr(equal + 1);
        }
        call.body = body.is_null() ? "" : body.dump();
        call.peer = peer;
        const Reply reply = handle(std::move(call), services_);
        status_ = reply.status;
        return Json::parse(reply.body);
    }
    // A person with one role, known by a user of that number.
    void enrol(const std::string& id, Role role, std::uint32_t uid) {
        Person p{id, id, {role}, role == Role::operator_ ? "telco" : "", uid, "", UtcTime{5}};
        ASSERT_TRUE(store_->enrol_person(p, AuditRecord{}).ok());
    }
    Json person(const std::string& id, std::uint32_t uid) {
        return {
            {"id", id}, {"name", "A B"}, {"roles", {"clerk"}}, {"uid", uid}, {"reason", "order 7"}};
    }
    void two_officers() {
        enrol("first", Role::security_officer, 61'001);
        enrol("second", Role::security_officer, 61'002);
        enrol("clerk", Role::clerk, 61'003);
    }
    // `first` proposes to enrol somebody; the proposal's number.
    unsigned proposed() {
        const Json answer = ask(61'001, "POST", "/v1/persons", person("new", 61'009));
        EXPECT_EQ(status_, 202) << answer.dump();
        return answer.at("items").at(0).at("id");
    }
    Json decide(std::uint32_t uid, unsigned id, const std::string& word) {
        return ask(uid, "POST", "/v1/approvals/" + std::to_string(id) + "/" + word,
                   {{"reason", "looked at it"}});
    }
    bool is_enrolled(const std::string& id) { return store_->find_person(id)->has_value(); }
    std::vector<std::string> audit_actions() {
        std::vector<std::string> all;
        const auto records = store_->audit(100);
        for (const AuditRecord& r : *records)
            all.insert(all.begin(), r.action);
        return all;
    }
    Json last_audit() { return ask(0, "GET", "/v1/audit?limit=1").at("items").at(0); }

    TempDir dir_;
    FakeEngine engine_;
    FakeDataPlane dataplane_{engine_};
    std::unique_ptr<SqliteStore> store_ = SqliteStore::open(dir_ / "store.sqlite").value();
    CommitPipeline pipeline_{{*store_, engine_, dataplane_, "bundle"}};
    UtcTime now_{1'000'000};
    Services services_{pipeline_,
                       *store_,
                       dataplane_,
                       engine_,
                       "node1",
                       UtcTime{1},
                       [this] { return now_; },
                       [] { return std::vector<std::string>(); }};
    int status_ = 0;
};

std::string plain(const Route& route) {
    std::string path(route.path);
    for (const char* name : {"{revision}", "{operator}", "{wire}", "{id}"})
        if (const auto at = path.find(name); at != std::string::npos)
            path.replace(at, std::string(name).size(),
                         name == std::string("{operator}") ? "telco" : "9");
    return path;
}

TEST_F(Office, EachRouteIsForItsRolesAndSaysWhich) {
    std::uint32_t uid = 60'000;
    for (std::size_t i = 0; i < kRoleWords.size(); ++i) {
        const auto role = static_cast<Role>(i);
        enrol(std::string(name_of(role)), role, ++uid);
        for (const Route& route : routes()) {
            // A body that does not parse: who is let in gets 400 or an answer, and changes nothing.
            const Json answer = ask(uid, std::string(route.method), plain(route), Json::array());
            EXPECT_EQ(status_ != 403, route.roles.has(role))
                << name_of(role) << " " << route.operation << " " << answer.dump();
            if (status_ != 403) continue;
            const std::string message = answer.at("error").at("message");
            EXPECT_NE(message.find(text_of(route.roles, " or ")), std::string::npos) << message;
            EXPECT_NE(message.find("(" + std::string(name_of(role)) + ")"), std::string::npos)
                << message;
        }
    }
}

TEST_F(Office, NoRouteIsForNobodyAndChangesAreNotForViewersOrAuditors) {
    for (const Route& route : routes()) {
        EXPECT_FALSE(route.roles.empty()) << route.operation;
        const bool asks = route.operation == "explain" || route.operation == "postPolicyDiff";
        if (route.method != "POST" || asks) continue;
        EXPECT_FALSE(route.roles.has(Role::viewer) || route.roles.has(Role::auditor))
            << route.operation;
    }
}

TEST_F(Office, AUserWithoutAPersonOnlyLooks) {
    for (const Route& route : routes()) {
        ask(kStranger, std::string(route.method), plain(route), Json::array());
        EXPECT_EQ(status_ != 403, route.roles.has(Role::viewer)) << route.operation;
    }
    const Json answer = ask(kStranger, "POST", "/v1/policy/undo", {{"reason", "r"}});
    EXPECT_NE(answer.dump().find("not enrolled"), std::string::npos);
}

TEST_F(Office, ACertificateWithoutAPersonMayNothing) {
    for (const Route& route : routes()) {
        ask(Peer{std::nullopt, {"sha256:" + std::string(64, 'a')}}, std::string(route.method),
            plain(route), Json::array());
        EXPECT_EQ(status_, 403) << route.operation;
    }
}

TEST_F(Office, RootAndTheDaemonsUserMayEverythingAndRootIsBreakGlass) {
    for (const std::uint32_t uid : {0u, static_cast<std::uint32_t>(geteuid())})
        for (const Route& route : routes()) {
            ask(uid, std::string(route.method), plain(route), Json::array());
            EXPECT_NE(status_, 403) << route.operation;
        }
    ask(0, "POST", "/v1/persons", person("aigul", 61'000));
    EXPECT_EQ(status_, 200);
    EXPECT_EQ(last_audit().at("break_glass"), true);
    EXPECT_EQ(last_audit().at("action"), "person.add");
}

TEST_F(Office, APersonIsEnrolledChangedAndRemoved) {
    enrol("officer", Role::security_officer, 61'000);
    ask(61'000, "POST", "/v1/persons", person("aigul", 61'001));
    ASSERT_EQ(status_, 200);
    EXPECT_EQ(last_audit().at("person"), "officer");
    EXPECT_EQ(last_audit().at("break_glass"), false);
    EXPECT_EQ(last_audit().at("subject"), "aigul (A B): clerk, uid 61001");
    const Json me = ask(61'001, "GET", "/v1/me").at("items").at(0);
    EXPECT_EQ(me.at("person"), "aigul");
    EXPECT_EQ(me.at("roles"), Json::array({"clerk"}));

    ask(61'000, "POST", "/v1/persons", person("aigul", 61'009));
    EXPECT_EQ(status_, 409) << "the id is taken";
    ask(61'000, "POST", "/v1/persons", person("marat", 61'001));
    EXPECT_EQ(status_, 409) << "the user is taken";

    Json other = person("aigul", 61'002);
    other.erase("id");
    other["roles"] = {"engineer", "auditor"};
    other["certificate"] = "serial:IIN880101300123";
    ask(61'000, "POST", "/v1/persons/aigul/change", other);
    ASSERT_EQ(status_, 200);
    EXPECT_EQ(ask(61'001, "GET", "/v1/me").at("items").at(0).at("enrolled"), false);
    const Peer by_certificate{std::nullopt, {"sha256:nobody", "serial:IIN880101300123"}};
    EXPECT_EQ(ask(by_certificate, "GET", "/v1/me").at("items").at(0).at("person"), "aigul");
    EXPECT_EQ(ask(by_certificate, "GET", "/v1/me").at("items").at(0).at("uid"), nullptr);

    ask(61'000, "POST", "/v1/persons/aigul/remove", {{"reason", "left"}});
    ASSERT_EQ(status_, 200);
    ask(by_certificate, "GET", "/v1/me");
    EXPECT_EQ(status_, 403);
    ask(61'000, "POST", "/v1/persons/aigul/remove", {{"reason", "left"}});
    EXPECT_EQ(status_, 404);
    ask(61'000, "POST", "/v1/persons/aigul/change", other);
    EXPECT_EQ(status_, 404);
    EXPECT_EQ(store_->verify_audit().value(), std::nullopt);
}

TEST_F(Office, ACertificateIsOnesOnly) {
    Json one = person("one", 61'001), two = person("two", 61'002);
    one["certificate"] = "sha256:" + std::string(64, 'A');
    two["certificate"] = "sha256:" + std::string(64, 'a');
    ask(0, "POST", "/v1/persons", one);
    EXPECT_EQ(status_, 200);
    ask(0, "POST", "/v1/persons", two);
    EXPECT_EQ(status_, 409);
}

TEST_F(Office, APersonIsSaidInFullOrNotAtAll) {
    const auto with = [&](const char* key, const Json& value) {
        Json body = person("aigul", 61'001);
        if (value.is_null())
            body.erase(key);
        else
            body[key] = value;
        ask(0, "POST", "/v1/persons", body);
        return status_;
    };
    EXPECT_EQ(with("uid", 0), 400) << "root is never a person";
    EXPECT_EQ(with("uid", nullptr), 400) << "known by nothing";
    EXPECT_EQ(with("uid", 4'294'967'295u), 400);
    EXPECT_EQ(with("id", "A b"), 400);
    EXPECT_EQ(with("name", nullptr), 400);
    EXPECT_EQ(with("roles", Json::array()), 400);
    EXPECT_EQ(with("roles", {"king"}), 400);
    EXPECT_EQ(with("roles", {"operator"}), 400) << "of which operator?";
    EXPECT_EQ(with("operator", "telco"), 400) << "without the role";
    EXPECT_EQ(with("certificate", "sha256:abc"), 400);
    EXPECT_EQ(with("certificate", "serial:a b"), 400);
    EXPECT_EQ(with("reason", nullptr), 400);
    EXPECT_EQ(with("admin", true), 400);
    EXPECT_EQ(with("name", "A B"), 200);
}

TEST_F(Office, AnOperatorHasItsOwnDataOnly) {
    ASSERT_TRUE(pipeline_.commit(request_of("one")).ok());
    enrol("op", Role::operator_, 61'000);
    ASSERT_TRUE(store_
                    ->add_unknown_sources({{"telco", "192.0.2.1", UtcTime{1}, UtcTime{2}, 3},
                                           {"other", "192.0.2.2", UtcTime{1}, UtcTime{2}, 3}})
                    .ok());
    EXPECT_EQ(ask(0, "GET", "/v1/catalog/unknown").at("items").size(), 2u);
    const Json own = ask(61'000, "GET", "/v1/catalog/unknown").at("items");
    ASSERT_EQ(own.size(), 1u);
    EXPECT_EQ(own.at(0).at("operator"), "telco");
    ask(61'000, "GET", "/v1/catalog/unknown?operator=other");
    EXPECT_EQ(status_, 403);
    ask(61'000, "POST", "/v1/catalog/sources/other/upload",
        {{"catalog", "10.0.0.0/8,ministry"}, {"reason", "r"}});
    EXPECT_EQ(status_, 403);
    ask(61'000, "GET", "/v1/flows?operator=telco");
    EXPECT_EQ(status_, 403) << "whom users talk to is not the operator's";
}

TEST_F(Office, AnotherOfficerApprovesAndThenItIsDone) {
    two_officers();
    const unsigned id = proposed();
    EXPECT_FALSE(is_enrolled("new")) << "nothing happens before";
    const Json done = decide(61'002, id, "approve").at("items").at(0);
    EXPECT_EQ(done.at("state"), "done") << done.dump();
    EXPECT_EQ(done.at("decided_by"), "second");
    EXPECT_TRUE(is_enrolled("new"));
    EXPECT_EQ(audit_actions().size(), 8u);  // three enrolled by the test, then:
    const auto all = audit_actions();
    EXPECT_EQ(std::vector<std::string>(all.begin() + 3, all.end()),
              (std::vector<std::string>{"approval.propose", "approval.approve",
                                        "approval.carry_out", "person.add", "approval.done"}));
    decide(61'002, id, "approve");
    EXPECT_EQ(status_, 409) << "once";
}

TEST_F(Office, NobodyApprovesTheirOwnStep) {
    two_officers();
    const unsigned id = proposed();
    const Json answer = decide(61'001, id, "approve");
    EXPECT_EQ(status_, 403);
    EXPECT_NE(answer.dump().find("cannot approve"), std::string::npos);
    // By a certificate they are the same person.
    Person first = **store_->find_person("first");
    first.certificate = "serial:1";
    ASSERT_TRUE(store_->change_person(first, AuditRecord{}).ok());
    ask(Peer{std::nullopt, {"serial:1"}}, "POST",
        "/v1/approvals/" + std::to_string(id) + "/approve", {{"reason", "r"}});
    EXPECT_EQ(status_, 403);
    EXPECT_FALSE(is_enrolled("new"));
}

TEST_F(Office, OnlyAnEnrolledOfficerApproves) {
    two_officers();
    const unsigned id = proposed();
    for (const std::uint32_t uid : {61'003u, 0u, kStranger}) {
        decide(uid, id, "approve");
        EXPECT_EQ(status_, 403) << uid;
    }
    EXPECT_FALSE(is_enrolled("new"));
}

TEST_F(Office, AStepExpires) {
    two_officers();
    const unsigned late = proposed(), swept = proposed();
    now_ = UtcTime{now_.raw() + kProposalSeconds};
    decide(61'002, late, "approve");
    EXPECT_EQ(status_, 409) << "before the sweep has seen it, too";
    expire_proposals(services_);
    EXPECT_EQ(store_->find_proposal(swept)->state, "expired");
    EXPECT_EQ(store_->find_proposal(swept)->body, "");
    EXPECT_FALSE(is_enrolled("new"));
    EXPECT_EQ(audit_actions().back(), "approval.expire");
}

TEST_F(Office, AStepIsRefusedByAnOfficerAndWithdrawnByItsProposer) {
    two_officers();
    const unsigned one = proposed(), other = proposed();
    decide(61'003, one, "refuse");
    EXPECT_EQ(status_, 403) << "a clerk";
    EXPECT_EQ(decide(61'002, one, "refuse").at("items").at(0).at("state"), "refused");
    EXPECT_EQ(decide(61'001, other, "refuse").at("items").at(0).at("state"), "withdrawn");
    for (const unsigned id : {one, other}) {
        decide(61'002, id, "approve");
        EXPECT_EQ(status_, 409);
    }
    EXPECT_FALSE(is_enrolled("new"));
}

TEST_F(Office, WhoLeftMeanwhileProposesNothing) {
    two_officers();
    const unsigned id = proposed();
    ASSERT_TRUE(store_->remove_person("first", AuditRecord{}).ok());
    EXPECT_EQ(decide(61'002, id, "approve").at("items").at(0).at("state"), "failed");
    EXPECT_FALSE(is_enrolled("new"));
}

TEST_F(Office, WhoLostTheRoleMeanwhileProposesNothing) {
    two_officers();
    const unsigned id = proposed();
    Person first = **store_->find_person("first");
    first.roles = {Role::clerk};
    ASSERT_TRUE(store_->change_person(first, AuditRecord{}).ok());
    const Json item = decide(61'002, id, "approve").at("items").at(0);
    EXPECT_EQ(item.at("state"), "failed");
    EXPECT_NE(item.at("outcome").get<std::string>().find("security_officer"), std::string::npos);
}

TEST_F(Office, RootWaitsUnlessItBreaksTheGlass) {
    two_officers();
    ask(0, "POST", "/v1/persons", person("new", 61'009));
    EXPECT_EQ(status_, 202);
    const auto with_glass = [&](std::uint32_t uid) {
        Call call;
        call.method = "POST";
        call.path = "/v1/persons";
        call.body = person("new", 61'009).dump();
        call.peer.uid = uid;
        call.break_glass = true;
        return handle(std::move(call), services_).status;
    };
    EXPECT_EQ(with_glass(61'001), 202) << "for root only";
    EXPECT_EQ(with_glass(0), 200);
    EXPECT_NE(store_->audit(2)->at(1).reason.find("break-glass"), std::string::npos);
}

TEST_F(Office, BeforeThereAreTwoOfficersOneIsEnoughAndTheAuditSaysSo) {
    enrol("first", Role::security_officer, 61'001);
    ask(61'001, "POST", "/v1/persons", person("new", 61'009));
    EXPECT_EQ(status_, 200);
    EXPECT_EQ(store_->audit(2)->at(1).action, "approval.none");
    EXPECT_NE(store_->audit(2)->at(1).reason.find("alone"), std::string::npos);
    EXPECT_EQ(two_person_text(services_).substr(0, 3), "off");
    enrol("second", Role::security_officer, 61'002);
    EXPECT_EQ(two_person_text(services_).substr(0, 2), "on");
}

TEST_F(Office, AnApprovedStepIsDoneAfterACrash) {
    two_officers();
    const unsigned id = proposed();
    AuditRecord audit;
    ASSERT_TRUE(store_->decide({id, kWaiting, kApproved, "second", "r", "", audit}).ok());
    resume_approved(services_);  // as the next start does
    EXPECT_TRUE(is_enrolled("new"));
    EXPECT_EQ(store_->find_proposal(id)->state, "done");
    resume_approved(services_);
    EXPECT_EQ(audit_actions().back(), "approval.done");
}

TEST_F(Office, ACommitOfAProposalIsStoredOnce) {
    two_officers();
    const unsigned id = proposed();
    ASSERT_TRUE(store_->decide({id, kWaiting, kApproved, "second", "r", "", AuditRecord{}}).ok());
    NewCommit commit;
    commit.files = {{"p", "x"}};
    commit.proposal = id;
    ASSERT_TRUE(store_->add_commit(commit).ok());
    EXPECT_EQ(store_->find_proposal(id)->state, "done");
    EXPECT_EQ(store_->add_commit(commit).error().code, StoreErrorCode::stale_base);
}

TEST_F(Office, ACommitThatExemptsWaitsAndIsCarriedOutOnTheSameHead) {
    two_officers();
    ASSERT_TRUE(pipeline_.commit(request_of("one")).ok());
    const auto commit = [&](const std::string& text) {
        return ask(61'001, "POST", "/v1/policy/commits",
                   {{"files", {{"policy.yaml", text}}}, {"reason", "r"}});
    };
    commit("two");
    EXPECT_EQ(status_, 200) << "nothing sensitive in it";
    const Json held = commit("pilot one");
    ASSERT_EQ(status_, 202) << held.dump();
    EXPECT_NE(held.dump().find("organisation ministry is not under inspection"), std::string::npos);
    const unsigned id = held.at("items").at(0).at("id");
    EXPECT_EQ(store_->head().value()->serial, 2u);
    EXPECT_EQ(decide(61'002, id, "approve").at("items").at(0).at("outcome"), "r3");
    EXPECT_EQ(store_->head().value()->author.person, "first");
    EXPECT_NE(ask(0, "GET", "/v1/audit").dump().find("approved by second"), std::string::npos);

    ask(61'001, "POST", "/v1/policy/undo", {{"reason", "r"}});
    EXPECT_EQ(status_, 202) << "an undo is a change like another";
    const Json again = commit("without");
    ASSERT_EQ(status_, 202) << "the end of an exemption, too";
    commit("pilot two");
    ASSERT_EQ(status_, 200);
    const Json late = decide(61'002, again.at("items").at(0).at("id"), "approve");
    EXPECT_EQ(late.at("items").at(0).at("state"), "failed") << "HEAD has moved";
}

TEST(Sensitive, WhatNoPersonDoesAlone) {
    model::Policy before;
    before.operators.push_back({"telco", "Telco", {}, {}});
    for (int i = 0; i < 20; ++i) {
        model::Organisation o;
        o.id = "org" + std::to_string(i);
        o.access.emplace();
        o.access->categories = {"news", "bank"};
        before.organisations.push_back(o);
    }
    before.categories.resize(2);
    before.categories[0].id = "news";
    before.categories[1].id = "bank";
    before.categories[1].exempt = model::Exemption::finance;
    before.names = {{"a.example", 0, {}}, {"b.example", 1, {}}};
    const auto changes = [&](auto edit) {
        model::Policy after = before;
        edit(after);
        return sensitive_changes(&before, after).size();
    };
    EXPECT_EQ(changes([](model::Policy& p) { p.title = "other"; }), 0u);
    EXPECT_EQ(changes([](model::Policy& p) { p.names.push_back({"c.example", 0, {}}); }), 0u);
    EXPECT_EQ(changes([](model::Policy& p) { p.names.push_back({"c.example", 1, {}}); }), 1u);
    EXPECT_EQ(changes([](model::Policy& p) { p.names.pop_back(); }), 1u);
    EXPECT_GE(changes([](model::Policy& p) { p.categories[1].exempt.reset(); }), 1u);
    EXPECT_GE(changes([](model::Policy& p) { p.categories[0].exempt = model::Exemption::finance; }),
              1u);
    EXPECT_EQ(changes([](model::Policy& p) { p.organisations[0].pilot.emplace(); }), 1u);
    EXPECT_EQ(changes([](model::Policy& p) {
                  p.bypass.push_back({"telco", *parse_prefix("10.0.0.0/8").prefix, "g", "a", {}});
              }),
              1u);
    EXPECT_EQ(changes([](model::Policy& p) {
                  p.overrides.push_back({"c.example", {"bank"}, "g", "a", {}});
              }),
              1u);
    EXPECT_EQ(changes([](model::Policy& p) {
                  for (int i = 0; i < 4; ++i)
                      p.organisations[static_cast<std::size_t>(i)].access->categories = {"bank"};
              }),
              0u)
        << "a few";
    EXPECT_EQ(changes([](model::Policy& p) {
                  for (int i = 0; i < 5; ++i)
                      p.organisations[static_cast<std::size_t>(i)].access->categories = {"bank"};
              }),
              1u);
    EXPECT_EQ(changes([](model::Policy& p) { p.organisations.resize(10); }), 1u);
}

}  // namespace
}  // namespace sluice::control
