# `cpack -G DEB` makes dovecot-pop3-legacy_VERSION_ARCH.deb for the Dovecot that the modules were built with;
# build.sh does all of it, with Debian's flags.

set(CPACK_GENERATOR DEB)
# The packages of two Dovecots differ in their versions, the newer Dovecot's is the higher one, and only one
# of them fits: a module runs with the ABI that it was built for.
set(dovecot_abi_file /usr/share/dovecot/dovecot-abi)
if(NOT EXISTS ${dovecot_abi_file})
  return()  # not Debian's Dovecot
endif()
file(READ ${dovecot_abi_file} abi)
string(STRIP ${abi} abi)

# Who makes packages for others says who answers for them: -DPOP3_LEGACY_MAINTAINER="NAME <ADDRESS>".
set(POP3_LEGACY_MAINTAINER "The dovecot-pop3-legacy developers <dovecot-pop3-legacy@example.org>"
  CACHE STRING "The maintainer of the Debian package")
set(POP3_LEGACY_DEBIAN_REVISION 1 CACHE STRING "The revision of the Debian package")

set(CPACK_PACKAGE_NAME dovecot-pop3-legacy)
set(CPACK_PACKAGE_CONTACT "${POP3_LEGACY_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE ${POP3_LEGACY_DEBIAN_REVISION}+dovecot${abi})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "dovecot-pop3d, dovecot-abi-${abi}, ucf")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "what old POP3 clients ask for, as a plugin of Dovecot")
set(CPACK_PACKAGE_DESCRIPTION
"Gives Dovecot what POP3 clients were built for by servers that are gone: LAST,
HELP, the message ids (UIDL) of the server that mail was moved from, listings,
MANGLE, sending mail by XTND XMIT, bulletin boards, and replies in an old
server's words. A policy says which of it each domain's users get.
.
Once installed it is off: /etc/dovecot/conf.d/95-pop3-legacy.conf turns it on.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_LIST_DIR}/postinst ${CMAKE_CURRENT_LIST_DIR}/prerm ${CMAKE_CURRENT_LIST_DIR}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/arrange.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# For arrange.cmake.
set(CPACK_POP3_LEGACY_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_POP3_LEGACY_FILES ${CMAKE_CURRENT_LIST_DIR})
set(CPACK_POP3_LEGACY_ETC ${POP3_LEGACY_DOVECOT_ETC})
include(CPack)
