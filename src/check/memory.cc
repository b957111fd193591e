#include "check/memory.h"

#include <charconv>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/private_file.h"
#include "core/base/text.h"
#include "core/json/decode.h"

namespace check {
namespace {

using std::chrono::sys_seconds;

constexpr std::string_view first_line = "estaleiro check 1";
constexpr std::uint64_t max_file_bytes = 32u << 20;
constexpr std::size_t max_facts = 100'000;
constexpr std::chrono::hours longest{24};

sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace

Memory::Memory(std::filesystem::path file) : file_(std::move(file)) {
  if (file_.empty()) return;
  std::string bytes;
  try {
    bytes = base::read_private_file(file_, max_file_bytes);
  } catch (const base::Error&) {
    return;
  }
  std::string_view rest = bytes;
  for (bool first = true; !rest.empty(); first = false) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (first) {
      if (line != first_line) return;
      continue;
    }
    auto fields = base::split(line, '\t');
    std::int64_t seconds = 0;
    if (fields.size() != 3) continue;
    auto [end, error] = std::from_chars(fields[0].data(), fields[0].data() + fields[0].size(), seconds);
    if (error != std::errc() || end != fields[0].data() + fields[0].size()) continue;
    facts_.insert_or_assign(std::string(fields[1]),
                            Fact{std::string(fields[2]), sys_seconds(std::chrono::seconds(seconds))});
  }
}

std::optional<std::string> Memory::get(const std::string& name, std::chrono::seconds age) const {
  std::lock_guard lock(mutex_);
  auto found = facts_.find(name);
  // A clock that was set back makes facts from the future: no better than old ones.
  if (found == facts_.end() || found->second.learnt + age < now() || found->second.learnt > now()) return std::nullopt;
  return found->second.value;
}

void Memory::put(const std::string& name, const std::string& value) {
  std::lock_guard lock(mutex_);
  facts_.insert_or_assign(name, Fact{value, now()});
  changed_ = true;
}

void Memory::save() const {
  std::lock_guard lock(mutex_);
  if (file_.empty() || !changed_) return;
  std::string out = std::string(first_line) + "\n";
  std::size_t count = 0;
  for (const auto& [name, fact] : facts_) {
    if (fact.learnt + longest < now() || ++count > max_facts) continue;
    out += std::to_string(fact.learnt.time_since_epoch().count()) + "\t" + name + "\t" + fact.value + "\n";
  }
  try {
    base::write_file(file_, out, 0600);
  } catch (const base::Error&) {
    // A read-only or full disk costs the next check some requests, and nothing more.
  }
}

// As JSON, which has no tabs and line breaks: the mark, the next page, the tags.
std::optional<registry::TagPage> RememberedPages::find(const std::string& page) {
  auto known = memory_.get("tags " + page, longest);
  if (!known) return std::nullopt;
  try {
    auto fields = json::parse(*known, "tags").get<std::vector<std::string>>();
    if (fields.size() < 2) return std::nullopt;
    return registry::TagPage{fields[0], {fields.begin() + 2, fields.end()}, fields[1]};
  } catch (const std::exception&) {
    return std::nullopt;  // a damaged fact is none
  }
}

void RememberedPages::keep(const std::string& page, const registry::TagPage& content) {
  json::Ordered fields{content.mark, content.next};
  for (const auto& tag : content.tags) fields.push_back(tag);
  memory_.put("tags " + page, fields.dump());
}

}  // namespace check
