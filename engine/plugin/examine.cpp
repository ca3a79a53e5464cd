#include "plugin/examine.hpp"

#include "plugin/digest.hpp"
#include "plugin/elf_note.hpp"
#include "report/code_plugin.hpp"

namespace harbor::plugin {

Pack examine(const SafeFile& file, const MayRun& may_run, std::chrono::milliseconds limit) {
  const ElfNote note = inspect_elf(file.open.get());
  std::string sha256 = sha256_of(file.open.get());
  may_run(sha256);
  Pack pack = scan(file.path, limit);
  if (identify(file.path) != file.identity)
    refuse(report::code::plugin_changed_since_scan,
           "was replaced or written to while harbor examined it", "run the same command again");
  pack.file = file.path;
  pack.identity = file.identity;
  pack.sha256 = std::move(sha256);
  pack.abi_minor = note.abi_minor;
  return pack;
}

}  // namespace harbor::plugin
