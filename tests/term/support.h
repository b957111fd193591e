#pragma once

#include <string>
#include <utility>

#include "core/term/writer.h"

/// Collects what was written, and holds the clock still until told otherwise.
struct Screen {
  std::string text;
  term::Time time{std::chrono::seconds(1000)};

  term::Writer writer() {
    return [this](std::string_view more) { text += more; };
  }
  term::Clock clock() {
    return [this] { return time; };
  }
  /// What has been written since the last call.
  std::string take() { return std::exchange(text, {}); }
};
