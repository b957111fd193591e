#include "core/buildkit/file_send.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <grpcpp/impl/rpc_method.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/buildkit/bytes_message.h"
#include "tests/buildkit/transfer.h"
#include "tests/support/tree.h"

namespace fs = std::filesystem;
using fsutil::types::Packet;

namespace {

constexpr std::uint32_t dir = 1u << 31, soft = 1u << 27, fifo = 1u << 25, device = 1u << 26, suid = 1u << 23,
                        sticky = 1u << 20;

struct Item {
  std::string path;
  std::uint32_t mode = 0644;
  std::string text = {};  ///< content, or target of a symlink
  std::string hard_link = {};
};

/// Sends trees as the engine does.
class Sender {
  class Answers;

 public:
  explicit Sender(const fs::path& directory)
      : send_({{.fd = -1, .directory = directory}}, problem), server_(send_.service()) {}

  grpc::Status send(const std::vector<Item>& items) {
    return with_stream([&](auto& stream, Answers& answers) {
      for (const Item& item : items) stream.Write(stat(item));
      Packet end;
      stream.Write(end);
      while (auto packet = answers.next()) {
        if (packet->type() == Packet::PACKET_FIN) {
          stream.Write(*packet);
          return;
        }
        if (packet->type() != Packet::PACKET_REQ) return;
        const std::string& text = items.at(packet->id()).text;
        for (std::size_t at = 0; at < text.size(); at += 5) stream.Write(data(packet->id(), text.substr(at, 5)));
        stream.Write(data(packet->id(), ""));
      }
    });
  }

  /// Sends just these.
  grpc::Status send_packets(const std::vector<Packet>& packets) {
    return with_stream([&](auto& stream, Answers&) {
      for (const Packet& packet : packets) stream.Write(packet);
    });
  }

  static Packet stat(const Item& item) {
    Packet out;
    auto& stat = *out.mutable_stat();
    stat.set_path(item.path);
    stat.set_mode(item.mode);
    stat.set_uid(12345);
    stat.set_modtime(1234567890'000000005);
    stat.set_size(static_cast<std::int64_t>(item.text.size()));
    stat.set_linkname(item.mode & soft ? item.text : item.hard_link);
    return out;
  }
  static Packet data(std::uint32_t id, const std::string& text) {
    Packet out;
    out.set_type(Packet::PACKET_DATA);
    out.set_id(id);
    out.set_data(text);
    return out;
  }

  buildkit::FirstProblem problem;

 private:
  /// What the receiver has written, read beside our own writing: neither side waits for the other.
  class Answers {
   public:
    void add(std::optional<Packet> packet) {
      std::lock_guard lock(mutex_);
      packets_.push_back(std::move(packet));
      arrived_.notify_one();
    }
    /// nullopt at the end of the stream.
    std::optional<Packet> next() {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [&] { return !packets_.empty(); });
      auto out = packets_.front();
      if (out) packets_.pop_front();
      return out;
    }

   private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::optional<Packet>> packets_;
  };

  template <class Body>
  grpc::Status with_stream(Body body) {
    grpc::ClientContext context;
    context.AddMetadata("buildkit-attachable-exporter-id", "0");
    std::unique_ptr<grpc::ClientReaderWriter<Packet, Packet>> stream(
        grpc::internal::ClientReaderWriterFactory<Packet, Packet>::Create(
            server_.channel().get(),
            grpc::internal::RpcMethod("/moby.filesync.v1.FileSend/DiffCopy", grpc::internal::RpcMethod::BIDI_STREAMING),
            &context));
    Answers answers;
    std::thread reader([&] {
      Packet packet;
      while (stream->Read(&packet)) answers.add(packet);
      answers.add(std::nullopt);
    });
    body(*stream, answers);
    stream->WritesDone();
    reader.join();
    return stream->Finish();
  }

  buildkit::FileSend send_;
  InProcess server_;
};

}  // namespace

