#include "core/buildkit/send_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"
#include "core/buildkit/packet.h"
#include "core/buildkit/problem.h"
#include "core/buildkit/sent_files.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

/// Large pieces save messages; each reader holds one of them, gRPC one or two more.
constexpr std::size_t piece_bytes = 256 << 10;
constexpr int readers = 3;

Error changed(const std::string& path, std::string_view how) {
  return Error(Kind::failed, "file " + base::quoted(path) + " " + std::string(how) + " while it was being sent")
      .fix("leave the directory alone during the build, or exclude the file in .dockerignore");
}

/// One transfer. The calling thread walks; one thread listens; a few read files.
class Sender {
 public:
  Sender(int root, grpc::ServerContext& context, RawStream& stream, TransferCounters& counters)
      : root_(root), context_(context), stream_(stream), counters_(counters) {}

  void run(const std::vector<const PathFilter*>& filters) {
    std::thread listener([this] { guarded([this] { listen(); }); });
    std::vector<std::thread> threads;
    for (int i = 0; i < readers; i++) threads.emplace_back([this] { guarded([this] { read_files(); }); });
    guarded([&] { list(filters); });
    await_end();
    for (auto& thread : threads) thread.join();
    listener.join();
    if (auto problem = problem_.get()) throw *problem;
  }

 private:
  /// The first thing that goes wrong ends all threads, and is told to the other side.
  template <class Body>
  void guarded(Body&& body) {
    try {
      body();
    } catch (const Error& error) {
      problem_.set(error);
      if (!told_.exchange(true)) {
        Packet packet;
        packet.set_type(Packet::PACKET_ERR);
        packet.set_data(error.message());
        std::lock_guard lock(write_mutex_);
        stream_.Write(to_bytes(packet));
      }
      stop();
    }
  }

  void stop() {
    stop_.request_stop();
    std::lock_guard lock(mutex_);
    work_.notify_all();
    end_.notify_all();
  }

  /// Waits for the listener. After an error the other side gets a moment to hang up by itself, having read why.
  void await_end() {
    std::unique_lock lock(mutex_);
    end_.wait(lock, [&] { return ended_ || stop_.stop_requested(); });
    if (!end_.wait_for(lock, std::chrono::seconds(2), [&] { return ended_; })) context_.TryCancel();
  }

  /// No WriteOptions::set_buffer_hint here: with gRPC 1.51 the message after a buffered one may stay in the buffer too,
  /// and both sides wait for ever.
  void write(const grpc::ByteBuffer& packet) {
    std::lock_guard lock(write_mutex_);
    if (!stream_.Write(packet)) throw Error(Kind::unavailable, "the engine ended a file transfer");
  }

  void list(const std::vector<const PathFilter*>& filters) {
    Packet packet;
    std::map<std::pair<dev_t, ino_t>, std::string> linked;
    walk(root_, filters, stop_.get_token(), [&](const Entry& entry) {
      fill_stat(entry, packet);
      bool regular = S_ISREG(entry.status.st_mode);
      // Further names of a file are links to the first one sent; they keep the real size, else the receiver takes them
      // for changed each time.
      if (regular && entry.status.st_nlink > 1) {
        auto [first, is_new] = linked.emplace(std::pair(entry.status.st_dev, entry.status.st_ino), entry.path);
        if (!is_new) packet.mutable_stat()->set_linkname(first->second);
      }
      if (regular)
        files_.add_file(entry.directory, entry.name, static_cast<std::uint64_t>(entry.status.st_size));
      else
        files_.add_other();
      counters_.entries++;
      write(to_bytes(packet));
    });
    packet.Clear();
    packet.set_type(Packet::PACKET_STAT);
    write(to_bytes(packet));
  }

