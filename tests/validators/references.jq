# What is wrong with the references inside an SPDX 2.3 document, one sentence each; nothing for a sound one.
#
#     jq -r -f tests/validators/references.jq bom.spdx.json
def names($kind; $list): $list[] | select(. as $id | $kind | has($id) | not);
def index_of(f): map({(f): true}) | add // {};

(.packages // []) as $packages |
(.files // []) as $files |
(["SPDXRef-DOCUMENT"] + [($packages + $files)[].SPDXID]) as $ids |
($ids | index_of(.)) as $known |
((.hasExtractedLicensingInfos // []) | index_of(.licenseId)) as $texts |

($ids | group_by(.)[] | select(length > 1) | "\(.[0]) stands \(length) times"),
($ids[] | select(test("^SPDXRef-[a-zA-Z0-9.-]+$") | not) | "\(.) is no SPDX id"),
(names($known; [.relationships[] | .spdxElementId, .relatedSpdxElement]) | "\(.) is related and not there"),
(names($known; .documentDescribes // []) | "\(.) is described and not there"),
(names($known; [.annotations[]?.SPDXID // empty]) | "\(.) is annotated and not there"),
(names($texts; [$packages[].licenseDeclared | scan("LicenseRef-[a-zA-Z0-9.-]+")]) | "\(.) has no text"),
([.relationships[] | select(.relationshipType == "DESCRIBES" and .spdxElementId == "SPDXRef-DOCUMENT")] |
  if length == 1 then empty else "the document describes \(length) things" end),
([.relationships[] | "\(.spdxElementId) \(.relationshipType) \(.relatedSpdxElement)"] | group_by(.)[] |
  select(length > 1) | "\(.[0]) is said \(length) times"),
(([.relationships[] | .spdxElementId, .relatedSpdxElement] | index_of(.)) as $related |
  names($related; $ids) | "\(.) is related to nothing"),
($files[] | select([.checksums[]?.algorithm] | index("SHA256") | not) | "\(.SPDXID) has no SHA256")