TEST_CASE("a tree is written as it is sent") {
  base::TemporaryDirectory out("out");
  Sender sender(out.path() / "a/b");
  grpc::Status status = sender.send({{"dir", dir | 0555},
                                     {"dir/file", 0640, "some content of several pieces"},
                                     {"dir/hard", 0640, "", "dir/file"},
                                     {"dir/sub", dir | sticky | 0777},
                                     {"empty", 0444},
                                     {"fifo", fifo | 0600},
                                     {"link", soft | 0777, "/nowhere"},
                                     {"null", device | 0666},
                                     {"tool", suid | 0755, "#!"}});
  CHECK(status.error_message() == "");
  fs::path root = out.path() / "a/b";
  CHECK(support::paths(root) ==
        std::vector<std::string>{"dir", "dir/file", "dir/hard", "dir/sub", "empty", "fifo", "link", "tool"});
  CHECK(base::read_file(root / "dir/file", 100) == "some content of several pieces");
  struct stat file, hard, other;
  REQUIRE(::stat((root / "dir/file").c_str(), &file) == 0);
  REQUIRE(::stat((root / "dir/hard").c_str(), &hard) == 0);
  CHECK(file.st_ino == hard.st_ino);
  CHECK((file.st_mode & 07777) == 0640);
  CHECK(file.st_uid == ::getuid());
  CHECK(file.st_mtim.tv_sec == 1234567890);
  CHECK(file.st_mtim.tv_nsec == 5);
  for (auto [path, mode] : {std::pair("dir", 0555u), {"dir/sub", 01777u}, {"empty", 0444u}, {"tool", 04755u}}) {
    CAPTURE(path);
    REQUIRE(::stat((root / path).c_str(), &other) == 0);
    CHECK((other.st_mode & 07777) == mode);
    CHECK(other.st_mtim.tv_sec == 1234567890);
  }
  CHECK(fs::read_symlink(root / "link") == "/nowhere");
}

TEST_CASE("what stands in the way is replaced, and a link there is not followed") {
  base::TemporaryDirectory out("out"), outside("outside");
  base::write_file(outside.path() / "file", "precious");
  fs::create_symlink(outside.path() / "file", out.path() / "file");
  fs::create_directory_symlink(outside.path(), out.path() / "dir");
  base::write_file(out.path() / "stays", "old");
  Sender sender(out.path());
  CHECK(sender.send({{"dir", dir | 0755}, {"dir/file", 0644, "new"}, {"file", 0644, "new"}}).ok());
  CHECK(base::read_file(outside.path() / "file", 100) == "precious");
  CHECK(support::paths(outside.path()) == std::vector<std::string>{"file"});
  CHECK(base::read_file(out.path() / "dir/file", 100) == "new");
  CHECK(base::read_file(out.path() / "file", 100) == "new");
  CHECK(base::read_file(out.path() / "stays", 100) == "old");
}

TEST_CASE("thousands of files are taken") {
  base::TemporaryDirectory out("out");
  std::vector<Item> items;
  for (int i = 10'000; i < 15'000; i++) items.push_back({"f" + std::to_string(i), 0644, std::to_string(i)});
  CHECK(Sender(out.path()).send(items).ok());
  CHECK(support::paths(out.path()).size() == 5000);
  CHECK(base::read_file(out.path() / "f12345", 100) == "12345");
}

TEST_CASE("an engine that breaks the protocol writes nothing outside and is told off") {
  const std::string off = "the engine breaks the file transfer protocol: ";
  Packet end, fin, text, request;
  fin.set_type(Packet::PACKET_FIN);
  request.set_type(Packet::PACKET_REQ);
  auto stat = [](Item item) { return Sender::stat(item); };
  struct {
    const char* what;
    std::vector<Packet> packets;
    std::string text;
  } const table[] = {
      {"dot dot", {stat({"../escape"})}, off + "the path '../escape'"},
      {"absolute", {stat({"/escape"})}, off + "the path '/escape'"},
      {"inner dot dot", {stat({"a/../../escape"})}, off + "the path 'a/../../escape'"},
      {"empty", {stat({""})}, off + "the path ''"},
      {"a NUL byte", {stat({std::string("a\0b", 3)})}, off + "the path 'a\\x00b'"},
      {"too long", {stat({std::string(5000, 'a')})}, off + "the path '" + std::string(200, 'a') + "…'"},
      {"through its own symlink",
       {stat({"l", soft | 0777, "../outside"}), stat({"l/escape"})},
       "cannot open the directory of 'l/escape': "},
      {"below a file", {stat({"f"}), stat({"f/x"})}, "cannot open the directory of 'f/x': "},
      {"no parent", {stat({"none/x"})}, "cannot open the directory of 'none/x': No such file or directory"},
      {"a hard link out", {stat({"h", 0644, "", "../outside/file"})}, off + "a hard link to '../outside/file'"},
      {"a hard link to nothing",
       {stat({"h", 0644, "", "none"})},
       "cannot create hard link 'h': No such file or directory"},
      {"data not asked for", {end, Sender::data(7, "x")}, off + "data of a file that was not asked for"},
      {"data of a directory",
       {stat({"d", dir | 0755}), Sender::data(0, "x")},
       off + "data of a file that was not asked for"},
      {"an entry after the end", {end, stat({"late"})}, off + "an entry after the end of the list"},
      {"two ends", {stat({"f"}), end, end}, off + "a second end of the list"},
      {"an end before the data", {stat({"f"}), end, fin}, off + "an end before the data"},
      {"a request", {request}, off + "an unexpected packet"},
      {"a sudden end", {stat({"f"})}, "the engine ended a file transfer early"},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    base::TemporaryDirectory top("top");
    fs::create_directory(top.path() / "outside");
    base::write_file(top.path() / "outside/file", "precious");
    Sender sender(top.path() / "root");
    grpc::Status status = sender.send_packets(row.packets);
    CHECK(!status.ok());
    CHECK(status.error_message().starts_with(row.text));
    CHECK(support::paths(top.path() / "outside") == std::vector<std::string>{"file"});
    CHECK(!fs::exists(top.path() / "escape"));
  }
}

