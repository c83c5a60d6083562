#include "plugins/service/samba/letters.h"

#include <array>
#include <cstdint>
#include <vector>

#include "scanner/base/text.h"

namespace plimsoll::samba {
namespace {

/// Small letters from `first` to `last`, with the way from each to its capital.
struct Row {
  std::uint16_t first, last;
  std::uint8_t step;
  std::int16_t to_capital;
};

// What 4.17 has beyond ASCII; all are in the first plane.
constexpr std::array kRows = std::to_array<Row>(
    {{0x00E0, 0x00F6, 1, -32},  {0x00F8, 0x00FE, 1, -32},  {0x00FF, 0x00FF, 1, 121},
     {0x0101, 0x012F, 2, -1},   {0x0133, 0x0137, 2, -1},   {0x013A, 0x0148, 2, -1},
     {0x014B, 0x0177, 2, -1},   {0x017A, 0x017E, 2, -1},   {0x0183, 0x0185, 2, -1},
     {0x0188, 0x0188, 1, -1},   {0x018C, 0x018C, 1, -1},   {0x0192, 0x0192, 1, -1},
     {0x0199, 0x0199, 1, -1},   {0x01A1, 0x01A5, 2, -1},   {0x01A8, 0x01A8, 1, -1},
     {0x01AD, 0x01AD, 1, -1},   {0x01B0, 0x01B0, 1, -1},   {0x01B4, 0x01B6, 2, -1},
     {0x01B9, 0x01B9, 1, -1},   {0x01BD, 0x01BD, 1, -1},   {0x01C6, 0x01C6, 1, -2},
     {0x01C9, 0x01C9, 1, -2},   {0x01CC, 0x01CC, 1, -2},   {0x01CE, 0x01DC, 2, -1},
     {0x01DD, 0x01DD, 1, -79},  {0x01DF, 0x01EF, 2, -1},   {0x01F3, 0x01F3, 1, -2},
     {0x01F5, 0x01F5, 1, -1},   {0x01FB, 0x0217, 2, -1},   {0x0253, 0x0253, 1, -210},
     {0x0254, 0x0254, 1, -206}, {0x0256, 0x0257, 1, -205}, {0x0259, 0x0259, 1, -202},
     {0x025B, 0x025B, 1, -203}, {0x0260, 0x0260, 1, -205}, {0x0263, 0x0263, 1, -207},
     {0x0268, 0x0268, 1, -209}, {0x0269, 0x0269, 1, -211}, {0x026F, 0x026F, 1, -211},
     {0x0272, 0x0272, 1, -213}, {0x0275, 0x0275, 1, -214}, {0x0283, 0x0283, 1, -218},
     {0x0288, 0x0288, 1, -218}, {0x028A, 0x028B, 1, -217}, {0x0292, 0x0292, 1, -219},
     {0x03AC, 0x03AC, 1, -38},  {0x03AD, 0x03AF, 1, -37},  {0x03B1, 0x03C1, 1, -32},
     {0x03C2, 0x03C2, 1, -31},  {0x03C3, 0x03CB, 1, -32},  {0x03CC, 0x03CC, 1, -64},
     {0x03CD, 0x03CE, 1, -63},  {0x03E3, 0x03EF, 2, -1},   {0x0430, 0x044F, 1, -32},
     {0x0451, 0x045C, 1, -80},  {0x045E, 0x045F, 1, -80},  {0x0461, 0x0481, 2, -1},
     {0x0491, 0x04BF, 2, -1},   {0x04C2, 0x04C4, 2, -1},   {0x04C8, 0x04C8, 1, -1},
     {0x04CC, 0x04CC, 1, -1},   {0x04D1, 0x04EB, 2, -1},   {0x04EF, 0x04F5, 2, -1},
     {0x04F9, 0x04F9, 1, -1},   {0x0561, 0x0586, 1, -48},  {0x1E01, 0x1E95, 2, -1},
     {0x1EA1, 0x1EF9, 2, -1},   {0x1F00, 0x1F07, 1, 8},    {0x1F10, 0x1F15, 1, 8},
     {0x1F20, 0x1F27, 1, 8},    {0x1F30, 0x1F37, 1, 8},    {0x1F40, 0x1F45, 1, 8},
     {0x1F51, 0x1F57, 2, 8},    {0x1F60, 0x1F67, 1, 8},    {0x1F70, 0x1F71, 1, 74},
     {0x1F72, 0x1F75, 1, 86},   {0x1F76, 0x1F77, 1, 100},  {0x1F78, 0x1F79, 1, 128},
     {0x1F7A, 0x1F7B, 1, 112},  {0x1F7C, 0x1F7D, 1, 126},  {0x1FB0, 0x1FB1, 1, 8},
     {0x1FD0, 0x1FD1, 1, 8},    {0x1FE0, 0x1FE1, 1, 8},    {0x1FE5, 0x1FE5, 1, 7},
     {0x2170, 0x217F, 1, -16},  {0x24D0, 0x24E9, 1, -26},  {0xFF41, 0xFF5A, 1, -32}});

constexpr std::uint16_t kFinalSigma = 0x03C2;  // its capital has another small letter

using Letters = std::vector<std::uint16_t>;

Letters letters(bool to_capitals) {
  constexpr std::size_t kPlane = 0x10000;
  Letters out(kPlane);
  for (std::size_t i = 0; i < kPlane; ++i) out[i] = static_cast<std::uint16_t>(i);
  for (const Row& row : kRows)
    for (unsigned small = row.first; small <= row.last; small += row.step) {
      const auto letter = static_cast<std::uint16_t>(small);
      const auto capital = static_cast<std::uint16_t>(static_cast<int>(small) + row.to_capital);
      if (to_capitals)
        out[letter] = capital;
      else if (letter != kFinalSigma)
        out[capital] = letter;
    }
  return out;
}

constexpr unsigned kTail = 0x3F;  // of a byte that goes on

bool goes_on(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

void put(unsigned letter, std::string& out) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((letter >> shift) & kTail));
  };
  if (letter < 0x800U) {
    out += static_cast<char>(0xC0U | (letter >> 6U));
  } else {
    out += static_cast<char>(0xE0U | (letter >> 12U));
    tail(6);
  }
  tail(0);
}

/// Letters of two or three bytes by the table; all else as it is.
std::string change(std::string_view text, const Letters& table) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto part = [&](std::size_t at) { return static_cast<unsigned char>(text[at]) & kTail; };
    if ((byte & 0xE0U) == 0xC0U && byte >= 0xC2U && goes_on(text, i + 1)) {
      put(table[((byte & 0x1FU) << 6U) | part(i + 1)], out);
      ++i;
    } else if ((byte & 0xF0U) == 0xE0U && goes_on(text, i + 1) && goes_on(text, i + 2)) {
      const unsigned letter = ((byte & 0x0FU) << 12U) | (part(i + 1) << 6U) | part(i + 2);
      // Two bytes would have done.
      if (letter < 0x800U)
        out += text.substr(i, 3);
      else
        put(table[letter], out);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string lower_letters(std::string_view text) {
  static const Letters table = letters(false);
  return change(lower(text), table);
}

std::optional<std::string> upper_letters(std::string_view text) {
  static const Letters table = letters(true);
  if (valid_utf8(text) != text) return std::nullopt;
  return change(upper(text), table);
}

}  // namespace plimsoll::samba
