#include "out/secrets.h"

#include <cstdlib>

#include "core/base/error.h"
#include "core/base/inside.h"
#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/resource/run.h"

namespace out {
namespace {

/// BuildKit refuses larger ones.
constexpr std::uint64_t max_secret_bytes = 500u << 10;

std::string read(const std::string& what, const resource::StepSecret& secret, const std::filesystem::path& inputs) {
  std::string out;
  if (secret.value) {
    out = *secret.value;
  } else if (!secret.file.empty()) {
    out = base::read_file_inside(inputs, secret.file, what + ".file", max_secret_bytes);
  } else {
    const char* value = std::getenv(secret.env.c_str());
    if (!value)
      throw base::Error(base::Kind::not_found,
                        what + ".env names " + base::quoted(secret.env) + ", which the environment does not have");
    out = value;
  }
  base::redactor().add(out);
  base::redactor().add(base::trim(out));  // a file's last newline is not what a step prints
  return out;
}

template <class Given>
void warn(const recipe::Step& step, const std::vector<recipe::Text>& ids, const Given& given, const char* what,
          const char* field) {
  for (const auto& id : ids)
    if (!given.contains(id.value))
      resource::log("warning: step " + base::quoted(step.name.value) + " may ask for the " + what + " " +
                    base::quoted(id.value) + ", which " + field + " does not have\n");
}

}  // namespace

StepSecrets read_secrets(const resource::PutParams& params, const std::filesystem::path& inputs,
                         const recipe::Recipe& recipe) {
  StepSecrets out;
  for (const auto& [id, secret] : params.secrets)
    out.secrets.emplace(id, read("params.secrets." + base::printable(id), secret, inputs));
  for (const auto& [id, key] : params.ssh) {
    const std::string what = "params.ssh." + base::printable(id);
    out.agents.push_back(std::make_unique<buildkit::KeyAgent>(read(what, key, inputs), what));
    out.ssh.emplace(id, out.agents.back()->socket());
  }
  for (const auto& step : recipe.steps) {
    if (!step.used) continue;
    warn(step, step.secrets, out.secrets, "secret", "params.secrets");
    warn(step, step.ssh, out.ssh, "ssh agent", "params.ssh");
  }
  return out;
}

}  // namespace out
