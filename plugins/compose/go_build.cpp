#include "go_build.hpp"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <string_view>
#include <vector>

namespace harbor::compose {
namespace {

constexpr std::string_view magic = "\xff Go buildinf:";
constexpr std::size_t header_size = 32;     // magic, pointer size, flags, two obsolete pointers
constexpr unsigned char inline_flag = 0x2;  // the texts follow the header
constexpr std::size_t most_sections = 256;

struct File {
  explicit File(const std::string& path) : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] bool read(void* into, std::size_t size, std::uint64_t at) const {
    return ::pread(fd, into, size, static_cast<off_t>(at)) == static_cast<ssize_t>(size);
  }

  int fd;
};

/// The section's header, from the section table.
std::optional<Elf64_Shdr> section(const File& file, std::string_view name) {
  Elf64_Ehdr header;
  if (file.fd < 0 || !file.read(&header, sizeof header, 0)) return std::nullopt;
  const bool is_fit = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
                      header.e_ident[EI_CLASS] == ELFCLASS64 &&
                      header.e_shentsize == sizeof(Elf64_Shdr) && header.e_shnum <= most_sections &&
                      header.e_shstrndx < header.e_shnum;
  if (!is_fit) return std::nullopt;
  std::vector<Elf64_Shdr> sections(header.e_shnum);
  if (!file.read(sections.data(), sections.size() * sizeof(Elf64_Shdr), header.e_shoff))
    return std::nullopt;
  for (const Elf64_Shdr& one : sections) {
    char text[24] = {};
    if (name.size() + 1 > sizeof text ||
        !file.read(text, name.size() + 1, sections[header.e_shstrndx].sh_offset + one.sh_name))
      continue;
    if (std::string_view(text, name.size()) == name && text[name.size()] == '\0') return one;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> go_toolchain_of(const std::string& path) {
  const File file(path);
  const auto found = section(file, ".go.buildinfo");
  unsigned char head[header_size + 64] = {};
  if (!found || found->sh_size < sizeof head || !file.read(head, sizeof head, found->sh_offset))
    return std::nullopt;
  const bool is_inline =
      std::memcmp(head, magic.data(), magic.size()) == 0 && (head[15] & inline_flag) != 0;
  const std::size_t length = head[header_size];
  if (!is_inline || length < 3 || length > 63) return std::nullopt;
  const std::string_view text(reinterpret_cast<const char*>(head) + header_size + 1, length);
  if (!text.starts_with("go")) return std::nullopt;
  return std::string(text.substr(2));
}

std::optional<std::string> known_compose(const std::string& path) {
  const auto toolchain = go_toolchain_of(path);
  if (!toolchain) return std::nullopt;
  int major = 0, minor = 0;
  const char* end = toolchain->data() + toolchain->size();
  const auto first = std::from_chars(toolchain->data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.' ||
      std::from_chars(first.ptr + 1, end, minor).ec != std::errc())
    return std::nullopt;
  constexpr int toolchain_of_2024 = 22;  // Compose 2.23.1 is of November 2023
  if (major == 1 && minor < toolchain_of_2024) return std::nullopt;
  return "2.24.0 or later";
}

}  // namespace harbor::compose
