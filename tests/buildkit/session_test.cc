// What a session's end does to calls that the engine has under way.
#include "core/buildkit/session.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <grpcpp/create_channel_posix.h>
#include <sys/socket.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "content.grpc.pb.h"
#include "tests/buildkit/fake_engine.h"

namespace {

using namespace std::chrono_literals;
namespace wire = containerd::services::content::v1;

/// Sends a blob into the session's store `export` until the session or the engine's call of it ends, as BuildKit does:
/// by gRPC within the bytes of a stream.
void send_blob(grpc::ServerContext& context, fake::Engine::SessionStream& stream) {
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  base::Fd ours(pair[0]);
  ::fcntl(pair[1], F_SETFL, O_NONBLOCK);
  auto channel = grpc::CreateInsecureChannelFromFd("session", pair[1]);
  std::thread incoming([&] {
    fake::control::BytesMessage message;
    while (stream.Read(&message)) ::send(ours.get(), message.data().data(), message.data().size(), MSG_NOSIGNAL);
    ::shutdown(ours.get(), SHUT_RDWR);
  });
  std::thread outgoing([&] {
    fake::control::BytesMessage message;
    char buffer[4096];
    for (ssize_t n; (n = ::recv(ours.get(), buffer, sizeof buffer, 0)) > 0;) {
      message.set_data(std::string(buffer, static_cast<std::size_t>(n)));
      if (!stream.Write(message)) break;
    }
  });
  grpc::ClientContext call;
  call.AddMetadata("buildkit-attachable-store-id", "export");
  auto write = wire::Content::NewStub(channel)->Write(&call);
  wire::WriteContentRequest request;
  request.set_ref("layer-x");
  request.set_action(wire::WRITE);
  request.set_data("some content");
  write->Write(request);
  wire::WriteContentResponse reply;
  write->Read(&reply);
  context.TryCancel();
  incoming.join();
  outgoing.join();
}

/// Takes no byte of any blob, for at most 10 s.
class StalledStore final : public buildkit::BlobStore {
 public:
  std::optional<oci::LayoutFile> open(const base::Digest&) override { return std::nullopt; }
  bool writable() const override { return true; }
  std::unique_ptr<buildkit::BlobWriter> create(const buildkit::NewBlob& blob) override {
    return std::make_unique<Writer>(*this, blob.stop);
  }

  /// Both wait a little for it.
  bool is_written() { return await(written_); }
  bool was_stopped() { return await(stopped_); }

 private:
  class Writer final : public buildkit::BlobWriter {
   public:
    Writer(StalledStore& store, std::stop_token stop) : store_(store), stop_(std::move(stop)) {}
    void write(std::string_view) override {
      store_.tell(store_.written_);
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any().wait_for(lock, stop_, 10s, [] { return false; });
      if (stop_.stop_requested()) store_.tell(store_.stopped_);
      throw base::Error(base::Kind::cancelled, "stalled");
    }
    void restart() override {}
    std::uint64_t size() const override { return 0; }
    base::Digest commit(std::string_view) override { return base::sha256(""); }

   private:
    StalledStore& store_;
    std::stop_token stop_;
  };

  void tell(bool& what) {
    std::lock_guard lock(mutex_);
    what = true;
    changed_.notify_all();
  }
  bool await(const bool& what) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 5s, [&] { return what; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool written_ = false, stopped_ = false;
};

buildkit::SessionOptions with(std::shared_ptr<buildkit::BlobStore> store) {
  buildkit::SessionOptions out;
  out.stores["export"] = std::move(store);
  return out;
}

}  // namespace

TEST_CASE("a session that is closed does not wait for a store that stalls, whose error is no problem then") {
  auto store = std::make_shared<StalledStore>();
  fake::Engine engine;
  engine.session = send_blob;
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  buildkit::Session session(connection, with(store));
  REQUIRE(store->is_written());
  const auto start = std::chrono::steady_clock::now();
  session.close();
  CHECK(std::chrono::steady_clock::now() - start < 3s);
  CHECK(store->was_stopped());
  CHECK(!session.problem());
}

TEST_CASE("a session that the engine ends stops the blobs that are on their way") {
  auto store = std::make_shared<StalledStore>();
  fake::Engine engine;
  engine.session = [&](grpc::ServerContext& context, fake::Engine::SessionStream& stream) {
    std::jthread end([&] {
      store->is_written();
      context.TryCancel();
    });
    send_blob(context, stream);
  };
  engine.start();
  buildkit::Connection connection(buildkit::Endpoint::parse(engine.address()));
  buildkit::Session session(connection, with(store));
  CHECK(store->was_stopped());
}
