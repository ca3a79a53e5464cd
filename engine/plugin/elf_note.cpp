#include "plugin/elf_note.hpp"
#include "report/code_plugin.hpp"

#include <elf.h>
#include <harbor/plugin.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

// The ELF header of the running program: it tells the machine without a table of machines. The
// linker defines this name.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-*,readability-identifier-naming)
extern "C" const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

namespace harbor::plugin {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using Dynamic = ElfW(Dyn);
using NoteWords = std::array<std::uint32_t, 4>;

constexpr std::size_t max_segments = 256;
constexpr std::size_t max_notes = 64 * 1024;
constexpr std::size_t max_dynamic = 16 * 1024;
constexpr std::size_t max_search_path = 4096;

constexpr std::string_view rebuild =
    "get an undamaged copy of the file, or build it again with harbor_add_plugin()";
constexpr std::string_view not_a_plugin =
    "move the file out of the plugin folder, or build it with HARBOR_ABI_NOTE and "
    "harbor_add_plugin()";

struct File {
  const ReadAt& read;
  std::uint64_t size;
  Header header{};
  std::vector<Segment> segments{};

  /// Whether all of [offset, offset + count) lies within the file.
  [[nodiscard]] bool has(std::uint64_t offset, std::uint64_t count) const {
    return count <= size && offset <= size - count;
  }

  [[nodiscard]] bool copy(std::uint64_t offset, void* to, std::size_t count) const {
    return has(offset, count) && read(offset, to, count) == count;
  }
};

[[noreturn]] void refuse_cut_off(const File& file, std::string_view what, std::uint64_t end) {
  refuse(report::code::not_a_plugin,
         "is cut off: " + std::string(what) + " ends at byte " + std::to_string(end) +
             ", the file at byte " + std::to_string(file.size),
         rebuild);
}

std::string printable(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += c >= ' ' && c <= '~' ? c : '.';
  return text;
}

std::string machine_name(unsigned machine) {
  struct Row {
    unsigned machine;
    const char* name;
  };
  static constexpr auto rows = std::to_array<Row>({{EM_386, "x86"},
                                                   {EM_X86_64, "x86-64"},
                                                   {EM_ARM, "ARM"},
                                                   {EM_AARCH64, "AArch64"},
                                                   {EM_RISCV, "RISC-V"},
                                                   {EM_PPC64, "PowerPC 64"},
                                                   {EM_S390, "S/390"},
                                                   {EM_LOONGARCH, "LoongArch"},
                                                   {EM_MIPS, "MIPS"}});
  const auto* row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.machine == machine; });
  return row == rows.end() ? "ELF machine " + std::to_string(machine) : row->name;
}

std::string platform(unsigned machine, unsigned elf_class, unsigned order) {
  return machine_name(machine) + " (" + (elf_class == ELFCLASS32 ? "32" : "64") + "-bit, " +
         (order == ELFDATA2MSB ? "big" : "little") + "-endian)";
}

void check_magic(const File& file) {
  std::array<char, SELFMAG> magic{};
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(file.size, magic.size()));
  const std::size_t count = file.read(0, magic.data(), wanted);
  if (count == 0)
    refuse(report::code::not_a_plugin, "is empty, a shared library expected", not_a_plugin);
  if (count < magic.size() || std::memcmp(magic.data(), ELFMAG, SELFMAG) != 0)
    refuse(report::code::not_a_plugin,
           "is not a shared library: it starts with '" + printable({magic.data(), count}) +
               "', not with an ELF header",
           not_a_plugin);
}

void check_machine(File& file) {
  // Up to e_machine the headers of both word sizes are alike.
  constexpr std::size_t common = offsetof(Header, e_machine) + sizeof(Header::e_machine);
  if (!file.copy(0, &file.header, common)) refuse_cut_off(file, "its ELF header", sizeof(Header));
  const auto& ident = file.header.e_ident;
  const auto& own = __ehdr_start.e_ident;
  unsigned machine = file.header.e_machine;
  // The other byte order: swap the field, so that the machine can be named.
  if (ident[EI_DATA] != own[EI_DATA]) machine = (machine >> 8) | (machine & 0xff) << 8;
  if (ident[EI_CLASS] == own[EI_CLASS] && ident[EI_DATA] == own[EI_DATA] &&
      machine == __ehdr_start.e_machine)
    return;
  refuse(report::code::plugin_wrong_architecture,
         "is built for " + platform(machine, ident[EI_CLASS], ident[EI_DATA]) +
             ", this harbor for " + platform(__ehdr_start.e_machine, own[EI_CLASS], own[EI_DATA]),
         "get the plugin's build for " + machine_name(__ehdr_start.e_machine) +
             ", or build it on this machine");
}

