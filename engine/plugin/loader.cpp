#include "plugin/loader.hpp"
#include "report/code_plugin.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <gnu/libc-version.h>

#include <boost/dll/shared_library.hpp>
#include <cstdlib>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace harbor::plugin {
namespace {

Fault link_fault(std::string found, std::string hint) {
  return {std::string(report::code::plugin_cannot_be_linked),
          "cannot be linked: " + std::move(found), std::move(hint)};
}

/// The text between two marks.
std::optional<std::string> between(std::string_view text, std::string_view before,
                                   std::string_view after) {
  const std::size_t mark = text.find(before);
  if (mark == std::string_view::npos) return {};
  const std::size_t begin = mark + before.size();
  const std::size_t end = after.empty() ? text.size() : text.find(after, begin);
  if (end == std::string_view::npos) return {};
  return std::string(text.substr(begin, end - begin));
}

/// As in the source: "acme::open(int)" for "_ZN4acme4openEi".
std::string readable(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : symbol;
}

Fault version_fault(const std::string& version, const std::string& library) {
  const bool is_compilers = version.starts_with("GLIBCXX_") || version.starts_with("CXXABI_") ||
                            version.starts_with("GCC_");
  if (is_compilers)
    return link_fault(
        "it needs " + version + ", which this system's " + library + " does not have",
        "it was built with a newer compiler: rebuild it on this system, or link it with "
        "-static-libstdc++ -static-libgcc");
  if (version.starts_with("GLIBC_"))
    return link_fault("it needs " + version + ", this system has GLIBC_" + gnu_get_libc_version(),
                      "it was built on a newer distribution: rebuild it on this system");
  return link_fault("it needs version " + version + " of " + library + ", another one is installed",
                    "install the version of the library that it was built with, or rebuild it");
}

}  // namespace

Fault explain_link_failure(std::string_view message, const std::filesystem::path& file) {
  if (const auto version = between(message, "version `", "' not found")) {
    const std::string library(message.substr(0, message.find(": ")));
    return version_fault(*version, std::filesystem::path(library).filename().string());
  }
  if (auto symbol = between(message, "undefined symbol: ", "")) {
    symbol->resize(std::min(symbol->find(','), symbol->size()));
    return link_fault(
        "the symbol '" + readable(*symbol) + "' is missing",
        "rebuild it with harbor_add_plugin(), or with -Wl,-z,defs, which finds missing "
        "symbols while linking");
  }
  const std::string own = file.string() + ": ";
  if (const auto library = between(message, "", ": cannot open shared object file");
      library && !message.starts_with(own))
    return link_fault("the library '" + *library + "' is not installed",
                      "install the package that has " + *library + ", or link it statically");
  if (message.starts_with(own)) message.remove_prefix(own.size());
  return link_fault(std::string(message), "rebuild it on this system with harbor_add_plugin()");
}

harbor_plugin_entry_fn open_plugin(const std::filesystem::path& file) {
  using boost::dll::load_mode::type;
  // Unloading would remove code that may still be running, so libraries are never unloaded.
  static auto& libraries = *new std::list<boost::dll::shared_library>;
  boost::dll::shared_library library;
  std::error_code error;
  library.load(file, type::rtld_now | type::rtld_local, error);
  if (error) {
    const char* message = dlerror();
    throw Refused(explain_link_failure(message != nullptr ? message : "unknown reason", file));
  }
  const auto& kept = libraries.emplace_back(std::move(library));
  if (!kept.has(HARBOR_ENTRY_NAME))
    refuse(report::code::plugin_entry_missing, "does not export its entry point " HARBOR_ENTRY_NAME,
           "include harbor/plugin.h, define the function as extern \"C\" and build with "
           "harbor_add_plugin()");
  return &kept.get<std::remove_pointer_t<harbor_plugin_entry_fn>>(HARBOR_ENTRY_NAME);
}

}  // namespace harbor::plugin
