#pragma once

#include "core/recipe/reader.h"
#include "core/recipe/recipe.h"

/// One function a kind of block: from what a Reader gives to the value, normal forms included. What needs more than the
/// block alone (does the step exist?) is in check.h.
namespace recipe {

Image decode_image(Reader& reader);
Apt decode_apt(Reader& reader);
File decode_file(Reader& reader);
Step decode_step(Reader& reader);
Tarball decode_tarball(Reader& reader);
Policy decode_policy(Reader& reader);
/// The `vcs` block inside; nullopt if there is none.
std::optional<Vcs> decode_vcs(Reader& reader);
/// A repository of source code, trimmed: an http or https URI without password, or what git knows besides.
Text decode_repository(Reader& reader, const Text& written);
/// The argument `ref`, trimmed.
Text decode_ref(Reader& reader);

}  // namespace recipe
