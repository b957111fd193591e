#include "tests/support/token_server.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <ctime>
#include <stdexcept>

#include "core/base/digest.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/json/decode.h"
#include "tests/support/process.h"

namespace support {
namespace {

std::string base64url(std::string_view data) {
  auto out = base::to_base64(data);
  while (out.ends_with('=')) out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

std::string sign(const std::string& key_pem, std::string_view data) {
  BIO* bio = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::size_t size = 0;
  EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
  EVP_DigestSign(context, nullptr, &size, reinterpret_cast<const unsigned char*>(data.data()), data.size());
  std::string out(size, '\0');
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                 reinterpret_cast<const unsigned char*>(data.data()), data.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  out.resize(size);
  return out;
}

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

/// All values of `name` in a query or form, joined by blanks.
std::string values(std::string_view form, std::string_view name) {
  std::string out;
  for (auto pair : base::split(form, '&')) {
    auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    out += (out.empty() ? "" : " ") + decode(pair.substr(equals + 1));
  }
  return out;
}

}  // namespace

TokenServer::TokenServer(const std::filesystem::path& directory, TokenServerOptions options)
    : options_(std::move(options)),
      certificate_(directory / "token.pem"),
      key_(directory / "token.key"),
      server_([this](const HttpRequest& request, Wire& wire) { answer(request, wire); }) {
  run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key_.string(), "-out",
       certificate_.string(), "-days", "30", "-subj", "/CN=token issuer"});
  key_pem_ = base::read_file(key_, 1 << 16);
  const std::string pem = base::read_file(certificate_, 1 << 16);
  for (auto line : base::split(pem, '\n'))
    if (!line.starts_with("-----")) certificate_base64_ += base::trim(line);
}

void TokenServer::answer(const HttpRequest& request, Wire& wire) {
  std::string form = request.method == "POST" ? request.body : request.target.substr(request.target.find('?') + 1);
  if (request.method == "POST" && options_.post_is_unknown) return wire.reply(404, "404 page not found");
  bool known = options_.username.empty();
  if (request.method == "POST")
    known = known || values(form, "refresh_token") == options_.refresh_token;
  else
    known = known ||
            request.header("authorization") == "Basic " + base::to_base64(options_.username + ":" + options_.password);
  if (!known)
    return wire.reply(401, R"({"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]})");
  ++issued_;
  json::Ordered reply;
  reply[request.method == "POST" ? "access_token" : "token"] = token(values(form, "scope"));
  reply["expires_in"] = options_.expires_in;
  wire.reply(200, json::write(reply), {"Content-Type: application/json"});
}

std::string TokenServer::token(const std::string& scopes) const {
  json::Ordered header, claims;
  header["typ"] = "JWT";
  header["alg"] = "RS256";
  header["x5c"] = {certificate_base64_};
  auto now = std::time(nullptr);
  claims["iss"] = options_.issuer;
  claims["sub"] = options_.username;
  claims["aud"] = options_.service;
  claims["exp"] = now + 300;
  claims["nbf"] = now - 10;
  claims["iat"] = now;
  claims["jti"] = base::random_hex(8);
  claims["access"] = json::Ordered::array();
  for (auto scope : base::split(scopes, ' ')) {
    auto parts = base::split(scope, ':');
    if (parts.size() != 3) continue;
    json::Ordered entry;
    entry["type"] = parts[0];
    entry["name"] = parts[1];
    for (auto action : base::split(parts[2], ',')) entry["actions"].push_back(action);
    claims["access"].push_back(entry);
  }
  auto signed_part = base64url(json::write(header)) + "." + base64url(json::write(claims));
  return signed_part + "." + base64url(sign(key_pem_, signed_part));
}

}  // namespace support
