// How many requests a check costs: check_cost CHECK runs the real one against Debian's docker-registry and counts the
// lines of its access log, and the tokens that were given out. A table on stdout.
#include <cstdio>
#include <iostream>
#include <string>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "tests/support/docker_registry.h"
#include "tests/support/token_server.h"

namespace {

class Registry {
 public:
  explicit Registry(support::DockerRegistryOptions options) : registry_(std::move(options)) {}

  /// An image of its own under a tag.
  void push(const std::string& tag) {
    base::TemporaryDirectory tree("check-cost");
    base::write_file(tree.path() / "x", tag + std::to_string(pushes_++));
    const std::string layout = "oci:" + (tree.path() / "layout").string() + ":x", archive = tree.path() / "x.tar";
    support::run({"tar", "-cf", archive, "-C", tree.path(), "x"});
    support::run({"skopeo", "copy", "-q", "tarball:" + archive, layout});
    support::run({"skopeo", "copy", "-q", "--dest-no-creds", "--dest-tls-verify=false", layout,
                  "docker://" + registry_.host() + "/app:" + tag});
  }
  /// Requests for manifests and tags, those that were refused included.
  int requests() const {
    int out = 0;
    const std::string log = registry_.log();
    for (const char* method : {"\"HEAD /v2/app/", "\"GET /v2/app/"})
      for (auto at = log.find(method); at != std::string::npos; at = log.find(method, at + 1)) out++;
    return out;
  }
  std::string host() const { return registry_.host(); }

 private:
  support::DockerRegistry registry_;
  int pushes_ = 0;
};

class Checks {
 public:
  Checks(std::string program, const Registry& registry, const support::TokenServer* tokens)
      : program_(std::move(program)), registry_(registry), tokens_(tokens) {
    forget();
  }

  /// One check, as the next one in the same container, from the version that the one before found.
  void row(const char* what, const std::string& source) {
    base::write_file(directory_.path() / "request", "{\"source\":{\"repository\":\"" + registry_.host() +
                                                        "/app\",\"insecure\":true" + source +
                                                        "},\"version\":" + version_ + "}");
    const int before = registry_.requests(), tokens_before = tokens_ ? tokens_->issued() : 0;
    const std::string reply = support::run({"sh", "-c",
                                            "XDG_CACHE_HOME='" + (directory_.path() / "cache").string() + "' exec '" +
                                                program_ + "' <'" + (directory_.path() / "request").string() + "'"});
    if (auto last = reply.rfind('{'); last != std::string::npos)
      version_ = reply.substr(last, reply.rfind('}') - last + 1);
    std::printf("%-60s %8d %8d\n", what, registry_.requests() - before,
                (tokens_ ? tokens_->issued() : 0) - tokens_before);
  }
  /// As in a new container.
  void forget() {
    std::filesystem::remove_all(directory_.path() / "cache");
    std::filesystem::create_directory(directory_.path() / "cache");
  }

 private:
  base::TemporaryDirectory directory_{"check-cost"};
  std::string program_, version_ = "null";
  const Registry& registry_;
  const support::TokenServer* tokens_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: check_cost CHECK\n";
    return 2;
  }
  std::printf("%-60s %8s %8s\n", "a check", "requests", "tokens");
  {
    Registry registry({});
    registry.push("latest");
    Checks checks(argv[1], registry, nullptr);
    const std::string tag = ",\"tag\":\"latest\"";
    checks.row("a tag, for the first time", tag);
    checks.row("a tag, nothing new", tag);
    registry.push("latest");
    checks.row("a tag that was moved", tag);
  }
  {
    base::TemporaryDirectory keys("check-cost");
    support::TokenServer tokens(keys.path(), {});
    Registry registry({.token_realm = tokens.realm(), .token_certificate = tokens.certificate()});
    registry.push("latest");
    Checks checks(argv[1], registry, &tokens);
    const std::string tag = ",\"tag\":\"latest\"";
    checks.row("a tag behind tokens, new container", tag);
    checks.row("a tag behind tokens, the token is kept", tag);
    checks.forget();
    checks.row("a tag behind tokens, the token has run out", tag);
  }
  {
    Registry registry({});
    for (int minor = 0; minor < 20; minor++) registry.push("1." + std::to_string(minor) + ".0");
    Checks checks(argv[1], registry, nullptr);
    checks.row("20 versions, for the first time", "");
    checks.row("20 versions, nothing new", "");
    registry.push("1.20.0");
    checks.row("20 versions and a new one", "");
  }
}
