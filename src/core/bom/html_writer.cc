#include "core/bom/html_writer.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/bom/document.h"
#include "core/bom/html_page.h"
#include "core/bom/license_expression.h"
#include "core/bom/treemap.h"
#include "core/json/decode.h"

namespace bom {
namespace {

constexpr std::size_t max_boxes = 120;
constexpr double picture_width = 1000, treemap_height = 420, bar_height = 36;

std::string escape(std::string_view text) {
  std::string out;
  for (char c : base::valid_utf8(text) ? std::string(text) : base::printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string link(std::string_view uri, std::string_view text) {
  bool web = uri.starts_with("https://") || uri.starts_with("http://");
  if (!web) return escape(text);
  return "<a href=\"" + escape(uri) + "\" rel=\"noreferrer\">" + escape(text) + "</a>";
}

std::string fixed(double number) {
  char out[32];
  std::snprintf(out, sizeof out, "%.1f", number);
  return out;
}

std::vector<std::string> license_ids(const std::string& expression) {
  try {
    return licenses_of(parse_expression(expression));
  } catch (const base::Error&) {
    return {};
  }
}

struct Box {
  std::string name, style;
  std::uint64_t bytes = 0;
};

std::string box(const Box& of, const Rectangle& at) {
  std::string out = "<g><title>" + escape(of.name) + ", " + base::human_bytes(of.bytes) + "</title><rect class=\"" +
                    of.style + "\" x=\"" + fixed(at.x) + "\" y=\"" + fixed(at.y) + "\" width=\"" + fixed(at.width) +
                    "\" height=\"" + fixed(at.height) + "\"/>";
  auto letters = static_cast<std::size_t>(std::max(0.0, (at.width - 8) / 6.5));
  if (at.height >= 16 && letters >= 4)
    out += "<text x=\"" + fixed(at.x + 4) + "\" y=\"" + fixed(at.y + 13) + "\">" +
           escape(of.name.size() <= letters ? of.name : of.name.substr(0, letters - 1) + "…") + "</text>";
  return out + "</g>";
}

/// A colour of the picture's key and its word.
std::string swatch(const std::string& kind) {
  return "<span><i style=\"background:var(--" + kind + ")\"></i>" + kind + "</span>";
}

std::string picture(std::vector<Box> boxes, double height, std::string_view label) {
  std::vector<std::uint64_t> weights;
  for (const Box& one : boxes) weights.push_back(one.bytes);
  std::string out = "<svg viewBox=\"0 0 " + fixed(picture_width) + " " + fixed(height) +
                    "\" role=\"img\" aria-label=\"" + std::string(label) + "\">";
  auto places = treemap(weights, {0, 0, picture_width, height});
  for (std::size_t i = 0; i < boxes.size(); i++)
    if (boxes[i].bytes > 0) out += box(boxes[i], places[i]);
  return out + "</svg>\n";
}

class Page {
 public:
  Page(const Bill& bill, const PageDetails& details) : bill_(bill), details_(details) {}
  std::string write();

 private:
  void head();
  void facts();
  void sizes();
  void packages();
  void package(const Package& package, std::string_view origin);
  void files();
  void paths();
  void coverage();
  void texts();
  void filter_options();

  const Bill& bill_;
  const PageDetails& details_;
  std::string out_;
};

void Page::head() {
  std::string name = escape(bill_.product_name);
  out_ +=
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"" +
      std::string(page_policy) + "\">\n<title>Bill of materials of " + name + "</title>\n<style>" +
      std::string(page_style) + "</style>\n</head>\n<body>\n<h1>" + name + "</h1>\n";
}

void Page::facts() {
  auto fact = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out_ += "<dt>" + std::string(name) + "</dt><dd class=\"mono\">" + escape(value) + "</dd>\n";
  };
  out_ += "<dl>\n";
  fact("image", bill_.image.digest);
  fact("platform", bill_.image.platform);
  fact("created", bill_.image.created);
  fact("base image", bill_.base_image.canonical_name);
  fact("system", bill_.base_image.os + " " + bill_.base_image.version + " " + bill_.base_image.codename);
  out_ += "</dl>\n<div class=\"cards\">";
  auto card = [&](const std::string& number, std::string_view what) {
    out_ += "<div><b>" + number + "</b>" + std::string(what) + "</div>";
  };
  card(std::to_string(remaining_base_packages(bill_).size()), "packages of the base");
  card(std::to_string(bill_.changeset.packages.size()), "packages added");
  card(std::to_string(bill_.changeset.files.size()), "files declared");
  if (bill_.coverage) {
    card(std::to_string(bill_.coverage->paths), "paths");
    card(std::to_string(bill_.coverage->unexplained.size()), "unexplained in our layers");
  }
  out_ += "</div>\n";
}

void Page::sizes() {
  std::set<std::string_view> added;
  for (const Package& package : bill_.changeset.packages) added.insert(package.name);
  std::map<std::string, Box> by_name;
  for (const auto& path : details_.paths) {
    bool declared = path.kind == "declared";
    std::string name = declared ? "declared files" : path.by.empty() ? "(" + path.kind + ")" : path.by.front();
    Box& box = by_name[name];
    box.name = name;
    box.bytes += path.bytes;
    box.style = declared                   ? "declared"
                : path.kind == "generated" ? "generated"
                : added.contains(name)     ? "added"
                                           : "base";
  }
  std::vector<Box> boxes;
  for (auto& [name, box] : by_name) boxes.push_back(std::move(box));
  std::stable_sort(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return a.bytes > b.bytes; });
  if (boxes.size() > max_boxes) {
    Box rest{"others", "base", 0};
    for (std::size_t i = max_boxes; i < boxes.size(); i++) rest.bytes += boxes[i].bytes;
    boxes.resize(max_boxes);
    boxes.push_back(rest);
  }
  if (details_.layers.empty() && boxes.empty()) return;
  out_ += "<h2>Sizes</h2>\n";
  if (!details_.layers.empty()) {
    std::vector<Box> layers;
    std::uint64_t total = 0;
    for (const auto& layer : details_.layers) {
      layers.push_back({layer.name, layer.name.starts_with("[base]") ? "base" : "added", layer.bytes});
      total += layer.bytes;
    }
    out_ += "<p class=\"dim\">Layers, " + base::human_bytes(total) + " as pushed</p>\n" +
            picture(std::move(layers), bar_height, "sizes of the layers");
  }
  if (boxes.empty()) return;
  out_ += "<p class=\"dim key\">Unpacked, by package:" + swatch("base") + swatch("added") + swatch("declared") +
          swatch("generated") + "</p>\n" + picture(std::move(boxes), treemap_height, "sizes of the packages");
}

void Page::filter_options() {
  std::set<std::string> licenses;
  for (const auto* list : {&bill_.base_image.packages, &bill_.changeset.packages})
    for (const Package& package : *list)
      for (auto& id : license_ids(package.license)) licenses.insert(std::move(id));
  out_ +=
      "<div class=\"filters\"><input id=\"search\" type=\"search\" placeholder=\"Search packages\" "
      "aria-label=\"Search packages\"><select id=\"origin\" aria-label=\"Origin\"><option value=\"\">any "
      "origin</option><option>base</option><option>added</option></select><select id=\"license\" "
      "aria-label=\"Licence\"><option value=\"\">any licence</option>";
  for (const auto& id : licenses) out_ += "<option>" + escape(id) + "</option>";
  out_ += "</select><span id=\"shown\" class=\"dim\"></span></div>\n";
}

void Page::package(const Package& package, std::string_view origin) {
  std::string ids;
  for (const auto& id : license_ids(package.license)) ids += (ids.empty() ? "" : " ") + id;
  deb::SourceName source = source_of(package);
  out_ += "<tr data-origin=\"" + std::string(origin) + "\" data-licenses=\"" + escape(ids) + "\"><td><b>" +
          escape(package.name) + "</b> <span class=\"dim\">" + escape(package.architecture) +
          "</span></td><td class=\"mono\">";
  out_ += package.location ? link(package.location->uri, package.version) : escape(package.version);
  if (!package.replaces.empty()) out_ += "<br><span class=\"dim\">instead of " + escape(package.replaces) + "</span>";
  out_ += "</td><td><span class=\"tag " + std::string(origin == "added" ? "added" : "") + "\">" + std::string(origin) +
          "</span>";
  if (!package.requested_by.empty())
    out_ += " <span class=\"dim\">" + escape(base::join(package.requested_by, " → ")) + "</span>";
  if (package.requested == true) out_ += " <span class=\"dim\">by the recipe</span>";
  out_ += "</td><td class=\"mono\">" + escape(package.license) + "</td><td><details><summary>" + escape(source.name) +
          " " + escape(source.version) + "</summary><ul>";
  for (const Source& one : package.sources) {
    if (const auto* git = std::get_if<Git>(&one))
      out_ += "<li>" + link(git->repository_uri, git->repository_uri) + " at " + escape(git->ref) + "</li>";
    else
      out_ += "<li>" + link(std::get<SourceFile>(one).uri, std::get<SourceFile>(one).name) + " <code class=\"dim\">" +
              escape(std::get<SourceFile>(one).digest) + "</code></li>";
  }
  for (const auto& used : package.built_using)
    out_ += "<li>built using " + escape(used.name) + " " + escape(used.version) + "</li>";
  if (package.location) out_ += "<li class=\"dim\">.deb <code>" + escape(package.location->digest) + "</code></li>";
  out_ += "</ul></details></td></tr>\n";
}

void Page::packages() {
  out_ += "<h2>Packages</h2>\n";
  filter_options();
  out_ +=
      "<table id=\"packages\"><thead><tr><th>package</th><th>version</th><th>origin</th><th>licence</th>"
      "<th>source</th></tr></thead><tbody>\n";
  for (const Package& one : bill_.changeset.packages) package(one, "added");
  for (const Package* one : remaining_base_packages(bill_)) package(*one, "base");
  out_ += "</tbody></table>\n";
}

void Page::files() {
  if (bill_.changeset.files.empty()) return;
  out_ +=
      "<h2>Files</h2>\n<table><thead><tr><th>path</th><th>source</th><th>by way "
      "of</th><th>digest</th></tr></thead><tbody>\n";
  for (const File& file : bill_.changeset.files) {
    out_ += "<tr><td class=\"mono\">" + escape(file.path) + "</td><td>";
    if (file.source)
      out_ += link(file.source->repository_uri, file.source->repository_uri) + " at <code>" + escape(file.source->ref) +
              "</code>";
    out_ += "</td><td>";
    if (const auto* step = std::get_if<StepOrigin>(&file.origin))
      out_ += "step " + escape(step->step) + " (" + escape(step->dockerfile) + ")";
    if (const auto* tarball = std::get_if<TarballOrigin>(&file.origin)) out_ += "tarball " + escape(tarball->tarball);
    if (const auto* image = std::get_if<ImageOrigin>(&file.origin)) out_ += "image " + escape(image->image);
    if (const auto* url = std::get_if<UrlOrigin>(&file.origin)) out_ += link(url->uri, url->uri);
    if (const auto* package = std::get_if<PackageOrigin>(&file.origin))
      out_ += "package " + escape(package->package) + " " + escape(package->version);
    if (const auto* context = std::get_if<ContextOrigin>(&file.origin)) out_ += escape(context->path);
    out_ += "</td><td class=\"mono dim\">" + escape(file.digest) + "</td></tr>\n";
  }
  out_ += "</tbody></table>\n";
}

void Page::coverage() {
  if (!bill_.coverage) return;
  out_ +=
      "<h2>What explains each path</h2>\n<table><thead><tr><th>kind</th><th class=\"number\">paths</th>"
      "<th class=\"number\">in our layers</th></tr></thead><tbody>";
  for (const auto& kind : bill_.coverage->kinds)
    out_ += "<tr><td>" + escape(kind.name) + "</td><td class=\"number\">" + std::to_string(kind.paths) +
            "</td><td class=\"number\">" + std::to_string(kind.changed) + "</td></tr>";
  out_ += "</tbody></table>\n<p class=\"dim\">" + std::to_string(bill_.coverage->verified) +
          " files have the bytes that their package brought; " + std::to_string(bill_.coverage->altered.size()) +
          " were altered. Who made the generated paths was " + (bill_.coverage->observed ? "" : "not ") +
          "observed.</p>\n";
}

/// Names stand once and paths point to them, which halves the page.
void Page::paths() {
  if (details_.paths.empty()) return;
  std::map<std::string, std::size_t> numbers;
  json::Ordered names = json::Ordered::array(), list = json::Ordered::array();
  auto number = [&](const std::string& name) {
    auto [at, fresh] = numbers.try_emplace(name, numbers.size());
    if (fresh) names.push_back(name);
    return at->second;
  };
  std::set<std::string> kinds;
  for (const auto& path : details_.paths) {
    json::Ordered by = json::Ordered::array();
    for (const auto& one : path.by) by.push_back(number(one));
    list.push_back(json::Ordered::array({path.path, number(path.kind), std::move(by), path.bytes}));
    kinds.insert(path.kind);
  }
  std::string data = json::write({{"names", std::move(names)}, {"paths", std::move(list)}});
  std::string safe;
  for (char c : data) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  out_ +=
      "<h2>Paths</h2>\n<div class=\"filters\"><input id=\"path-search\" type=\"search\" placeholder=\"Search paths and "
      "packages\" aria-label=\"Search paths\"><select id=\"kind\" aria-label=\"Kind\"><option value=\"\">any "
      "kind</option>";
  for (const auto& kind : kinds) out_ += "<option>" + escape(kind) + "</option>";
  out_ +=
      "</select><span id=\"paths-shown\" class=\"dim\"></span></div>\n<table><thead><tr><th>path</th><th>kind</th>"
      "<th>brought by</th><th class=\"number\">bytes</th></tr></thead><tbody id=\"paths\"></tbody></table>\n"
      "<script id=\"paths-data\" type=\"application/json\">" +
      safe + "</script>\n";
}

void Page::texts() {
  if (bill_.licenses.empty()) return;
  out_ += "<h2>Licences that SPDX does not list</h2>\n";
  for (const auto& license : bill_.licenses)
    out_ += "<details><summary class=\"mono\">" + escape(license.id) + "</summary><pre>" + escape(license.text) +
            "</pre></details>\n";
}

std::string Page::write() {
  head();
  facts();
  sizes();
  packages();
  files();
  coverage();
  paths();
  texts();
  out_ += "<script>" + std::string(page_script) + "</script>\n</body>\n</html>\n";
  return std::move(out_);
}

}  // namespace

std::string to_html(const Bill& bill, const PageDetails& details) { return Page(bill, details).write(); }

}  // namespace bom
