# Run by cpack between the installation into a folder of its own and the package: moves what goes through ucf
# out of /etc, and adds what Debian wants of every package.

if(NOT CPACK_POP3_LEGACY_PREFIX STREQUAL /usr)
  message(FATAL_ERROR "A package installs into /usr, and so it has to be configured: cmake --preset package")
endif()
set(root ${CPACK_TEMPORARY_DIRECTORY})
set(doc ${root}/usr/share/doc/${CPACK_PACKAGE_NAME})
set(etc ${root}${CPACK_POP3_LEGACY_ETC})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(MAKE_DIRECTORY ${root}/usr/share/dovecot/conf.d ${root}/usr/share/lintian/overrides)
file(RENAME ${etc}/conf.d/95-pop3-legacy.conf ${root}/usr/share/dovecot/conf.d/95-pop3-legacy.conf)
file(RENAME ${etc}/pop3-legacy ${root}/usr/share/${CPACK_PACKAGE_NAME}/policy)
file(REMOVE_RECURSE ${root}/etc)

file(COPY_FILE ${CPACK_POP3_LEGACY_FILES}/copyright ${doc}/copyright)
file(COPY_FILE ${CPACK_POP3_LEGACY_FILES}/lintian-overrides ${root}/usr/share/lintian/overrides/${CPACK_PACKAGE_NAME})
file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
# Of SOURCE_DATE_EPOCH, where that is set.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${doc}/changelog.Debian
"${CPACK_PACKAGE_NAME} (${CPACK_DEBIAN_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * The version ${CPACK_DEBIAN_PACKAGE_VERSION}; the file changelog has what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
file(GLOB pages ${root}/usr/share/man/man*/*)
run(gzip -9n ${doc}/changelog ${doc}/changelog.Debian ${pages})

run(chmod -R u=rwX,go=rX ${root}/usr/share)
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  run(find ${root} -exec touch --no-dereference --date=@$ENV{SOURCE_DATE_EPOCH} {} +)
endif()
