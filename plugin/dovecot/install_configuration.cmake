# Installs the snippet and the example policy unless they are there already. An administrator's
# files stay as they are. None of these files is in the manifest, so removing the installed files
# leaves them.
#
# source: conf.d of the sources. snippet: name of the snippet for this Dovecot. etc: folder of
# Dovecot's configuration.

# Mail users must be able to read the policy, whatever the installer's umask.
set(file_permissions OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
set(folder_permissions OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
  WORLD_EXECUTE)

function(make_folder folder)
  if(EXISTS "${folder}")
    return()
  endif()
  cmake_path(GET folder PARENT_PATH parent)
  make_folder("${parent}")
  file(MAKE_DIRECTORY "${folder}")
  file(CHMOD "${folder}" PERMISSIONS ${folder_permissions})
endfunction()

function(install_new from to)
  set(target "$ENV{DESTDIR}${to}")
  if(EXISTS "${target}")
    message(STATUS "Kept: ${target}")
    return()
  endif()
  message(STATUS "Installing: ${target}")
  cmake_path(GET target PARENT_PATH folder)
  make_folder("${folder}")
  file(COPY_FILE "${from}" "${target}")
  file(CHMOD "${target}" PERMISSIONS ${file_permissions})
endfunction()

install_new("${source}/${snippet}" "${etc}/conf.d/95-pop3-legacy.conf")
foreach(example default.toml domains/example.org.toml.example)
  install_new("${source}/pop3-legacy/${example}" "${etc}/pop3-legacy/${example}")
endforeach()
