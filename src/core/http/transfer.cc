#include "core/http/transfer.h"

#include <algorithm>
#include <cstring>

#include "core/base/redact_url.h"
#include "core/base/redactor.h"
#include "core/base/text.h"

namespace http {
namespace {

constexpr std::size_t max_header_bytes = 256 * 1024;
constexpr long buffer_bytes = 256 * 1024;
constexpr int poll_milliseconds = 500;

CURLcode require(CURLcode code) {
  if (code != CURLE_OK) throw base::Error(base::Kind::failed, std::string("libcurl: ") + curl_easy_strerror(code));
  return code;
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  require(curl_easy_setopt(easy, option, value));
}

/// libcurl copies the bytes.
void set_blob(CURL* easy, CURLoption option, const std::string& bytes) {
  curl_blob blob{.data = const_cast<char*>(bytes.data()), .len = bytes.size(), .flags = CURL_BLOB_COPY};
  set(easy, option, &blob);
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find_first_of("\r\n")); }

}  // namespace

Connection::Connection() : multi(curl_multi_init()), easy(curl_easy_init()) {
  if (!multi || !easy) throw base::Error(base::Kind::failed, "libcurl cannot be set up");
}

Connection::~Connection() {
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
}

Transfer::Transfer(Connection& connection, const CurlOptions& options, const Request& request, const Url& url)
    : connection_(connection), options_(options), request_(request), url_(url) {
  CURL* easy = connection_.easy;
  curl_easy_reset(easy);  // keeps connections and names that were looked up
  response_.url = url.text();
  set(easy, CURLOPT_URL, response_.url.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
  set(easy, CURLOPT_ERRORBUFFER, error_text_);
  set(easy, CURLOPT_BUFFERSIZE, buffer_bytes);
  set(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(easy, CURLOPT_HEADERDATA, this);
  set(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(easy, CURLOPT_WRITEDATA, this);
  set_connection();
  set_method();
  set_headers();
}

Transfer::~Transfer() { curl_slist_free_all(header_list_); }

void Transfer::set_connection() {
  CURL* easy = connection_.easy;
  auto patience = request_.connect_timeout.count() > 0 ? request_.connect_timeout : options_.connect_timeout;
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience.count()));
  set(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  auto proxy = options_.proxy.for_url(url_);
  set(easy, CURLOPT_PROXY, proxy ? proxy->c_str() : "");  // "" also keeps libcurl from reading the environment
  set(easy, CURLOPT_NOPROXY, "");
  if (url_.scheme() != "https") return;
  for (const auto& certificate : options_.client_certificates) {
    if (certificate.host != url_.authority() && certificate.host != url_.host()) continue;
    set_blob(easy, CURLOPT_SSLCERT_BLOB, certificate.certificate);
    set_blob(easy, CURLOPT_SSLKEY_BLOB, certificate.key);
  }
}

void Transfer::trust(const Trust::Anchors& anchors) {
  CURL* easy = connection_.easy;
  set(easy, CURLOPT_CAINFO, static_cast<char*>(nullptr));
  set(easy, CURLOPT_CAPATH, anchors.directory.empty() ? nullptr : anchors.directory.c_str());
  if (!anchors.bundle.empty()) set_blob(easy, CURLOPT_CAINFO_BLOB, anchors.bundle);
}

void Transfer::set_method() {
  CURL* easy = connection_.easy;
  const std::string& method = request_.method;
  if (request_.body) {
    request_.body->rewind(0);
    set(easy, CURLOPT_UPLOAD, 1L);
    set(easy, CURLOPT_UPLOAD_BUFFERSIZE, buffer_bytes);
    set(easy, CURLOPT_READFUNCTION, &Transfer::on_read);
    set(easy, CURLOPT_READDATA, this);
    set(easy, CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
    set(easy, CURLOPT_SEEKDATA, this);
    if (auto size = request_.body->size()) set(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(*size));
  } else if (method == "POST" || method == "PUT" || method == "PATCH") {
    set(easy, CURLOPT_POSTFIELDSIZE, 0L);
    set(easy, CURLOPT_POSTFIELDS, "");  // so that "Content-Length: 0" is sent
  } else if (method == "HEAD") {
    set(easy, CURLOPT_NOBODY, 1L);
  }
  if (method != "GET" && method != "HEAD") set(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
}

void Transfer::set_headers() {
  auto append = [&](const std::string& line) {
    auto* longer = curl_slist_append(header_list_, line.c_str());
    if (!longer) throw std::bad_alloc();
    header_list_ = longer;
  };
  for (const auto& [name, value] : request_.headers.fields()) {
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      throw base::Error(base::Kind::invalid, "header " + base::quoted(name, 40) + " holds a line break");
    append(value.empty() ? name + ";" : name + ": " + value);
  }
  append("Expect:");  // waiting for "100 Continue" costs a round trip and confuses proxies
  if (!request_.headers.get("Content-Type")) append("Content-Type:");
  if (!request_.headers.get("Accept")) append("Accept: */*");
  set(connection_.easy, CURLOPT_HTTPHEADER, header_list_);
}

Response Transfer::run(std::stop_token stop) {
  struct InMulti {
    Connection& connection;
    explicit InMulti(Connection& c) : connection(c) { curl_multi_add_handle(c.multi, c.easy); }
    ~InMulti() { curl_multi_remove_handle(connection.multi, connection.easy); }
  } in_multi(connection_);
  std::stop_callback wake(stop, [multi = connection_.multi] { curl_multi_wakeup(multi); });
  loop(stop);
  return std::move(response_);
}

void Transfer::loop(std::stop_token& stop) {
  for (;;) {
    if (stop.stop_requested())
      throw base::Error(base::Kind::cancelled,
                        request_.method + " " + base::redact_url(response_.url) + " was stopped");
    int running = 0;
    if (auto code = curl_multi_perform(connection_.multi, &running); code != CURLM_OK)
      throw base::Error(base::Kind::failed, std::string("libcurl: ") + curl_multi_strerror(code));
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(connection_.multi, &left))
      if (message->msg == CURLMSG_DONE) return finish(message->data.result);
    if (Clock::now() >= deadline()) return finish(CURLE_OPERATION_TIMEDOUT);
    curl_multi_poll(connection_.multi, nullptr, 0, poll_milliseconds, nullptr);
  }
}

Transfer::Clock::time_point Transfer::deadline() const {
  // Time spent in sinks and sources does not count: they set last_byte_ when they return.
  auto stall = last_byte_ + std::max<Clock::duration>(options_.stall_timeout, request_.patience) +
               (answered_ || request_.body ? Clock::duration::zero() : Clock::duration(options_.connect_timeout));
  if (request_.sink || request_.body) return stall;
  return std::min(stall, begin_ + std::max<Clock::duration>(options_.small_body_timeout, request_.patience));
}

void Transfer::finish(CURLcode code) {
  if (thrown_) std::rethrow_exception(thrown_);
  if (cut_off_) return;
  if (code != CURLE_OK) throw failure(code);
}

void Transfer::start_body() {
  if (started_) return;
  started_ = true;
  if (response_.ok() && request_.on_start) request_.on_start(response_);
}

void Transfer::header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > max_header_bytes)
    throw Error(base::Kind::corrupt, Cause::protocol,
                base::redact_url(response_.url) + " sends more than 256 KiB of headers");
  answered_ = true;
  auto text = first_line(line);
  if (text.starts_with("HTTP/")) {  // also after "100 Continue": what counts is the last one
    response_.headers = {};
    long status = 0;
    curl_easy_getinfo(connection_.easy, CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return;
  }
  if (text.empty()) {
    if (response_.status >= 200) start_body();
    return;
  }
  auto colon = text.find(':');
  if (colon != std::string_view::npos && !started_)  // trailers are of no use to us
    response_.headers.add(base::trim(text.substr(0, colon)), base::trim(text.substr(colon + 1)));
}

bool Transfer::body_piece(std::string_view piece) {
  start_body();
  if (request_.sink && response_.ok()) {
    request_.sink(std::as_bytes(std::span(piece.data(), piece.size())));
    return true;
  }
  if (response_.body.size() + piece.size() <= request_.max_body_bytes) {
    response_.body += piece;
    return true;
  }
  if (response_.ok())
    throw Error(base::Kind::corrupt, Cause::protocol,
                request_.method + " " + base::redact_url(response_.url) + " answers with more than " +
                    base::human_bytes(request_.max_body_bytes));
  response_.body += piece.substr(0, request_.max_body_bytes - response_.body.size());
  cut_off_ = true;
  return false;
}

// Exceptions must not pass through libcurl's C frames: they are kept and thrown again in finish().

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    transfer.header_line({data, size * count});
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return 0;
  }
  transfer.last_byte_ = Clock::now();
  return size * count;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    if (!transfer.body_piece({data, size * count})) return 0;
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return 0;
  }
  transfer.last_byte_ = Clock::now();
  return size * count;
}

