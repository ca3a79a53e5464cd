// What is wrong with a plugin, without the name of its file.
#pragma once

#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "report/diagnostic.hpp"

namespace harbor::plugin {

/// A reason for not using a plugin; the quarantine stores it.
struct Fault {
  std::string code;   ///< H03xx
  std::string found;  ///< what follows "plugin 'FILE'" in a sentence, with what was expected
  std::string hint;   ///< the way out

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// Carries a fault up to the code that decides about the file.
class Refused : public std::exception {
 public:
  explicit Refused(Fault fault) : fault_(std::move(fault)) {}

  [[nodiscard]] const Fault& fault() const noexcept { return fault_; }
  [[nodiscard]] const char* what() const noexcept override { return fault_.found.c_str(); }

 private:
  Fault fault_;
};

[[noreturn]] void refuse(std::string_view code, std::string found, std::string_view hint);

/// The fault as a message: "plugin '/f/pack.so' is ...".
[[nodiscard]] report::Diagnostic diagnose(const Fault& fault, const std::filesystem::path& file);

}  // namespace harbor::plugin
