#include "corpus.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "merge.hpp"
#include "writer.hpp"

namespace harbor::conformance {
namespace {

void take_section(Case& one, const std::string& title, std::string text) {
  if (title == "merged") {
    one.merged = std::move(text);
  } else if (title == "error") {
    one.error = std::move(text);
  } else if (title == "alone") {
    one.alone = std::move(text);
  } else if (title.rfind("+ ", 0) == 0) {
    one.files[title.substr(2)] = std::move(text);
  } else {
    one.selection.push_back(title);
    one.files[title] = std::move(text);
  }
}

void read_file(const std::filesystem::path& path, std::vector<Case>& cases) {
  std::ifstream file(path, std::ios::binary);
  std::string line, title, text;
  auto close = [&](bool is_case_end) {
    if (is_case_end && !text.empty() && text.size() > 1 && text.substr(text.size() - 2) == "\n\n")
      text.pop_back();
    if (!title.empty()) take_section(cases.back(), title, text);
    title.clear();
    text.clear();
  };
  while (std::getline(file, line)) {
    if (line.rfind("##### ", 0) == 0) {
      close(true);
      cases.push_back({path.stem().string(), line.substr(6), {}, {}, {}, {}, {}});
    } else if (line.rfind("=== ", 0) == 0) {
      close(false);
      title = line.substr(4);
    } else {
      text += line + "\n";
    }
  }
  close(true);
}

}  // namespace

std::vector<Case> read_corpus(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> cases;
  for (const auto& path : paths) read_file(path, cases);
  return cases;
}

Outcome merge_case(const Case& one) {
  Outcome out;
  try {
    const compose::Project project = compose::merge(compose::tree_of(one.files), one.selection);
    out.merged = compose::to_yaml(*project.root);
  } catch (const Error& error) {
    std::ostringstream text;
    text << error.code << ": " << error.message << "\n";
    for (const Label& label : error.labels) {
      text << "  " << label.file << ":" << label.line << ":" << label.column << " " << label.text
           << "\n";
    }
    text << "  hint: " << error.hint << "\n";
    out.error = text.str();
  }
  return out;
}

}  // namespace harbor::conformance
