// Cases, records and effects as the JSON text the store keeps. Nothing here throws.
#pragma once
#include "control/lifecycle/step.h"
#include "control/store/case_store.h"

namespace sluice::control {

std::string to_document(const Case& c);
std::string to_document(const EventRecord& record);
std::string to_document(const Effect& effect);

// Nothing when the text is not what to_document() makes: the store was changed by other hands.
std::optional<Case> case_of(const std::string& document);
std::optional<EventRecord> record_of(const std::string& document);
std::optional<Effect> effect_of(const EffectRow& row);

// The case as its events make it; nothing when one of them cannot be read.
std::optional<Case> replay(const std::string& id, const std::string& life_cycle,
                           const std::vector<CaseEventRow>& events);

}  // namespace sluice::control
