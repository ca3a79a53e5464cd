#include "capability.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include "compose_version.hpp"

using namespace harbor::compose;
namespace fs = std::filesystem;

namespace {

/// A machine that is a folder.
class FakeRoot {
 public:
  FakeRoot() {
    std::string name = (fs::temp_directory_path() / "harbor-root-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    machine = {name, "/usr/bin:/opt/bin", "/home/me"};
  }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;
  ~FakeRoot() { fs::remove_all(machine.root); }

  void file(const std::string& path, const std::string& text = "", bool is_program = false) const {
    const fs::path at = machine.root / path;
    fs::create_directories(at.parent_path());
    std::ofstream(at) << text;
    if (is_program) fs::permissions(at, fs::perms::owner_all);
  }
  void folder(const std::string& path) const { fs::create_directories(machine.root / path); }

  Machine machine;
};

}  // namespace

TEST_CASE("nvidia needs the driver's tool and the container toolkit", "[capability]") {
  FakeRoot root;
  CHECK_FALSE(detect_nvidia(root.machine).is_present);
  root.file("usr/bin/nvidia-smi", "", true);
  root.file("opt/bin/nvidia-ctk", "", false);
  CHECK(
      detect_nvidia(root.machine).text ==
      "nvidia-smi at /usr/bin/nvidia-smi; neither nvidia-ctk nor nvidia-container-toolkit on PATH");
  root.file("opt/bin/nvidia-container-toolkit", "", true);
  Evidence found = detect_nvidia(root.machine);
  CHECK(found.is_present);
  CHECK(
      found.text ==
      "nvidia-smi at /usr/bin/nvidia-smi; container toolkit at /opt/bin/nvidia-container-toolkit");
}

TEST_CASE("cdi needs a spec with an nvidia device", "[capability]") {
  FakeRoot root;
  root.file("etc/cdi/other.yaml", "kind: intel.com/gpu");
  root.file("etc/cdi/notes.txt", "kind: nvidia.com/gpu");
  CHECK(detect_cdi(root.machine).text == "no nvidia device in /etc/cdi or /var/run/cdi");
  root.file("var/run/cdi/nvidia.json", R"({"kind": "nvidia.com/gpu"})");
  CHECK(detect_cdi(root.machine).is_present);
  CHECK(detect_cdi(root.machine).text == "an nvidia device in /var/run/cdi/nvidia.json");
}

TEST_CASE("rocm needs the kernel's device, a render node and the module", "[capability]") {
  FakeRoot root;
  root.file("dev/kfd");
  root.file("dev/dri/renderD128");
  CHECK_FALSE(detect_rocm(root.machine).is_present);
  CHECK(detect_rocm(root.machine).text == "/dev/kfd; /dev/dri/renderD128; amdgpu is not loaded");
  root.folder("sys/module/amdgpu");
  CHECK(detect_rocm(root.machine).is_present);
}

TEST_CASE("mdc asks a Compose binary once for as long as it is the same", "[capability]") {
  FakeRoot root;
  int asked = 0;
  std::optional<ComposeVersion> known;
  auto ask = [&](const std::string&) {
    ++asked;
    return std::string("v2.40.3-desktop.1\n");
  };
  CHECK(detect_mdc(root.machine, ask, known).text ==
        "no docker-compose among the CLI's plugins or on PATH");
  root.file("opt/bin/docker-compose", "old", true);
  CHECK(detect_mdc(root.machine, ask, known).is_present);
  CHECK(detect_mdc(root.machine, ask, known).is_present);
  CHECK(asked == 1);
  root.file("home/me/.docker/cli-plugins/docker-compose", "new", true);
  CHECK(detect_mdc(root.machine, ask, known).is_present);
  CHECK(asked == 2);
  CHECK(known->binary.path == "/home/me/.docker/cli-plugins/docker-compose");
}

TEST_CASE("versions from 2.23.1 on have inline configs", "[capability]") {
  for (const char* version : {"2.23.1", "v2.40.3", "2.31.0-desktop.2", "3.0", "dev", "2.40.3-3"}) {
    CHECK(harbor::compose_version::has_inline_configs(version));
  }
  for (const char* version : {"", "2.23.0", "v2.5.1", "1.29.2", "2.23"})
    CHECK_FALSE(harbor::compose_version::has_inline_configs(version));
}

TEST_CASE("cdi is not looked for beside nvidia, and build never", "[capability]") {
  FakeRoot root;
  std::optional<ComposeVersion> known;
  auto names = [&] {
    std::string all;
    for (const Evidence& one : detect(
             root.machine, [](auto&) { return ""; }, known)) {
      all += one.capability + (one.is_present ? "+ " : "- ");
    }
    return all;
  };
  root.file("etc/cdi/nvidia.yaml", "nvidia.com/gpu");
  CHECK(names() == "nvidia- cdi+ rocm- mdc- ");
  root.file("usr/bin/nvidia-smi", "", true);
  root.file("usr/bin/nvidia-ctk", "", true);
  CHECK(names() == "nvidia+ rocm- mdc- ");
}
