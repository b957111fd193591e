#include "core/archive/byte_sink.h"

namespace archive {

void FileSink::write(std::span<const std::byte> data) { base::write_all(file_.get(), data, what_); }

void StringSink::write(std::span<const std::byte> data) {
  text_.append(reinterpret_cast<const char*>(data.data()), data.size());
}

void HashingSink::write(std::span<const std::byte> data) {
  hash_.update(data);
  bytes_ += data.size();
  if (inner_) inner_->write(data);
}

}  // namespace archive
