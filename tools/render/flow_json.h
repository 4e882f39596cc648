// One flow as a JSON object, for the tools: the daemon's own rendering, handed on.
#pragma once
#include "control/render/flow_json.h"
