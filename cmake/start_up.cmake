# What makes check and in start in milliseconds. Loading Debian's shared libcurl, libcrypto and libstdc++ costs about
# 10 ms of CPU time before main() begins; a whole check may use 8.

# ssl, crypto: OpenSSL, its archives in programs that quick_start() names. (Never in programs with gRPC, which brings the
# shared one: two copies in one process would mix.)
find_package(OpenSSL REQUIRED)
foreach(part SSL Crypto)
  string(TOLOWER ${part} name)
  find_library(${part}_ARCHIVE NAMES lib${name}.a)
  add_library(${name} INTERFACE)
  if(${part}_ARCHIVE)
    target_link_libraries(${name} INTERFACE
      $<IF:$<BOOL:$<TARGET_PROPERTY:QUICK_START>>,${${part}_ARCHIVE},OpenSSL::${part}>)
    target_include_directories(${name} INTERFACE ${OPENSSL_INCLUDE_DIR})
  else()
    target_link_libraries(${name} INTERFACE OpenSSL::${part})
  endif()
endforeach()

# archive_or_shared(NAME LIBRARY TARGET): NAME is LIBRARY's archive in programs that quick_start() names, else TARGET.
function(archive_or_shared name library target)
  find_library(${name}_ARCHIVE NAMES lib${library}.a)
  add_library(${name} INTERFACE)
  if(${name}_ARCHIVE)
    target_link_libraries(${name} INTERFACE $<IF:$<BOOL:$<TARGET_PROPERTY:QUICK_START>>,${${name}_ARCHIVE},${target}>)
  else()
    target_link_libraries(${name} INTERFACE ${target})
  endif()
endfunction()

# re2, yaml, lzma, bzip2: shared libraries in C++ would bring libstdc++'s back.
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET GLOBAL re2)
archive_or_shared(re2 re2 PkgConfig::RE2)
set_target_properties(BZip2::BZip2 PROPERTIES IMPORTED_GLOBAL ON)
archive_or_shared(yaml yaml-cpp PkgConfig::YAML)
archive_or_shared(lzma lzma PkgConfig::LZMA)
archive_or_shared(bzip2 bz2 BZip2::BZip2)

# curl: libcurl.a without the libraries behind protocols that we never speak (src/core/http/slim/unused.cc), or the
# shared library where the archive or what it needs is missing.
find_package(CURL REQUIRED)
find_package(ZLIB)
find_library(CURL_ARCHIVE NAMES libcurl.a)
find_library(NGHTTP2_ARCHIVE NAMES libnghttp2.a)
add_library(curl INTERFACE)
if(CURL_ARCHIVE AND NGHTTP2_ARCHIVE AND ZLIB_FOUND)
  add_library(curl_unused STATIC ${CMAKE_SOURCE_DIR}/src/core/http/slim/unused.cc)
  target_include_directories(curl INTERFACE ${CURL_INCLUDE_DIRS})
  target_link_libraries(curl INTERFACE ${CURL_ARCHIVE} curl_unused ${NGHTTP2_ARCHIVE} PkgConfig::ZSTD ssl crypto
                                       ZLIB::ZLIB)
else()
  message(STATUS "libcurl.a, libnghttp2.a or zlib is missing: the shared libcurl is used, and check starts slowly")
  target_link_libraries(curl INTERFACE CURL::libcurl)
endif()

# quick_start(PROGRAM...): as few shared libraries as possible. Sanitizers need theirs.
function(quick_start)
  if(ESTALEIRO_SANITIZE)
    return()
  endif()
  foreach(program ${ARGN})
    set_target_properties(${program} PROPERTIES QUICK_START ON)
    target_link_options(${program} PRIVATE -static-libstdc++ -static-libgcc)
  endforeach()
endfunction()
