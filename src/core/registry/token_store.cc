#include "core/registry/token_store.h"

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/private_file.h"
#include "core/base/redactor.h"
#include "core/json/decode.h"

namespace registry {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::seconds margin{5};
constexpr std::uint64_t max_file_bytes = 1024 * 1024;
constexpr std::size_t max_tokens = 200;

using Tokens = std::map<std::string, Token, std::less<>>;

std::optional<Token> find(const Tokens& tokens, std::string_view key) {
  auto found = tokens.find(key);
  if (found == tokens.end() || found->second.expires < system_clock::now() + margin) return std::nullopt;
  return found->second;
}

void insert(Tokens& tokens, std::string_view key, const Token& token) {
  std::erase_if(tokens, [now = system_clock::now()](const auto& entry) { return entry.second.expires < now; });
  if (tokens.size() < max_tokens) tokens.insert_or_assign(std::string(key), token);
}

}  // namespace

std::optional<Token> MemoryTokens::get(std::string_view key) {
  std::lock_guard lock(mutex_);
  return find(tokens_, key);
}

void MemoryTokens::put(std::string_view key, const Token& token) {
  std::lock_guard lock(mutex_);
  insert(tokens_, key, token);
}

void MemoryTokens::drop(std::string_view key) {
  std::lock_guard lock(mutex_);
  tokens_.erase(std::string(key));
}

FileTokens::FileTokens(std::filesystem::path file) : file_(std::move(file)) {}

std::optional<Token> FileTokens::get(std::string_view key) {
  std::lock_guard lock(mutex_);
  load();
  return find(tokens_, key);
}

void FileTokens::put(std::string_view key, const Token& token) {
  std::lock_guard lock(mutex_);
  load();
  insert(tokens_, key, token);
  save();
}

void FileTokens::drop(std::string_view key) {
  std::lock_guard lock(mutex_);
  load();
  if (tokens_.erase(std::string(key)) > 0) save();
}

void FileTokens::load() {
  if (std::exchange(loaded_, true)) return;
  try {
    auto bytes = base::read_private_file(file_, max_file_bytes);
    if (bytes.empty()) return;
    auto value = json::parse(bytes, "token file");
    for (auto& entry : json::Object(value, "token file").objects("tokens")) {
      auto key = entry.required_string("key"), token = entry.required_string("token");
      system_clock::time_point expires{std::chrono::seconds(entry.integer("expires").value_or(0))};
      base::redactor().add(token);
      insert(tokens_, key, {std::move(token), expires});
    }
  } catch (const base::Error&) {
    tokens_.clear();  // damaged: as if it were not there
  }
}

void FileTokens::save() {
  json::Ordered list = json::Ordered::array();
  for (const auto& [key, token] : tokens_) {
    auto expires = std::chrono::duration_cast<std::chrono::seconds>(token.expires.time_since_epoch()).count();
    list.push_back({{"key", key}, {"token", token.value}, {"expires", expires}});
  }
  json::Ordered value;
  value["tokens"] = std::move(list);
  try {
    base::write_file(file_, json::write(value), 0600);
  } catch (const base::Error&) {
    // A read-only or full disk costs the next check a request, and nothing more.
  }
}

}  // namespace registry
