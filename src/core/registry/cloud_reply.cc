#include "core/registry/cloud_reply.h"

#include "core/base/text.h"
#include "core/http/retry.h"
#include "core/http/url.h"

namespace registry {
namespace {

/// These services are near.
constexpr http::RetryPolicy policy{
    .max_tries = 3, .base = std::chrono::milliseconds(150), .budget = std::chrono::seconds(20)};

/// What services call their errors: {"message"}, {"Message"}, {"error_description"}, {"Error": {"Message"}}.
std::string message_of(std::string_view body) {
  try {
    auto value = json::parse(body, "error");
    for (const char* key : {"message", "Message", "error_description", "error", "Error"}) {
      auto found = value.find(key);
      if (found != value.end() && found->is_object() && found->contains("Message")) found = found->find("Message");
      if (found != value.end() && found->is_string()) return ", " + base::quoted(found->get<std::string>());
    }
  } catch (const base::Error&) {
  } catch (const json::Value::exception&) {
  }
  return "";
}

bool temporary(int status) { return status == 408 || status == 429 || status >= 500; }

}  // namespace

std::string ask_cloud_text(http::Transport& transport, const http::Request& request, std::string_view who,
                           std::stop_token stop) {
  auto patient = request;
  // Where there is no such service, packets to its address are often just dropped.
  if (http::Url::parse(request.url).is_private_address()) patient.connect_timeout = std::chrono::seconds(2);
  return http::with_retries(http::Retries(policy, http::system_clock()), stop, [&] {
    auto response = transport.send(patient, stop);
    if (response.ok()) return std::move(response.body);
    bool refused = response.status == 400 || response.status == 401 || response.status == 403;
    http::Error error(refused ? base::Kind::denied : base::Kind::unavailable, http::Cause::status,
                      std::string(who) + " answers " + std::to_string(response.status) + message_of(response.body));
    error.set_status(response.status);
    error.set_temporary(temporary(response.status));
    throw error;
  });
}

json::Value ask_cloud(http::Transport& transport, const http::Request& request, std::string_view who,
                      std::stop_token stop) {
  auto body = ask_cloud_text(transport, request, who, stop);
  try {
    return json::parse(body, "answer");
  } catch (const base::Error&) {
    throw base::Error(base::Kind::unavailable, std::string(who) + " does not answer with JSON");
  }
}

}  // namespace registry
