#include "control/daemon/daemon.h"

#include <malloc.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <thread>

#include "control/api/http_server.h"
#include "control/api/metrics.h"
#include "control/api/two_person.h"
#include "control/catalog/sync.h"
#include "control/daemon/intake.h"
#include "control/daemon/notice_desk.h"
#include "control/daemon/request_office.h"
#include "control/daemon/state_lock.h"
#include "control/engine/live_engine.h"
#include "control/evidence/keeper.h"
#include "control/link/live_dataplane.h"
#include "control/store/sqlite_store.h"
#include "rules/sandbox/sandbox.h"

namespace sluice::control {
namespace {

constexpr auto kTurn = std::chrono::milliseconds(100);
constexpr unsigned kTurnsPerTick = 10;

UtcTime utc_now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return UtcTime{std::chrono::duration_cast<std::chrono::seconds>(since).count()};
}
MonoTime mono_now() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return MonoTime{std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
}

std::string node_name() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

// A directory that is made here belongs to whom the daemon will be.
bool make_dir(const std::string& path, mode_t mode, const sandbox::Account& owner) {
    if (::mkdir(path.c_str(), mode) == 0) {
        if (::chown(path.c_str(), owner.uid, owner.gid) == 0 && ::chmod(path.c_str(), mode) == 0)
            return true;
    } else if (errno == EEXIST) {
        return true;
    }
    spdlog::error("{}: {}: make it, or name another with --state, --runtime or --bundle", path,
                  std::strerror(errno));
    return false;
}

// Directories, then the user. The runtime directory is shared with the data plane by its group.
bool settle_in(const DaemonConfig& config) {
    sandbox::Account account{::getuid(), ::getgid()};
    if (!config.run_as.empty()) {
        const auto found = sandbox::find_account(config.run_as);
        if (!found) {
            spdlog::error("--run-as: {}", found.error());
            return false;
        }
        account = *found;
    }
    if (!make_dir(config.state_dir, 0750, account) ||
        !make_dir(config.runtime_dir, 02775, account) ||
        !make_dir(config.bundle_dir, 0755, account))
        return false;
    const auto became = sandbox::become(account);
    if (!became) spdlog::error("--run-as: {}", became.error());
    sandbox::keep_capabilities(0);
    return became.ok();
}

// What is wrong with the daemon itself, for `status`; written by the wheel, read by API threads.
class Troubles {
  public:
    void set(std::vector<std::string> all) {
        const std::lock_guard lock(mutex_);
        all_ = std::move(all);
    }
    std::vector<std::string> get() const {
        const std::lock_guard lock(mutex_);
        return all_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> all_;
};

// Says once that the data plane went away or came back, and once each new line of housekeeping.
class Watch {
  public:
    Watch(CommitPipeline& pipeline, DataPlane& dataplane)
        : pipeline_(pipeline), dataplane_(dataplane) {}
    void tick() {
        const auto status = dataplane_.status();
        if (status.ok() != present_ || !said_) {
            if (status)
                spdlog::info("the data plane is here: pid {}", status->pid);
            else
                spdlog::warn("no data plane: {}", status.error().message);
            present_ = status.ok();
            said_ = true;
        }
        const std::string done = pipeline_.tick(utc_now(), mono_now());
        if (!done.empty() && done != last_) spdlog::warn("{}", done);
        last_ = done;
    }

