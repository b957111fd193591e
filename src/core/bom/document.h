#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/bom/bill.h"

namespace bom {

/// What the writers of standard formats have in common.

/// A UUID (version 5, RFC 9562) that depends on the bill alone: on the image's digest where it has one, else on all of
/// it; `kind` tells the formats apart. Lower case, with dashes.
std::string document_uuid(const Bill& bill, std::string_view kind);

/// When the image was created, in whole seconds of UTC; the beginning of time where the bill does not say: never the
/// clock.
std::string document_time(const Bill& bill);

/// The packages of the final image that came with the base: not removed, and none of the same name and architecture
/// in the changeset. They look into `bill`.
std::vector<const Package*> remaining_base_packages(const Bill& bill);

/// The source that a package was built from: as recorded, else by its own name and version.
deb::SourceName source_of(const Package& package);

/// A repository as a URL with a scheme: "git@host:path" becomes "ssh://git@host/path".
std::string vcs_url(std::string_view repository_uri);

/// Hands out names that are unique within a document: the text itself with odd characters as '-', and a number behind
/// it when that is taken.
class UniqueNames {
 public:
  std::string make(std::string_view text);

 private:
  std::set<std::string> taken_;
};

}  // namespace bom
