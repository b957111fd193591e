#include "core/archive/tar_members.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/error_text.h"
#include "tests/support/layer_builder.h"

namespace {

using support::LayerBuilder;

/// A tarball on disk. Errors name it as TARBALL.
class Tarball {
 public:
  explicit Tarball(const std::string& bytes) { base::write_file(path(), bytes); }
  std::filesystem::path path() const { return directory_.path() / "tool.tar"; }

  template <class Body>
  std::string error(Body body) const {
    std::string text = support::error_text(body);
    if (auto at = text.find(path().string()); at != std::string::npos)
      text.replace(at, path().string().size(), "TARBALL");
    return text;
  }
  std::string find_error(const std::string& name, const archive::MemberLimits& limits = {}) const {
    return error([&] { archive::find_member(path(), name, limits); });
  }
  std::string contents(const std::string& name) const {
    archive::StringSink out;
    archive::extract_member(path(), archive::find_member(path(), name), out);
    return out.take();
  }

 private:
  base::TemporaryDirectory directory_{"tar-members"};
};

}  // namespace

TEST_CASE("names are given as people write them") {
  CHECK(archive::member_name("./a//b/") == "a/b");
  CHECK(archive::member_name("/a") == "a");
  CHECK(archive::member_name("./") == "");
  Tarball tarball(
      LayerBuilder().directory("./").directory("./tool-1.0/").file("./tool-1.0/bin/tool").symlink("l", "x").gzip());
  CHECK(archive::member_names(tarball.path()) == std::vector<std::string>{"tool-1.0", "tool-1.0/bin/tool", "l"});
}

TEST_CASE("a member is found with its digest, and given out, whatever the compression") {
  LayerBuilder plain, zipped;
  for (auto* builder : {&plain, &zipped}) builder->file("./bin/tool", "the tool").file("other", "x");
  for (const auto& bytes : {plain.tar(), zipped.gzip()}) {
    Tarball tarball(bytes);
    for (const char* name : {"bin/tool", "./bin/tool", "/bin//tool"}) {
      auto member = archive::find_member(tarball.path(), name);
      CHECK(member.digest == base::sha256("the tool"));
      CHECK(member.entry.size == 8);
      CHECK(tarball.contents(name) == "the tool");
    }
  }
}

TEST_CASE("of members with one name the last counts") {
  Tarball tarball(LayerBuilder().file("f", "first").file("f", "second").tar());
  CHECK(tarball.contents("f") == "second");
  Tarball gone(LayerBuilder().file("f", "first").directory("f").tar());
  CHECK(gone.find_error("f") == "member 'f' in the tarball 'TARBALL' is a directory, not a file");
}

TEST_CASE("hard links are followed, in circles only so far") {
  Tarball tarball(LayerBuilder()
                      .file("a", "text")
                      .hardlink("b", "./a")
                      .hardlink("c", "b")
                      .hardlink("x", "y")
                      .hardlink("y", "x")
                      .tar());
  CHECK(tarball.contents("c") == "text");
  CHECK(archive::find_member(tarball.path(), "c").entry.name == "a");
  CHECK(tarball.find_error("x").starts_with("member '"));
}

TEST_CASE("a member that is not there is named with the nearest one that is") {
  Tarball tarball(LayerBuilder().file("tool-1.0/bin/tool").file("README.md").tar());
  CHECK(tarball.find_error("bin/tool") ==
        "no member 'bin/tool' in the tarball 'TARBALL'\n  fix: did you mean 'tool-1.0/bin/tool'?");
  CHECK(tarball.find_error("README.txt") ==
        "no member 'README.txt' in the tarball 'TARBALL'\n  fix: did you mean 'README.md'?");
  CHECK(tarball.find_error("zebra") == "no member 'zebra' in the tarball 'TARBALL'");
  CHECK(archive::member_names(tarball.path()).size() == 2);
}

TEST_CASE("holes count as zeros") {
  std::string path = std::string(TEST_DATA) + "/foreign/pax-sparse-1.0.tar";
  CHECK(archive::find_member(path, "hole").digest == base::sha256(std::string(100000, '\0')));
  auto member = archive::find_member(path, "sparse");
  archive::StringSink out;
  archive::extract_member(path, member, out);
  CHECK(out.text().size() == 6 * 65536);
  CHECK(base::sha256(out.text()) == member.digest);
}

TEST_CASE("sizes are bounded") {
  Tarball tarball(LayerBuilder().file("big", "12345").tar());
  archive::MemberLimits limits;
  limits.max_bytes = 4;
  CHECK(tarball.find_error("big", limits) ==
        "member 'big' has 5 bytes, more than the 4 allowed\n  while looking into the tarball 'TARBALL'");
  limits = {};
  limits.max_names_bytes = 2;
  CHECK(tarball.error([&] { archive::member_names(tarball.path(), limits); }) ==
        "names of members take more than 2 B together\n  while looking into the tarball 'TARBALL'");
}

TEST_CASE("a damaged tarball is said to be one, though the member was found before the damage") {
  Tarball tarball(LayerBuilder().file("f", "text").file("g", std::string(3000, 'g')).tar().substr(0, 2000));
  CHECK(tarball.find_error("f") ==
        "archive ends 2536 bytes before the next header\n"
        "  while reading tar entry 'g' at byte 1024\n"
        "  while looking into the tarball 'TARBALL'");
}

TEST_CASE("a tarball that changed meanwhile gives nothing wrong") {
  Tarball tarball(LayerBuilder().file("f", "text").tar());
  auto member = archive::find_member(tarball.path(), "f");
  base::write_file(tarball.path(), LayerBuilder().file("f", "TEXT").tar());
  archive::StringSink out;
  CHECK(tarball.error([&] { archive::extract_member(tarball.path(), member, out); }) ==
        "member 'f' is no longer what it was\n  while looking into the tarball 'TARBALL'");
}
