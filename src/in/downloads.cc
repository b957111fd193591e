#include "in/downloads.h"

#include <exception>
#include <thread>

#include "core/base/parallel.h"

namespace in {
namespace {

/// Several transfers at a time hide the registry's latency; many more only compete for the line.
constexpr std::size_t at_once = 4;

}  // namespace

std::string short_hex(const oci::Descriptor& descriptor) { return std::string(descriptor.digest.hex().substr(0, 12)); }

void in_parallel(std::size_t count, std::stop_token stop,
                 const std::function<void(std::size_t index, std::stop_token stop)>& task) {
  base::in_parallel(count, at_once, stop, task);
}

struct Downloads::State {
  std::stop_source stop;
  std::vector<std::shared_ptr<Spool>> spools;
  std::thread thread;
};

Downloads::Downloads(const Line& line, const std::vector<oci::Descriptor>& blobs,
                     const std::filesystem::path& directory)
    : state_(std::make_unique<State>()) {
  for (std::size_t i = 0; i < blobs.size(); i++) state_->spools.push_back(std::make_shared<Spool>(directory));
  state_->thread = std::thread([line, blobs, spools = state_->spools, dropped = state_->stop.get_token()]() mutable {
    std::stop_source stop;
    std::stop_callback on_drop(dropped, [&] { stop.request_stop(); });
    std::stop_callback on_stop(line.stop, [&] { stop.request_stop(); });
    auto fetch = [&](std::size_t i, std::stop_token any) {
      auto transfer = line.progress.start("layer " + short_hex(blobs[i]), blobs[i].size);
      line.puller.blob(
          blobs[i],
          [&](std::span<const std::byte> piece) {
            spools[i]->append(piece);
            transfer.advance(piece.size());
          },
          any);
      transfer.done();
      spools[i]->finish();
      spools[i].reset();  // the reader's alone from now on
    };
    try {
      in_parallel(spools.size(), stop.get_token(), fetch);
    } catch (...) {
      for (const auto& spool : spools)
        if (spool) spool->fail(std::current_exception());
    }
  });
}

Downloads::~Downloads() {
  cancel();
  state_->thread.join();
}

void Downloads::cancel() { state_->stop.request_stop(); }

std::unique_ptr<SpoolSource> Downloads::take(std::size_t index) {
  return std::make_unique<SpoolSource>(std::move(state_->spools[index]));
}

}  // namespace in
