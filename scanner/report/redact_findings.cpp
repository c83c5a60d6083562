#include "scanner/report/redact_findings.h"

#include "scanner/formats/redact.h"

namespace plimsoll {
namespace {

void redact(std::string& text) {
  if (!secrets_in(text).empty()) text = redacted(text);
}

}  // namespace

void redact_findings(std::vector<Outcome>& outcomes) {
  for (Outcome& outcome : outcomes)
    for (Finding& finding : outcome.findings) {
      for (std::string* text :
           {&finding.scope, &finding.key, &finding.actual, &finding.message, &finding.made_by})
        redact(*text);
      for (Shadowed& shadowed : finding.shadowed) redact(shadowed.value);
    }
}

}  // namespace plimsoll