std::size_t Transfer::on_read(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::size_t n = 0;
  try {
    n = transfer.request_.body->read(std::as_writable_bytes(std::span(data, size * count)));
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
  transfer.last_byte_ = Clock::now();
  return n;
}

int Transfer::on_seek(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  try {
    transfer.request_.body->rewind(static_cast<std::uint64_t>(offset));
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return CURL_SEEKFUNC_FAIL;
  }
  return CURL_SEEKFUNC_OK;
}

Error Transfer::failure(CURLcode code) const {
  std::string who = request_.method + " " + base::redact_url(response_.url) + ": ";
  std::string host = base::quoted(url_.authority());
  std::string detail = base::quoted(error_text_[0] ? error_text_ : curl_easy_strerror(code));
  auto make = [&](base::Kind kind, Cause cause, const std::string& text, bool temporary) {
    Error error(kind, cause, who + text);
    error.set_temporary(temporary);
    if (auto proxy = options_.proxy.for_url(url_)) error.note("through proxy " + base::quoted(redact_proxy(*proxy)));
    return error;
  };
  using base::Kind;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return make(Kind::unavailable, Cause::resolve, "no address is known for host " + base::quoted(url_.host()), true);
    case CURLE_COULDNT_RESOLVE_PROXY:
      return make(Kind::unavailable, Cause::resolve, "no address is known for the proxy", true);
    case CURLE_COULDNT_CONNECT: {
      long number = 0;
      curl_easy_getinfo(connection_.easy, CURLINFO_OS_ERRNO, &number);
      std::string why = number ? std::string(": ") + std::strerror(static_cast<int>(number)) : "";
      return make(Kind::unavailable, Cause::connect, "cannot connect to " + host + why, true);
    }
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return static_cast<Error&&>(
          make(Kind::denied, Cause::certificate, "the certificate is not trusted: " + detail, false)
              .fix("add the certificate of the registry's authority to ca_certs"));
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return make(Kind::invalid, Cause::certificate, "a configured certificate or key cannot be used: " + detail,
                  false);
    case CURLE_SSL_CONNECT_ERROR: {
      std::string_view text = error_text_;
      bool speaks_no_tls = text.find("wrong version number") != text.npos || text.find("alert") != text.npos;
      return make(Kind::unavailable, Cause::tls, "no TLS connection: " + detail, !speaks_no_tls);
    }
    case CURLE_OPERATION_TIMEDOUT: {
      bool connected = answered_ || last_byte_ != begin_;
      return make(Kind::unavailable, connected ? Cause::timeout : Cause::connect,
                  connected ? "the other side has been silent for too long" : "no answer from " + host, true);
    }
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return make(Kind::unavailable, Cause::not_http, host + " does not answer in HTTP", false);
    case CURLE_GOT_NOTHING:
      return make(Kind::unavailable, Cause::broken, "the connection was closed without an answer", true);
    case CURLE_PARTIAL_FILE:
      return make(Kind::unavailable, Cause::broken, "the answer ended early", true);
    case CURLE_RECV_ERROR: {
      long status = 0;
      curl_easy_getinfo(connection_.easy, CURLINFO_HTTP_CONNECTCODE, &status);
      const bool refused = status >= 400 && status < 500;
      if (status >= 400)
        return make(refused ? Kind::denied : Kind::unavailable, Cause::broken,
                    "the proxy answers " + std::to_string(status), !refused);
      return make(Kind::unavailable, Cause::broken, "the connection broke", true);
    }
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SEND_FAIL_REWIND:
      return make(Kind::unavailable, Cause::broken, "the connection broke", true);
    default:
      return make(Kind::unavailable, Cause::protocol, detail, false);
  }
}

}  // namespace http
