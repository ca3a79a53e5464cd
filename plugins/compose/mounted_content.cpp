#include "mounted_content.hpp"

#include <algorithm>

namespace harbor::compose {
namespace {

bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

bool is_rendered(const std::string& path, const RenderedFiles& rendered) {
  return std::any_of(rendered.folders.begin(), rendered.folders.end(),
                     [&](const std::string& folder) { return is_within(path, folder); });
}

/// Adds the files on the disk that no step renders.
void add_disk(const std::string& path, const RenderedFiles& rendered, const Tree& tree,
              const Sum& sum, std::map<std::string, std::string>& files) {
  if (is_rendered(path, rendered) || files.contains(path)) return;
  if (const auto text = tree.read(path)) {
    files[path] = sum(*text);
    return;
  }
  for (const Listed& entry : tree.list(path))
    if (entry.kind != FileKind::other)
      add_disk(path + "/" + entry.name, rendered, tree, sum, files);
}

}  // namespace

std::string content_digest(const std::string& path, const RenderedFiles& rendered, const Tree& tree,
                           bool reads_disk, const Sum& sum) {
  std::map<std::string, std::string> files;
  for (auto at = rendered.digests.lower_bound(path); at != rendered.digests.end(); ++at) {
    if (!at->first.starts_with(path)) break;
    if (is_within(at->first, path)) files.insert(*at);
  }
  if (reads_disk) add_disk(path, rendered, tree, sum, files);
  std::string all;
  for (const auto& [file, digest] : files) all.append(file).append(1, '\0').append(digest) += '\n';
  return sum(all);
}

}  // namespace harbor::compose