TEST_CASE("a byte stream goes to the descriptor of its exporter") {
  base::TemporaryDirectory out("out");
  base::Fd first = base::create_file(out.path() / "first"), second = base::create_file(out.path() / "second");
  buildkit::FirstProblem problem;
  buildkit::FileSend send({{.fd = first.get(), .directory = {}}, {.fd = second.get(), .directory = {}}, {}}, problem);
  InProcess server(send.service());
  auto stub = moby::filesync::v1::FileSend::NewStub(server.channel());
  auto deliver = [&](const std::vector<std::pair<std::string, std::string>>& metadata) {
    grpc::ClientContext context;
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    auto stream = stub->DiffCopy(&context);
    moby::filesync::v1::BytesMessage message;
    for (const std::string& piece :
         {std::string("one "), std::string(100'000, 'x'), std::string(), std::string(" two")}) {
      message.set_data(piece);
      stream->Write(message);
    }
    stream->WritesDone();
    while (stream->Read(&message)) {
    }
    return stream->Finish();
  };
  CHECK(deliver({{"buildkit-attachable-exporter-id", "1"}, {"exporter-md-x", "y"}}).ok());
  CHECK(base::read_file(out.path() / "first", 1 << 20).empty());
  CHECK(base::read_file(out.path() / "second", 1 << 20) == "one " + std::string(100'000, 'x') + " two");
  CHECK(deliver({}).ok());
  CHECK(base::read_file(out.path() / "first", 1 << 20).size() == 100'008);
  CHECK(deliver({{"buildkit-attachable-exporter-id", "2"}}).error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(deliver({{"buildkit-attachable-exporter-id", "9"}}).error_message() == "no such exporter");
  CHECK(!problem.get());
}

TEST_CASE("a BytesMessage is read and written as protobuf has it") {
  for (std::size_t size : {0u, 1u, 127u, 128u, 16'383u, 16'384u, 300'000u}) {
    CAPTURE(size);
    moby::filesync::v1::BytesMessage message;
    message.set_data(std::string(size, 'd'));
    std::string bytes = message.SerializeAsString();
    grpc::Slice slice(bytes);
    auto content = buildkit::bytes_message_content(grpc::ByteBuffer(&slice, 1));
    REQUIRE(content);
    CHECK(content->size() == size);
    grpc::Slice ours;
    REQUIRE(buildkit::bytes_message(grpc::Slice(message.data())).DumpToSingleSlice(&ours).ok());
    moby::filesync::v1::BytesMessage back;
    CHECK(back.ParseFromArray(ours.begin(), static_cast<int>(ours.size())));
    CHECK(back.data() == message.data());
  }
  for (std::string bad :
       {"\x08", "\x0A", "\x0A\x05xx", "\x0A\x01xx", "\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"}) {
    grpc::Slice slice(bad);
    CHECK(!buildkit::bytes_message_content(grpc::ByteBuffer(&slice, 1)));
  }
}
