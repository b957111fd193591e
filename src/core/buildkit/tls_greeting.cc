#include "core/buildkit/tls_greeting.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/openssl.h"
#include "core/buildkit/sigpipe.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// The client's preface and an empty SETTINGS frame (RFC 9113, 3.4).
constexpr std::string_view greeting{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33};

template <class Take>
void each_certificate(const std::string& pem, Take take) {
  Bio bio = reading(pem);
  while (Certificate one{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free}) take(one.get());
}

/// The endpoint's PEM texts were checked when it was made.
Context make_context(const Tls& tls) {
  Context out(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(out.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(out.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_protos(out.get(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
  if (tls.ca.empty()) SSL_CTX_set_default_verify_paths(out.get());
  each_certificate(tls.ca, [&](X509* one) { X509_STORE_add_cert(SSL_CTX_get_cert_store(out.get()), one); });
  bool first = true;
  each_certificate(tls.cert, [&](X509* one) {
    first ? SSL_CTX_use_certificate(out.get(), one) : SSL_CTX_add1_chain_cert(out.get(), one);
    first = false;
  });
  if (!tls.key.empty()) {
    Key key(PEM_read_bio_PrivateKey(reading(tls.key).get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    SSL_CTX_use_PrivateKey(out.get(), key.get());
  }
  return out;
}

void expect_name(SSL* ssl, const Endpoint& endpoint) {
  const std::string& name = endpoint.tls().server_name.empty() ? endpoint.host() : endpoint.tls().server_name;
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1) return;
  SSL_set1_host(ssl, name.c_str());
  SSL_set_tlsext_host_name(ssl, name.c_str());
}

/// What ended the conversation: OpenSSL's queue has the reason, errno if it has none.
Error tls_error(SSL* ssl, const Endpoint& endpoint, int error_number) {
  const unsigned long code = ERR_peek_error();
  const int reason = ERR_GET_REASON(code);
  std::string note;
  if (code != 0)
    note = ERR_reason_error_string(code) ? ERR_reason_error_string(code) : "unknown";
  else
    note = error_number != 0 ? std::strerror(error_number) : "the connection was closed";
  const std::string at = base::quoted(endpoint.text());
  if (SSL_get_verify_result(ssl) != X509_V_OK)
    return Error(Kind::denied, "the certificate of the BuildKit engine at " + at + " is not to be trusted")
        .note(X509_verify_cert_error_string(SSL_get_verify_result(ssl)))
        .fix("give the CA that signed it as ca_cert, and use the host name that it is made for");
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)
    return Error(Kind::denied, "the BuildKit engine at " + at + " does not speak TLS")
        .fix("leave ca_cert, cert and key out");
  return Error(Kind::denied, "the TLS connection to the BuildKit engine at " + at + " fails")
      .note(note)
      .fix(endpoint.tls().cert.empty() ? "a daemon that asks for client certificates needs cert and key too"
                                       : "see whether the daemon trusts the CA of this client certificate");
}

}  // namespace

void try_tls(base::Fd socket, const Endpoint& endpoint, std::stop_token stop, Deadline deadline) {
  refuse_sigpipe();
  Waiter waiter(endpoint, std::move(stop), deadline);
  Context context = make_context(endpoint.tls());
  Connection ssl(SSL_new(context.get()), SSL_free);
  expect_name(ssl.get(), endpoint);
  SSL_set_fd(ssl.get(), socket.get());
  auto finish = [&](auto step) {
    for (;;) {
      ERR_clear_error();
      errno = 0;
      const int done = step();
      const int error_number = errno;
      if (done > 0) return;
      const int wish = SSL_get_error(ssl.get(), done);
      if (wish != SSL_ERROR_WANT_READ && wish != SSL_ERROR_WANT_WRITE)
        throw tls_error(ssl.get(), endpoint, error_number);
      waiter.wait(socket.get(), wish == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
    }
  };
  char first;
  finish([&] { return SSL_connect(ssl.get()); });
  finish([&] { return SSL_write(ssl.get(), greeting.data(), greeting.size()); });
  finish([&] { return SSL_read(ssl.get(), &first, 1); });
  SSL_shutdown(ssl.get());
  ERR_clear_error();
}

}  // namespace buildkit
