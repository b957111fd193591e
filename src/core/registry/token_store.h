#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace registry {

/// A Bearer token and until when it may be used.
struct Token {
  std::string value;
  std::chrono::system_clock::time_point expires;
};

/// What is worth remembering between two requests, or two runs in one container. Thread-safe.
class TokenStore {
 public:
  virtual ~TokenStore() = default;
  /// nullopt if there is none or it has less than 5 s to live. `key` holds no secret.
  virtual std::optional<Token> get(std::string_view key) = 0;
  virtual void put(std::string_view key, const Token& token) = 0;
  virtual void drop(std::string_view key) = 0;
};

class MemoryTokens : public TokenStore {
 public:
  std::optional<Token> get(std::string_view key) override;
  void put(std::string_view key, const Token& token) override;
  void drop(std::string_view key) override;

 private:
  std::mutex mutex_;
  std::map<std::string, Token, std::less<>> tokens_;
};

/// Kept in one file (mode 0600) for the next check in the same container. A file that is damaged, foreign or readable
/// by others is ignored and replaced; a directory that cannot be written costs a request, never an error.
class FileTokens : public TokenStore {
 public:
  explicit FileTokens(std::filesystem::path file);
  std::optional<Token> get(std::string_view key) override;
  void put(std::string_view key, const Token& token) override;
  void drop(std::string_view key) override;

 private:
  void load();
  void save();
  std::filesystem::path file_;
  std::mutex mutex_;
  bool loaded_ = false;
  std::map<std::string, Token, std::less<>> tokens_;
};

}  // namespace registry
