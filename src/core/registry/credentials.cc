#include "core/registry/credentials.h"

#include "core/base/redactor.h"

namespace registry {

void Credentials::protect() const {
  base::redactor().add(password);
  base::redactor().add(identity_token);
}

}  // namespace registry
