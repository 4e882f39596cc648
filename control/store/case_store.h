// CaseStore: the events of cases. Only events are the record; `cases` and `effects` are what
// follows from them, written in the same transaction, so that the sweep finds what is due by an
// index.
#pragma once
#include "control/store/request_store.h"

namespace sluice::control {

struct CaseRow {
    std::string id, life_cycle, state;
    std::uint64_t version = 0;  // number of events
    bool closed = false;
    bool held = false;                // a deadline waits for a person
    std::optional<UtcTime> next_due;  // when the sweep must look at it
    std::string unique;               // at most one open case has it; empty: any number
    std::string document;             // the case, as JSON
};

struct CaseEventRow {
    std::string case_id;
    std::uint64_t version = 0;  // 1, 2, 3, ... within the case
    UtcTime at;
    std::string document;  // the record, as JSON
};

struct EffectRow {
    std::string case_id, kind;
    UtcTime since;  // of two that contradict, the later one holds
    std::string document;
};

struct NoticeRow {
    std::uint64_t id = 0;
    std::string case_id, rule, party, recipient;
    std::string text[3];  // kk, ru, en
    UtcTime at;
    std::string state;  // pending, delivered, spooled, failed
    unsigned tries = 0;
    UtcTime next_try;     // of a pending one
    std::string trouble;  // why the last try failed; empty: none did
};

// One event and all that follows from it.
struct CaseWrite {
    CaseRow after;
    CaseEventRow event;
    std::vector<EffectRow> effects;  // all that are in force afterwards
    std::vector<NoticeRow> notices;
    AuditRecord audit;
    std::string closes_for;  // whom the event newly blocks, for the guard; empty: nobody
    std::optional<RequestWrite> request{};  // the signed request that asked for it
};

struct CaseFilter {
    std::string life_cycle, state;  // empty: any
    bool open_only = true;
    bool held_only = false;
    std::string after;  // ids above this one: pages
    unsigned limit = 100;
};

class CaseStore {
  public:
    virtual ~CaseStore() = default;

    // Writes events, rows, effects, notices and audit in one durable transaction. Refused
    // (stale_base) when an event's version is not the next one of its case, or when another open
    // case has the same `unique`: nothing is written then.
    virtual Result<Done, StoreError> record(const std::vector<CaseWrite>& writes) = 0;
    // A number no case has had: 1, 2, 3, ...
    virtual Result<std::uint64_t, StoreError> next_case_number() = 0;
    virtual Result<CaseRow, StoreError> find_case(const std::string& id) = 0;
    virtual Result<std::vector<CaseRow>, StoreError> cases(const CaseFilter& filter) = 0;
    // Open cases whose next_due is not after `now`, earliest first.
    virtual Result<std::vector<CaseRow>, StoreError> due_cases(UtcTime now, unsigned limit) = 0;
    virtual Result<std::vector<CaseEventRow>, StoreError> events_of(const std::string& id) = 0;
    // By `since`, then case.
    virtual Result<std::vector<EffectRow>, StoreError> effects() = 0;
    virtual Result<std::vector<NoticeRow>, StoreError> notices(const std::string& state,
                                                               unsigned limit) = 0;
    // Pending ones whose next try is not later than `now`, oldest first.
    virtual Result<std::vector<NoticeRow>, StoreError> due_notices(UtcTime now, unsigned limit) = 0;
    // State, tries, next try and trouble of the notice with this id.
    virtual Result<Done, StoreError> keep_notice(const NoticeRow& notice) = 0;
    virtual Result<std::optional<NoticeRow>, StoreError> find_notice(std::uint64_t id) = 0;
    // Makes it due at once, as if never tried. False: no such notice, or it is delivered.
    virtual Result<bool, StoreError> retry_notice(std::uint64_t id) = 0;
    // Whom events since `since` newly blocked, each once.
    virtual Result<std::vector<std::string>, StoreError> closed_since(UtcTime since) = 0;
    // Small values that must survive: the clock's last instant, calendar versions.
    virtual Result<std::string, StoreError> remembered(const std::string& key) = 0;  // "": none
    virtual Result<Done, StoreError> remember(const std::string& key, const std::string& value) = 0;
};

}  // namespace sluice::control
