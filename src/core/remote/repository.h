#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/registry/puller.h"
#include "core/registry/pusher.h"
#include "core/resource/request.h"

namespace remote {

/// The repository that a resource's `source` describes, ready to be talked to: names and certificates checked,
/// credentials handed only to the registry they belong to, the mirror in front when there is one. Nothing is sent
/// before the first call. Thread-safe after it is made.
class Repository {
 public:
  /// `log` gets words for people (retries, the registry's warnings). `remember_tokens`: in a file, for the next run in
  /// the same container. Throws invalid for names and PEM texts that are none.
  explicit Repository(const resource::Source& source, std::function<void(std::string_view)> log,
                      bool remember_tokens = false);
  ~Repository();
  Repository(const Repository&) = delete;

  const name::Repository& name() const;
  const registry::Puller& puller() const;  ///< through the mirror first, if there is one
  const registry::Pusher& pusher() const;  ///< never through a mirror
  /// The repository's own credentials if `host` is its registry, the mirror's for the mirror; nullopt for any other.
  std::optional<registry::Credentials> credentials_for(std::string_view host) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace remote
