#include <doctest/doctest.h>

#include "plugins/container/image/history.h"

using namespace plimsoll;

namespace {

std::string marks(const std::string& created_by) {
  std::string out;
  for (const auto& [key, value] : marks_of(read_step(created_by), true))
    out += (out.empty() ? "" : " ") + key;
  return out;
}

}  // namespace

TEST_CASE("image: what builders write around an instruction is taken away") {
  struct Row {
    std::string given, instruction, name;
  };
  const Row rows[] = {
      {"/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD [\"sh\"]", "CMD"},
      {"/bin/sh -c apt-get update", "RUN apt-get update", "RUN"},
      {"RUN /bin/sh -c make # buildkit", "RUN make", "RUN"},
      {"RUN |1 A=b /bin/sh -c make # buildkit", "RUN make", "RUN"},
      {"|2 A=b C=d /bin/sh -c make", "RUN make", "RUN"},
      {"COPY a /b # buildkit", "COPY a /b", "COPY"},
      {"something else", "something else", ""},
      {"", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.given);
    const HistoryStep step = read_step(row.given);
    CHECK(step.instruction == row.instruction);
    CHECK(step.name == row.name);
  }
}

TEST_CASE("image: what a step of the history did") {
  CHECK(marks("RUN /bin/sh -c apt-get -q update") == "history.update-alone");
  CHECK(marks("RUN /bin/sh -c apt-get update && apt-get install -y x") == "history.apt-lists");
  CHECK(
      marks(
          "RUN /bin/sh -c apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*") ==
      "");
  CHECK(marks("RUN /bin/sh -c apk add --no-cache x") == "");
  CHECK(marks("RUN /bin/sh -c apk add x") == "history.apk-cache");
  CHECK(marks("RUN /bin/sh -c apk add x && rm -rf /var/cache/apk/*") == "");
  CHECK(marks("RUN /bin/sh -c apt-get install -y sudo") == "");
  CHECK(marks("RUN /bin/sh -c echo sudo") == "");
  CHECK(marks("RUN /bin/sh -c if true; then sudo x; fi") == "history.sudo");
  CHECK(marks("ENV DB_PASSWORD=x") == "credential");
  CHECK(marks("ENV DB_PASSWORD=$OTHER") == "");
  CHECK(marks("ENV DB_PASSWORD_FILE=/x") == "");
}
