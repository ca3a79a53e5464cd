#include "mounted_content.hpp"

#include <algorithm>
#include <harbor/error.hpp>

namespace harbor::compose {
namespace {

bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

bool is_rendered(const std::string& path, const RenderedFiles& rendered) {
  return std::any_of(rendered.folders.begin(), rendered.folders.end(),
                     [&](const std::string& folder) { return is_within(path, folder); });
}

FileKind kind_of(const std::string& path, const Tree& tree) {
  if (tree.is_file(path)) return FileKind::regular;
  return tree.is_folder(path) ? FileKind::directory : FileKind::other;
}

/// A folder that services share may contain sockets and files that Harbor cannot read: then only
/// the name counts, and that is no reason to fail.
std::string digest_of(const std::string& path, const Tree& tree, const Sum& sum) {
  try {
    const auto text = tree.read(path);
    return sum(text ? *text : "");
  } catch (const Error&) {
    return "unread";
  }
}

/// Adds the files on disk that no step renders.
void add_disk(const std::string& path, FileKind kind, const RenderedFiles& rendered,
              const Tree& tree, const Sum& sum, std::map<std::string, std::string>& files) {
  if (kind == FileKind::other || is_rendered(path, rendered) || files.contains(path)) return;
  if (kind == FileKind::regular) {
    files[path] = digest_of(path, tree, sum);
    return;
  }
  for (const Listed& entry : tree.list(path))
    add_disk(path + "/" + entry.name, entry.kind, rendered, tree, sum, files);
}

}  // namespace

std::string content_digest(const std::string& path, const RenderedFiles& rendered, const Tree& tree,
                           bool reads_disk, const Sum& sum) {
  std::map<std::string, std::string> files;
  for (auto at = rendered.digests.lower_bound(path); at != rendered.digests.end(); ++at) {
    if (!at->first.starts_with(path)) break;
    if (is_within(at->first, path)) files.insert(*at);
  }
  if (reads_disk) add_disk(path, kind_of(path, tree), rendered, tree, sum, files);
  std::string all;
  for (const auto& [file, digest] : files) all.append(file).append(1, '\0').append(digest) += '\n';
  return sum(all);
}

}  // namespace harbor::compose
