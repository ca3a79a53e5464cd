#include "capability.hpp"

#include <sys/stat.h>

#include <array>
#include <fstream>

#include "compose_version.hpp"

namespace harbor::compose {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_spec = 1U << 20U;

fs::path under(const Machine& machine, const std::string& path) {
  return machine.root / fs::path(path).relative_path();
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_program(const fs::path& path) {
  std::error_code ignored;
  constexpr auto executable =
      fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  const fs::file_status status = fs::status(path, ignored);
  return fs::is_regular_file(status) && (status.permissions() & executable) != fs::perms::none;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(largest_spec, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

// Which one is reported must not depend on the order in which the file system lists them.
std::optional<std::string> nvidia_spec(const Machine& machine, const std::string& folder) {
  std::error_code error;
  std::optional<std::string> found;
  for (fs::directory_iterator at(under(machine, folder), error), end; !error && at != end;
       at.increment(error)) {
    const std::string kind = at->path().extension();
    if (kind != ".yaml" && kind != ".yml" && kind != ".json") continue;
    const std::string name = folder + "/" + at->path().filename().string();
    const bool is_nvidia =
        at->is_regular_file(error) && text_of(at->path()).find("nvidia.com/") != std::string::npos;
    if (is_nvidia && (!found || name < *found)) found = name;
  }
  return found;
}

// From files in /dev and /sys rather than from the vendor's tool, which would take longer than the
// rest of the selection.
std::optional<std::string> render_node(const Machine& machine) {
  std::error_code error;
  for (fs::directory_iterator at(under(machine, "/dev/dri"), error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().filename().string().rfind("renderD", 0) == 0)
      return "/dev/dri/" + at->path().filename().string();
  }
  return std::nullopt;
}

std::optional<ComposeBinary> binary_at(const Machine& machine, const std::string& path) {
  struct stat info {};
  const fs::path file = under(machine, path);
  if (!is_program(file) || ::stat(file.c_str(), &info) != 0) return std::nullopt;
  return ComposeBinary{path, static_cast<std::uint64_t>(info.st_size),
                       std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

}  // namespace

std::optional<std::string> find_program(const Machine& machine, const std::string& name) {
  for (std::size_t from = 0; from < machine.path.size();) {
    std::size_t to = std::min(machine.path.find(':', from), machine.path.size());
    const std::string folder = machine.path.substr(from, to - from);
    from = to + 1;
    if (!folder.empty() && is_program(under(machine, folder + "/" + name)))
      return folder + "/" + name;
  }
  return std::nullopt;
}

// The driver alone is not enough: without the toolkit, the engine cannot pass a device to a
// container.
Evidence detect_nvidia(const Machine& machine) {
  const auto driver = find_program(machine, "nvidia-smi");
  auto toolkit = find_program(machine, "nvidia-ctk");
  if (!toolkit) toolkit = find_program(machine, "nvidia-container-toolkit");
  std::string text = driver ? "nvidia-smi at " + *driver : "no nvidia-smi on PATH";
  text += toolkit ? "; container toolkit at " + *toolkit
                  : "; neither nvidia-ctk nor nvidia-container-toolkit on PATH";
  return {"nvidia", driver && toolkit, text};
}

Evidence detect_cdi(const Machine& machine) {
  for (const char* folder : {"/etc/cdi", "/var/run/cdi"}) {
    if (auto spec = nvidia_spec(machine, folder))
      return {"cdi", true, "an nvidia device in " + *spec};
  }
  return {"cdi", false, "no nvidia device in /etc/cdi or /var/run/cdi"};
}

Evidence detect_rocm(const Machine& machine) {
  const bool has_kfd = is_there(under(machine, "/dev/kfd"));
  const auto node = render_node(machine);
  const bool has_driver = is_there(under(machine, "/sys/module/amdgpu"));
  std::string text = std::string(has_kfd ? "/dev/kfd" : "no /dev/kfd") + "; " +
                     node.value_or("no render node") + "; " +
                     (has_driver ? "amdgpu is loaded" : "amdgpu is not loaded");
  return {"rocm", has_kfd && node && has_driver, text};
}

std::optional<ComposeBinary> find_compose(const Machine& machine) {
  constexpr std::array folders = {"/usr/local/lib/docker/cli-plugins",
                                  "/usr/local/libexec/docker/cli-plugins",
                                  "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins"};
  // The order in which the docker command looks for its plugins: the user's own come first.
  if (!machine.home.empty()) {
    if (auto found = binary_at(machine, machine.home + "/.docker/cli-plugins/docker-compose"))
      return found;
  }
  for (const char* folder : folders) {
    if (auto found = binary_at(machine, std::string(folder) + "/docker-compose")) return found;
  }
  auto program = find_program(machine, "docker-compose");
  return program ? binary_at(machine, *program) : std::nullopt;
}

Evidence detect_mdc(const Machine& machine, const AskVersion& ask,
                    std::optional<ComposeVersion>& known) {
  const auto binary = find_compose(machine);
  if (!binary) return {"mdc", false, "no docker-compose among the CLI's plugins or on PATH"};
  if (!known || known->binary != *binary) known = ComposeVersion{*binary, ask(binary->path)};
  const bool is_present = compose_version::has_inline_configs(known->version);
  const std::string version = known->version.empty() ? "without a version" : known->version;
  return {"mdc", is_present,
          "Compose " + version + " at " + binary->path + (is_present ? "" : ", older than 2.23.1")};
}

std::vector<Evidence> detect(const Machine& machine, const AskVersion& ask,
                             std::optional<ComposeVersion>& known) {
  std::vector<Evidence> all = {detect_nvidia(machine)};
  if (!all.front().is_present) all.push_back(detect_cdi(machine));
  all.push_back(detect_rocm(machine));
  all.push_back(detect_mdc(machine, ask, known));
  return all;
}

}  // namespace harbor::compose
