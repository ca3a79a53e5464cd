// What this machine can do, judging by files alone: no process is started.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

/// Where to look. Every path below is relative to `root`, so that tests can bring their own
/// machine.
struct Machine {
  std::filesystem::path root = "/";
  std::string path;  ///< the value of PATH
  std::string home;
};

struct Evidence {
  std::string capability;
  bool is_present = false;
  std::string text;  ///< what was found or missed: "nvidia-smi at /usr/bin/nvidia-smi; no
                     ///< nvidia-ctk on PATH"
};

/// A file, taken to be the same as long as all three are.
struct ComposeBinary {
  std::string path;
  std::uint64_t size = 0;
  std::int64_t mtime = 0;  ///< nanoseconds
  friend bool operator==(const ComposeBinary&, const ComposeBinary&) = default;
};

/// The version that a binary reported when it was last asked. The caller keeps it between runs.
struct ComposeVersion {
  ComposeBinary binary;
  std::string version;
};

/// Asks the binary; only called when the cache does not know it.
using AskVersion = std::function<std::string(const std::string& binary)>;

Evidence detect_nvidia(const Machine& machine);
Evidence detect_cdi(const Machine& machine);
Evidence detect_rocm(const Machine& machine);
/// Updates `known` if the binary has changed. Without a binary, or with an empty answer: absent.
Evidence detect_mdc(const Machine& machine, const AskVersion& ask,
                    std::optional<ComposeVersion>& known);

/// All of them; cdi only if nvidia is absent. `build` is never detected.
std::vector<Evidence> detect(const Machine& machine, const AskVersion& ask,
                             std::optional<ComposeVersion>& known);

/// The first executable file of that name on PATH, without `root`.
std::optional<std::string> find_program(const Machine& machine, const std::string& name);
/// docker-compose among the CLI's plugins, then on PATH.
std::optional<ComposeBinary> find_compose(const Machine& machine);

}  // namespace harbor::compose
