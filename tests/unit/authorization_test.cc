#include "plugin/core/login/authorization.h"

#include <gtest/gtest.h>

#include <string>

namespace pop3_legacy {
namespace {

constexpr std::string_view host_capa = "+OK\r\nCAPA\r\nTOP\r\nUSER\r\nSASL PLAIN\r\n.\r\n";

Authorization made(const AuthorizationWords& words) {
  auto parsed = Authorization::parse(words);
  EXPECT_TRUE(parsed.ok()) << parsed.error().text;
  return parsed ? parsed.value() : Authorization();
}

std::string refusal(const AuthorizationWords& words) {
  const auto parsed = Authorization::parse(words);
  return parsed ? "" : parsed.error().text;
}

TEST(Authorization, WithoutSettingsIsTheHosts) {
  const Authorization none = made({});
  EXPECT_TRUE(none.idle());
  EXPECT_FALSE(none.has_help());
  EXPECT_FALSE(none.unknown_command().has_value());
}

TEST(Authorization, RamblersHelpNamesTheWaysInThereAre) {
  const Authorization rambler = made({.login_help = "rambler"});
  EXPECT_EQ(rambler.help({.password = true, .sasl = true}, "").wire(),
            "+OK Valid commands: USER, PASS, AUTH, QUIT, HELP\r\n");
  EXPECT_EQ(rambler.help({.apop = true, .stls = true}, "").wire(),
            "+OK Valid commands: APOP, STLS, QUIT, HELP\r\n");
  EXPECT_EQ(rambler.help({.stls = true}, "pass").wire(), "-ERR No such command: pass\r\n");
}

TEST(Authorization, LongHelpHasALineForEach) {
  const std::string wire = made({.login_help = "long"}).help({.password = true}, "").wire();
  EXPECT_TRUE(wire.starts_with("+OK Commands (HELP and a command tells more):\r\nUSER name"))
      << wire;
  EXPECT_TRUE(wire.ends_with("\r\n.\r\n")) << wire;
  EXPECT_EQ(wire.find("APOP"), std::string::npos) << wire;
  EXPECT_EQ(wire.find_first_of("0123456789"), std::string::npos) << wire;
}

TEST(Authorization, HelpExplainsOne) {
  const Authorization full = made({.login_help = "long"});
  EXPECT_EQ(full.help({.stls = true}, "stls").wire(),
            "+OK STLS\r\nSyntax: STLS\r\nBegins TLS.\r\n.\r\n");
  EXPECT_EQ(full.help({}, "USER PASS").wire(),
            "-ERR Too many arguments. Syntax: HELP [command]\r\n");
}

TEST(Authorization, CapaKeepsTheHostsLinesAndAddsOurs) {
  EXPECT_EQ(made({.login_help = "line",
                  .login_capabilities = " X-LAST,LOGIN-DELAY 900 USER, EXPIRE NEVER ,, X-LAST"})
                .capa(host_capa)
                .wire(),
            "+OK\r\nCAPA\r\nTOP\r\nUSER\r\nSASL PLAIN\r\nX-HELP\r\nX-LAST\r\n"
            "LOGIN-DELAY 900 USER\r\nEXPIRE NEVER\r\n.\r\n");
}

TEST(Authorization, UnknownCommandHasTheSettingsText) {
  const auto reply = made({.login_unknown_command = "What?"}).unknown_command();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->wire(), "-ERR What?\r\n");
}

TEST(Authorization, SettingsThatCannotBeAreRefusedByName) {
  EXPECT_EQ(refusal({.login_help = "Lnog"}),
            "login_help must be long, rambler or line, not \"Lnog\"");
  for (const std::string_view line :
       {"SASL LOGIN", "user", "IMPLEMENTATION Foo", "LOGIN-DELAY", "LOGIN-DELAY NEVER",
        "LOGIN-DELAY 900 users", "EXPIRE -1", "EXPIRE 1 USER USER", "FOO", "X\r\nSASL",
        "X-0123456789012345678901234567890123456789012345678901234567890123"}) {
    EXPECT_TRUE(refusal({.login_capabilities = line}).starts_with("login_capabilities: \""))
        << line;
  }
  const std::string long_text(506, 'a');
  for (const std::string_view text : {"[AUTH] no", "a\r\n+OK", long_text.c_str()}) {
    EXPECT_TRUE(refusal({.login_unknown_command = text}).starts_with("login_unknown_command "))
        << text;
  }
}

}  // namespace
}  // namespace pop3_legacy