void check_type(File& file) {
  if (!file.copy(0, &file.header, sizeof file.header))
    refuse_cut_off(file, "its ELF header", sizeof(Header));
  const unsigned type = file.header.e_type;
  if (type == ET_DYN) return;
  static constexpr std::array<const char*, 3> names = {"no kind of ELF file", "an object file",
                                                       "a program"};
  refuse(report::code::not_a_plugin,
         std::string("is ") + (type < names.size() ? names[type] : "another kind of ELF file") +
             ", a shared library expected",
         not_a_plugin);
}

void read_segments(File& file) {
  const std::size_t count = file.header.e_phnum;
  if (file.header.e_phentsize != sizeof(Segment) || count == 0 || count > max_segments)
    refuse(report::code::not_a_plugin,
           "is damaged: its ELF header counts " + std::to_string(count) + " program headers of " +
               std::to_string(file.header.e_phentsize) + " bytes, 1 to " +
               std::to_string(max_segments) + " of " + std::to_string(sizeof(Segment)) +
               " expected",
           rebuild);
  const std::uint64_t bytes = count * sizeof(Segment);
  file.segments.resize(count);
  if (!file.copy(file.header.e_phoff, file.segments.data(), bytes))
    refuse_cut_off(file, "its table of program headers", file.header.e_phoff + bytes);
  // The loader maps a segment beyond the end of the file without an error; touching it is a SIGBUS.
  for (const Segment& segment : file.segments)
    if (segment.p_type == PT_LOAD && !file.has(segment.p_offset, segment.p_filesz))
      refuse_cut_off(file, "a segment", segment.p_offset + segment.p_filesz);
}

/// The bytes of a segment; none when it is longer than `limit` or lies outside of the file.
std::vector<char> content(const File& file, const Segment& segment, std::size_t limit) {
  if (segment.p_filesz > limit) return {};
  std::vector<char> bytes(segment.p_filesz);
  if (!file.copy(segment.p_offset, bytes.data(), bytes.size())) return {};
  return bytes;
}

/// What the first note of owner "Harbor" and type 1 says.
std::optional<NoteWords> find_note(const std::vector<char>& notes, std::uint64_t align) {
  const auto padded = [&](std::uint64_t n) { return (n + align - 1) / align * align; };
  std::uint64_t at = 0;
  std::array<std::uint32_t, 3> head{};  // size of the name, size of the words, type
  while (notes.size() - at >= sizeof head) {
    std::memcpy(head.data(), notes.data() + at, sizeof head);
    const std::uint64_t name = at + sizeof head;
    const std::uint64_t desc = name + padded(head[0]);
    if (desc + head[1] > notes.size()) return {};
    NoteWords words{};
    if (head[0] == sizeof "Harbor" && head[2] == 1 && head[1] >= sizeof words &&
        std::memcmp(notes.data() + name, "Harbor", sizeof "Harbor") == 0) {
      std::memcpy(words.data(), notes.data() + desc, sizeof words);
      return words;
    }
    at = std::min<std::uint64_t>(desc + padded(head[1]), notes.size());
  }
  return {};
}

NoteWords read_note(const File& file) {
  for (const Segment& segment : file.segments) {
    if (segment.p_type != PT_NOTE) continue;
    const std::uint64_t align = segment.p_align == 8 ? 8 : 4;
    if (const auto words = find_note(content(file, segment, max_notes), align)) return *words;
  }
  refuse(report::code::not_a_plugin,
         "is a shared library without the note " HARBOR_NOTE_SECTION " of a Harbor plugin",
         not_a_plugin);
}

ElfNote check_note(const NoteWords& words) {
  const auto [major, minor, pointer, reserved] = words;
  if (pointer != sizeof(void*))
    refuse(report::code::plugin_wrong_architecture,
           "is built for pointers of " + std::to_string(pointer) + " bytes, this harbor for " +
               std::to_string(sizeof(void*)),
           "build the plugin on this machine");
  if (major != HARBOR_ABI_MAJOR)
    refuse(report::code::plugin_abi_mismatch,
           "speaks plugin interface " + std::to_string(major) + "." + std::to_string(minor) +
               ", this harbor " + std::to_string(HARBOR_ABI_MAJOR) + "." +
               std::to_string(HARBOR_ABI_MINOR),
           major > HARBOR_ABI_MAJOR
               ? "update harbor, or rebuild the plugin with this harbor's SDK"
               : "get a newer version of the plugin, or rebuild it with this harbor's SDK");
  return {major, minor};
}

void check_stack(const File& file) {
  const auto is_plain = [](const Segment& segment) {
    return segment.p_type == PT_GNU_STACK && (segment.p_flags & PF_X) == 0;
  };
  // Without the segment the loader assumes the worst and makes every stack of the process
  // executable.
  if (std::none_of(file.segments.begin(), file.segments.end(), is_plain))
    refuse(report::code::not_a_plugin,
           "asks for an executable stack, which weakens the whole process",
           "rebuild it with -z noexecstack; assembler sources need a section .note.GNU-stack");
}

