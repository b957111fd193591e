#include "core/archive/read_ahead.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "core/base/error.h"
#include "tests/support/error_text.h"

namespace {

/// `count` bytes with their position in them, then the end or an error.
class Counting : public archive::ByteSource {
 public:
  Counting(std::size_t count, bool fails, std::atomic<std::size_t>* given = nullptr)
      : count_(count), fails_(fails), given_(given) {}
  std::size_t read(std::span<std::byte> buffer) override {
    std::size_t n = std::min({buffer.size(), count_ - at_, std::size_t{37}});
    if (n == 0 && fails_) throw base::Error(base::Kind::unavailable, "the line went dead");
    for (std::size_t i = 0; i < n; i++) buffer[i] = static_cast<std::byte>(at_++ % 251);
    if (given_) *given_ = at_;
    return n;
  }

 private:
  std::size_t count_, at_ = 0;
  bool fails_;
  std::atomic<std::size_t>* given_;
};

std::size_t read_all(archive::ReadAhead& ahead) {
  std::size_t at = 0;
  for (auto piece = ahead.next(); !piece.empty(); piece = ahead.next())
    for (std::byte b : piece)
      if (b != static_cast<std::byte>(at++ % 251)) FAIL("wrong byte at ", at - 1);
  return at;
}

}  // namespace

TEST_CASE("pieces come in order and whole") {
  for (std::size_t count : {0, 1, 99, 100, 101, 100000}) {
    archive::ReadAhead ahead([&] { return std::make_unique<Counting>(count, false); }, 3, 100);
    CHECK(read_all(ahead) == count);
    CHECK(ahead.next().empty());
  }
}

TEST_CASE("an error comes after the bytes before it, and again when asked again") {
  archive::ReadAhead ahead([] { return std::make_unique<Counting>(250, true); }, 4, 100);
  std::size_t bytes = 0;
  CHECK(support::error_text([&] {
          for (;;) bytes += ahead.next().size();
        }) == "the line went dead");
  CHECK(bytes == 250);
  CHECK(support::error_text([&] { ahead.next(); }) == "the line went dead");
}

TEST_CASE("what opening throws comes out of next") {
  archive::ReadAhead ahead(
      []() -> std::unique_ptr<archive::ByteSource> { throw base::Error(base::Kind::not_found, "no such blob"); });
  CHECK(support::error_text([&] { ahead.next(); }) == "no such blob");
}

TEST_CASE("no more is read ahead than the buffers hold") {
  std::atomic<std::size_t> given = 0;
  archive::ReadAhead ahead([&] { return std::make_unique<Counting>(1 << 20, false, &given); }, 4, 1000);
  ahead.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(given <= 4000);
}

TEST_CASE("it can be dropped at any time") {
  archive::ReadAhead untouched([] { return std::make_unique<Counting>(1 << 20, false); }, 2, 100);
  archive::ReadAhead begun([] { return std::make_unique<Counting>(1 << 20, false); }, 2, 100);
  begun.next();
}
