#pragma once

#include <string>

#include "scanner/evaluate/outcome.h"

namespace plimsoll {

/// The scan as one JSON object: schemas/scan.schema.json describes it.
std::string json_report(const ScanResult& scan);
/// SARIF 2.1.0: drift as results, unknown as open ones, waived ones suppressed.
std::string sarif_report(const ScanResult& scan);
/// JUnit XML, as Jenkins and GitLab read it: drift fails, unknown is an error, waived and
/// not applicable rules are skipped.
std::string junit_report(const ScanResult& scan);
/// Workflow commands of GitHub Actions: an annotation a finding.
std::string github_report(const ScanResult& scan);
/// A Code Quality report of GitLab.
std::string gitlab_report(const ScanResult& scan);
/// A comment on a merge request.
std::string markdown_report(const ScanResult& scan);

}  // namespace plimsoll
