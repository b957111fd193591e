#pragma once

#include <string>

#include "core/bom/bill.h"

namespace bom {

/// The package URL of an installed package, as scanners expect it (purl-spec, type "deb"):
/// pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl%403.0.15-1~deb12u1
/// `upstream` only where the source differs from the package in name or version.
std::string purl(const Package& package, const BaseImage& base);

/// The package URL of a source package: pkg:deb/debian/openssl@3.0.15-1~deb12u1?arch=source&distro=debian-12
std::string source_purl(const deb::SourceName& source, const BaseImage& base);

}  // namespace bom
