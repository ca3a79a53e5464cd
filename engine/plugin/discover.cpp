// From a search plan to a registry.
#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <variant>

#include "plugin/cache.hpp"
#include "plugin/examine.hpp"
#include "plugin/registry.hpp"
#include "plugin/safe_path.hpp"
#include "plugin/scan.hpp"
#include "plugin/trust.hpp"
#include "report/code_plugin.hpp"
#include "system/errno.hpp"

namespace harbor::plugin {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view topic = "discovery";

/// A folder of the plan that exists.
struct Root {
  fs::path path;  ///< as it was given
  fs::path real;
  Place place;
};

/// A file that may be a pack.
struct Candidate {
  fs::path file;
  fs::path root;  ///< links may not leave it
  std::optional<report::Span> span{};
};

/// Everything that one search needs and collects.
struct Search {
  const SearchPlan& plan;
  const report::Trace& trace;
  fs::path project{};  ///< real path; empty when there is none
  std::vector<Root> roots{};
  Cache known{};  ///< from the cache; entries are taken out as they are used
  Cache fresh{};  ///< what was scanned now
  std::optional<std::variant<LockFile, report::Diagnostic>> lock{};  ///< read when it is needed
  SafeFolders safe_folders{};
  std::set<std::string, std::less<>> seen{};  ///< real paths
  std::vector<Pack> packs{};
  std::vector<Refusal> refusals{};
};

/// What a project brings along needs trust, even from outside its folder; the engine's own packs do
/// not, even if the engine was built inside a project.
Place place_of(const Search& search, const fs::path& real) {
  const auto is_in = [&](const Root& root) { return is_within(real, root.real); };
  std::optional<Place> place;
  for (const Root& root : search.roots) {
    if (!is_in(root)) continue;
    if (root.place == Place::stock || root.place == Place::system) return root.place;
    if (!place) place = root.place;
  }
  if (!search.project.empty() && is_within(real, search.project)) return Place::project;
  return place.value_or(Place::project);
}

/// Throws report::Error H0320 when the lock file cannot be read.
const LockFile& lock_of(Search& search) {
  if (!search.lock) {
    try {
      search.lock =
          search.plan.lock_file.empty() ? LockFile{} : read_lock_file(search.plan.lock_file);
    } catch (const report::Error& error) {
      search.lock = error.diagnostics().front();
    }
  }
  if (const auto* fault = std::get_if<report::Diagnostic>(&*search.lock))
    throw report::Error(*fault);
  return std::get<LockFile>(*search.lock);
}

/// What a scan found earlier, if the file is still the same.
std::optional<Pack> recall(Search& search, const SafeFile& file) {
  const auto entry = search.known.find(file.path.native());
  if (entry == search.known.end() || entry->second.identity != file.identity) return {};
  if (const auto* fault = std::get_if<Fault>(&entry->second.result)) throw Refused(*fault);
  Pack pack = std::get<Pack>(std::move(entry->second.result));
  search.known.erase(entry);
  pack.file = file.path;
  pack.identity = file.identity;
  return pack;
}

// A machine that is swapping or booting may take seconds for what otherwise takes milliseconds.
constexpr std::chrono::milliseconds patient_limit{20'000};

/// Packs that came with Harbor or with the system do not hang or crash by themselves: if one seems
/// to, the cause is the machine, and the next start tries again.
bool is_vouched_for(Place place) { return place == Place::stock || place == Place::system; }

Fault try_again(Fault fault) {
  fault.hint = "run the same command again; if that does not help, install Harbor again";
  return fault;
}

Pack describe_file(Search& search, const SafeFile& file, Place place, const MayRun& may_run) {
  const auto tell = [&](const char* what, report::TraceLevel level) {
    if (search.trace)
      search.trace(report::trace_event(topic, what + file.path.string(), nullptr, level));
  };
  if (std::optional<Pack> pack = recall(search, file)) {
    may_run(pack->sha256);
    tell("the cache knows ", report::TraceLevel::detail);
    return std::move(*pack);
  }
  // The cache does not have the file, or has other content for it: its code runs, in a separate
  // process.
  tell("scans ", report::TraceLevel::step);
  try {
    Pack pack = examine(file, may_run, is_vouched_for(place) ? patient_limit : scan_limit);
    search.fresh[file.path.native()] = {file.identity, pack};
    return pack;
  } catch (const Refused& refused) {
    if (!is_lasting(refused.fault())) throw;
    if (is_cut_off(refused.fault()) && is_vouched_for(place))
      throw Refused(try_again(refused.fault()));
    search.fresh[file.path.native()] = {file.identity, refused.fault()};
    throw;
  }
}

void add(Search& search, Pack pack) {
  const auto twin = std::find_if(search.packs.begin(), search.packs.end(),
                                 [&](const Pack& other) { return other.id == pack.id; });
  if (twin == search.packs.end()) {
    search.packs.push_back(std::move(pack));
    return;
  }
  report::Diagnostic diagnostic =
      report::diagnose(report::code::several_providers,
                       "plugin '" + pack.file.string() + "' is not used: '" + twin->file.string() +
                           "', which is found before it, has the same id " + pack.id,
                       {}, "remove one of the two files");
  diagnostic.severity = report::Severity::warning;
  search.refusals.push_back({pack.file, pack.place, std::move(diagnostic)});
}

void consider(Search& search, const Candidate& candidate) {
  Place place = place_of(search, candidate.file);
  const auto refuse_it = [&](report::Diagnostic diagnostic) {
    if (candidate.span) diagnostic.labels.push_back({*candidate.span, "named here"});
    search.refusals.push_back({candidate.file, place, std::move(diagnostic)});
  };
  try {
    const SafeFile file = open_safely(candidate.file, candidate.root, search.safe_folders);
    if (!search.seen.insert(file.path.native()).second) return;
    place = place_of(search, file.path);
    Pack pack = describe_file(search, file, place, [&](const std::string& sha256) {
      if (place == Place::project) check_trust(lock_of(search), search.project, file.path, sha256);
    });
    pack.place = place;
    add(search, std::move(pack));
  } catch (const Refused& refused) {
    refuse_it(diagnose(refused.fault(), candidate.file));
  } catch (const report::Error& error) {
    refuse_it(error.diagnostics().front());
  } catch (const std::system_error& error) {
    // That is not the pack's fault, and what needs the pack would be blamed for it.
    if (system::is_lack(error.code())) throw;
    refuse_it(diagnose(
        {std::string(report::code::plugin_crashed_in_scan),
         std::string("could not be examined: ") + error.what(), "run the same command again"},
        candidate.file));
  }
}

Refusal unreadable(const fs::path& folder, Place place, const std::error_code& error) {
  return {folder, place,
          report::diagnose(
              report::code::plugin_file_missing,
              "plugin folder '" + folder.string() + "' cannot be read: " + error.message(), {},
              "give yourself permission to read it, or remove it from the search path")};
}

std::vector<fs::path> files_of(Search& search, const Root& root) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(root.path, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(".so") && !name.starts_with('.')) files.push_back(entry->path());
  }
  if (error) search.refusals.push_back(unreadable(root.path, root.place, error));
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Root> existing_roots(const SearchPlan& plan, const report::Trace& trace,
                                 std::vector<Refusal>& refusals) {
  std::vector<Root> roots;
  for (const auto& [path, place] : plan.folders) {
    std::error_code error;
    fs::path real = fs::canonical(path, error);
    if (trace)
      trace(report::trace_event(topic, (error ? "no folder " : "looks into ") + path.string(),
                                {{"place", to_string(place)}},
                                error ? report::TraceLevel::detail : report::TraceLevel::step));
    if (!error)
      roots.push_back({path.lexically_normal(), std::move(real), place});
    else if (error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
      refusals.push_back(unreadable(path, place, error));
  }
  return roots;
}

/// The result of the search. A refusal is a warning here; commands do not mention it until the pack
/// is needed.
void trace_result(const Search& search, std::chrono::duration<double> time) {
  for (const Refusal& refusal : search.refusals)
    search.trace(report::trace_event(
        topic, "refuses " + refusal.file.string(),
        {{"code", refusal.diagnostic.code}, {"message", refusal.diagnostic.message}},
        report::TraceLevel::warning));
  search.trace(report::trace_event(topic, "is done",
                                   {{"packs", search.packs.size()},
                                    {"scanned", search.fresh.size()},
                                    {"refused", search.refusals.size()},
                                    {"seconds", time.count()}}));
}

/// A link of a named file may lead anywhere in the project, or else in the file's own folder.
Candidate named_candidate(const Search& search, const SearchPlan::Named& named) {
  std::error_code error;
  const fs::path file = named.file.lexically_normal();
  fs::path folder = fs::weakly_canonical(file.parent_path(), error);
  const bool is_in_project = !search.project.empty() && is_within(folder, search.project);
  if (is_in_project) folder = search.project;
  return {file, std::move(folder), named.span};
}

/// Reads the cache once more: entries that were taken out are needed, and another process may have
/// written it meanwhile.
void write_back(Search& search) {
  if (search.fresh.empty() || search.plan.cache_file.empty()) return;
  search.fresh.merge(read_cache(search.plan.cache_file));
  std::erase_if(search.fresh,
                [](const auto& row) { return identify(row.first) != row.second.identity; });
  write_cache(search.plan.cache_file, search.fresh);
}

}  // namespace

Registry discover(const SearchPlan& plan, const report::Trace& trace) {
  const auto begin = std::chrono::steady_clock::now();
  std::error_code error;
  Search search{.plan = plan, .trace = trace};
  if (!plan.project.empty()) search.project = fs::weakly_canonical(plan.project, error);
  search.roots = existing_roots(plan, trace, search.refusals);
  if (!plan.cache_file.empty()) search.known = read_cache(plan.cache_file);
  for (const SearchPlan::Named& named : plan.named)
    consider(search, named_candidate(search, named));
  for (const Root& root : search.roots)
    for (const fs::path& file : files_of(search, root)) consider(search, {file, root.real});
  if (trace) trace_result(search, std::chrono::steady_clock::now() - begin);
  write_back(search);
  return {std::move(search.packs), std::move(search.refusals)};
}

}  // namespace harbor::plugin
