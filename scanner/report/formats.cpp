#include "scanner/report/formats.h"

#include <array>

#include "scanner/report/machine.h"

namespace plimsoll {
namespace {

constexpr std::array kFormats = {
    ReportFormat{"json", json_report, true}, ReportFormat{"sarif", sarif_report, true},
    ReportFormat{"junit", junit_report},     ReportFormat{"github", github_report},
    ReportFormat{"gitlab", gitlab_report},   ReportFormat{"markdown", markdown_report, true},
};

}  // namespace

std::span<const ReportFormat> report_formats() { return kFormats; }

}  // namespace plimsoll
