#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/retry.h"
#include "core/registry/puller.h"
#include "core/registry/pusher.h"
#include "core/resource/request.h"

namespace remote {

/// Where tokens are kept: in memory, or in a file for the next run in the same container.
enum class Tokens { forgotten, remembered };

/// The repository that a resource's `source` describes, ready to be talked to: names and certificates checked,
/// credentials handed only to the registry they belong to, the mirror in front when there is one. Thread-safe after it
/// is made.
class Repository {
 public:
  /// `log` gets words for people (retries, the registry's warnings). Nothing is sent, unless AWS has to say which
  /// registry is meant (aws_region without aws_account_id). Throws invalid for names, PEM texts, regions and keys that
  /// are none, and in that one case what registry::Ecr throws.
  explicit Repository(const resource::Source& source, std::function<void(std::string_view)> log,
                      std::stop_token stop = {}, Tokens tokens = Tokens::forgotten,
                      const http::RetryPolicy& retry = {});
  ~Repository();
  Repository(const Repository&) = delete;

  const name::Repository& name() const;
  const registry::Puller& puller() const;  ///< through the mirror first, if there is one
  const registry::Pusher& pusher() const;  ///< never through a mirror
  /// The repository's own credentials if `host` is its registry, the mirror's for the mirror, for any other what
  /// `docker login` left there if the source has no credentials at all; nullopt for anonymous.
  std::optional<registry::Credentials> credentials_for(std::string_view host) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A file of that purpose for the next run with the same source, by the same identity, in the same container:
/// $XDG_CACHE_HOME or /var/tmp, "estaleiro-<purpose>-<hash>".
std::filesystem::path cache_file(const resource::Source& source, std::string_view purpose);

}  // namespace remote