std::vector<Dynamic> read_dynamic(const File& file) {
  std::vector<Dynamic> entries;
  // By segments and not by sections: the loader uses segments, and a file may have no sections.
  for (const Segment& segment : file.segments) {
    if (segment.p_type != PT_DYNAMIC) continue;
    const std::vector<char> bytes = content(file, segment, max_dynamic);
    entries.resize(bytes.size() / sizeof(Dynamic));
    if (!entries.empty())
      std::memcpy(entries.data(), bytes.data(), entries.size() * sizeof(Dynamic));
  }
  const auto end = std::find_if(entries.begin(), entries.end(),
                                [](const Dynamic& entry) { return entry.d_tag == DT_NULL; });
  entries.erase(end, entries.end());
  return entries;
}

/// The string at `offset` of the string table that is loaded at the address `table`.
std::string read_string(const File& file, std::uint64_t table, std::uint64_t offset) {
  for (const Segment& segment : file.segments) {
    if (segment.p_type != PT_LOAD || table < segment.p_vaddr) continue;
    const std::uint64_t within = table - segment.p_vaddr;
    if (within >= segment.p_filesz || offset >= segment.p_filesz - within) continue;
    const std::uint64_t left = segment.p_filesz - within - offset;
    std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(left, max_search_path)),
                     '\0');
    if (!file.copy(segment.p_offset + within + offset, text.data(), text.size())) break;
    const std::size_t end = text.find('\0');
    if (end == std::string::npos) break;
    text.resize(end);
    return text;
  }
  refuse(report::code::not_a_plugin,
         "is damaged: its dynamic section names a text outside of the file", rebuild);
}

/// The first folder of a search path that depends on the folder in which harbor is started.
std::optional<std::string> relative_folder(std::string_view folders) {
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string_view folder = folders.substr(begin, end - begin);
    const bool is_anchored = folder.starts_with('/') || folder == "$ORIGIN" ||
                             folder.starts_with("$ORIGIN/") || folder.starts_with("${ORIGIN}");
    if (!is_anchored) return printable(folder);
    begin = end + 1;
  }
  return {};
}

void check_search_path(const std::string& folders) {
  if (const auto folder = relative_folder(folders))
    refuse(report::code::not_a_plugin,
           "looks for libraries in the relative folder '" + *folder +
               "', an absolute one or $ORIGIN expected",
           "rebuild it without -rpath, or with one that starts with $ORIGIN");
}

void check_needed(const std::string& library) {
  if (library.find('/') != std::string::npos && relative_folder(library))
    refuse(
        report::code::not_a_plugin,
        "needs a library by the relative path '" + printable(library) + "', a plain name expected",
        "give that library a soname and link with -l");
}

void check_linkage(const File& file) {
  const std::vector<Dynamic> entries = read_dynamic(file);
  std::uint64_t strings = 0;
  for (const Dynamic& entry : entries)
    if (entry.d_tag == DT_STRTAB) strings = entry.d_un.d_val;
  for (const Dynamic& entry : entries) {
    if (entry.d_tag == DT_TEXTREL ||
        (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_TEXTREL) != 0))
      refuse(report::code::not_a_plugin, "has text relocations, which make its code writable",
             "rebuild it as position independent code (-fPIC)");
    if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH)
      check_search_path(read_string(file, strings, entry.d_un.d_val));
    if (entry.d_tag == DT_NEEDED) check_needed(read_string(file, strings, entry.d_un.d_val));
  }
}

}  // namespace

ElfNote inspect_elf(const ReadAt& read, std::uint64_t size) {
  File file{.read = read, .size = size};
  // From the outside in, so that each check can rely on the ones before it. Nothing is mapped and
  // no code of the file has run.
  check_magic(file);
  check_machine(file);
  check_type(file);
  read_segments(file);
  const ElfNote note = check_note(read_note(file));
  check_stack(file);
  check_linkage(file);
  return note;
}

ElfNote inspect_elf(std::string_view bytes) {
  return inspect_elf(
      [&](std::uint64_t offset, void* buffer, std::size_t size) -> std::size_t {
        if (offset > bytes.size()) return 0;
        const std::size_t count = std::min<std::size_t>(size, bytes.size() - offset);
        if (count != 0) std::memcpy(buffer, bytes.data() + offset, count);
        return count;
      },
      bytes.size());
}

ElfNote inspect_elf(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0)
    refuse(report::code::not_a_plugin, std::string("cannot be read: ") + std::strerror(errno),
           rebuild);
  return inspect_elf(
      [&](std::uint64_t offset, void* buffer, std::size_t size) {
        std::size_t done = 0;
        while (done < size) {
          const ssize_t count = pread(fd, static_cast<char*>(buffer) + done, size - done,
                                      static_cast<off_t>(offset + done));
          if (count < 0 && errno == EINTR) continue;
          if (count <= 0) break;
          done += static_cast<std::size_t>(count);
        }
        return done;
      },
      static_cast<std::uint64_t>(status.st_size));
}

}  // namespace harbor::plugin
