#pragma once

#include <stop_token>
#include <vector>

#include "core/registry/pusher.h"
#include "core/term/transfer_progress.h"
#include "out/prebuilt.h"

namespace out {

/// Sends an image to a repository, without a tag: blobs a few at a time, then manifests, then the indexes that list
/// them. What the registry has is not sent again: an image that is there as a whole costs one request. Throws what
/// registry::Pusher throws, invalid for more than 1,000 manifests.
void push_image(const Prebuilt& image, const registry::Pusher& pusher, term::TransferProgress& progress,
                std::stop_token stop);

/// The bytes of an image, of an index those of all its images, each blob once.
std::uint64_t image_bytes(const Prebuilt& image);

/// Points `tags` at a document, one after the other; a tag that is there already is left alone (a registry whose tags
/// cannot be moved would refuse it).
void move_tags(const std::vector<name::Tag>& tags, const oci::Document& document, const registry::Pusher& pusher,
               std::stop_token stop);

}  // namespace out
