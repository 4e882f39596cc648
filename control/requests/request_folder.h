// RequestFolder: requests somebody puts into a directory. What was taken moves to `taken/`, what
// was not to `refused/` with a file that says why.
#pragma once
#include "control/requests/request_desk.h"

namespace sluice::control::requests {

inline constexpr unsigned kFilesATurn = 16;

class RequestFolder {
  public:
    // `desk` outlives it; its configuration names the folder.
    explicit RequestFolder(RequestDesk& desk) : desk_(desk) {}

    // Takes what lies there: NAME.p7m, NAME.cms (what was signed is in it), NAME.p7s beside NAME
    // (detached), DER or PEM. A file that still grows is left for a later turn.
    //   returns  what is wrong with the folder itself; empty: nothing.
    std::string turn();

  private:
    RequestDesk& desk_;
};

}  // namespace sluice::control::requests
