#include "core/buildkit/rpc_error.h"

#include <doctest/doctest.h>

#include "core/base/digest.h"
#include "status.pb.h"

using base::Kind;
using grpc::StatusCode;

namespace {

using Details = std::vector<std::pair<std::string, std::string>>;

grpc::Status status(StatusCode code, const std::string& message, const Details& details = {}) {
  if (details.empty()) return {code, message};
  google::rpc::Status out;
  out.set_code(code);
  out.set_message(message);
  for (const auto& [type, value] : details) {
    auto* added = out.add_details();
    added->set_type_url("github.com/moby/buildkit/" + type);
    added->set_value(value);
  }
  return {code, message, out.SerializeAsString()};
}

const std::string vertex = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const std::string exit_words = "process \"/bin/sh -c make\" did not complete successfully: exit code: 2";

}  // namespace

TEST_CASE("a failed step is told with its name, its vertex and its exit code") {
  Details details = {{"stack.Stack+json", R"({"frames":[]})"},
                     {"gatewayapi.ExitMessage+json", R"({"Code":2})"},
                     {"errdefs.Vertex+json", R"({"digest":")" + vertex + R"("})"}};
  auto names = [](const std::string& digest) { return digest == vertex ? "[app] make" : ""; };
  base::Error error = buildkit::rpc_error(status(StatusCode::UNKNOWN, exit_words, details), "building", names);
  CHECK(error.kind() == Kind::failed);
  CHECK(error.text() ==
        exit_words + "\n  in the step '[app] make' (" + vertex + ")\n  its exit code was 2\n  while building");
  CHECK(buildkit::rpc_error(status(StatusCode::UNKNOWN, exit_words, details), "").text() ==
        exit_words + "\n  in the step '" + vertex + "'\n  its exit code was 2");
}

TEST_CASE("a place in the user's file is shown with the lines around it") {
  std::string file = "FROM base\nRUN a\nRUN \\\n  make\n# end\n\nlast";
  auto source = [&](const char* ranges) {
    return Details{{"errdefs.Source+json", R"({"info":{"filename":"Dockerfile","data":")" + base::to_base64(file) +
                                               R"("},"ranges":)" + ranges + "}"}};
  };
  auto shown = [&](const char* ranges) {
    return buildkit::rpc_error(status(StatusCode::UNKNOWN, "failed", source(ranges)), "").excerpt();
  };
  CHECK(shown(R"([{"start":{"line":3},"end":{"line":4}}])") ==
        "Dockerfile:3\n1 |   FROM base\n2 |   RUN a\n3 >>> RUN \\\n4 >>>   make\n5 |   # end\n6 |   ");
  CHECK(shown(R"([{"start":{"line":1}}])") == "Dockerfile:1\n1 >>> FROM base\n2 |   RUN a\n3 |   RUN \\");
  CHECK(shown(R"([{"start":{"line":7},"end":{"line":7}}])") == "Dockerfile:7\n5 |   # end\n6 |   \n7 >>> last");
  for (const char* useless : {"[]", R"([{"start":{"line":8},"end":{"line":9}}])", R"([{"end":{"line":2}}])",
                              R"([{"start":{"line":-1},"end":{"line":2}}])"})
    CHECK(shown(useless).empty());
}

TEST_CASE("malformed details do not hide the error that carries them") {
  for (const Details& details : {Details{{"errdefs.Vertex+json", "{"}}, Details{{"errdefs.Vertex+json", "[]"}},
                                 Details{{"errdefs.Vertex+json", R"({"digest":7})"}},
                                 Details{{"gatewayapi.ExitMessage+json", R"({"Code":"x"})"}},
                                 Details{{"errdefs.Source+json", R"({"info":{"data":"!"},"ranges":[{}]})"}},
                                 Details{{"unknown.Thing+json", "{"}}})
    CHECK(buildkit::rpc_error(status(StatusCode::UNKNOWN, "the reason", details), "").text() == "the reason");
  CHECK(buildkit::rpc_error({StatusCode::UNKNOWN, "the reason", "no protobuf"}, "").text() == "the reason");
}

TEST_CASE("failures that people meet get a kind and a fix") {
  struct {
    StatusCode code;
    std::string message;
    Kind kind;
    std::string text;
  } const table[] = {
      {StatusCode::UNKNOWN, "registry/x:1: not found", Kind::failed, "registry/x:1: not found"},
      {StatusCode::NOT_FOUND, "registry/x:1: not found", Kind::not_found, "registry/x:1: not found"},
      {StatusCode::CANCELLED, "context canceled", Kind::cancelled, "context canceled"},
      {StatusCode::INVALID_ARGUMENT, "bad", Kind::invalid, "bad"},
      {StatusCode::UNIMPLEMENTED, "method", Kind::unsupported, "method"},
      {StatusCode::DEADLINE_EXCEEDED, "no active session for abc: context deadline exceeded", Kind::unavailable,
       "no active session for abc: context deadline exceeded\n  fix: try again; if it stays, see the engine's log for "
       "why "
       "it gave the session up"},
      {StatusCode::UNKNOWN, "failed to push: unexpected status from POST request: 401 Unauthorized", Kind::denied,
       "failed to push: unexpected status from POST request: 401 Unauthorized\n  fix: give the credentials of that "
       "registry"},
      {StatusCode::UNKNOWN, "network.host is not allowed", Kind::denied,
       "network.host is not allowed\n  fix: allow the entitlement in the build, and at the daemon: buildkitd "
       "--allow-insecure-entitlement network.host"},
      {StatusCode::UNKNOWN, "write /x: no space left on device", Kind::failed,
       "write /x: no space left on device\n  fix: free space where the engine keeps its state: buildctl prune, docker "
       "builder prune"},
      {StatusCode::UNKNOWN, "exporter \"oci\" could not be found", Kind::unsupported,
       "exporter \"oci\" could not be found\n  fix: use BuildKit 0.13 or newer; a Docker Engine needs its containerd "
       "image store switched on"},
      {StatusCode::UNKNOWN, "unknown cache exporter: \"s3\"", Kind::unsupported,
       "unknown cache exporter: \"s3\"\n  fix: a Docker Engine has caches of the types registry, local, inline and "
       "gha: "
       "take one of these, or a buildkitd"},
      {StatusCode::UNKNOWN, "dial tcp: lookup r.invalid: no such host", Kind::unavailable,
       "dial tcp: lookup r.invalid: no such host\n  fix: see whether the engine can resolve that name"},
      {StatusCode::UNAVAILABLE, "Socket closed", Kind::unavailable,
       "the BuildKit engine went away\n  Socket closed\n  fix: see whether the daemon still runs, and its log"},
      {StatusCode::INTERNAL, "", Kind::failed, "the engine gives no reason (gRPC code 13)"},
      {StatusCode::UNKNOWN, " escape \x1b[31m \n", Kind::failed, "escape \\x1b[31m"},
  };
  for (const auto& row : table) {
    CAPTURE(row.message);
    base::Error error = buildkit::rpc_error(status(row.code, row.message), "");
    CHECK(error.kind() == row.kind);
    CHECK(error.text() == row.text);
  }
}

TEST_CASE("what a step writes is not taken for a failure of the engine") {
  base::Error error = buildkit::rpc_error(
      status(StatusCode::UNKNOWN, "process \"curl: 401 Unauthorized\" did not complete: exit code: 22",
             {{"gatewayapi.ExitMessage+json", R"({"Code":22})"}}),
      "");
  CHECK(error.kind() == Kind::failed);
  CHECK(error.fix().empty());
}
