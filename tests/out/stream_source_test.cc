#include "out/stream_source.h"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/error_text.h"

namespace {

std::string read_all(out::StreamSource& source) {
  std::string out, piece(10'000, '\0');
  while (auto n = source.read(std::as_writable_bytes(std::span(piece)))) out.append(piece, 0, n);
  return out;
}

/// Bytes of which no two neighbourhoods are alike.
std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; i++) out[i] = static_cast<char>((i * 31 + (i >> 8) * 7 + (i >> 16)) & 0xff);
  return out;
}

TEST_CASE("what one thread writes another one reads, however much larger than the buffer it is") {
  const std::string body = pattern(5 * out::StreamSource::buffer_bytes + 12'345);
  out::StreamSource source(body.size());
  std::thread writer([&] {
    for (std::size_t at = 0; at < body.size(); at += 70'001)
      CHECK(source.write(std::string_view(body).substr(at, 70'001)));
  });
  CHECK(read_all(source) == body);
  writer.join();
  CHECK(source.written() == body.size());
}

TEST_CASE("a small body can be sent again from its start") {
  out::StreamSource source(7);
  CHECK(source.write("content"));
  CHECK(read_all(source) == "content");
  source.rewind(0);
  CHECK(read_all(source) == "content");
  source.rewind(3);
  CHECK(read_all(source) == "tent");
}

TEST_CASE("of a large one only what the buffer still holds") {
  const std::string body = pattern(3 * out::StreamSource::buffer_bytes);
  out::StreamSource source(body.size());
  std::thread writer([&] { source.write(body); });
  CHECK(read_all(source) == body);
  writer.join();
  source.rewind(body.size() - 100);
  CHECK(read_all(source) == body.substr(body.size() - 100));
  CHECK(support::error_text([&] { source.rewind(0); }) ==
        "the registry broke off an upload that cannot be sent again from byte 0\n"
        "  fix: put again: what the registry has by now is not sent again");
}

TEST_CASE("neither side waits for one that is gone") {
  out::StreamSource unread(2 * out::StreamSource::buffer_bytes);
  unread.done();
  CHECK(!unread.wait_for_reader());
  CHECK(!unread.write("x"));
  out::StreamSource unwritten(10);
  unwritten.write("12345");
  std::string piece(10, '\0');
  CHECK(unwritten.read(std::as_writable_bytes(std::span(piece))) == 5);
  unwritten.abandon();
  CHECK(support::error_text([&] { unwritten.read(std::as_writable_bytes(std::span(piece))); }) ==
        "the engine broke off a blob that it was sending");
}

TEST_CASE("more than was told is refused") {
  out::StreamSource source(3);
  CHECK(support::error_text([&] { source.write("four"); }) ==
        "the engine sends more of a blob than the 3 bytes that it told");
}

}  // namespace
