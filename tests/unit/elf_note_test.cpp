#include "plugin/elf_note.hpp"

#include <elf.h>
#include <fcntl.h>
#include <harbor/plugin.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "zoo.hpp"

using namespace harbor::plugin;

namespace {

const std::string rebuild =
    "get an undamaged copy of the file, or build it again with harbor_add_plugin()";
const std::string not_a_plugin =
    "move the file out of the plugin folder, or build it with HARBOR_ABI_NOTE and "
    "harbor_add_plugin()";

Fault inspected(const std::string& bytes) {
  return zoo::refusal([&] { (void)inspect_elf(std::string_view(bytes)); });
}

Fault inspected_file(const std::string& name) { return inspected(zoo::bytes_of(zoo::built(name))); }

template <typename T>
void patch(std::string& bytes, std::size_t offset, T value) {
  REQUIRE(offset + sizeof value <= bytes.size());
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

std::string good() { return zoo::bytes_of(zoo::built("zoo")); }

std::size_t segment_offset(const std::string& bytes, std::uint32_t type) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    const std::size_t offset = header.e_phoff + i * sizeof segment;
    std::memcpy(&segment, bytes.data() + offset, sizeof segment);
    if (segment.p_type == type) return offset;
  }
  FAIL("no such segment");
  return 0;
}

/// "x86-64 (64-bit, little-endian)" of this machine, out of a message about another one.
std::string own_platform(const Fault& fault) {
  const std::string mark = "this harbor for ";
  return fault.found.substr(fault.found.find(mark) + mark.size());
}

}  // namespace

TEST_CASE("the note tells the ABI of a plugin", "[plugin]") {
  const ElfNote note = inspect_elf(std::string_view(good()));
  CHECK(note.abi_major == HARBOR_ABI_MAJOR);
  CHECK(note.abi_minor == HARBOR_ABI_MINOR);
}

