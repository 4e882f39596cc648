// sluicectl tls ...: the noun; its verbs live in files of their own.
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {

void add_tls(CLI::App& app, Context& context) {
    CLI::App* tls = app.add_subcommand("tls", "Inspection of TLS, and the proof of it");
    tls->require_subcommand(1);
    add_tls_issuance(*tls, context);
    add_tls_inspect(*tls, context);
    add_tls_exempt(*tls, context);
    add_tls_evidence(*tls, context);
}

}  // namespace sluice::ctl
