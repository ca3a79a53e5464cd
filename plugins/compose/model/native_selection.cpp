#include "native_selection.hpp"

#include <algorithm>

#include "suggestion.hpp"

namespace harbor::compose {
namespace {

[[noreturn]] void fail(const char* code, std::string message, std::string hint,
                       std::vector<Label> labels = {}) {
  throw Error(HARBOR_E_INPUT, code, std::move(message), std::move(hint), std::move(labels));
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Where a service's contract and proxy are, in one of some folders.
std::string native_file(const std::string& name) { return name + "/" + name + "_native.yml"; }

}  // namespace

std::vector<std::string> excluded_names(const std::vector<std::string>& given) {
  std::vector<std::string> names;
  for (const std::string& text : given) {
    for (std::size_t from = 0; from <= text.size();) {
      std::size_t to = std::min(text.find(',', from), text.size());
      std::string name = text.substr(from, to - from);
      from = to + 1;
      if (!name.empty() && !has(names, name)) names.push_back(std::move(name));
    }
  }
  return names;
}

void add_native_files(const Tree& tree, Selection& selection, const SelectionRequest& request) {
  for (const std::string& name : request.exclude) {
    bool is_known = false,
         is_referenced = has(request.services, name) || has(request.services, "*");
    std::vector<std::string> tokens;
    for (const FileReason& reason : selection.reasons) {
      tokens.insert(tokens.end(), reason.tokens.begin(), reason.tokens.end());
      is_known |= has(reason.tokens, name);
      is_referenced |= reason.chosen && has(reason.tokens, name);
    }
    const std::string file = native_file(name);
    std::string found;
    for (const std::string& path : {file, "services/" + file, "stacks/" + file}) {
      if (found.empty() && tree.is_file(path)) found = path;
    }
    if (!is_known && found.empty()) {
      std::sort(tokens.begin(), tokens.end());
      tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
      fail("compose.native_unknown", "there is no service '" + name + "' to run natively",
           suggestion::did_you_mean(name, tokens));
    }
    if (!is_referenced) {
      fail("compose.native_unreferenced",
           "'" + name + "' is to run natively, but nothing that is selected uses it",
           "select '" + name + "' or a service that it is linked with");
    }
    // Without a file, the service is left out; stand_ins() reports that once it is known what
    // starts.
    if (found.empty()) continue;
    selection.files.push_back(found);
    selection.reasons.push_back(
        {found, true, false, "native", {name}, {name}, {}, name + " runs natively"});
  }
}

std::vector<std::string> stand_ins(const std::vector<std::string>& names,
                                   const std::vector<std::string>& files,
                                   std::vector<Warning>& warnings) {
  std::vector<std::string> out;
  for (const std::string& name : names) {
    const std::string wanted = native_file(name);
    const bool is_there = std::any_of(files.begin(), files.end(), [&](const std::string& file) {
      return file == wanted || file.ends_with("/" + wanted);
    });
    if (is_there)
      out.push_back(name);
    else
      warnings.push_back({"compose.native_no_contract",
                          "'" + name +
                              "' is left out, with nothing in its place: it has no "
                              "native contract",
                          "write x-harbor-native into " + wanted + " or stacks/" + wanted,
                          {},
                          true});
  }
  return out;
}

}  // namespace harbor::compose