  private:
    CommitPipeline& pipeline_;
    DataPlane& dataplane_;
    bool present_ = false, said_ = false;
    std::string last_;
};

std::vector<std::string> collect(const Intake& intake, const VerdictLog& log,
                                 const EvidenceStatus& evidence) {
    std::vector<std::string> all;
    if (!intake.trouble().empty()) all.push_back("reports are not stored: " + intake.trouble());
    if (!log.trouble().empty())
        all.push_back("verdicts are not logged: " + log.trouble() + " (" +
                      std::to_string(log.lost()) + " lost)");
    if (!evidence.trouble.empty())
        all.push_back("evidence of exempt flows is not kept: " + evidence.trouble + " (" +
                      std::to_string(evidence.waiting) + " records wait, " +
                      std::to_string(evidence.not_kept) + " are lost)");
    return all;
}

void add_all(std::vector<std::string>& all, std::vector<std::string> more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
}

// A catalog that changed: over the policy in force, and into the audit.
catalog::CatalogSync::Deps catalog_deps(const DaemonConfig& config, Store& store,
                                        CommitPipeline& pipeline) {
    return {config.state_dir + "/catalog", catalog::fetch_https, utc_now,
            [&](const catalog::CatalogLayer& layer, const std::string& what) {
                spdlog::info("catalog: {}", what);
                AuditRecord record;
                record.at = utc_now();
                record.actor.person = "sluiced";
                record.action = "catalog.change";
                record.subject = what.substr(0, what.find(' '));
                record.reason = what;
                if (const auto kept = store.add_audit(record); !kept)
                    spdlog::error("catalog: {}", kept.error().message);
                if (const std::string trouble = pipeline.recatalog(layer); !trouble.empty())
                    spdlog::warn("catalog: {}", trouble);
            }};
}

std::vector<std::string> troubles_of(const catalog::CatalogSync& catalogs) {
    std::vector<std::string> all;
    for (const catalog::SourceState& s : catalogs.states()) {
        if (s.refused)
            all.push_back("catalog of " + s.source.operator_id + ": " +
                          std::string(sentence_of(s.refused->why)) + ": " + s.refused->detail);
        if (s.stale)
            all.push_back("catalog of " + s.source.operator_id + ": not confirmed for too long");
    }
    return all;
}

// Nobody asked for it: an empty pointer. The error has been said.
Result<std::unique_ptr<MetricsServer>, Done> start_metrics(const std::string& address,
                                                           const Services& services) {
    if (address.empty()) return std::unique_ptr<MetricsServer>();
    auto started = MetricsServer::start(address, services);
    if (started) return std::move(*started);
    spdlog::error("{}", started.error());
    return Err{Done{}};
}

// The daemon's turns, 100 ms each, until it is told to stop.
void turn_the_wheel(CommitPipeline& pipeline, DataPlane& dataplane, Intake& intake,
                    EvidenceKeeper& evidence, const std::atomic<bool>& stop,
                    const std::function<void()>& each_tick) {
    Watch watch(pipeline, dataplane);
    std::shared_ptr<const Candidate> seen;
    for (unsigned turn = 0; !stop; ++turn) {
        const auto current = pipeline.current();
        intake.turn(current ? current->rules.get() : nullptr);
        evidence.turn(current ? current->rules.get() : nullptr,
                      current ? current->bundle_hash : std::string(), {mono_now(), utc_now()});
        if (turn % kTurnsPerTick == 0) {
            intake.flush();
            watch.tick();
            // A commit of a large policy leaves hundreds of MB behind that glibc would keep.
            if (current != seen) malloc_trim(0);
            seen = current;
            each_tick();
        }
        std::this_thread::sleep_for(kTurn);
    }
    intake.flush();
    evidence.flush({mono_now(), utc_now()});
}

// What stands in files that the user it becomes may not see.
struct Files {
    LifeCycleSet rules;
    NoticeDesk notices;
    RequestOffice::Config requests;
};

// Nothing when one of them cannot be read: the error has been said. (Life cycles say it later.)
std::optional<Files> read_files(const DaemonConfig& config) {
    LifeCycleSet rules = read_life_cycles(config.cases.rules_dir);
    auto notices = NoticeDesk::read(config.notices);
    auto requests = RequestOffice::read(config.requests);
    if (!notices) spdlog::error("{}", notices.error());
    if (!requests) spdlog::error("{}", requests.error());
    if (!notices || !requests) return std::nullopt;
    return Files{std::move(rules), std::move(*notices), std::move(*requests)};
}

int serve(const DaemonConfig& config, Files files, const std::string& store_file,
          const std::atomic<bool>& stop) {
    auto store = SqliteStore::open(store_file);
    if (!store) {
        spdlog::error("{}", store.error().message);
        return 1;
    }
    const auto name_key = (*store)->secret("name_key");
    if (!name_key) {
        spdlog::error("{}", name_key.error().message);
        return 1;
    }
    LiveEngine engine(config.bundle_dir, utc_now, name_key_of(*name_key));
    LiveDataPlane dataplane(config.runtime_dir);
    CommitPipeline pipeline({**store, engine, dataplane, config.bundle_dir});
    catalog::CatalogSync catalogs(catalog_deps(config, **store, pipeline));
    if (auto taken = catalogs.load())
        engine.set_catalog(std::move(*taken));  // before any policy, like the effects of cases
    else
        spdlog::error("catalogs: {}", taken.error());
    CaseKeeper keeper(config.cases, std::move(files.rules), {**store, **store, pipeline});
    keeper.start({mono_now(), utc_now()});  // before any policy: it is compiled under the layer
    if (const auto recovered = pipeline.recover(utc_now()); !recovered)
        spdlog::error("{}", recovered.error().message);
    const auto notices = files.notices.make_courier(**store, **store, keeper.parts(), utc_now);
    RequestOffice requests(files.requests, {**store, **store, pipeline, utc_now}, keeper.parts());
    VerdictLog log(config.state_dir + "/verdicts.ndjson");
    Intake intake(config.runtime_dir, **store, log);
    EvidenceKeeper evidence({.runtime_dir = config.runtime_dir,
                             .signer_socket = config.signer,
                             .started_utc = utc_now().raw()});
    Troubles troubles;
    Services services{
        pipeline,        **store,
        dataplane,       engine,
        node_name(),     utc_now(),
        utc_now,         [&] { return troubles.get(); },
        keeper.parts(),  &catalogs,
        requests.desk(), [&](const std::string& file) { return back_up(store_file, file); },
        &evidence};
    resume_approved(services);
    auto server = HttpServer::start(config.runtime_dir + "/api.sock", services);
    if (!server) {
        spdlog::error("{}", server.error());
        return 1;
    }
    const auto metrics = start_metrics(config.metrics, services);
    if (!metrics) return 1;
    if (const auto limited = sandbox::limit_calls(sandbox::daemon_calls()); !limited) {
        spdlog::error("{}", limited.error());
        return 1;
    }
    catalogs.start();
    notices->start();
    spdlog::info("sluiced listens on {}/api.sock", config.runtime_dir);
    turn_the_wheel(pipeline, dataplane, intake, evidence, stop, [&] {
        keeper.tick({mono_now(), utc_now()});
        expire_proposals(services);
        std::vector<std::string> all = collect(intake, log, evidence.status());
        if (std::string trouble = requests.turn(); !trouble.empty())
            all.push_back(std::move(trouble));
        add_all(all, troubles_of(catalogs));
        add_all(all, notices->troubles());
        add_all(all, keeper.troubles());
        troubles.set(std::move(all));
    });
    spdlog::info("sluiced ends; forwarding goes on");
    return 0;
}

}  // namespace

int run_daemon(const DaemonConfig& config, const std::atomic<bool>& stop) {
    auto files = read_files(config);  // while still who started it
    if (!files || !settle_in(config)) return 1;
    const StateLock lock(config.state_dir);
    if (!lock.held()) {
        spdlog::error("{}", lock.trouble());
        return 1;
    }
    const std::string store_file = config.state_dir + "/store.sqlite";
    if (!config.restore.empty()) return restore_store(config.restore, store_file, utc_now());
    return serve(config, std::move(*files), store_file, stop);
}

}  // namespace sluice::control
