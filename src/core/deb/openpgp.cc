#include "core/deb/openpgp.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace deb {
namespace {

constexpr int public_key_tag = 6, user_id_tag = 13, public_subkey_tag = 14, signature_tag = 2;
constexpr int issuer_key_id_type = 16, issuer_fingerprint_type = 33;

std::string upper(std::string hex) {
  for (char& c : hex)
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  return hex;
}

std::string upper_hex(std::string_view bytes) {
  return upper(base::to_hex(std::as_bytes(std::span(bytes.data(), bytes.size()))));
}

[[noreturn]] void broken(std::string_view what) {
  throw base::Error(base::Kind::invalid, "OpenPGP data is broken: " + std::string(what));
}

/// Reads big-endian numbers and pieces; throws at the end.
class Bytes {
 public:
  explicit Bytes(std::string_view data) : data_(data) {}
  bool empty() const { return data_.empty(); }
  std::string_view take(std::size_t count) {
    if (count > data_.size()) broken("it ends in the middle of a packet");
    auto piece = data_.substr(0, count);
    data_.remove_prefix(count);
    return piece;
  }
  std::size_t number(std::size_t count) {
    std::size_t value = 0;
    for (char c : take(count)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }

 private:
  std::string_view data_;
};

struct Packet {
  int tag = 0;
  std::string_view body;
};

Packet next_packet(Bytes& in) {
  Packet packet;
  std::size_t head = in.number(1);
  if (!(head & 0x80)) broken("a packet has no header");
  if (head & 0x40) {  // RFC 9580, 4.2.1
    packet.tag = static_cast<int>(head & 0x3f);
    std::size_t length = in.number(1);
    if (length >= 224 && length < 255) broken("a key or signature has a partial length");
    if (length == 255)
      length = in.number(4);
    else if (length >= 192)
      length = ((length - 192) << 8) + in.number(1) + 192;
    packet.body = in.take(length);
  } else {  // the legacy format, 4.2.2
    packet.tag = static_cast<int>(head >> 2 & 0x0f);
    if ((head & 3) == 3) broken("a packet has no length");
    packet.body = in.take(in.number(std::size_t{1} << (head & 3)));
  }
  return packet;
}

/// RFC 9580, 5.5.4; nullopt for a version that is not 4 or 6.
std::optional<std::string> fingerprint(std::string_view key) {
  auto size = key.size();
  if (!key.empty() && key[0] == 4 && size <= 0xffff) {
    std::string hashed = {'\x99', static_cast<char>(size >> 8), static_cast<char>(size)};
    return upper(base::hash_hex("sha1", hashed.append(key)));
  }
  if (!key.empty() && key[0] == 6) {
    std::string hashed = {'\x9b', static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                          static_cast<char>(size >> 8), static_cast<char>(size)};
    return upper(base::hash_hex("sha256", hashed.append(key)));
  }
  return std::nullopt;
}

/// Decodes the armour that begins with the line `begin` (RFC 9580, 6.2), and leaves in `text` what stands behind it.
std::string take_armour(std::string_view& text, std::string_view begin) {
  text.remove_prefix(text.find(begin) + begin.size());
  auto end = text.find("-----END");
  if (end == std::string_view::npos) broken("its armour does not end");
  auto lines = base::split(text.substr(0, end), '\n');
  text.remove_prefix(end);
  std::string encoded;
  bool in_body = false;  // headers like "Version:" stand before a blank line
  for (std::size_t i = 1; i < lines.size(); i++) {
    auto line = base::trim(lines[i]);
    bool checksum = line.size() == 5 && line[0] == '=';
    if (in_body && !checksum) encoded += line;
    if (line.empty()) in_body = true;
  }
  return base::within("reading OpenPGP armour", [&] { return base::from_base64(encoded); });
}

std::string all_armour(std::string_view text, std::string_view begin) {
  std::string out;
  while (text.find(begin) != std::string_view::npos) out += take_armour(text, begin);
  return out;
}

/// Subpackets of a version 4 or 6 signature (RFC 9580, 5.2.3): the issuers that it states.
void add_issuers(std::string_view area, std::optional<std::string>& fingerprint, std::optional<std::string>& key_id) {
  for (Bytes in(area); !in.empty();) {
    std::size_t length = in.number(1);
    if (length == 255)
      length = in.number(4);
    else if (length >= 192)
      length = ((length - 192) << 8) + in.number(1) + 192;
    auto body = in.take(length);
    if (body.empty()) broken("a signature has an empty subpacket");
    int type = body[0] & 0x7f;
    body.remove_prefix(1);
    if (type == issuer_fingerprint_type && body.size() > 1) fingerprint = upper_hex(body.substr(1));
    if (type == issuer_key_id_type && body.size() == 8) key_id = upper_hex(body);
  }
}

std::optional<std::string> issuer(std::string_view signature) {
  Bytes in(signature);
  std::size_t version = in.number(1);
  if (version != 4 && version != 6) return std::nullopt;
  std::size_t width = version == 4 ? 2 : 4;
  in.take(3);  // type and algorithms
  std::optional<std::string> fingerprint, key_id;
  for (int area = 0; area < 2; area++) add_issuers(in.take(in.number(width)), fingerprint, key_id);
  return fingerprint ? fingerprint : key_id;
}

}  // namespace

bool PublicKey::has(std::string_view wanted) const {
  return fingerprint == wanted || std::find(subkeys.begin(), subkeys.end(), wanted) != subkeys.end();
}

std::vector<PublicKey> parse_keys(std::string_view file) {
  std::string decoded = all_armour(file, "-----BEGIN PGP PUBLIC KEY BLOCK-----");
  if (!decoded.empty()) file = decoded;
  std::vector<PublicKey> keys;
  bool known = false;  // whether what comes belongs to a key of a known version
  for (Bytes in(file); !in.empty();) {
    Packet packet = next_packet(in);
    if (packet.tag == public_key_tag) {
      auto hex = fingerprint(packet.body);
      known = hex.has_value();
      if (known) keys.push_back({*hex, {}, {}});
    }
    if (!known) continue;
    if (packet.tag == user_id_tag) keys.back().user_ids.emplace_back(packet.body);
    if (packet.tag == public_subkey_tag)
      if (auto hex = fingerprint(packet.body)) keys.back().subkeys.push_back(*hex);
  }
  if (keys.empty()) broken("it holds no public key");
  return keys;
}

std::vector<std::string> signature_issuers(std::string_view file) {
  std::string data = all_armour(file, "-----BEGIN PGP SIGNATURE-----");
  if (data.empty()) broken("there is no signature");
  std::vector<std::string> out;
  for (Bytes in(data); !in.empty();) {
    Packet packet = next_packet(in);
    if (packet.tag != signature_tag) continue;
    auto who = issuer(packet.body);
    if (who && std::find(out.begin(), out.end(), *who) == out.end()) out.push_back(*who);
  }
  return out;
}

}  // namespace deb
