#include "core/recipe/schema.h"

namespace recipe::schema {
namespace {

constexpr std::string_view networks[] = {"default", "none", "host"};
constexpr std::string_view source_policies[] = {"declared", "archive"};
constexpr std::string_view refreshes[] = {"changed", "always", "never"};
constexpr std::string_view variable_types[] = {"string", "number", "bool"};

constexpr Attribute vcs_attributes[] = {
    {"repository", Type::text, true, "", "URL of the repository that the source is kept in."},
    {"ref", Type::text, true, "", "Commit, tag or branch; anything but a commit can move and gives a warning."},
};
constexpr Block vcs = {"vcs", "kind", "Where source code is kept. The one kind is `git`.", vcs_attributes, {}};

constexpr Child source_file_children[] = {{&vcs, Count::once}};
constexpr Block source_file = {
    "source_file",
    "pattern",
    "Says which repository the files come from whose whole path matches the pattern. `*` and `?` do not cross `/`, "
    "`[a-z]` is one character of a set, `\\` takes the next one literally. The first block that matches decides; a "
    "file "
    "of the image that none matches is an error.",
    {},
    source_file_children};

constexpr Attribute step_attributes[] = {
    {"dockerfile", Type::text, true, "", "The Dockerfile, relative to the build context."},
    {"target", Type::text, false, "the last stage", "Stage of the Dockerfile to build."},
    {"context", Type::text, false, ".", "Directory of the build context that the Dockerfile sees as its own."},
    {"build_args", Type::map, false, "{}", "Values for the Dockerfile's `ARG`s."},
    {"platform", Type::text, false, "the image's", "Platform to build the step for, as `linux/amd64`."},
    {"secrets", Type::texts, false, "[]", "Ids of the secrets that `RUN --mount=type=secret` may ask for."},
    {"ssh", Type::texts, false, "[]", "Ids of the agents that `RUN --mount=type=ssh` may ask for."},
    {"network", Type::text, false, "default", "Network of the step's `RUN`s.", networks},
};
constexpr Child sources_children[] = {{&source_file, Count::many}};
constexpr Block step = {"step", "name", "A Dockerfile whose result files are taken from.", step_attributes,
                        sources_children};
constexpr Block tarball = {"tarball",
                           "path",
                           "An archive in the build context (tar, plain or compressed) that files are taken from. The "
                           "label is its path, relative to the build context.",
                           {},
                           sources_children};

constexpr Attribute in_step_attributes[] = {{"path", Type::text, true, "", "Absolute path in the step's result."}};
constexpr Attribute in_tarball_attributes[] = {{"path", Type::text, true, "", "Name of the member in the archive."}};
constexpr Attribute in_context_attributes[] = {{"path", Type::text, true, "", "Path in the build context."}};
constexpr Attribute in_image_attributes[] = {{"path", Type::text, true, "", "Absolute path in the image."}};
constexpr Attribute in_git_attributes[] = {
    {"ref", Type::text, true, "", "Commit, tag or branch; anything but a commit can move and gives a warning."},
    {"path", Type::text, true, "", "Path in the repository."},
};
constexpr Attribute at_url_attributes[] = {
    {"digest", Type::text, true, "", "`sha256:` and 64 hex digits; other content is an error."},
};
constexpr Attribute in_package_attributes[] = {
    {"path", Type::text, true, "", "Absolute path in the package; a link is followed inside the package."},
    {"version", Type::text, false, "the newest", "Exact version of the package."},
    {"image", Type::text, false, "the base image",
     "Debian or Ubuntu image whose apt, repositories and keys say what the package is; nothing else of it is used. "
     "Required when the base image has no apt, as `scratch`."},
};
constexpr Child one_vcs[] = {{&vcs, Count::once}};
constexpr Child perhaps_vcs[] = {{&vcs, Count::optional}};
constexpr Block from_step = {"from_step", "step", "Takes the file out of a step's result.", in_step_attributes, {}};
constexpr Block from_tarball = {
    "from_tarball", "tarball", "Takes the file out of a declared tarball.", in_tarball_attributes, {}};
constexpr Block from_context = {"from_context", "", "Takes the file from the build context.", in_context_attributes,
                                one_vcs};
constexpr Block from_image = {"from_image", "reference",
                              "Takes the file out of another image; the bill names that image by digest.",
                              in_image_attributes, perhaps_vcs};
constexpr Block from_git = {
    "from_git", "repository", "Takes the file out of a git repository, which is its source.", in_git_attributes, {}};
constexpr Block from_url = {"from_url", "uri", "Downloads the file over http or https.", at_url_attributes,
                            perhaps_vcs};
constexpr Block from_package = {"from_package",
                                "name",
                                "Takes the file out of a Debian package without installing it; the bill names the "
                                "package with its exact source. Works on `scratch` as well.",
                                in_package_attributes,
                                {}};

constexpr Attribute file_attributes[] = {
    {"mode", Type::text, false, "as in the origin",
     "Permissions in octal, as `\"0755\"`; of a directory those of all that is in it."},
    {"owner", Type::text, false, "root", "`user` or `user:group`, by name or number."},
};
constexpr Child file_children[] = {{&from_step, Count::one_of},    {&from_tarball, Count::one_of},
                                   {&from_context, Count::one_of}, {&from_image, Count::one_of},
                                   {&from_git, Count::one_of},     {&from_url, Count::one_of},
                                   {&from_package, Count::one_of}};
constexpr Block file = {"file", "destination",
                        "Puts one file into the image. The label is its absolute path there; with a `/` at the end a "
                        "whole directory is copied, with all that is in it.",
                        file_attributes, file_children};

constexpr Attribute package_attributes[] = {
    {"version", Type::text, false, "the newest", "Exact version to install."},
};
constexpr Block package = {"package", "name",
                           "A Debian package to install, with all that it depends on. `vcs` declares where its source "
                           "is when no `deb-src` repository has it.",
                           package_attributes, perhaps_vcs};
constexpr Attribute key_attributes[] = {
    {"uri", Type::text, true, "", "Where to fetch the key, over http or https."},
    {"digest", Type::text, false, "", "`sha256:` and 64 hex digits; without it whatever is served is trusted."},
};
constexpr Block key = {"key", "name", "An OpenPGP key that signs this block's repositories.", key_attributes, {}};
constexpr Attribute apt_attributes[] = {
    {"repositories", Type::texts, false, "[]",
     "Further repositories, each one line of sources.list: `deb [options] URI SUITE COMPONENT…` or `deb-src …`. From a "
     "host that the base image's own repositories do not use, apt takes the packages that this block names where it "
     "has their newest version, and of all others only those that no other archive has."},
    {"recommends", Type::boolean, false, "false", "Whether recommended packages are installed too."},
    {"observe", Type::boolean, false, "false",
     "Whether to watch which package makes which path while it is configured, one by one, for the bill."},
    {"snapshot", Type::text, false, "the archive of today",
     "Takes the packages of that moment, `YYYYMMDDTHHMMSSZ` in UTC or a day, out of the block's repositories that have "
     "`@SNAPSHOTID@` where the moment stands in their URI. The base image's own repositories, which are those of "
     "today, "
     "are then left out."},
    {"source_policy", Type::text, false, "declared",
     "What counts as the source of a package: a source package or a `vcs` (`declared`), or a source package alone "
     "(`archive`).",
     source_policies},
    {"refresh", Type::text, false, "changed",
     "When the archives are asked what is new: if one of them has changed (`changed`), in each build (`always`), or "
     "only "
     "when recipe or base change (`never`). Of several blocks the most eager one counts.",
     refreshes},
};
constexpr Child apt_children[] = {{&key, Count::many}, {&package, Count::many}};
constexpr Block apt = {"apt", "",
                       "Installs Debian packages. Several blocks are resolved together. An empty block installs "
                       "nothing and finds out where the base image's own packages and their sources are, for the bill.",
                       apt_attributes, apt_children};

constexpr Attribute healthcheck_attributes[] = {
    {"cmd", Type::long_texts, false, "", "The command and its arguments; it is healthy when this exits with 0."},
    {"command_line", Type::long_text, false, "", "The same as one line for the image's shell, in place of `cmd`."},
    {"interval", Type::text, false, "the engine's", "Time between checks, as `30s` or `1m30s`."},
    {"timeout", Type::text, false, "the engine's", "Time after which a check has failed."},
    {"start_period", Type::text, false, "the engine's", "Time to start in, during which failures do not count."},
    {"start_interval", Type::text, false, "the engine's", "Time between checks in the start period."},
    {"retries", Type::number, false, "the engine's", "Failures in a row that make it unhealthy."},
    {"disable", Type::boolean, false, "false", "Switches the base image's check off; nothing else may be given then."},
};
constexpr Block healthcheck = {
    "healthcheck", "", "How an engine finds out whether a container works.", healthcheck_attributes, {}};

constexpr Attribute base_image_attributes[] = {
    {"name", Type::text, true, "", "Repository, or `scratch`."},
    {"ref", Type::text, false, "latest", "Tag, or digest (`sha256:…`)."},
};
constexpr Block base_image = {
    "base_image", "", "The base image in two parts; the same as the argument `base_image`.", base_image_attributes, {}};

constexpr Attribute image_attributes[] = {
    {"base_image", Type::text, false, "",
     "The base image: `debian:bookworm`, `registry/name@sha256:…`, or `scratch`. Required, here or as a block."},
    {"cmd", Type::long_texts, false, "the base's", "Default arguments of the entrypoint, or the default command."},
    {"entrypoint", Type::long_texts, false, "the base's", "The command that a container runs."},
    {"env", Type::map, false, "{}", "Environment variables, added to the base's in this order."},
    {"volumes", Type::texts, false, "[]", "Absolute paths of volumes, added to the base's."},
    {"stopsignal", Type::text, false, "the base's", "Signal that asks a container to stop, as `SIGTERM`."},
    {"user", Type::text, false, "the base's", "`user` or `user:group` that a container runs as, by name or number."},
    {"workdir", Type::text, false, "the base's", "Absolute path of the directory that a container starts in."},
    {"labels", Type::map, false, "{}", "Labels of the image's configuration, added to the base's."},
    {"annotations", Type::map, false, "{}", "Annotations of the image's manifest."},
    {"exposed_ports", Type::texts, false, "[]", "Ports, as `8080`, `8080/tcp` or `53/udp`, added to the base's."},
    {"shell", Type::long_texts, false, "the base's", "The shell that command lines are given to."},
    {"platforms", Type::texts, false, "the lock's, else the machine's",
     "Platforms to build for, as `linux/amd64`, `linux/arm64`. The machine is the one that runs the put or `estaleiro "
     "build`; under `docker build` it is the engine's."},
};
constexpr Child image_children[] = {
    {&base_image, Count::optional}, {&apt, Count::many}, {&file, Count::many}, {&healthcheck, Count::optional}};
constexpr Block image = {"image", "name",
                         "The image to make. The label is the product's name in the bill of materials.",
                         image_attributes, image_children};

constexpr Attribute validation_attributes[] = {
    {"condition", Type::any, true, "", "An expression that is true for good values."},
    {"error_message", Type::text, true, "", "What to say otherwise."},
};
constexpr Block validation = {
    "validation", "", "A rule that the variable's value must follow.", validation_attributes, {}};
constexpr Attribute variable_attributes[] = {
    {"default", Type::any, false, "", "Value when none is given, a constant; without it the variable must be given."},
    {"type", Type::any, false, "the default's, else string",
     "`string`, `number` or `bool`; a given value is converted.", variable_types},
    {"description", Type::long_text, false, "", "What it is for."},
};
constexpr Child variable_children[] = {{&validation, Count::many}};
constexpr Block variable = {"variable", "name",
                            "Declares a variable, written `${name}`. Variables that are given need no declaration.",
                            variable_attributes, variable_children};
constexpr Block locals = {
    "locals", "", "Names for expressions, written `local.name`. They may use variables and one another.", {}, {}, true};

constexpr Attribute policy_attributes[] = {
    {"allowed_bases", Type::texts, false, "any",
     "Patterns (as in `source_file`) for the full references of the base and of each image that files or packages come "
     "from: `docker.io/library/debian:*`. What a context puts in place of the base goes by where that is from; a layout "
     "of which nobody noted it, and what is no image, by the context's own text."},
    {"allowed_repositories", Type::texts, false, "any",
     "URIs of the package repositories that a build may ask; `*` stands for any run of characters. What the base has "
     "and the build does not ask is not looked at."},
    {"allowed_keys", Type::texts, false, "any",
     "Fingerprints of the keys that may sign the repositories that a build asks."},
    {"allowed_licenses", Type::texts, false, "any",
     "SPDX ids of the licences that packages may have; a package that declares none is not allowed."},
    {"denied_licenses", Type::texts, false, "none",
     "SPDX ids of licences that no package may have; a package that declares none is allowed."},
    {"allowed_setuid", Type::texts, false, "any", "Absolute paths that may be set-uid or set-gid; `[]` allows none."},
    {"require_archive_sources", Type::boolean, false, "false",
     "Every package's source is a source package; a declared `vcs` does not count."},
    {"require_commits", Type::boolean, false, "false", "Every `ref` is a commit."},
    {"require_non_root", Type::boolean, false, "false", "The image's user is not root."},
    {"require_explained", Type::boolean, false, "false",
     "No path that the build adds is unexplained: each that a package's script or trigger made names its package, which "
     "takes `observe = true` in the `apt` block."},
    {"max_size", Type::text, false, "any",
     "Largest size of config and layers together, as pushed: `200MiB`, `1.5GB`. `put` alone checks it."},
};
constexpr Block policy = {
    "policy", "", "What must hold before anything is pushed; `max_size`, before a tag moves.", policy_attributes, {}};

constexpr Child root_children[] = {{&image, Count::once},    {&step, Count::many},   {&tarball, Count::many},
                                   {&variable, Count::many}, {&locals, Count::many}, {&policy, Count::optional}};
constexpr Block file_root = {"", "", "", {}, root_children};

}  // namespace

const Block& root() { return file_root; }

std::string_view type_name(Type type) {
  switch (type) {
    case Type::text:
    case Type::long_text:
      return "string";
    case Type::boolean:
      return "true or false";
    case Type::number:
      return "number";
    case Type::texts:
    case Type::long_texts:
      return "list of strings";
    case Type::map:
      return "map of strings";
    case Type::any:
      return "expression";
  }
  return "";
}

}  // namespace recipe::schema