  void listen() {
    grpc::ByteBuffer bytes;
    Packet packet;
    bool finished = false;
    std::optional<Error> problem;
    while (!problem && stream_.Read(&bytes)) {
      if (!from_bytes(bytes, packet))
        problem = Error(Kind::corrupt, "the engine sent a malformed packet in a file transfer");
      else if (packet.type() == Packet::PACKET_REQ)
        problem = request(packet.id());
      else if (packet.type() == Packet::PACKET_ERR)
        problem = Error(Kind::failed, "the engine could not take a file: " + base::printable(packet.data()));
      else if (packet.type() == Packet::PACKET_FIN) {
        finished = true;
        write(to_bytes(packet));
        break;
      } else {
        problem = Error(Kind::corrupt, "the engine sent an unexpected packet in a file transfer");
      }
    }
    if (!finished && !problem)
      problem = context_.IsCancelled() ? Error(Kind::cancelled, "the engine cancelled a file transfer")
                                       : Error(Kind::unavailable, "the engine ended a file transfer early");
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
      work_.notify_all();
      end_.notify_all();
    }
    if (problem) throw *problem;
  }

  std::optional<Error> request(std::uint32_t id) {
    if (!files_.claim(id))
      return Error(Kind::corrupt, "the engine asks for file number " + std::to_string(id) + ", which was not offered");
    std::lock_guard lock(mutex_);
    wanted_.push_back(id);
    work_.notify_one();
    return std::nullopt;
  }

  void read_files() {
    base::Fd directory;  // of the file before, often of the next one too
    std::string directory_path;
    for (;;) {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return !wanted_.empty() || ended_ || stop_.stop_requested(); });
      if (wanted_.empty() || stop_.stop_requested()) return;
      std::uint32_t id = wanted_.front();
      wanted_.pop_front();
      lock.unlock();

      SentFiles::File file = files_.get(id);
      if (!directory || directory_path != file.directory) {
        directory = open_beneath(root_, file.directory, O_PATH | O_DIRECTORY);
        if (!directory) throw open_error(file.path(), errno);
        directory_path = file.directory;
      }
      send_file(directory.get(), id, file);
    }
  }

  static Error open_error(const std::string& path, int error_number) {
    if (error_number == ENOENT || error_number == ENOTDIR || error_number == ELOOP) return changed(path, "vanished");
    return base::errno_error("read file " + base::quoted(path), error_number);
  }

  void send_file(int directory, std::uint32_t id, const SentFiles::File& file) {
    // O_NONBLOCK: what was a file when listed may be a fifo now.
    base::Fd fd(::openat(directory, file.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd) throw open_error(file.path(), errno);
    struct stat status;
    if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) throw changed(file.path(), "was replaced");

    for (std::uint64_t left = file.size; left > 0;) {
      if (stop_.stop_requested()) return;
      auto wish = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece_bytes));
      grpc_slice raw = grpc_slice_malloc_large(wish);
      grpc::Slice piece(raw, grpc::Slice::STEAL_REF);
      std::span room(reinterpret_cast<std::byte*>(GRPC_SLICE_START_PTR(raw)), wish);
      std::size_t n = base::read_full(fd.get(), room, "file " + base::quoted(file.name));
      if (n < wish) throw changed(file.path(), "became shorter");
      left -= n;
      counters_.bytes += n;
      write(data_packet(id, std::move(piece)));
    }
    counters_.files++;
    write(data_end_packet(id));
  }

  int root_;
  grpc::ServerContext& context_;
  RawStream& stream_;
  TransferCounters& counters_;
  FirstProblem problem_;
  std::stop_source stop_;
  std::atomic<bool> told_ = false;  ///< the other side, of the problem
  std::mutex write_mutex_;
  SentFiles files_;
  std::mutex mutex_;
  std::condition_variable work_, end_;  // for the readers, for the calling thread
  std::deque<std::uint32_t> wanted_;
  bool ended_ = false;
};

}  // namespace

void send_directory(int root, const std::vector<const PathFilter*>& filters, grpc::ServerContext& context,
                    RawStream& stream, TransferCounters& counters) {
  Sender(root, context, stream, counters).run(filters);
}

}  // namespace buildkit
