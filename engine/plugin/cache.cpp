#include "plugin/cache.hpp"

#include <fcntl.h>
#include <harbor/plugin.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "plugin/codec.hpp"
#include "system/crc32c.hpp"
#include "system/file.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::plugin {
namespace {

using nlohmann::json;

constexpr off_t max_size = off_t{64} << 20;
/// The version of the file's layout; together with the ABI and the engine's version, it decides
/// whether the file can be used.
constexpr int layout = 6;
/// Before the text: its checksum, in hexadecimal, and a line end.
constexpr std::size_t seal_size = 9;

std::string seal_of(std::string_view text) { return system::crc32c_hex(text) + "\n"; }

json stamp() { return {layout, HARBOR_ABI_MAJOR, HARBOR_ABI_MINOR, HARBOR_VERSION}; }

json encode(const Identity& identity) {
  return {identity.device, identity.inode, identity.size, identity.mtime_ns, identity.ctime_ns};
}

Identity decode_identity(const json& row) {
  return {.device = row.at(0).get<std::uint64_t>(),
          .inode = row.at(1).get<std::uint64_t>(),
          .size = row.at(2).get<std::uint64_t>(),
          .mtime_ns = row.at(3).get<std::int64_t>(),
          .ctime_ns = row.at(4).get<std::int64_t>()};
}

/// The file's text if only the user can have written it. It contains digests, so it must be as
/// trustworthy as a plugin.
std::optional<std::string> read_own_file(const std::filesystem::path& file) {
  const system::FileDescriptor descriptor = system::open_path(file, O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (!descriptor.is_open() || fstat(descriptor.get(), &status) != 0) return {};
  const bool is_own = S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
                      (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  if (!is_own || status.st_size > max_size) return {};
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = read(descriptor.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    done += static_cast<std::size_t>(count);
  }
  return text;
}

/// A byte that the disk returns wrongly may make a description wrong without breaking it: only the
/// checksum tells.
Cache parse(std::string_view sealed) {
  const std::string_view text = sealed.substr(std::min(seal_size, sealed.size()));
  if (!sealed.starts_with(seal_of(text))) return {};
  const EncodedView encoded = parse_encoded(text);
  if (encoded.index.at("stamp") != stamp()) return {};
  Cache cache;
  std::string_view texts = encoded.texts;
  for (const json& row : encoded.index.at("files")) {
    CacheEntry entry{.identity = decode_identity(row.at("identity")), .result = {}};
    if (row.contains("fault")) {
      entry.result = decode_fault(row.at("fault"));
    } else {
      entry.result = decode_pack(row.at("pack"), texts);
    }
    cache.emplace(row.at("file").get<std::string>(), std::move(entry));
  }
  return cache;
}

}  // namespace

Cache read_cache(const std::filesystem::path& file) {
  try {
    const std::optional<std::string> text = read_own_file(file);
    return text ? parse(*text) : Cache{};
  } catch (const std::exception&) {
    return {};
  }
}

void write_cache(const std::filesystem::path& file, const Cache& cache) noexcept {
  try {
    Encoded encoded;
    json files = json::array();
    for (const auto& [path, entry] : cache) {
      json row = {{"file", path}, {"identity", encode(entry.identity)}};
      if (const auto* fault = std::get_if<Fault>(&entry.result)) {
        row["fault"] = plugin::encode(*fault);
      } else {
        row["pack"] = plugin::encode(std::get<Pack>(entry.result), encoded.texts);
      }
      files.push_back(std::move(row));
    }
    encoded.index = {{"stamp", stamp()}, {"files", std::move(files)}};
    const std::string text = to_text(encoded);
    system::write_file(file, seal_of(text) + text, 0600);
  } catch (const std::exception&) {
    // Read-only homes and full disks are common, and nothing is lost but time.
  }
}

}  // namespace harbor::plugin
