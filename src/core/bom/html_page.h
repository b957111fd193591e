#pragma once

#include <string_view>

namespace bom {

/// The page's fixed parts.
extern const std::string_view page_style;   ///< content of <style>
extern const std::string_view page_script;  ///< content of <script>
extern const std::string_view page_policy;  ///< Content-Security-Policy: nothing is fetched, nothing but these two runs

}  // namespace bom
