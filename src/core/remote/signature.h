#pragma once

#include <stop_token>
#include <string>

#include "core/registry/puller.h"
#include "core/registry/pusher.h"
#include "core/sign/key.h"

namespace remote {

/// Signs a manifest or index in both forms that cosign reads (sign/statement.h), unless it is signed with that key
/// already. `created` is RFC 3339 in UTC. Throws what registry::Pusher and registry::Puller throw.
void push_signature(const registry::Pusher& pusher, const registry::Puller& puller, const oci::Descriptor& subject,
                    const sign::PrivateKey& key, const std::string& created, std::stop_token stop);

/// Whether somebody with that key has signed `subject`: by a bundle, else at the signature tag. At most 100 signatures
/// of each form are looked at.
bool is_signed(const registry::Puller& puller, const base::Digest& subject, const sign::PublicKey& key,
               std::stop_token stop);

/// Throws denied unless is_signed.
void require_signature(const registry::Puller& puller, const base::Digest& subject, const sign::PublicKey& key,
                       std::stop_token stop);

}  // namespace remote
