// secret_search NEEDLES: which secrets stand in the files whose names come in on standard input,
// each ended by a NUL? NEEDLES is a folder with one secret a file. Prints "FILE: SECRET FORM", one
// line a find; ends with 1 when there is one.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "search.hpp"

namespace fs = std::filesystem;
using harbor::secrets_sops::Needle;

namespace {

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Needle> needles_in(const fs::path& folder) {
  std::vector<Needle> all;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename(), value = read(entry.path());
    auto forms = harbor::secrets_sops::needles_of(name, value);
    // Too short for an audit of a whole machine; here it is made of characters that hardly stand
    // together.
    if (forms.empty()) forms.push_back({name, "as it is", value});
    all.insert(all.end(), forms.begin(), forms.end());
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const auto needles = needles_in(argv[1]);
  const harbor::secrets_sops::Search search(needles);
  std::size_t files = 0, finds = 0;
  for (std::string file; std::getline(std::cin, file, '\0'); ++files)
    for (const Needle* needle : search.in_file(file)) {
      std::cout << file << ": " << needle->secret << ' ' << needle->form << '\n';
      ++finds;
    }
  std::cerr << needles.size() << " forms, " << files << " files, " << finds << " finds\n";
  return finds == 0 ? 0 : 1;
}
