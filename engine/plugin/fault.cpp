#include "plugin/fault.hpp"

#include "report/code.hpp"

namespace harbor::plugin {

void refuse(std::string_view code, std::string found, std::string_view hint) {
  throw Refused({std::string(code), std::move(found), std::string(hint)});
}

report::Diagnostic diagnose(const Fault& fault, const std::filesystem::path& file) {
  return report::diagnose(fault.code, "plugin '" + file.string() + "' " + fault.found, {},
                          fault.hint);
}

}  // namespace harbor::plugin
