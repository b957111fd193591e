#include "core/bom/yaml_reader.h"

#include <doctest/doctest.h>

#include "core/bom/yaml_writer.h"
#include "tests/bom/golden.h"
#include "tests/bom/sample.h"
#include "tests/support/error_text.h"

using support::error_text;

namespace {

std::string refused(const std::string& text) {
  return error_text([&] { bom::read_yaml(text, "bom.yml"); });
}

const std::string head = "product_name: p\nbase_image: {canonical_name: scratch}\n";

}  // namespace

TEST_CASE("the announcement's own sample") {
  auto bill = bom::read_yaml(data("announcement.yml"), "bill");
  CHECK(bill.product_name == "cirocosta/estaleiro");
  CHECK(bill.protocol == "v0.0.1");
  CHECK(bill.base_image.os == "ubuntu");
  CHECK(bill.base_image.version == "18.04");
  REQUIRE(bill.base_image.packages.size() == 3);
  CHECK(bill.base_image.packages[0].name == "fdisk");
  CHECK(!bill.base_image.packages[0].location);
  REQUIRE(bill.changeset.files.size() == 1);
  CHECK(bill.changeset.files[0].source->ref == "49b6936ef130793fff677038891e517718c2baf8");
  REQUIRE(bill.changeset.packages.size() == 2);
  const auto& certificates = bill.changeset.packages[1];
  CHECK(certificates.version == "20180409");
  CHECK(certificates.source_package == "");
  CHECK(certificates.location->digest == "md5:eae40792673dcb994af86284d0a01f36");
  // Called md5 there, with 64 digits.
  CHECK(std::get<bom::SourceFile>(certificates.sources[0]).digest ==
        "sha256:cd1f6540d0dab28f897e0e0cb2191130cdbf897f8ce3f52c8e483b2ed1555d30");
}

TEST_CASE("the original's later shape: wrapped resources, empty locations, unquoted numbers") {
  auto bill = bom::read_yaml(data("wrapped.yml"), "bill");
  CHECK(bill.protocol == "");
  CHECK(bill.base_image.version == "18.04");
  CHECK(!bill.base_image.packages[0].location);
  CHECK(bill.changeset.files[0].digest == "");
  const auto& package = bill.changeset.packages[0];
  CHECK(package.version == "20180409");
  CHECK(package.source_package == "");
  CHECK(package.location->name == "ca-certificates_20180409_all.deb");
  REQUIRE(package.sources.size() == 2);
  CHECK(std::get<bom::SourceFile>(package.sources[0]).name == "ca-certificates_20180409.dsc");
  CHECK(std::get<bom::Git>(package.sources[1]) == bom::Git{"https://git.example/ca-certificates", "debian/20180409"});
}

TEST_CASE("keys of newer bills are passed over") {
  auto bill = bom::read_yaml(
      head + "protocol: v0.9.3\nnew: [1, {2: 3}]\nchangeset: {files: ~, packages: [], more: x}\n", "bill");
  CHECK(bill.product_name == "p");
  CHECK(bill.changeset.files.empty());
  CHECK(refused(head + "protocol: v1.0.0\nchangeset: {}\n") ==
        "protocol is 'v1.0.0', v0.x is what can be read\n  while reading bom.yml\n  fix: use a newer estaleiro");
}