TEST_CASE("a file descriptor is read like bytes", "[plugin]") {
  const int fd = open(zoo::built("zoo").c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  CHECK(inspect_elf(fd).abi_major == HARBOR_ABI_MAJOR);
  CHECK(lseek(fd, 0, SEEK_CUR) == 0);
  close(fd);
}

TEST_CASE("a newer minor is accepted", "[plugin]") {
  const ElfNote note = inspect_elf(std::string_view(zoo::bytes_of(zoo::built("bad/newer_minor"))));
  CHECK(note.abi_major == 1);
  CHECK(note.abi_minor == 7);
}

TEST_CASE("another major is refused with both versions", "[plugin]") {
  CHECK(inspected_file("bad/wrong_major") ==
        Fault{"H0305", "speaks plugin interface 2.0, this harbor 1.0",
              "update harbor, or rebuild the plugin with this harbor's SDK"});
}

TEST_CASE("an older major asks for a newer plugin", "[plugin]") {
  std::string bytes = good();
  const std::size_t note = bytes.find(std::string("Harbor\0\0\1\0\0\0", 12));
  REQUIRE(note != std::string::npos);
  patch(bytes, note + 8, std::uint32_t{0});
  CHECK(inspected(bytes) ==
        Fault{"H0305", "speaks plugin interface 0.0, this harbor 1.0",
              "get a newer version of the plugin, or rebuild it with this harbor's SDK"});
}

TEST_CASE("pointers of another size are refused", "[plugin]") {
  std::string bytes = good();
  patch(bytes, bytes.find(std::string("Harbor\0\0\1\0\0\0", 12)) + 16, std::uint32_t{4});
  CHECK(inspected(bytes) == Fault{"H0304", "is built for pointers of 4 bytes, this harbor for 8",
                                  "build the plugin on this machine"});
}

TEST_CASE("a shared library without the note is no plugin", "[plugin]") {
  CHECK(inspected_file("bad/no_note") ==
        Fault{"H0303", "is a shared library without the note .note.harbor of a Harbor plugin",
              not_a_plugin});
}

TEST_CASE("a text file is no plugin", "[plugin]") {
  CHECK(inspected("hello\n") ==
        Fault{"H0303", "is not a shared library: it starts with 'hell', not with an ELF header",
              not_a_plugin});
  CHECK(inspected("\x1b[2") ==
        Fault{"H0303", "is not a shared library: it starts with '.[2', not with an ELF header",
              not_a_plugin});
  CHECK(inspected("") == Fault{"H0303", "is empty, a shared library expected", not_a_plugin});
}

TEST_CASE("a program and an object file are no plugins", "[plugin]") {
  std::string bytes = good();
  patch(bytes, offsetof(Elf64_Ehdr, e_type), Elf64_Half{ET_EXEC});
  CHECK(inspected(bytes) ==
        Fault{"H0303", "is a program, a shared library expected", not_a_plugin});
  patch(bytes, offsetof(Elf64_Ehdr, e_type), Elf64_Half{ET_REL});
  CHECK(inspected(bytes).found == "is an object file, a shared library expected");
  patch(bytes, offsetof(Elf64_Ehdr, e_type), Elf64_Half{ET_CORE});
  CHECK(inspected(bytes).found == "is another kind of ELF file, a shared library expected");
}

TEST_CASE("another machine is refused with both names", "[plugin]") {
  std::string bytes = good();
  patch(bytes, offsetof(Elf64_Ehdr, e_machine), Elf64_Half{EM_S390});
  const Fault fault = inspected(bytes);
  CHECK(fault.code == "H0304");
  CHECK(fault.found ==
        "is built for S/390 (64-bit, little-endian), this harbor for " + own_platform(fault));
  CHECK(fault.hint.find(", or build it on this machine") != std::string::npos);
  patch(bytes, offsetof(Elf64_Ehdr, e_machine), Elf64_Half{4711});
  CHECK(inspected(bytes).found ==
        "is built for ELF machine 4711 (64-bit, little-endian), this harbor for " +
            own_platform(fault));
}

TEST_CASE("another word size and byte order are refused", "[plugin]") {
  std::string bytes = good();
  bytes[EI_CLASS] = ELFCLASS32;
  patch(bytes, offsetof(Elf64_Ehdr, e_machine), Elf64_Half{EM_386});
  CHECK(inspected(bytes).code == "H0304");
  CHECK(inspected(bytes).found.starts_with("is built for x86 (32-bit, little-endian), "));
  bytes[EI_CLASS] = ELFCLASS64;
  bytes[EI_DATA] = ELFDATA2MSB;
  patch(bytes, offsetof(Elf64_Ehdr, e_machine), Elf64_Half{0x1600});  // EM_S390, big-endian
  CHECK(inspected(bytes).found.starts_with("is built for S/390 (64-bit, big-endian), "));
}

TEST_CASE("a cut-off file is refused wherever it ends", "[plugin]") {
  const std::string bytes = good();
  CHECK(inspected(bytes.substr(0, 10)) ==
        Fault{"H0303", "is cut off: its ELF header ends at byte 64, the file at byte 10", rebuild});
  CHECK(inspected(bytes.substr(0, 60)).found ==
        "is cut off: its ELF header ends at byte 64, the file at byte 60");
  CHECK(inspected(bytes.substr(0, 100))
            .found.starts_with("is cut off: its table of program headers ends at byte "));
  CHECK(inspected(bytes.substr(0, 4096)).found.starts_with("is cut off: a segment ends at byte "));
}

TEST_CASE("program headers that make no sense are refused", "[plugin]") {
  std::string bytes = good();
  patch(bytes, offsetof(Elf64_Ehdr, e_phnum), Elf64_Half{0xffff});
  CHECK(inspected(bytes) ==
        Fault{"H0303",
              "is damaged: its ELF header counts 65535 program headers of 56 bytes, 1 to 256 of 56 "
              "expected",
              rebuild});
}

TEST_CASE("a segment whose end overflows is refused", "[plugin]") {
  std::string bytes = good();
  const std::size_t segment = segment_offset(bytes, PT_LOAD);
  patch(bytes, segment + offsetof(Elf64_Phdr, p_offset), ~std::uint64_t{0} - 8);
  patch(bytes, segment + offsetof(Elf64_Phdr, p_filesz), std::uint64_t{64});
  CHECK(inspected(bytes).found.starts_with("is cut off: a segment ends"));
}

TEST_CASE("a note whose sizes overflow is no note", "[plugin]") {
  std::string bytes = good();
  const std::size_t name = bytes.find(std::string("Harbor\0\0\1\0\0\0", 12));
  patch(bytes, name - 12, ~std::uint32_t{0});
  CHECK(inspected(bytes).found ==
        "is a shared library without the note .note.harbor of a Harbor plugin");
}

TEST_CASE("an executable stack is refused", "[plugin]") {
  const Fault expected{
      "H0303", "asks for an executable stack, which weakens the whole process",
      "rebuild it with -z noexecstack; assembler sources need a section .note.GNU-stack"};
  CHECK(inspected_file("bad/executable_stack") == expected);
  std::string bytes = good();  // a missing header means the same to the loader
  patch(bytes, segment_offset(bytes, PT_GNU_STACK), std::uint32_t{PT_NULL});
  CHECK(inspected(bytes) == expected);
}

TEST_CASE("text relocations are refused", "[plugin]") {
  CHECK(inspected_file("bad/text_relocation") ==
        Fault{"H0303", "has text relocations, which make its code writable",
              "rebuild it as position independent code (-fPIC)"});
}

TEST_CASE("a relative search path is refused", "[plugin]") {
  CHECK(inspected_file("bad/relative_runpath") ==
        Fault{"H0303",
              "looks for libraries in the relative folder 'packs/lib', an absolute one or $ORIGIN "
              "expected",
              "rebuild it without -rpath, or with one that starts with $ORIGIN"});
}

TEST_CASE("a string outside of the file is refused", "[plugin]") {
  std::string bytes = zoo::bytes_of(zoo::built("bad/relative_runpath"));
  Elf64_Phdr segment;
  std::memcpy(&segment, bytes.data() + segment_offset(bytes, PT_DYNAMIC), sizeof segment);
  for (std::size_t at = segment.p_offset; at < segment.p_offset + segment.p_filesz; at += 16) {
    Elf64_Dyn entry;
    std::memcpy(&entry, bytes.data() + at, sizeof entry);
    if (entry.d_tag == DT_RUNPATH) patch(bytes, at + 8, std::uint64_t{1} << 40);
  }
  CHECK(
      inspected(bytes) ==
      Fault{"H0303", "is damaged: its dynamic section names a text outside of the file", rebuild});
}

TEST_CASE("no prefix of a plugin is taken for the whole", "[plugin]") {
  const std::string bytes = good();
  std::size_t end = 0;  // of what is loaded; symbols and section names behind it are not needed
  for (std::size_t at = segment_offset(bytes, PT_LOAD); at + 56 <= bytes.size(); at += 56) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + at, sizeof segment);
    if (segment.p_type == PT_LOAD)
      end = std::max<std::size_t>(end, segment.p_offset + segment.p_filesz);
    if (segment.p_type == PT_GNU_STACK) break;
  }
  for (std::size_t size = 0; size < end; size += 7) {
    INFO("cut at " << size);
    REQUIRE(inspected(bytes.substr(0, size)).code == "H0303");
  }
}
