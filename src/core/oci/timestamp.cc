#include "core/oci/timestamp.h"

namespace oci {
namespace {

/// Takes fixed pieces off the front of a text; once one does not fit, nothing does.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : text_(text) {}

  int number(std::size_t digits) {
    int out = 0;
    if (text_.size() < digits) return fail();
    for (char c : text_.substr(0, digits)) {
      if (c < '0' || c > '9') return fail();
      out = out * 10 + (c - '0');
    }
    text_.remove_prefix(digits);
    return out;
  }
  /// The one of `wanted` that comes next.
  char one_of(std::string_view wanted) {
    if (text_.empty() || wanted.find(text_[0]) == std::string_view::npos) return static_cast<char>(fail());
    char out = text_[0];
    text_.remove_prefix(1);
    return out;
  }
  /// ".123…" in microseconds; 0 if there is none.
  std::chrono::microseconds fraction() {
    std::int64_t out = 0;
    if (!text_.starts_with('.')) return std::chrono::microseconds(0);
    text_.remove_prefix(1);
    if (text_.empty() || text_[0] < '0' || text_[0] > '9') fail();
    for (int unit = 100'000; !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; unit /= 10) {
      out += unit * (text_[0] - '0');
      text_.remove_prefix(1);
    }
    return std::chrono::microseconds(out);
  }
  bool complete() const { return good_ && text_.empty(); }

 private:
  int fail() {
    good_ = false;
    text_ = {};
    return 0;
  }
  std::string_view text_;
  bool good_ = true;
};

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  using namespace std::chrono;
  Pieces pieces(text);
  int y = pieces.number(4);
  pieces.one_of("-");
  int m = pieces.number(2);
  pieces.one_of("-");
  int d = pieces.number(2);
  pieces.one_of("Tt ");
  int hour = pieces.number(2);
  pieces.one_of(":");
  int minute = pieces.number(2);
  pieces.one_of(":");
  int second = pieces.number(2);
  auto fraction = pieces.fraction();
  char zone = pieces.one_of("Zz+-");
  minutes offset{0};
  if (zone == '+' || zone == '-') {
    int offset_hours = pieces.number(2);
    pieces.one_of(":");
    int offset_minutes = pieces.number(2);
    if (offset_hours > 23 || offset_minutes > 59) return std::nullopt;
    offset = hours(offset_hours) + minutes(offset_minutes);
  }
  const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  if (!pieces.complete() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  Timestamp local = sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + fraction;
  return zone == '-' ? local + offset : local - offset;
}

}  // namespace oci
