#include "core/http/curl.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <vector>

#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/http/transfer.h"

namespace http {
namespace {

void start_libcurl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

void check(const ClientCertificate& certificate) {
  if (certificate.certificate.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    throw base::Error(base::Kind::invalid,
                      "the client certificate for " + base::quoted(certificate.host) + " is no PEM text");
  if (certificate.key.find("PRIVATE KEY-----") == std::string::npos)
    throw base::Error(base::Kind::invalid, "the client key for " + base::quoted(certificate.host) + " is no PEM text");
  base::redactor().add(certificate.key);
}

/// Connections by host, used again and again; no more than so many at once.
class Pool {
 public:
  explicit Pool(int max_per_host) : max_per_host_(max_per_host) {}

  std::unique_ptr<Connection> take(const std::string& host, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait(lock, stop, [&] { return hosts_[host].busy < max_per_host_; }))
      throw base::Error(base::Kind::cancelled, "stopped while waiting for a connection to " + base::quoted(host));
    Host& entry = hosts_[host];
    ++entry.busy;
    if (entry.idle.empty()) return nullptr;
    auto connection = std::move(entry.idle.back());
    entry.idle.pop_back();
    return connection;
  }

  void give_back(const std::string& host, std::unique_ptr<Connection> connection) noexcept {
    {
      std::lock_guard lock(mutex_);
      Host& entry = hosts_[host];
      --entry.busy;
      if (connection) entry.idle.push_back(std::move(connection));
    }
    freed_.notify_all();
  }

 private:
  struct Host {
    int busy = 0;
    std::vector<std::unique_ptr<Connection>> idle;
  };
  const int max_per_host_;
  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::map<std::string, Host> hosts_;
};

/// Holds a place at a host, and the connection that fills it. libcurl cannot set every option again on a connection
/// whose transfer failed, so only those that are told to be kept are used again.
class Lease {
 public:
  Lease(Pool& pool, std::string host, std::stop_token stop) : pool_(pool), host_(std::move(host)) {
    connection_ = pool_.take(host_, stop);
  }
  ~Lease() { pool_.give_back(host_, kept_ ? std::move(connection_) : nullptr); }
  Lease(const Lease&) = delete;

  Connection& connection() {
    if (!connection_) connection_ = std::make_unique<Connection>();
    return *connection_;
  }
  void renew() { connection_.reset(); }
  void keep() { kept_ = true; }

 private:
  Pool& pool_;
  std::string host_;
  std::unique_ptr<Connection> connection_;
  bool kept_ = false;
};

}  // namespace

struct Curl::State {
  explicit State(CurlOptions given) : options(std::move(given)), trust(options.ca_certs), pool(options.max_per_host) {}
  CurlOptions options;
  Trust trust;
  Pool pool;
};

Curl::Curl(CurlOptions options) : state_(std::make_unique<State>(std::move(options))) {
  for (const auto& certificate : state_->options.client_certificates) check(certificate);
}

Curl::~Curl() = default;

Response Curl::send(const Request& request, std::stop_token stop) {
  Url url = Url::parse(request.url);
  start_libcurl();
  Lease lease(state_->pool, url.scheme() + "://" + url.authority(), stop);
  auto done = [&](Response response) {
    lease.keep();
    return response;
  };
  for (;;) {
    Transfer transfer(lease.connection(), state_->options, request, url);
    if (url.scheme() == "http") return done(transfer.run(stop));
    const auto& anchors = state_->trust.current();
    transfer.trust(anchors);
    try {
      return done(transfer.run(stop));
    } catch (const Error& error) {
      // Verification failed before anything was sent: the request can be made again as it is.
      if (error.cause() != Cause::certificate || error.kind() != base::Kind::denied || !state_->trust.widen(anchors))
        throw;
    }
    lease.renew();
  }
}

}  // namespace http