TEST_CASE("values of the wrong type are named by path and line") {
  const std::string reading = "\n  while reading bom.yml";
  struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"[]", "the bill is no mapping (line 1)"},
      {"just text", "the bill is no mapping (line 1)"},
      {"{}", "product_name is missing"},
      {"product_name: p\n", "base_image is missing"},
      {head, "changeset is missing"},
      {"product_name: [p]\nbase_image: {}\nchangeset: {}", "product_name is a list, a text is wanted (line 1)"},
      {"product_name: p\nbase_image: x\n", "base_image is a text, a mapping is wanted (line 2)"},
      {"product_name: p\nbase_image: {os: debian}\n", "base_image.canonical_name is missing"},
      {head + "changeset: {packages: {}}", "changeset.packages is a mapping, a list is wanted (line 3)"},
      {head + "changeset:\n  packages:\n  - name: a\n  - version: 1\n", "changeset.packages[1].name is missing"},
      {head + "changeset:\n  packages: [~]\n", "changeset.packages[0] is empty"},
      {head + "changeset: {packages: [{name: a, location: {uri: u, digest: 'sha256:00'}}]}",
       "changeset.packages[0].location.digest is 'sha256:00', a digest like 'sha256:…' is wanted (line 3)"},
      {head + "changeset: {packages: [{name: a, location: {uri: u}}]}",
       "changeset.packages[0].location.digest is missing"},
      {head + "changeset: {packages: [{name: a, location: {uri: u, digest: '', size: -1}}]}",
       "changeset.packages[0].location.size is '-1', a number is wanted (line 3)"},
      {head + "changeset: {packages: [{name: a, location: {uri: u, digest: '', sha1: zz}}]}",
       "changeset.packages[0].location.sha1 is 'zz', 40 hex digits are wanted (line 3)"},
      {head + "changeset: {packages: [{name: a, sources: [{git: {ref: x}}]}]}",
       "changeset.packages[0].sources[0].git.repository_uri is missing"},
      {head + "changeset: {packages: [{name: a, requested: perhaps}]}",
       "changeset.packages[0].requested is 'perhaps', true or false is wanted (line 3)"},
      {head + "changeset: {files: [{path: /a, mode: '9999'}]}",
       "changeset.files[0].mode is '9999', a number is wanted (line 3)"},
      {head + "changeset: {files: [{path: /a, mode: '17777'}]}",
       "changeset.files[0].mode is '17777', a number is wanted (line 3)"},
      {head + "changeset: {}\nimage: {digest: latest}",
       "image.digest is 'latest', a digest like 'sha256:…' is wanted (line 4)"},
  };
  for (const auto& [text, error] : cases) CHECK(refused(text) == error + reading);
}

TEST_CASE("what YAML allows and a bill does not is refused with its line") {
  CHECK(refused("") == "bom.yml is empty");
  CHECK(refused("a: &x 1\nb: *x\n") == "bom.yml line 1: an anchor, which is not allowed here");
  CHECK(refused("a: *x\n") == "bom.yml line 1: no YAML: the referenced anchor is not defined");
  CHECK(refused("a: !!binary aGk=\n") == "bom.yml line 1: a tag, which is not allowed here");
  CHECK(refused("a: 1\nb: 2\na: 3\n") == "bom.yml line 3: the key 'a' stands twice");
  CHECK(refused("[1]: 2\n") == "bom.yml line 1: a key that is no text");
  CHECK(refused("~: 2\n") == "bom.yml line 1: a key that is no text");
  CHECK(refused("a: 1\n---\nb: 2\n") == "bom.yml has more than one YAML document");
  CHECK(refused("a: [1\n").starts_with("bom.yml line 2: no YAML: "));
  CHECK(refused("\xff\xfe"
                "a\0:\0")
            .starts_with("bom.yml is not UTF-8 text"));
  CHECK(refused(std::string("a: \0b", 5)) == "bom.yml is not UTF-8 text");
}

TEST_CASE("depth, count and size are bounded") {
  CHECK(refused(std::string(100000, '[')) == "bom.yml line 1: nested deeper than 32 levels");
  std::string deep;
  for (int i = 0; i < 40; i++) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(refused(deep) == "bom.yml line 33: nested deeper than 32 levels");
  std::string many = "a: [";
  for (std::size_t i = 0; i <= bom::max_bill_nodes; i++) many += "1,";
  CHECK(refused(many + "]").ends_with("too many values"));
  CHECK(refused(std::string(bom::max_bill_bytes + 1, ' ')) == "bom.yml has 64.0 MiB, at most 64.0 MiB are read");
}

TEST_CASE("every kind of origin is read back as it was written") {
  bom::Bill bill = sample::full_bill();
  const std::string digest = sample::sha256('a');
  const bom::Origin origins[] = {bom::ImageOrigin{"docker.io/library/busybox:1@" + digest, "/bin/busybox"},
                                 bom::UrlOrigin{"https://x.example/tool", digest},
                                 bom::PackageOrigin{"libssl3", "3.0-2", "amd64", "/usr/lib/libssl.so.3"},
                                 bom::ContextOrigin{"etc/app.conf"}};
  bill.changeset.files.clear();
  for (const auto& origin : origins)
    bill.changeset.files.push_back({"/f" + std::to_string(origin.index()), digest, std::nullopt, 0644, origin});
  CHECK(bom::read_yaml(bom::to_yaml(bill), "bill") == bill);
}
