#pragma once

#include <memory>

#include "core/archive/byte_source.h"

namespace archive {

/// The decoders behind `decompressed`, one a format: each borrows its input, reads it to the very end and throws
/// corrupt with the compressed byte at which the trouble was seen. They do not bound what comes out.
std::unique_ptr<ByteSource> gunzip(ByteSource& input);
std::unique_ptr<ByteSource> unzstd(ByteSource& input);
std::unique_ptr<ByteSource> unxz(ByteSource& input);
std::unique_ptr<ByteSource> unbzip2(ByteSource& input);

}  // namespace archive
