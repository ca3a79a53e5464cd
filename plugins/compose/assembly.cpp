#include "assembly.hpp"

#include "native_proxy.hpp"
#include "native_selection.hpp"
#include "on_change.hpp"
#include "shared_volume.hpp"

namespace harbor::compose {

Assembly assemble(const Tree& tree, const std::vector<std::string>& files,
                  const std::vector<std::string>& natives, const Lookup& lookup) {
  Assembly out;
  out.project = merge(tree, files);
  out.warnings = out.project.warnings;
  out.natives = native_contracts(out.project, stand_ins(natives, files, out.warnings), lookup);
  apply_native(out.project, out.natives);
  out.templates = apply_config_templates(out.project, lookup);
  for (Warning& warning : apply_shared_volumes(out.project, lookup))
    out.warnings.push_back(std::move(warning));
  (void)on_change_of(out.project);  // report a wrong value before anything is done
  return out;
}

}  // namespace harbor::compose
