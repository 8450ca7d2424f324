# Dovecot's ABI, according to its headers. tests/unit/dovecot_abi_test.py runs this file by itself.

# dovecot_abi(VARIABLE FOLDER): the ABI of the headers in this folder. Ends with an error if that Dovecot is too
# old. The release in parentheses, which 2.3 appends, is part of it: Dovecot compares the whole text.
function(dovecot_abi variable folder)
  foreach(name DOVECOT_ABI_VERSION DOVECOT_VERSION)
    file(STRINGS ${folder}/config.h line REGEX "^#define ${name} ")
    if(NOT line MATCHES "\"(.+)\"")
      message(FATAL_ERROR "${folder}/config.h does not say ${name}.")
    endif()
    set(${name} ${CMAKE_MATCH_1})
  endforeach()
  if(DOVECOT_VERSION VERSION_LESS 2.3.14)
    message(FATAL_ERROR "This is Dovecot ${DOVECOT_VERSION}; the plugin needs 2.3.14 or newer.")
  endif()
  file(STRINGS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/supported-abis.txt supported REGEX "^[^#]")
  list(TRANSFORM supported REPLACE " .*" "")
  string(REGEX REPLACE "\\(.*" "" abi ${DOVECOT_ABI_VERSION})
  if(NOT abi IN_LIST supported)
    message(NOTICE "The plugin has not been tested with Dovecot ${DOVECOT_VERSION} (${abi}).")
  endif()
  set(${variable} ${DOVECOT_ABI_VERSION} PARENT_SCOPE)
endfunction()
