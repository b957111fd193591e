#include "cli/lock_option.h"

#include <filesystem>

#include "cli/bom.h"
#include "core/base/error.h"
#include "core/name/reference.h"
#include "core/remote/kept_inputs.h"

namespace cli {
namespace {

void add(Locks& locks, bom::Bill bill, const std::string& repository, bool insecure) {
  if (!locks.directory) locks.directory = std::make_shared<const base::TemporaryDirectory>("estaleiro-kept");
  if (!repository.empty()) {
    resource::Source source;
    source.repository = repository;
    source.insecure = insecure;
    auto from = std::make_shared<remote::Repository>(source, [](std::string_view) {});
    auto kept =
        std::make_shared<remote::KeptInputs>(*from, bill.image.digest, locks.directory->path(), std::stop_token());
    locks.kept.emplace_back([from, kept](const base::Digest& digest) { return kept->fetch(digest); });
  }
  locks.bills.push_back(std::move(bill));
}

}  // namespace

std::string Locks::fetch(const base::Digest& digest) const {
  for (const auto& source : kept)
    if (std::string name = source(digest); !name.empty()) return name;
  return "";
}

Locks lock_to(bom::Bill bill, const std::string& repository, bool insecure) {
  Locks out;
  add(out, std::move(bill), repository, insecure);
  return out;
}

Locks read_locks(const std::vector<std::string>& names, const std::string& kept_inputs, bool insecure) {
  if (names.empty() && !kept_inputs.empty())
    throw base::Error(base::Kind::invalid, "--kept-inputs is given without --lock");
  Locks out;
  for (const auto& name : names) {
    const bool file = std::filesystem::exists(name);
    const std::string repository = !kept_inputs.empty() ? kept_inputs
                                   : file               ? ""
                                                        : name::Reference::parse(name).repository().text();
    add(out, load_bill(name, {insecure, ""}), repository, insecure);
  }
  return out;
}

}  // namespace cli
